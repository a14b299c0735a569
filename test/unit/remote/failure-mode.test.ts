/** `failureMode: 'allow'` in front of a remote function: what counts as an outage of it (SEC-87). */
import { httpFunction, type HttpFunctionOptions, lambdaFunction } from '@custom-authorizer/core/remote'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeAdapters, type Service } from '../../support/adapters.ts'
import { TestClock } from '../../support/clock.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { hang, json, type Reply, RemoteServer, reset } from './remote-server.ts'

let server: RemoteServer
let clock: TestClock
beforeEach(async () => {
  server = await RemoteServer.start()
  clock = new TestClock()
})
afterEach(() => server.close())

const TOKEN = [['Authorization', 'x']] as const
const CONTRACTS = [
  ['aws.token', () => aws.token({ authorizerResultTtlInSeconds: 0 })],
  ['aws.httpApi', () => aws.httpApi()],
  ['huawei.frontend', () => huawei.frontend()],
] as const

const ROWS: readonly (readonly [what: string, reply: Reply, status: number])[] = [
  // A function that crashes on a request, and a limit on bodies, break the connection off too.
  ['a connection that is reset', reset, 500],
  ['status 503', json({}, 503), 200],
  ['status 504', json({}, 504), 200],
  // What servers and function URLs answer when the function crashes, which a token can bring about.
  ['status 500', json({}, 500), 500],
  ['status 502', json({}, 502), 500],
  ['status 400', json({}, 400), 500],
  ['status 429', json({}, 429), 500],
  ['text that is not JSON', json('<html>'), 500],
  ['an error of Lambda', json({ errorMessage: 'x', errorType: 'Error' }), 500],
  ['a page', json('<html>', 200, 'text/html'), 500],
]

const statusOf = async (service: Service): Promise<number> =>
  (await service.ask({ target: '/pets', headers: TOKEN })).status

describeAdapters('failureMode in front of a remote function', (adapter) => {
  const serve = (
    contract: unknown = aws.token({ authorizerResultTtlInSeconds: 0 }),
    options: Partial<HttpFunctionOptions> = {},
    logger: RecordingLogger | null = null,
  ): Promise<Service> => {
    const handler = httpFunction({ url: server.url, clock, ...options })
    const guard = adapter.customAuthorizer(handler, { contract, clock, logger, failureMode: 'allow' })
    return adapter.serve({ routes: [{ path: '/pets', use: [guard] }] })
  }

  describe.each(CONTRACTS)('under %s', (_, contract) => {
    test.each(ROWS)('SEC-87 %s', async (_what, reply, status) => {
      server.reply = reply
      expect(await statusOf(await serve(contract()))).toBe(status)
    })
  })

  test('SEC-87 a server that does not listen is an outage', async () => {
    const service = await serve()
    await server.close()
    expect(await statusOf(service)).toBe(200)
  })

  test('SEC-87 a call that takes longer than its own deadline is an outage', async () => {
    server.reply = hang
    const asked = statusOf(await serve())
    await server.reached(1)
    clock.advance(3000)
    expect(await asked).toBe(200)
  })

  test('SEC-87 an open circuit is an outage if outages have opened it', async () => {
    server.reply = json({}, 503)
    const service = await serve(undefined, { breaker: { minimumCalls: 2 } })
    const statuses = [await statusOf(service), await statusOf(service), await statusOf(service)]
    expect([statuses, server.received.length]).toEqual([[200, 200, 200], 2])
  })

  test('SEC-87 a circuit that crashes have opened is overload and no outage', async () => {
    server.reply = json({}, 502)
    const service = await serve(undefined, { breaker: { minimumCalls: 2 } })
    const statuses = [await statusOf(service), await statusOf(service), await statusOf(service)]
    expect([statuses, server.received.length]).toEqual([[500, 500, 503], 2])
  })

  test('SEC-87 SEC-86 too many calls in progress are overload and no outage', async () => {
    server.reply = hang
    const service = await serve(undefined, { maxConcurrency: 1, queueTimeoutMs: 0 })
    const first = statusOf(service)
    await server.reached(1)
    expect(await statusOf(service)).toBe(503)
    await flushMicrotasks()
    clock.advance(3000)
    expect(await first).toBe(200)
  })

  test.each([
    ['a connection that is refused', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 200],
    ['a name that is not found', new Error('x', { cause: Object.assign(new Error('y'), { code: 'ENOTFOUND' }) }), 200],
    ['a connection that breaks off', Object.assign(new Error('x'), { code: 'ECONNRESET' }), 500],
    ['an error without a code', new Error('x'), 500],
    ['status 500 of Lambda itself', Object.assign(new Error('x'), { $metadata: { httpStatusCode: 500 } }), 200],
    ['throttling', Object.assign(new Error('x'), { $metadata: { httpStatusCode: 429 } }), 500],
    ['a payload that is too large', Object.assign(new Error('x'), { $metadata: { httpStatusCode: 413 } }), 500],
  ])('SEC-87 a client of Lambda that fails with %s', async (_, error, status) => {
    const handler = lambdaFunction({ functionName: 'f', clock, client: { invoke: () => Promise.reject(error) } })
    const options = { contract: aws.token(), clock, logger: null, failureMode: 'allow' } as const
    const guard = adapter.customAuthorizer(handler, options)
    expect(await statusOf(await adapter.serve({ routes: [{ path: '/pets', use: [guard] }] }))).toBe(status)
  })

  test('SEC-87 a function on Lambda that throws opens nothing', async () => {
    const Payload = new TextEncoder().encode('{"errorMessage":"x","errorType":"TypeError"}')
    const invoke = async (): Promise<object> => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload })
    const handler = lambdaFunction({ functionName: 'f', clock, client: { invoke } })
    const options = { contract: aws.token(), clock, logger: null, failureMode: 'allow' } as const
    const guard = adapter.customAuthorizer(handler, options)
    expect(await statusOf(await adapter.serve({ routes: [{ path: '/pets', use: [guard] }] }))).toBe(500)
  })

  test('SEC-87 the log names the reason of each request that passes', async () => {
    const logger = new RecordingLogger()
    server.reply = json({}, 503)
    await statusOf(await serve(undefined, {}, logger))
    expect(logger.lines.filter((line) => line.includes('AUTHORIZER_UNREACHABLE: failureMode let'))).toHaveLength(1)
  })
})
