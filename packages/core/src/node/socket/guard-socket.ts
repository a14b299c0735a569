/** `guardSocket`: the guard for Socket.IO, whose clients send their credential after the handshake (SEC-125). @module */
import type { IncomingMessage } from 'node:http'
import type { Authorizer, AuthorizerContext, Denied, MountOptions } from '../../index.ts'
import { check, GatewayRequest, systemClock } from '../../contract.ts'
import {
  createMount,
  type CustomAuthorizer,
  DeniedError,
  type Guarded,
  type GuardResult,
  type MiddlewareType,
  type Mount,
} from '../../adapter.ts'
import { type AuthHeaders, authHeadersOption, parseAuthHeaders, withAuthHeaders } from './auth-headers.ts'
import { atExpiry } from './expiry.ts'
import { reportFailure, runSteps } from '../proceed.ts'
import { headersAreCut } from '../connection.ts'
import { versionOf } from '../incoming-init.ts'
import { frameworkTarget } from '../routed-request.ts'
import { removeCredentials, withCredentials } from './subprotocol-views.ts'

/** Options of {@link guardSocket}, in addition to those of `createAuthorizer`. */
export interface SocketOptions extends Pick<
  MountOptions,
  'trustedProxies' | 'ambiguousTargets' | 'encodedSlash' | 'repeatedParameters' | 'routing'
> {
  /**
   * Headers that the authorizer reads from the client's `auth` payload: a text with one member in braces for each name, such as
   * `{ authorization: 'Bearer {token}' }` for `io(url, { auth: { token } })`. The client's own headers of these names are
   * removed. A member that is not a string, or not a valid header value, gives 401. Default: none.
   */
  authHeaders?: AuthHeaders
  /**
   * Whether the connection is closed when the result expires: at `expiresAt` of a native result, or when a JSON Web Token is no
   * longer valid. Results without `expiresAt` do not expire. Default false (SEC-124).
   */
  closeAtExpiry?: boolean
}

/** The part of a connection of Socket.IO that the guard uses. */
export interface SocketConnection {
  readonly readyState: string
  once(event: 'close', listener: () => void): unknown
  off(event: 'close', listener: () => void): unknown
  close(): unknown
}

/** The part of a Socket.IO socket that the guard uses. */
export interface GuardedSocket {
  readonly handshake: { readonly auth: unknown; readonly address: string }
  readonly request: IncomingMessage
  readonly nsp: { readonly name: string }
  readonly conn: SocketConnection
  readonly connected: boolean
  readonly data: object
  /** Whether Socket.IO has restored the state of an earlier connection. */
  readonly recovered?: boolean
  once(event: 'disconnect', listener: () => void): unknown
  disconnect(close: boolean): unknown
}

/** The error that the client receives as `connect_error`: its `message` and `data`, nothing else. */
export interface SocketError extends Error {
  /** Status and body of the response that an HTTP client would get. */
  readonly data: { readonly status: number; readonly body: string }
}

/** A middleware for `io.use` and `namespace.use`. It sets `socket.data.authorizer`. */
export interface SocketMiddleware<TContext> {
  (socket: GuardedSocket, next: (error?: SocketError) => void): void
  readonly authorizer: Authorizer<TContext>
}

interface SocketMiddlewareType extends MiddlewareType {
  readonly middleware: SocketMiddleware<this['context']>
}

const MISPLACED = ['skip', 'preflight', 'failureMode', 'bind', 'mountedPaths', 'mountPath', 'onDenied'] as const
const WITHOUT_HANDLER = ['contextHeaders', 'parameterMapping'] as const

const errorOf = (denied: Denied): SocketError => {
  const { status, body } = denied.response
  return Object.assign(new DeniedError(denied), { data: { status, body } })
}

const FAILURE = { status: 500, body: '{"message":"Internal Server Error"}' }

const RECOVERED = 'the recovered connection belongs to another principal'

/** Whether Socket.IO has restored rooms and missed messages of another principal (SEC-125). */
const isOfAnotherCaller = ({ recovered, data }: GuardedSocket, { principalId }: AuthorizerContext): boolean => {
  if (recovered !== true) return false
  const { authorizer } = data as { readonly authorizer?: { readonly principalId?: unknown } }
  return authorizer !== undefined && authorizer.principalId !== principalId
}

const onClose = ({ conn }: GuardedSocket, listener: () => void): (() => void) => {
  conn.once('close', listener)
  return () => void conn.off('close', listener)
}

/** The request of the handshake. Without one, as with WebTransport, it is malformed and gets 400. */
const requestOf = (socket: GuardedSocket, lines: readonly string[], mount: Mount<unknown>): GatewayRequest => {
  const incoming: IncomingMessage | undefined = socket.request
  return new GatewayRequest({
    ...mount.readOptions,
    method: incoming?.method ?? '',
    target: incoming === undefined ? '' : frameworkTarget(incoming).received,
    rawHeaders: lines,
    incompleteHeaders: incoming !== undefined && headersAreCut(incoming),
    httpVersion: incoming === undefined ? '' : versionOf(incoming),
    // The handshake of a long-polling client is complete, and its connection may be closed.
    peer: () => socket.handshake.address,
    onAbort: (listener) => onClose(socket, listener),
    // A handshake by long polling is a GET, and other sites can read its response as a script (JSONP).
    opensConnection: true,
    framework: incoming,
  })
}

