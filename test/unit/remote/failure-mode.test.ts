/** `failureMode: 'allow'` with a remote function: which failures count as an outage (SEC-87). @module */
import { httpFunction, type HttpFunctionOptions, lambdaFunction } from '@custom-authorizer/core/remote'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeAdapters, type Service } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { hang, json, type Reply, RemoteServer, reset } from './remote-server.ts'

let server: RemoteServer
let clock: FakeClock
beforeEach(async () => {
  server = await RemoteServer.start()
  clock = fakeClock()
})
afterEach(() => server.close())

const TOKEN = [['Authorization', 'x']] as const
const CONTRACTS = [
  ['aws.token', () => aws.token({ authorizerResultTtlInSeconds: 0 })],
  ['aws.httpApi', () => aws.httpApi()],
  ['huawei.frontend', () => huawei.frontend()],
] as const

const ROWS: readonly (readonly [what: string, reply: Reply, status: number])[] = [
  // A connection is also reset by a function that crashes on a request, and by a limit on bodies.
  ['a connection reset', reset, 500],
  ['status 503', json({}, 503), 200],
  ['status 504', json({}, 504), 200],
  // Servers and function URLs return 500 and 502 when the function crashes, which a token may cause.
  ['status 500', json({}, 500), 500],
  ['status 502', json({}, 502), 500],
  ['status 400', json({}, 400), 500],
  ['status 429', json({}, 429), 500],
  ['invalid JSON', json('<html>'), 500],
  ['a Lambda error object', json({ errorMessage: 'x', errorType: 'Error' }), 500],
  ['an HTML page', json('<html>', 200, 'text/html'), 500],
]

const statusOf = async (service: Service): Promise<number> =>
  (await service.send({ target: '/pets', headers: TOKEN })).status

describeAdapters('failureMode with a remote function', (adapter) => {
  const serve = (
    contract: unknown = aws.token({ authorizerResultTtlInSeconds: 0 }),
    options: Partial<HttpFunctionOptions> = {},
    logger: RecordingLogger | null = null,
  ): Promise<Service> => {
    const handler = httpFunction({ url: server.url, clock, ...options })
    const guard = adapter.customAuthorizer(handler, { contract, clock, logger, failureMode: 'allow' })
    return adapter.serve({ routes: [{ path: '/pets', use: [guard] }] })
  }

  describe.each(CONTRACTS)('%s', (_, contract) => {
    test.each(ROWS)('SEC-87 %s of the function gives the client status $2', async (_what, reply, status) => {
      server.reply = reply
      expect(await statusOf(await serve(contract()))).toBe(status)
    })
  })

  test('SEC-87 a closed port is an outage', async () => {
    const service = await serve()
    await server.close()
    expect(await statusOf(service)).toBe(200)
  })

  test('SEC-87 a timeout of the call is an outage', async () => {
    server.reply = hang
    const status = statusOf(await serve())
    await server.reached(1)
    clock.advanceSync(3000)
    expect(await status).toBe(200)
  })

  test('SEC-87 an open circuit is an outage if outages opened it', async () => {
    server.reply = json({}, 503)
    const service = await serve(undefined, { breaker: { minimumCalls: 2 } })
    const statuses = [await statusOf(service), await statusOf(service), await statusOf(service)]
    expect([statuses, server.received.length]).toEqual([[200, 200, 200], 2])
  })

  test('SEC-87 an open circuit is an overload, not an outage, if crashes opened it', async () => {
    server.reply = json({}, 502)
    const service = await serve(undefined, { breaker: { minimumCalls: 2 } })
    const statuses = [await statusOf(service), await statusOf(service), await statusOf(service)]
    expect([statuses, server.received.length]).toEqual([[500, 500, 503], 2])
  })

  test('SEC-87 SEC-86 too many concurrent calls are an overload, not an outage', async () => {
    server.reply = hang
    const service = await serve(undefined, { maxConcurrency: 1, queueTimeoutMs: 0 })
    const first = statusOf(service)
    await server.reached(1)
    expect(await statusOf(service)).toBe(503)
    await flushMicrotasks()
    clock.advanceSync(3000)
    expect(await first).toBe(200)
  })

  test.each([
    ['a refused connection', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 200],
    ['an unknown host name', new Error('x', { cause: Object.assign(new Error('y'), { code: 'ENOTFOUND' }) }), 200],
    ['a connection reset', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 500],
    ['an error without a code', new Error('x'), 500],
    ['status 500 of Lambda', Object.assign(new Error('x'), { $metadata: { httpStatusCode: 500 } }), 200],
    ['throttling', Object.assign(new Error('x'), { $metadata: { httpStatusCode: 429 } }), 500],
    ['too large a payload', Object.assign(new Error('x'), { $metadata: { httpStatusCode: 413 } }), 500],
  ])('SEC-87 a Lambda client that fails with %s gives the client status $2', async (_, error, status) => {
    const handler = lambdaFunction({ functionName: 'f', clock, client: { invoke: () => Promise.reject(error) } })
    const options = { contract: aws.token(), clock, logger: null, failureMode: 'allow' } as const
    const guard = adapter.customAuthorizer(handler, options)
    expect(await statusOf(await adapter.serve({ routes: [{ path: '/pets', use: [guard] }] }))).toBe(status)
  })

  test('SEC-87 a Lambda function that throws is no outage and gives 500', async () => {
    const Payload = new TextEncoder().encode('{"errorMessage":"x","errorType":"TypeError"}')
    const invoke = async (): Promise<object> => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload })
    const handler = lambdaFunction({ functionName: 'f', clock, client: { invoke } })
    const options = { contract: aws.token(), clock, logger: null, failureMode: 'allow' } as const
    const guard = adapter.customAuthorizer(handler, options)
    expect(await statusOf(await adapter.serve({ routes: [{ path: '/pets', use: [guard] }] }))).toBe(500)
  })

  test('SEC-87 each request that is let through is logged with its reason', async () => {
    const logger = new RecordingLogger()
    server.reply = json({}, 503)
    await statusOf(await serve(undefined, {}, logger))
    expect(logger.lines.filter((line) => line.includes('AUTHORIZER_UNREACHABLE: failureMode let'))).toHaveLength(1)
  })
})
