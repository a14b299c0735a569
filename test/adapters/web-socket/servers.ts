/** The two places where a handshake can be guarded, described alike: `guardUpgrade` before ws, a middleware before Hono's helper. @module */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type AnyFunction, type Authorizer, type AuthorizerContext, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { getAuthorizer, guardUpgrade } from '@custom-authorizer/core/node'
import * as hono from '@custom-authorizer/hono'
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server'
import { Hono } from 'hono'
import { describe, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { TestClock } from '../../support/clock.ts'
import { API, listen } from './harness.ts'

type Handler = (event: aws.WebSocketEvent) => unknown

/** What a test may ask of a guarded server. */
export interface Door {
  readonly port: number
  readonly server: Server
  readonly clock: TestClock
  readonly authorizer: Authorizer
  /** The events that the function has received. */
  readonly events: readonly aws.WebSocketEvent[]
  /** The sockets of all connections, refused or not. */
  readonly sockets: readonly Duplex[]
  /** What the WebSocket server has seen: handshakes that it was handed, connections that it has made. */
  readonly seen: { handshakes: number; connections: number }
}

type Open = (authorizer: Authorizer, wss: WebSocketServer) => Server

const said = ({ principalId, context, requestContext }: AuthorizerContext): string =>
  JSON.stringify({ principalId, context, authorizer: requestContext.authorizer })

/** Answers every message with what the authorizer has said about the connection. */
const openWs: Open = (authorizer, wss) => {
  const guard = guardUpgrade(authorizer)
  wss.on('connection', (socket, request: IncomingMessage) => {
    socket.on('message', () => socket.send(said(getAuthorizer(request))))
  })
  return createServer((_, response) => response.end('plain')).on(
    'upgrade',
    guard((request, socket, head) =>
      wss.handleUpgrade(request, socket, head, (webSocket) => void wss.emit('connection', webSocket, request)),
    ),
  )
}

const openHono: Open = (authorizer, wss) => {
  const app = new Hono()
    .get(
      '/chat',
      hono.customAuthorizer(authorizer),
      upgradeWebSocket((c) => ({ onMessage: (_, socket) => socket.send(said(hono.getAuthorizer(c))) })),
    )
    .get('*', (c) => c.text('plain'))
  return createAdaptorServer({ fetch: app.fetch, websocket: { server: wss as never } }) as Server
}

const open = async (place: Open, handler: Handler, options: aws.WebSocketOptions, kernel: object): Promise<Door> => {
  const clock = new TestClock()
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
  const server = place(authorizer, wss)
  const { port, sockets } = await listen(server)
  return { port, server, clock, authorizer, events, sockets, seen }
}

export interface Place {
  readonly name: 'ws' | 'Hono'
  open(handler: Handler, options?: aws.WebSocketOptions, kernel?: object): Promise<Door>
}

const PLACES: readonly Place[] = [
  { name: 'ws', open: (handler, options = {}, kernel = {}) => open(openWs, handler, options, kernel) },
  { name: 'Hono', open: (handler, options = {}, kernel = {}) => open(openHono, handler, options, kernel) },
]

/** Describes the same tests for each place. */
export const describePlaces = (title: string, define: (place: Place) => void): void => {
  describe.each(PLACES.map((place) => [place.name, place] as const))(`${title} on %s`, (_, place) => define(place))
}
