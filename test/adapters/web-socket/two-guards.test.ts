/** Two guards before one listener: both authorizers run, and each guard returns its own caller (AWS-WSX-01, AWS-WSX-04, SEC-17). */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { getAuthorizer, guardUpgrade, type UpgradeGuard } from '@custom-authorizer/core/node'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import * as hono from '@custom-authorizer/hono'
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { allow, API, connectClient, deny, exchange, listen, tryConnect } from './harness.ts'

type Event = aws.WebSocketEvent
const HOUR = 3_600_000

const options = (clock: FakeClock, header: string) => ({
  contract: aws.webSocket({ api: API }),
  clock,
  logger: null,
  contextHeaders: { [header]: 'principalId' },
})
const by = (principalId: string) => async (event: Event) =>
  allow('*', { principalId, context: { by: principalId, saw: event.headers['x-first'] ?? 'nothing' } })

const openTwo = async (first: (event: Event) => unknown, second: (event: Event) => unknown) => {
  const clock = fakeClock()
  const calls: string[] = []
  const guardOf = (name: string, handler: (event: Event) => unknown): UpgradeGuard<unknown> => {
    const authorize = (event: Event): unknown => {
      calls.push(name)
      return handler(event)
    }
    return guardUpgrade(authorize as AnyFunction as never, options(clock, `x-${name}`) as never)
  }
  const guards = [guardOf('first', first), guardOf('second', second)] as const
  const admitted: IncomingMessage[] = []
  const wss = new WebSocketServer({ noServer: true }).on('connection', (socket, request: IncomingMessage) => {
    admitted.push(request)
    socket.on('message', () => {
      const principals = [undefined, ...guards].map((guard) => getAuthorizer(request, guard as never).principalId)
      socket.send(JSON.stringify([...principals, request.headers['x-first'], request.headers['x-second']]))
    })
  })
  const server = createServer().on(
    'upgrade',
    guards[0](
      guards[1]((request, socket, head) =>
        wss.handleUpgrade(request, socket, head, (webSocket) => void wss.emit('connection', webSocket, request)),
      ),
    ),
  )
  const { port, sockets } = await listen(server)
  return { port, sockets, clock, calls, admitted, guards }
}

test('AWS-WSX-04 SEC-17 getAuthorizer(request, guard) returns the caller of that guard an hour later', async () => {
  const service = await openTwo(by('ann'), by('rob'))
  const client = await connectClient(service.port, '/chat', { 'X-First': 'mallory', 'X-Second': 'mallory' })
  service.clock.advanceSync(HOUR)
  expect(JSON.parse(await exchange(client, '?'))).toEqual(['rob', 'ann', 'rob', 'ann', 'rob'])
  expect(service.calls).toEqual(['first', 'second'])
  const { context } = getAuthorizer(service.admitted[0] as IncomingMessage, service.guards[1] as never)
  expect(context).toMatchObject({ by: 'rob', saw: 'ann' })
})

test('AWS-WSX-01 after a denial of the first guard, the second authorizer is not called', async () => {
  const service = await openTwo(async () => deny(), by('rob'))
  expect((await tryConnect(service)).status).toBe(403)
  expect([service.calls, service.admitted]).toEqual([['first'], []])
})

test('AWS-WSX-01 after a denial of the second guard, the listener is not called', async () => {
  const service = await openTwo(by('ann'), async () => undefined)
  expect((await tryConnect(service)).status).toBe(500)
  expect([service.calls, service.admitted]).toEqual([['first', 'second'], []])
  expect(service.sockets[0]?.destroyed).toBe(true)
})

test('AWS-WSX-04 on Hono, getAuthorizer(c, guard) returns the caller of that guard an hour later', async () => {
  const clock = fakeClock()
  const guards = ['ann', 'rob'].map((name, index) =>
    hono.customAuthorizer(
      by(name) as AnyFunction as never,
      options(clock, index === 0 ? 'x-first' : 'x-second') as never,
    ),
  )
  const [first, second] = guards as [(typeof guards)[0], (typeof guards)[0]]
  const app = new Hono().get(
    '/chat',
    first,
    second,
    upgradeWebSocket((c) => ({
      onMessage: (_, socket) => {
        const principals = [undefined, first, second].map((guard) => hono.getAuthorizer(c, guard as never).principalId)
        socket.send(JSON.stringify([...principals, c.req.header('x-first'), c.req.header('x-second')]))
      },
    })),
  )
  const websocket = { server: new WebSocketServer({ noServer: true }) as never }
  const { port } = await listen(createAdaptorServer({ fetch: app.fetch, websocket }) as Server)
  const client = await connectClient(port, '/chat', { 'X-First': 'mallory', 'X-Second': 'mallory' })
  clock.advanceSync(HOUR)
  expect(JSON.parse(await exchange(client, '?'))).toEqual(['rob', 'ann', 'rob', 'ann', 'rob'])
})
