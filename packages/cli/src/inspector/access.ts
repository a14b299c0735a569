/** Who may use the inspector: a program of this machine, under a loopback name, with the token. @module */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { inBlock, isLoopback, parseAddress, parseBlock } from '@custom-authorizer/core/contract'
import type { PageRequest, TextReply } from './exchange.ts'
import { textReply } from './exchange.ts'

/** What access depends on. */
export interface AccessSettings {
  readonly token: string
  readonly basePath: string
  readonly allowRemote: boolean
  /** Names in `Host` that are accepted besides those of this machine, in lower case. */
  readonly hosts: readonly string[]
}

const LOOPBACK = ['127.0.0.0/8', '::1'].map(parseBlock).filter((block) => block !== undefined)

/** Headers that a proxy adds: the peer is then the proxy, and the client may be remote. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const

/** `[::1]:3000` without the port; `undefined` if it is not a host with an optional port. */
const HOST = /^([\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i

const isLocalPeer = ({ peer }: PageRequest): boolean => {
  // With a web-standard `Request` there may be no socket; the token and the other checks still apply.
  if (!peer.known) return true
  const address = peer.address === undefined ? undefined : parseAddress(peer.address)
  return address !== undefined && LOOPBACK.some((block) => inBlock(address, block))
}

/** The only value of a header; `undefined` if there is none, or more than one. */
const only = (request: PageRequest, name: string): string | undefined => {
  const [value, ...others] = request.headers(name)
  return others.length === 0 ? value : undefined
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
/** Compares in a time that does not depend on the texts. */
const isSame = (text: string, expected: string): boolean => timingSafeEqual(digest(text), digest(expected))

/** How a request proves that it comes from the page itself. */
const isSameOrigin = (request: PageRequest, required: boolean): boolean => {
  const sites = request.headers('sec-fetch-site')
  const origins = request.headers('origin')
  const host = only(request, 'host')
  if (sites.length + origins.length === 0) return !required
  const allowed = required ? ['same-origin'] : ['same-origin', 'none']
  return (
    sites.every((site) => allowed.includes(site)) &&
    origins.every((origin) => origin === `http://${host}` || origin === `https://${host}`)
  )
}

/** Rejects requests, and starts sessions. */
export class Access {
  readonly #settings: AccessSettings
  readonly #cookie: string
  readonly #session: string

  constructor(settings: AccessSettings) {
    this.#settings = settings
    // Cookies are shared by all ports of a host, so that each inspector needs a name and a value of its own.
    const derive = (use: string): string => createHmac('sha256', settings.token).update(use).digest('base64url')
    this.#cookie = `authorizer-inspector-${derive('name').slice(0, 12)}`
    this.#session = derive('session')
  }

  /** Why a request is rejected before its session is looked at; `undefined` if it is not. */
  rejectPlace(request: PageRequest): TextReply | undefined {
    const { allowRemote, hosts } = this.#settings
    if (!allowRemote && !isLocalPeer(request)) return textReply(403, 'The inspector serves this machine only.')
    if (!allowRemote && FORWARDED.some((name) => request.headers(name).length > 0))
      return textReply(403, 'The inspector does not accept requests through a proxy.')
    // Another name may be that of a site that resolves to this machine (DNS rebinding).
    const host = HOST.exec(only(request, 'host') ?? '')?.[1]?.toLowerCase()
    return host !== undefined && (isLoopback(host) || hosts.includes(host))
      ? undefined
      : textReply(403, 'The inspector is not served under this host name. Use localhost, or the option "hosts".')
  }

  /** The reply to a visit with a token; `undefined` if the request has none. */
  login({ query }: PageRequest): TextReply | undefined {
    const tokens = query.getAll('token')
    if (tokens.length === 0) return undefined
    const { token, basePath } = this.#settings
    if (tokens.length > 1 || !isSame(tokens[0] ?? '', token)) return this.unauthorized()
    return textReply(303, 'Signed in.', {
      Location: `${basePath}/`,
      'Set-Cookie': `${this.#cookie}=${this.#session}; Path=${basePath}; HttpOnly; SameSite=Strict`,
    })
  }

  /** Whether the request has the cookie of a session. */
  hasSession(request: PageRequest): boolean {
    const values = request
      .headers('cookie')
      .flatMap((line) => line.split(';'))
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.#cookie}=`))
      .map((pair) => pair.slice(this.#cookie.length + 1))
    // A page of another port can set a cookie of this name; a few values are enough to find the own one.
    return values.slice(0, 4).some((value) => isSame(value, this.#session))
  }

  unauthorized(): TextReply {
    return textReply(401, 'Open the address with the token that was printed when the inspector started.')
  }

  /** Why data is not returned or changed; `undefined` if it may be. */
  rejectData(request: PageRequest): TextReply | undefined {
    const changes = request.method === 'POST'
    if (!isSameOrigin(request, changes)) return textReply(403, 'The request does not come from the inspector.')
    if (changes && !/^application\/json(?:;\s*charset=utf-8)?$/i.test(only(request, 'content-type') ?? ''))
      return textReply(415, 'The body has to be application/json.')
    return undefined
  }
}
