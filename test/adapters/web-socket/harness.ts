/** A server of the ws package with guarded upgrades, and clients for it. @module */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { guardUpgrade, type UpgradeGuard, type UpgradeListener } from '@custom-authorizer/core/node'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { onTestFinished } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { type RawResponse, RawConnection, type RawRequest, toBytes } from '../../support/raw-client.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'

export const API = { region: 'us-east-1', accountId: '123456789012', apiId: 'abcdef123', stage: 'prod' } as const
/** The resource of every WebSocket handshake (AWS-ARN-03). */
export const CONNECT = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/$connect'

export const UNAUTHORIZED = '401 {"message":"Unauthorized"}'
export const IMPLICIT_DENY = '403 {"message":"User is not authorized to access this resource"}'
export const EXPLICIT_DENY =
  '403 {"message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}'
export const FAILED = '500 {"message":"Internal server error"}'

const policyResult = (Effect: string, Resource: string, members: object): object => ({
  principalId: 'u',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect, Resource }] },
  ...members,
})
export const allow = (resource: string = CONNECT, members: object = {}): object =>
  policyResult('Allow', resource, members)
export const deny = (resource: string = CONNECT, members: object = {}): object =>
  policyResult('Deny', resource, members)

type Handler = (event: aws.WebSocketEvent, context: aws.LambdaContext) => unknown
type Lines = readonly (readonly [name: string, value: string])[]

export interface GuardedServer {
  readonly port: number
  readonly server: Server
  readonly clock: FakeClock
  readonly logger: RecordingLogger
  readonly guard: UpgradeGuard<Record<string, unknown>>
  /** The events that the function has received. */
  readonly events: readonly aws.WebSocketEvent[]
  /** The requests that reached the listener. */
  readonly admitted: readonly IncomingMessage[]
  /** The sockets of all connections, denied or not. */
  readonly sockets: readonly Duplex[]
  /** Resolves when the function is next called. */
  nextCall(): Promise<void>
}

/** Starts a server; after the test it is closed with all connections, including upgraded ones. */
export const listen = async (
  server: Server,
): Promise<{ readonly port: number; readonly sockets: readonly Duplex[] }> => {
  const sockets: Duplex[] = []
  server.on('connection', (socket) => void sockets.push(socket))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { port: (server.address() as AddressInfo).port, sockets }
}

const ignore = (): void => undefined

/** A server with guarded upgrades; `onConnection` is the application. */
export const startGuardedServer = async (
  handler: Handler,
  options: aws.WebSocketOptions = {},
  guarding: object = {},
  onConnection: (socket: WebSocket, request: IncomingMessage) => void = () => undefined,
): Promise<GuardedServer> => {
  const clock = fakeClock()
  const logger = new RecordingLogger()
  const events: aws.WebSocketEvent[] = []
  const admitted: IncomingMessage[] = []
  let called = ignore
  const authorize = (event: aws.WebSocketEvent, context: aws.LambdaContext): unknown => {
    events.push(event)
    called()
    return handler(event, context)
  }
  const contract = aws.webSocket({ api: API, ...options })
  const guard = guardUpgrade(authorize as AnyFunction as never, { contract, clock, logger, ...guarding })
  const wss = new WebSocketServer({ noServer: true }).on('connection', onConnection)
  const server = createServer((_, response) => response.end('plain'))
  const listener: UpgradeListener = (request, socket, head) => {
    admitted.push(request)
    wss.handleUpgrade(request, socket, head, (webSocket) => void wss.emit('connection', webSocket, request))
  }
  server.on('upgrade', guard(listener))
  const { port, sockets } = await listen(server)
  const nextCall = (): Promise<void> =>
    new Promise((resolve) => {
      called = resolve
    })
  return { port, server, clock, logger, guard, events, admitted, sockets, nextCall }
}

/** Header lines of a handshake (RFC 6455, section 4.1) with `more` after them. */
export const handshakeLines = (more: Lines = [], upgrade: string = 'websocket'): Lines => [
  ['Host', 'chat.example.com'],
  ['Connection', 'Upgrade'],
  ['Upgrade', upgrade],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
  ...more,
]

export interface ConnectOptions extends Omit<RawRequest, 'headers'> {
  readonly headers?: Lines
  readonly upgrade?: string
}

/** Sends a handshake; the test reads the response. */
export const connect = async (
  port: number,
  { headers, upgrade, ...request }: ConnectOptions = {},
): Promise<RawConnection> => {
  const connection = await RawConnection.open(port)
  onTestFinished(() => connection.close())
  connection.write(toBytes({ target: '/chat', ...request, headers: handshakeLines(headers, upgrade) }))
  return connection
}

/** Reads the response to a handshake. After a denial the server must close the connection without further bytes. */
export const readResponse = async (connection: RawConnection, method?: string): Promise<RawResponse> => {
  const given = await connection.read(method)
  if (given.status === 101) return given
  const rest = await connection.rest()
  if (rest.length > 0) throw new Error(`bytes after the denial: ${JSON.stringify(rest.toString('latin1'))}`)
  return given
}

export const tryConnect = async (
  { port }: Pick<GuardedServer, 'port'>,
  request?: ConnectOptions,
): Promise<RawResponse> => readResponse(await connect(port, request))

/** `101`, or the status and body of a denial. */
export const resultText = ({ status, body }: RawResponse): string => (status === 101 ? '101' : `${status} ${body}`)

/** A client of the ws package, connected. */
export const connectClient = async (
  port: number,
  target: string = '/chat',
  headers: object = {},
): Promise<WebSocket> => {
  const client = new WebSocket(`ws://127.0.0.1:${port}${target}`, { headers: { ...headers } })
  onTestFinished(() => client.terminate())
  await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject))
  return client
}

/** Sends a message and reads the next one. */
export const exchange = async (client: WebSocket, message: string): Promise<string> => {
  const received = new Promise<string>((resolve) => client.once('message', (data: Buffer) => resolve(data.toString())))
  client.send(message)
  return received
}
