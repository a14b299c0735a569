/** `guardUpgrade`: the guard for `upgrade` requests, which bypass middleware; it runs before the handshake (SEC-110). @module */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Authorizer, DenialReason, GatewayResponse, MountOptions } from '../index.ts'
import { check, type Check, ORIGIN, systemClock } from '../contract.ts'
import {
  createMount,
  type CustomAuthorizer,
  type Guarded,
  type GuardResult,
  type MiddlewareType,
  writableResponse,
} from '../adapter.ts'
import { closeAtExpiry } from './socket/expiry.ts'
import { IncomingPlace } from './place.ts'
import { guardRequest } from './run-mount.ts'
import { reportFailure, runSteps } from './proceed.ts'
import { toGatewayRequest } from './request.ts'

/** Options of {@link guardUpgrade}, in addition to those of `createAuthorizer`. */
export interface UpgradeOptions extends Pick<
  MountOptions,
  | 'contextHeaders'
  | 'parameterMapping'
  | 'trustedProxies'
  | 'ambiguousTargets'
  | 'encodedSlash'
  | 'repeatedParameters'
  | 'mountPath'
  | 'routing'
> {
  /** Protocols that clients may upgrade to; requests for others get 400. Default `['websocket']`. */
  protocols?: readonly string[]
  /**
   * Origins that browsers may connect from, such as `https://app.example.com`; others get 403. Default: any. Cookies among the
   * identity sources need the same origin in any case (SEC-122). Set this option if the function reads cookies in another way,
   * against cross-site WebSocket hijacking.
   */
  origins?: readonly string[]
  /**
   * Whether a connection is closed when the result expires: at `expiresAt` of a native result, or when a JSON Web Token is no
   * longer valid. A WebSocket gets a close frame with the status 1008. Results without `expiresAt` do not expire. Default false
   * (SEC-124).
   */
  closeAtExpiry?: boolean
}

/** A listener of `upgrade`. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * A listener to guard. Written as a method, so that listeners with narrower parameters are accepted, such as `proxy.upgrade` of
 * `http-proxy-middleware`, whose socket is a `net.Socket`.
 */
type GuardedListener = { listener(request: IncomingMessage, socket: Duplex, head: Buffer): void }['listener']

/** Returns a listener that calls the given one only for requests that the authorizer allows. */
export interface UpgradeGuard<TContext> {
  (listener: GuardedListener): UpgradeListener
  readonly authorizer: Authorizer<TContext>
}

interface UpgradeGuardType extends MiddlewareType {
  readonly middleware: UpgradeGuard<this['context']>
}

