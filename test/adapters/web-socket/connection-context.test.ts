/** The caller of a connection, integrationLatency, and functions that hang (AWS-WSX-04, 05, 06, AWS-WS-05, 11). */
import type { IncomingMessage } from 'node:http'
import { getAuthorizer } from '@custom-authorizer/core/node'
import { expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import {
  allow,
  readResponse,
  connectClient,
  exchange,
  FAILED,
  connect,
  startGuardedServer,
  resultText,
  tryConnect,
} from './harness.ts'

const HOUR = 3_600_000

test('AWS-WSX-04 AWS-WSX-05 AWS-WSX-06 AWS-WS-11 AWS-OUT-13 a message handler reads the caller an hour after the handshake', async () => {
  const context = { role: 'reader', n: 1, admin: false, team: null }
  const service = await startGuardedServer(
    async () => allow('*', { context }),
    {},
    {},
    (socket, request) =>
      void socket.on('message', () => {
        const { principalId, requestContext, ...rest } = getAuthorizer(request)
        socket.send(JSON.stringify({ principalId, context: rest.context, authorizer: requestContext.authorizer }))
      }),
  )
  const client = await connectClient(service.port)
  const text = { role: 'reader', n: '1', admin: 'false', team: null }
  const expected = { principalId: 'u', context: text, authorizer: { ...text, principalId: 'u', integrationLatency: 0 } }
  expect(JSON.parse(await exchange(client, 'who am I?'))).toEqual(expected)
  service.clock.advanceSync(HOUR)
  expect(JSON.parse(await exchange(client, 'who am I?'))).toEqual(expected)
  expect(service.events).toHaveLength(1)
})

test('AWS-WSX-04 two connections each have their own caller', async () => {
  const service = await startGuardedServer(
    async ({ queryStringParameters }) => allow('*', { principalId: queryStringParameters['token'] }),
    { identitySource: 'route.request.querystring.token' },
    {},
    (socket, request) => void socket.on('message', () => socket.send(getAuthorizer(request).principalId)),
  )
  const ann = await connectClient(service.port, '/?token=ann')
  const rob = await connectClient(service.port, '/?token=rob')
  expect(await Promise.all([exchange(ann, '?'), exchange(rob, '?')])).toEqual(['ann', 'rob'])
})

test('AWS-WSX-06 integrationLatency is the duration of the call in milliseconds', async () => {
  const result = new Deferred<object>()
  const service = await startGuardedServer(() => result.promise)
  const called = service.nextCall()
  const connection = await connect(service.port)
  await called
  service.clock.advanceSync(180)
  result.resolve(allow())
  expect((await readResponse(connection)).status).toBe(101)
  const { authorizer } = getAuthorizer(service.admitted[0] as IncomingMessage).requestContext
  expect(authorizer).toEqual({ principalId: 'u', integrationLatency: 180 })
})

test('AWS-WSX-04 getAuthorizer throws for a denied handshake', async () => {
  const service = await startGuardedServer(async () => ({}))
  const seen: IncomingMessage[] = []
  service.server.prependListener('upgrade', (request) => void seen.push(request))
  await tryConnect(service)
  expect(() => getAuthorizer(seen[0] as IncomingMessage)).toThrow(
    expect.objectContaining({ code: 'ERR_NOT_AUTHORIZED' }),
  )
})

test('AWS-WS-05 a function that hangs gives 500 at the deadline and not before', async () => {
  const service = await startGuardedServer(() => new Promise(() => {}))
  const called = service.nextCall()
  const connection = await connect(service.port)
  await called
  service.clock.advanceSync(9999)
  await flushMicrotasks()
  expect(service.sockets[0]?.destroyed).toBe(false)
  service.clock.advanceSync(1)
  expect(resultText(await readResponse(connection))).toBe(FAILED)
  expect(service.clock.pending).toBe(0)
})

test('SEC-37 a result after the deadline is ignored', async () => {
  const result = new Deferred<object>()
  const service = await startGuardedServer(() => result.promise, {}, { timeoutMs: 50 })
  const called = service.nextCall()
  const connection = await connect(service.port)
  await called
  service.clock.advanceSync(50)
  expect(resultText(await readResponse(connection))).toBe(FAILED)
  result.resolve(allow())
  await flushMicrotasks()
  expect(service.admitted).toHaveLength(0)
})