const linesOf = (incoming: IncomingMessage | undefined): readonly string[] =>
  incoming === undefined ? [] : (withCredentials(incoming, undefined) ?? incoming.rawHeaders ?? [])

/** The timers of connections, one for each namespace, which a client can join again with another credential. */
class Expiries {
  readonly #timers = new WeakMap<SocketConnection, Map<string, () => void>>()

  start(socket: GuardedSocket, context: AuthorizerContext, { clock = systemClock }: Authorizer): void {
    const { conn, nsp } = socket
    const timers = this.#timersOf(conn)
    timers.get(nsp.name)?.()
    const end = (): void => {
      cancel()
      if (timers.get(nsp.name) === end) timers.delete(nsp.name)
    }
    const cancel = atExpiry(context, clock, () => {
      end()
      // A later middleware may still be deciding. Nothing can stop the socket then, except for the end of its connection.
      if (socket.connected) socket.disconnect(true)
      else conn.close()
    })
    timers.set(nsp.name, end)
    socket.once('disconnect', end)
  }

  #timersOf(conn: SocketConnection): Map<string, () => void> {
    const known = this.#timers.get(conn)
    if (known !== undefined) return known
    const timers = new Map<string, () => void>()
    this.#timers.set(conn, timers)
    conn.once('close', () => timers.forEach((end) => end()))
    return timers
  }
}

/**
 * Guards the sockets of Socket.IO. The authorizer runs for each socket that joins the namespace, also after a reconnect; a denied
 * client gets `connect_error` with `error.data`. Socket.IO skips middleware for connections that it recovers, unless
 * `connectionStateRecovery.skipMiddlewares` is false.
 *
 * @example
 * const tokens = jwtAuthorizer({ issuer, audience })
 * io.use(guardSocket(tokens, { authHeaders: { authorization: 'Bearer {token}' }, closeAtExpiry: true }))
 * io.on('connection', (socket) => console.log(socket.data.authorizer.principalId))
 */
export const guardSocket: CustomAuthorizer<SocketMiddlewareType, SocketOptions> = (
  guarded: Guarded,
  options: object = {},
) => {
  const { authHeaders = {}, closeAtExpiry = false, ...rest } = options as SocketOptions
  const given = options as Record<string, unknown>
  for (const name of [...MISPLACED, ...WITHOUT_HANDLER])
    if (Object.hasOwn(options, name))
      throw check.optionError(`guardSocket.${name}`, given[name], 'nothing: it does not apply to sockets')
  const wrongHeaders = authHeadersOption(authHeaders)
  if (wrongHeaders !== undefined) throw check.optionError('guardSocket.authHeaders', authHeaders, wrongHeaders)
  const wrongClosing = check.oneOf(true, false)(closeAtExpiry)
  if (wrongClosing !== undefined) throw check.optionError('guardSocket.closeAtExpiry', closeAtExpiry, wrongClosing)
  const mapped = parseAuthHeaders(authHeaders)
  const mount = createMount(guarded, rest, { caseSensitive: false, strict: false })
  const { authorizer } = mount
  const expiries = new Expiries()

  const decide = (
    socket: GuardedSocket,
  ): GuardResult<Record<string, unknown>> | Promise<GuardResult<Record<string, unknown>>> => {
    const received = linesOf(socket.request)
    const lines = withAuthHeaders(received, socket.handshake.auth, mapped)
    if (lines !== undefined) return mount.handle(requestOf(socket, lines, mount))
    return mount.denying(authorizer.deny(requestOf(socket, received, mount), 'IDENTITY_SOURCE_INVALID'))
  }

  const middleware = (socket: GuardedSocket, next: (error?: SocketError) => void): void => {
    let isAnswered = false
    const deny = (error: SocketError): void => {
      isAnswered = true
      next(error)
    }
    const fail = (error: unknown): void => {
      if (!isAnswered) deny(Object.assign(new Error('Internal Server Error'), { data: FAILURE }))
      reportFailure(authorizer, error)
    }
    runSteps<GuardResult<Record<string, unknown>>>({
      decide: () => decide(socket),
      carryOut: (result) => {
        if (result.kind !== 'allowed') {
          if (result.kind === 'skipped') throw new TypeError('a socket cannot be skipped')
          deny(errorOf(result.denied))
          return false
        }
        if (isOfAnotherCaller(socket, result.authorizer)) {
          deny(
            errorOf(authorizer.deny(requestOf(socket, linesOf(socket.request), mount), 'DENIED', undefined, RECOVERED)),
          )
          return false
        }
        removeCredentials(socket.request, authorizer.credentialSubprotocols)
        Object.assign(socket.data, { authorizer: result.authorizer })
        if (closeAtExpiry && socket.conn.readyState === 'open') expiries.start(socket, result.authorizer, authorizer)
        return true
      },
      goOn: () => next(),
      fail,
      abandon: () => void socket.conn.close(),
    })
  }
  return Object.assign(middleware, { authorizer: authorizer as Authorizer<never> })
}
