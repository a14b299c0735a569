/** Guards `upgrade` listeners, which no middleware sees: the decision comes before the handshake (SEC-110). @module */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type {
  AnyFunction,
  Authorizer,
  ContextOf,
  ContextValues,
  DenialReason,
  GatewayResponse,
  KernelOptions,
  MountOptions,
  NativeAuthorize,
} from '../index.ts'
import { check, type Check, ORIGIN } from '../contract.ts'
import { createMount, type GuardResult, writableResponse } from '../adapter.ts'
import { guardRequest } from './run-mount.ts'
import { reportFailure, runSteps } from './proceed.ts'
import { toGatewayRequest } from './request.ts'

/** Options of {@link guardUpgrade} beside those of `createAuthorizer`. */
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
  /** Protocols that may be upgraded to. Others get 400. Default `['websocket']`. */
  protocols?: readonly string[]
  /**
   * Origins that browsers may connect from, such as `https://app.example.com`; others get 403. Default: any, which is safe
   * only where cookies are no credential (cross-site WebSocket hijacking).
   */
  origins?: readonly string[]
}

/** A listener of `upgrade`. */
export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Puts the guard before a listener. */
export interface UpgradeGuard<TContext> {
  (listener: UpgradeListener): UpgradeListener
  readonly authorizer: Authorizer<TContext>
}

const PROTOCOL = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+(?:\/[A-Za-z0-9!#$%&'*+.^_`|~-]+)?$/
const protocolsOption: Check = check.listOf(check.text(PROTOCOL, 'a protocol such as "websocket"'))
const originsOption: Check = check.listOf(check.text(ORIGIN, 'an origin such as "https://app.example.com"'))

const ignore = (): void => undefined

/** Reason phrases; RFC 9112 lets others be empty. Node's own table is not available on other runtimes. */
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

/** Writes a response to a socket that has no response object. One that cannot be written is replaced by a 500. */
const refuse = (socket: Duplex, given: GatewayResponse | undefined, method?: string): void => {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status, headers, body } = writableResponse(given)
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

/** Whether every protocol that the client asks for is in the list. */
const upgradesTo = (request: IncomingMessage, protocols: ReadonlySet<string>): boolean => {
  const asked = (request.headers.upgrade ?? '').split(',').map((each) => each.trim().toLowerCase())
  return asked.every((each) => protocols.has(each))
}

/**
 * Guards a listener of a server's `upgrade` event. The listener runs only for requests that the authorizer allows; others
 * are answered on the socket. What the authorizer said stays with the request for as long as the connection lives:
 * `getAuthorizer(request)`.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * const guard = guardUpgrade(handler, { contract: aws.webSocket({ identitySource: 'route.request.querystring.token' }) })
 * server.on('upgrade', guard((req, socket, head) => wss.handleUpgrade(req, socket, head, (ws) => wss.emit('connection', ws, req))))
 */
export function guardUpgrade<
  TAuthorize extends TContract,
  TContract extends AnyFunction = NativeAuthorize,
  TValues extends ContextValues = 'typed',
>(
  authorize: TAuthorize,
  options?: UpgradeOptions & KernelOptions<TContract, TValues>,
): UpgradeGuard<ContextOf<TAuthorize, TValues>>
export function guardUpgrade<TContext>(
  authorizer: Authorizer<TContext>,
  options?: UpgradeOptions,
): UpgradeGuard<TContext>
export function guardUpgrade<TContext>(
  given: AnyFunction | Authorizer<TContext>,
  options: object = {},
): UpgradeGuard<TContext> {
  const { protocols = ['websocket'], origins, ...rest } = options as UpgradeOptions
  const misplaced = ['skip', 'preflight', 'failureMode', 'bind', 'mountedPaths'].find((name) =>
    Object.hasOwn(options, name),
  )
  if (misplaced !== undefined)
    throw check.optionError(
      `guardUpgrade.${misplaced}`,
      (options as Record<string, unknown>)[misplaced],
      'nothing here: it has no meaning for an upgrade, which the authorizer always has to allow',
    )
  const wrongProtocols = protocolsOption(protocols)
  if (wrongProtocols !== undefined) throw check.optionError('guardUpgrade.protocols', protocols, wrongProtocols)
  const wrongOrigins = origins === undefined ? undefined : originsOption(origins)
  if (wrongOrigins !== undefined) throw check.optionError('guardUpgrade.origins', origins, wrongOrigins)
  const allowedProtocols = new Set(protocols.map((each) => each.toLowerCase()))
  const allowedOrigins = origins === undefined ? undefined : new Set(origins)
  const mount = createMount<TContext>(given, rest, { caseSensitive: false, strict: false })

  // `assertGuarded` knows a guard by its authorizer.
  const mark = (listener: UpgradeListener): UpgradeListener => Object.assign(listener, { authorizer: mount.authorizer })
  const guard = (listener: UpgradeListener): UpgradeListener =>
    mark(function upgrade(request, socket, head) {
      // Until the listener takes the socket over, a client that resets it must not end the process.
      socket.on('error', ignore)
      const refused = (reason: DenialReason): GuardResult<TContext> => {
        const asked = toGatewayRequest(request, mount.readOptions)
        return { kind: 'denied', denied: mount.authorizer.deny(asked, reason) }
      }
      runSteps<GuardResult<TContext>>({
        decide: () => {
          if (!upgradesTo(request, allowedProtocols)) return refused('MALFORMED_REQUEST')
          const { origin } = request.headers
          const foreign = allowedOrigins !== undefined && origin !== undefined && !allowedOrigins.has(origin)
          return foreign ? refused('FOREIGN_ORIGIN') : guardRequest(mount, request, { carrier: request })
        },
        carryOut: (entry) => {
          if (entry.kind === 'denied') {
            refuse(socket, entry.denied.response, request.method)
            return false
          }
          // The client may have gone while the authorizer was at work.
          if (socket.destroyed || socket.readableEnded) {
            socket.destroy()
            return false
          }
          socket.off('error', ignore)
          return true
        },
        goOn: () => listener(request, socket, head),
        fail: (error) => {
          try {
            refuse(socket, undefined, request.method)
          } catch {
            socket.destroy()
          }
          reportFailure(mount.authorizer, error)
        },
        abandon: () => void socket.destroy(),
      })
    })
  return Object.assign(guard, { authorizer: mount.authorizer })
}
