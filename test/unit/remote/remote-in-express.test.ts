import { createAuthorizer } from '@custom-authorizer/core'
import { GatewayRequest } from '@custom-authorizer/core/contract'
import * as aws from '@custom-authorizer/core/aws'
import { httpFunction, type HttpFunctionOptions } from '@custom-authorizer/core/remote'
import { fakeClock } from '@custom-authorizer/core/testing'
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/express'
import express from 'express'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sendRequest, type RawResponse } from '../../support/raw-client.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { withToken } from '../../support/with-token.ts'
import { hang, json, type Reply, RemoteServer, reset } from './remote-server.ts'

let remote: RemoteServer
let logger: RecordingLogger
let served: unknown[]
let services: Server[]
beforeEach(async () => {
  remote = await RemoteServer.start()
  logger = new RecordingLogger()
  served = []
  services = []
})
afterEach(async () => {
  for (const service of services) {
    service.close()
    service.closeAllConnections()
  }
  await remote.close()
})

const POLICY = {
  principalId: 'ann',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }],
  },
  context: { role: 'admin' },
}

/** Starts an Express service that is guarded by the remote function; returns a client of it. */
const serve = async (options: Partial<HttpFunctionOptions> = {}): Promise<(token?: string) => Promise<RawResponse>> => {
  const app = express()
  const handler = httpFunction({ url: remote.url, mapStatus: { 401: 'Unauthorized' }, ...options })
  app.use(customAuthorizer(handler, { contract: aws.token(), logger, contextHeaders: { 'x-user': 'principalId' } }))
  app.get('/pets', (request, response) => {
    served.push([getAuthorizer(request), request.get('x-user')])
    response.json({ ok: true })
  })
  const server = await new Promise<Server>((resolve) => {
    const started = app.listen(0, '127.0.0.1', () => resolve(started))
  })
  services.push(server)
  const { port } = server.address() as AddressInfo
  return (token) =>
    sendRequest(port, {
      target: '/pets',
      headers: [['X-User', 'root'], ...(token === undefined ? [] : [['Authorization', token] as const])],
    })
}

test('a remote function authorizes a request, and its result is cached per caller', async () => {
  remote.reply = json(POLICY)
  const get = await serve()
  expect([(await get('Bearer t')).status, (await get('Bearer t')).status]).toEqual([200, 200])
  const seen = [expect.objectContaining({ principalId: 'ann', context: { role: 'admin' } }), 'ann']
  expect(served).toEqual([seen, seen])
  expect(remote.received).toHaveLength(1)
  expect(remote.event).toMatchObject({ type: 'TOKEN', authorizationToken: 'Bearer t' })
})

test('a request without a credential is rejected with 401 before the remote function is called', async () => {
  const get = await serve()
  expect((await get()).status).toBe(401)
  expect(remote.received).toEqual([])
})

test('SEC-81 a status 401 mapped to Unauthorized gives the gateway response 401', async () => {
  remote.reply = json({}, 401)
  const response = await (await serve())('Bearer t')
  expect([response.status, JSON.parse(response.body)]).toEqual([401, { message: 'Unauthorized' }])
})

describe('failures of the remote function', () => {
  const BROKEN: readonly (readonly [string, Reply])[] = [
    ['a connection reset', reset],
    ['a timeout', hang],
    ['too large a response', json({ ...POLICY, context: { a: 'x'.repeat(9000) } })],
    ['a redirect', (_, response) => void response.writeHead(307, { location: '/other' }).end()],
    [
      'a truncated response',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 9999 })
        response.write(JSON.stringify(POLICY), () => response.destroy())
      },
    ],
    ['an HTML page', json('<html>', 200, 'text/html')],
    ['status 201', json(POLICY, 201)],
    ['status 403', json(POLICY, 403)],
    ['status 500', json(POLICY, 500)],
    ['status 503', json(POLICY, 503)],
    ['a repeated member', json(JSON.stringify(POLICY).replace('{', '{"principalId":"root",'))],
    ['a result without a policy', json({ isAuthorized: true })],
    ['null', json('null')],
  ]

  test.each(BROKEN)('SEC-80 SEC-81 SEC-82 SEC-87 SEC-88 %s gives 500 and is not cached', async (_, reply) => {
    remote.reply = reply
    const get = await serve({ timeoutMs: 200, maxResponseBytes: 8192 })
    const response = await get('Bearer t')
    expect([response.status, JSON.parse(response.body)]).toEqual([500, { message: null }])
    expect(response.header('content-type')).toBe('application/json')
    expect([served, response.values('x-user')]).toEqual([[], []])
    // The failure is not cached.
    remote.reply = json(POLICY)
    expect((await get('Bearer t')).status).toBe(200)
  })
})

test('SEC-86 too many calls and an open circuit give 503 until the function responds again', async () => {
  const clock = fakeClock()
  remote.reply = hang
  const get = await serve({ clock, maxConcurrency: 1, queueTimeoutMs: 0, breaker: { minimumCalls: 1 } })
  const first = get('Bearer a')
  await remote.reached(1)
  expect((await get('Bearer b')).status).toBe(503)
  clock.advanceSync(3000)
  expect((await first).status).toBe(500)
  remote.reply = json(POLICY)
  const rejected = await get('Bearer c')
  expect([rejected.status, served]).toEqual([503, []])
  clock.advanceSync(1000)
  expect((await get('Bearer c')).status).toBe(200)
})

test('SEC-101 neither credentials nor responses are logged', async () => {
  const get = await serve({ headers: { 'x-api-key': 'hunter2' } })
  for (const reply of [
    json('"secret-answer"', 418),
    json('secret-answer'),
    json({ principalId: 5, policyDocument: 'secret-answer' }),
  ]) {
    remote.reply = reply
    expect((await get('Bearer secret-token')).status).toBe(500)
  }
  expect(logger.lines.length).toBeGreaterThan(0)
  expect(logger.lines.join('\n')).not.toMatch(/hunter2|secret-token|secret-answer/)
})

test('the native contract, which has no event, is rejected before the remote function is called', async () => {
  remote.reply = json({ isAuthorized: true })
  const errors: unknown[] = []
  const authorizer = createAuthorizer({
    authorize: httpFunction({ url: remote.url }),
    logger,
    onAuthorizerError: (error) => void errors.push(error),
  })
  const request = withToken('Bearer t')
  expect(request).toBeInstanceOf(GatewayRequest)
  expect(await authorizer.evaluate(request)).toMatchObject({ allowed: false, response: { status: 500 } })
  expect(errors).toEqual([
    expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(/aws\.token\(\)/) }),
  ])
  expect(remote.received).toEqual([])
})

test('a remote function works with aws.httpApi and simple responses', async () => {
  remote.reply = json({ isAuthorized: true, context: { role: 'admin' } })
  const contract = aws.httpApi({ authorizerPayloadFormatVersion: '2.0', enableSimpleResponses: true })
  const authorizer = createAuthorizer({ authorize: httpFunction({ url: remote.url }), contract, logger })
  expect(await authorizer.evaluate(withToken('Bearer t'))).toMatchObject({
    allowed: true,
    authorizer: { context: { role: 'admin' } },
  })
  expect(remote.event).toMatchObject({ version: '2.0', type: 'REQUEST', headers: { authorization: 'Bearer t' } })
})
