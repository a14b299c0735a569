/** WebSocket servers with a guarded handshake: `guardUpgrade` with ws, and middleware with Hono's `upgradeWebSocket`. @module */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type AnyFunction, type Authorizer, type AuthorizerContext, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { getAuthorizer, guardUpgrade } from '@custom-authorizer/core/node'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import * as hono from '@custom-authorizer/hono'
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server'
import { Hono } from 'hono'
import { describe, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { API, listen } from './harness.ts'

type Handler = (event: aws.WebSocketEvent) => unknown

/** A running server, and what it has recorded. */
export interface WebSocketService {
  readonly port: number
  readonly server: Server
  readonly clock: FakeClock
  readonly authorizer: Authorizer
  /** The events that the function has received. */
  readonly events: readonly aws.WebSocketEvent[]
  /** The sockets of all connections, denied or not. */
  readonly sockets: readonly Duplex[]
  /** Handshakes that reached the WebSocket server, and connections that it accepted. */
  readonly seen: { handshakes: number; connections: number }
}

type Start = (authorizer: Authorizer, wss: WebSocketServer) => Server

const callerAsJson = ({ principalId, context, requestContext }: AuthorizerContext): string =>
  JSON.stringify({ principalId, context, authorizer: requestContext.authorizer })

/** Responds to every message with the caller of the connection. */
const startWs: Start = (authorizer, wss) => {
  const guard = guardUpgrade(authorizer)
  wss.on('connection', (socket, request: IncomingMessage) => {
    socket.on('message', () => socket.send(callerAsJson(getAuthorizer(request))))
  })
  return createServer((_, response) => response.end('plain')).on(
    'upgrade',
    guard((request, socket, head) =>
      wss.handleUpgrade(request, socket, head, (webSocket) => void wss.emit('connection', webSocket, request)),
    ),
  )
}

const startHono: Start = (authorizer, wss) => {
  const app = new Hono()
    .get(
      '/chat',
      hono.customAuthorizer(authorizer),
      upgradeWebSocket((c) => ({ onMessage: (_, socket) => socket.send(callerAsJson(hono.getAuthorizer(c))) })),
    )
    .get('*', (c) => c.text('plain'))
  return createAdaptorServer({ fetch: app.fetch, websocket: { server: wss as never } }) as Server
}

const open = async (
  start: Start,
  handler: Handler,
  options: aws.WebSocketOptions,
  kernel: object,
): Promise<WebSocketService> => {
  const clock = fakeClock()
  const events: aws.WebSocketEvent[] = []
  const authorize = (event: aws.WebSocketEvent): unknown => {
    events.push(event)
    return handler(event)
  }
  const authorizer = createAuthorizer({
    authorize: authorize as AnyFunction as never,
    contract: aws.webSocket({ api: API, ...options }),
    clock,
    logger: null,
    ...kernel,
  }) as unknown as Authorizer
  const wss = new WebSocketServer({ noServer: true })
  const seen = { handshakes: 0, connections: 0 }
  const handleUpgrade = wss.handleUpgrade.bind(wss)
  vi.spyOn(wss, 'handleUpgrade').mockImplementation((...given) => {
    seen.handshakes++
    handleUpgrade(...given)
  })
  wss.on('connection', () => void seen.connections++)
  const server = start(authorizer, wss)
  const { port, sockets } = await listen(server)
  return { port, server, clock, authorizer, events, sockets, seen }
}

export interface Integration {
  readonly name: 'ws' | 'Hono'
  open(handler: Handler, options?: aws.WebSocketOptions, kernel?: object): Promise<WebSocketService>
}

const INTEGRATIONS: readonly Integration[] = [
  { name: 'ws', open: (handler, options = {}, kernel = {}) => open(startWs, handler, options, kernel) },
  { name: 'Hono', open: (handler, options = {}, kernel = {}) => open(startHono, handler, options, kernel) },
]

/** Describes the same tests for each integration. */
export const describeIntegrations = (title: string, define: (integration: Integration) => void): void => {
  describe.each(INTEGRATIONS.map((integration) => [integration.name, integration] as const))(
    `${title} on %s`,
    (_, integration) => define(integration),
  )
}
