/** From the decision to the connection: what stays with it, and functions that hang (AWS-WSX-04, 05, 06, AWS-WS-05, 11). */
import type { IncomingMessage } from 'node:http'
import { getAuthorizer } from '@custom-authorizer/core/node'
import { expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import {
  allow,
  answerTo,
  connectClient,
  exchange,
  FAILED,
  connect,
  startGuardedServer,
  said,
  tryConnect,
} from './harness.ts'

const HOUR = 3_600_000

test('AWS-WSX-04 AWS-WSX-05 AWS-WSX-06 AWS-WS-11 AWS-OUT-13 a message handler knows the caller an hour later', async () => {
  const context = { role: 'reader', n: 1, admin: false, team: null }
  const door = await startGuardedServer(
    async () => allow('*', { context }),
    {},
    {},
    (socket, request) =>
      void socket.on('message', () => {
        const { principalId, requestContext, ...rest } = getAuthorizer(request)
        socket.send(JSON.stringify({ principalId, context: rest.context, authorizer: requestContext.authorizer }))
      }),
  )
  const client = await connectClient(door.port)
  const text = { role: 'reader', n: '1', admin: 'false', team: null }
  const expected = { principalId: 'u', context: text, authorizer: { ...text, principalId: 'u', integrationLatency: 0 } }
  expect(JSON.parse(await exchange(client, 'who am I?'))).toEqual(expected)
  door.clock.advance(HOUR)
  expect(JSON.parse(await exchange(client, 'who am I?'))).toEqual(expected)
  expect(door.events).toHaveLength(1)
})

test('AWS-WSX-04 two connections of one server do not see each other', async () => {
  const door = await startGuardedServer(
    async ({ queryStringParameters }) => allow('*', { principalId: queryStringParameters['token'] }),
    { identitySource: 'route.request.querystring.token' },
    {},
    (socket, request) => void socket.on('message', () => socket.send(getAuthorizer(request).principalId)),
  )
  const ann = await connectClient(door.port, '/?token=ann')
  const rob = await connectClient(door.port, '/?token=rob')
  expect(await Promise.all([exchange(ann, '?'), exchange(rob, '?')])).toEqual(['ann', 'rob'])
})

test('AWS-WSX-06 integrationLatency is how long the function took', async () => {
  const answer = new Deferred<object>()
  const door = await startGuardedServer(() => answer.promise)
  const called = door.nextCall()
  const connection = await connect(door.port)
  await called
  door.clock.advance(180)
  answer.resolve(allow())
  expect((await answerTo(connection)).status).toBe(101)
  const { authorizer } = getAuthorizer(door.admitted[0] as IncomingMessage).requestContext
  expect(authorizer).toEqual({ principalId: 'u', integrationLatency: 180 })
})

test('AWS-WSX-04 a request that was refused has no answer to read', async () => {
  const door = await startGuardedServer(async () => ({}))
  const seen: IncomingMessage[] = []
  door.server.prependListener('upgrade', (request) => void seen.push(request))
  await tryConnect(door)
  expect(() => getAuthorizer(seen[0] as IncomingMessage)).toThrow(
    expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' }),
  )
})

test('AWS-WS-05 a function that hangs is a failure at the deadline and not before', async () => {
  const door = await startGuardedServer(() => new Promise(() => {}))
  const called = door.nextCall()
  const connection = await connect(door.port)
  await called
  door.clock.advance(9999)
  await flushMicrotasks()
  expect(door.sockets[0]?.destroyed).toBe(false)
  door.clock.advance(1)
  expect(said(await answerTo(connection))).toBe(FAILED)
  expect(door.clock.pending).toBe(0)
})

test('SEC-37 an answer after the deadline opens nothing', async () => {
  const answer = new Deferred<object>()
  const door = await startGuardedServer(() => answer.promise, {}, { timeoutMs: 50 })
  const called = door.nextCall()
  const connection = await connect(door.port)
  await called
  door.clock.advance(50)
  expect(said(await answerTo(connection))).toBe(FAILED)
  answer.resolve(allow())
  await flushMicrotasks()
  expect(door.admitted).toHaveLength(0)
})
