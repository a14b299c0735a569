/** A WebSocket API's authorizer as a middleware before Hono's upgradeWebSocket (AWS-WS-01 to 08, AWS-WSX-04). */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock } from '@custom-authorizer/core/testing'
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/hono'
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server'
import { Hono } from 'hono'
import type { Server } from 'node:http'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { allow, API, CONNECT, connectClient, deny, exchange, listen, tryConnect } from './harness.ts'

const serve = async (handler: (event: aws.WebSocketEvent) => unknown, options: aws.WebSocketOptions = {}) => {
  const clock = fakeClock()
  const events: aws.WebSocketEvent[] = []
  const opened: string[] = []
  const guard = customAuthorizer(
    ((event: aws.WebSocketEvent) => {
      events.push(event)
      return handler(event)
    }) as AnyFunction as never,
    { contract: aws.webSocket({ api: API, ...options }), clock, logger: null },
  )
  const app = new Hono().get(
    '/chat',
    guard,
    upgradeWebSocket((c) => ({
      onOpen: () => void opened.push(c.req.path),
      onMessage: (_, socket) => {
        const { principalId, context, requestContext } = getAuthorizer(c)
        const local = c.var.authorizer.principalId
        socket.send(JSON.stringify({ principalId, local, context, authorizer: requestContext.authorizer }))
      },
    })),
  )
  const websocket = { server: new WebSocketServer({ noServer: true }) as never }
  const { port } = await listen(createAdaptorServer({ fetch: app.fetch, websocket }) as Server)
  return { port, clock, events, opened }
}

const ROWS: readonly [rule: string, title: string, handler: () => unknown, status: number][] = [
  ['AWS-WS-08', 'an Allow', async () => allow(), 101],
  ['AWS-WS-03', 'an Allow on another route', async () => allow(CONNECT.replace('$connect', 'send')), 403],
  ['AWS-WS-04', 'a Deny', async () => deny(), 403],
  ['AWS-WS-05', 'no result', async () => undefined, 500],
  [
    'AWS-WS-02',
    'a thrown Unauthorized',
    async () => {
      throw new Error('Unauthorized')
    },
    401,
  ],
]

const CASES = ROWS.map(([rule, title, handler, status]) => [rule, title, status, handler] as const)

test.each(CASES)('%s on Hono a handshake after %s gets %i', async (_, _title, status, handler) => {
  const app = await serve(handler)
  expect((await tryConnect(app)).status).toBe(status)
  expect(app.events).toHaveLength(1)
  expect(app.opened).toHaveLength(status === 101 ? 1 : 0)
})

test('AWS-WS-01 without the identity source the function is not called', async () => {
  const app = await serve(async () => allow(), { identitySource: 'route.request.querystring.token' })
  expect((await tryConnect(app)).status).toBe(401)
  expect(app.events).toHaveLength(0)
  expect((await tryConnect(app, { target: '/chat?token=x' })).status).toBe(101)
})

test('AWS-EVT-80 AWS-EVT-82 the function receives the $connect event', async () => {
  const app = await serve(async () => allow())
  await tryConnect(app, { target: '/chat?room=1', headers: [['X-Spelled', 'a']] })
  expect(app.events[0]).toMatchObject({
    methodArn: CONNECT,
    headers: { Connection: 'Upgrade', Upgrade: 'websocket', 'X-Spelled': 'a', 'content-length': '0' },
    queryStringParameters: { room: '1' },
    requestContext: { routeKey: '$connect', connectedAt: app.clock.now() },
  })
})

test('AWS-KIND-29 the function is called for every connection', async () => {
  const app = await serve(async () => allow(), { identitySource: 'route.request.querystring.token' })
  for (let count = 1; count <= 3; count++) {
    await tryConnect(app, { target: '/chat?token=x' })
    expect(app.events).toHaveLength(count)
  }
})

test('AWS-WSX-04 AWS-WSX-06 a message handler reads the caller an hour after the handshake', async () => {
  const app = await serve(async () => allow('*', { context: { role: 'reader', n: 1 } }))
  const client = await connectClient(app.port)
  app.clock.advanceSync(3_600_000)
  const text = { role: 'reader', n: '1' }
  expect(JSON.parse(await exchange(client, '?'))).toEqual({
    principalId: 'u',
    local: 'u',
    context: text,
    authorizer: { ...text, principalId: 'u', integrationLatency: 0 },
  })
  expect(app.events).toHaveLength(1)
})

test('SEC-06 a handshake with an ambiguous target is rejected with 400', async () => {
  const app = await serve(async () => allow())
  const response = await tryConnect(app, { target: '/x/../chat' })
  expect([response.status, app.events.length, app.opened.length]).toEqual([400, 0, 0])
})