const PROTOCOL = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:\/[A-Za-z0-9!#$%&'*+.^_`|~-]+)?$/
const protocolsOption: Check = check.listOf(check.text(PROTOCOL, 'a protocol such as "websocket"'))
const originsOption: Check = check.listOf(check.text(ORIGIN, 'an origin such as "https://app.example.com"'))

const ignore = (): void => undefined

/** Reason phrases; RFC 9112 allows an empty one for other statuses. Node's own table is not available on other runtimes. */
const PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  408: 'Request Timeout',
  413: 'Payload Too Large',
  414: 'URI Too Long',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** Writes a response to a socket and closes it. A gateway response that cannot be written is replaced with a 500. */
const respond = (socket: Duplex, gatewayResponse: GatewayResponse | undefined, method?: string): void => {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status, headers, body } = writableResponse(gatewayResponse)
  const lines = [
    `HTTP/1.1 ${status} ${PHRASES[status] ?? ''}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `Date: ${new Date().toUTCString()}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  socket.end(method === 'HEAD' ? head : Buffer.concat([head, Buffer.from(body)]), () => socket.destroy())
}

const isWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.trim().toLowerCase() === 'websocket'

/** Whether every protocol that the client requests is in the list. */
const upgradesTo = (request: IncomingMessage, protocols: ReadonlySet<string>): boolean => {
  const requested = (request.headers.upgrade ?? '').split(',').map((each) => each.trim().toLowerCase())
  return requested.every((each) => protocols.has(each))
}

/**
 * Guards a listener of a server's `upgrade` event. The listener runs only for requests that the authorizer allows; other
 * clients get a response on the socket. `getAuthorizer(request)` returns the context for as long as the connection is open.
 *
 * @example
 * const guard = guardUpgrade(handler, { contract: aws.webSocket({ identitySource: 'route.request.querystring.token' }) })
 * server.on('upgrade', guard((req, socket, head) => wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req))))
 */
export const guardUpgrade: CustomAuthorizer<UpgradeGuardType, UpgradeOptions> = (
  guarded: Guarded,
  options: object = {},
) => {
  const { protocols = ['websocket'], origins, closeAtExpiry: closes, ...rest } = options as UpgradeOptions
  const misplaced = ['skip', 'preflight', 'failureMode', 'bind', 'mountedPaths', 'onDenied'].find((name) =>
    Object.hasOwn(options, name),
  )
  if (misplaced !== undefined)
    throw check.optionError(
      `guardUpgrade.${misplaced}`,
      (options as Record<string, unknown>)[misplaced],
      'nothing: the authorizer always has to allow an upgrade',
    )
  const wrongProtocols = protocolsOption(protocols)
  if (wrongProtocols !== undefined) throw check.optionError('guardUpgrade.protocols', protocols, wrongProtocols)
  const wrongOrigins = origins === undefined ? undefined : originsOption(origins)
  if (wrongOrigins !== undefined) throw check.optionError('guardUpgrade.origins', origins, wrongOrigins)
  const wrongClosing = closes === undefined ? undefined : check.oneOf(true, false)(closes)
  if (wrongClosing !== undefined) throw check.optionError('guardUpgrade.closeAtExpiry', closes, wrongClosing)
  const allowedProtocols = new Set(protocols.map((each) => each.toLowerCase()))
  const allowedOrigins = origins === undefined ? undefined : new Set(origins)
  const mount = createMount(guarded, rest, { caseSensitive: false, strict: false })

  // `assertGuarded` recognizes a guard by its authorizer.
  const mark = (listener: UpgradeListener): UpgradeListener => Object.assign(listener, { authorizer: mount.authorizer })
  const guard = (listener: UpgradeListener): UpgradeListener =>
    mark(function upgrade(request, socket, head) {
      // Until the listener takes over the socket, a reset by the client must not crash the process.
      socket.on('error', ignore)
      const deny = (reason: DenialReason): GuardResult<Record<string, unknown>> => {
        const gatewayRequest = toGatewayRequest(request, mount.readOptions)
        return mount.denying(mount.authorizer.deny(gatewayRequest, reason))
      }
      runSteps<GuardResult<Record<string, unknown>>>({
        decide: () => {
          if (!upgradesTo(request, allowedProtocols)) return deny('MALFORMED_REQUEST')
          const { origin } = request.headers
          const foreign = allowedOrigins !== undefined && origin !== undefined && !allowedOrigins.has(origin)
          return foreign ? deny('FOREIGN_ORIGIN') : guardRequest(mount, request, new IncomingPlace(request, request))
        },
        carryOut: (result) => {
          if (result.kind === 'denied') {
            respond(socket, result.denied.response, request.method)
            return false
          }
          // The client may have disconnected while the authorizer ran.
          if (socket.destroyed || socket.readableEnded) {
            socket.destroy()
            return false
          }
          socket.off('error', ignore)
          if (closes === true && result.kind === 'allowed') {
            const { clock = systemClock } = mount.authorizer
            closeAtExpiry(socket, { context: result.authorizer, clock, isWebSocket: isWebSocket(request) })
          }
          return true
        },
        goOn: () => listener(request, socket, head),
        fail: (error) => {
          try {
            respond(socket, undefined, request.method)
          } catch {
            socket.destroy()
          }
          reportFailure(mount.authorizer, error)
        },
        abandon: () => void socket.destroy(),
      })
    })
  return Object.assign(guard, { authorizer: mount.authorizer as Authorizer<never> })
}
