/** Event and Lambda context of a handler, and state preserved between calls (AWS-RUN-01, 16, 20, 21). */
import type { Context } from 'aws-lambda'
import { afterEach, expect, test, vi } from 'vitest'
import type * as aws from '@custom-authorizer/core/aws'
import { gatewayRequest } from '../../../support/request.ts'
import {
  allow,
  ALLOWED,
  API,
  bearer,
  deny,
  EXPLICIT_DENY,
  requestBench,
  tokenBench,
  flushEventLoop,
} from '../harness.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

afterEach(() => void vi.unstubAllEnvs())

test('AWS-RUN-01 the event is plain JSON with ordinary prototypes', async () => {
  const { send, handler } = requestBench(async () => allow(), { routes: ['/pets/{id}'], stageVariables: { a: 'b' } })
  await send('GET /pets/7?q=1')
  const event = handler.mock.lastCall?.[0]
  expect(event).toStrictEqual(JSON.parse(JSON.stringify(event)))
  // Old handlers call `event.headers.hasOwnProperty()`.
  for (const map of [event?.headers, event?.queryStringParameters, event?.pathParameters, event?.stageVariables]) {
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype)
  }
})

test('AWS-RUN-01 no member of the event is undefined', async () => {
  const { send, handler } = requestBench(async () => allow())
  await send('GET /', { httpVersion: '1.0', peer: undefined })
  const undefinedMembers = (value: unknown, at: string): string[] => {
    if (value === undefined) return [at]
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([key, each]) => undefinedMembers(each, `${at}.${key}`))
  }
  expect(undefinedMembers(handler.mock.lastCall?.[0], 'event')).toEqual([])
})

test('AWS-RUN-01 changes to an event do not affect the request or the next event', async () => {
  const { authorizer, handler } = requestBench(
    async (event) => {
      const before = structuredClone(event)
      event.headers['Authorization'] = 'forged'
      event.multiValueHeaders['X-A']?.push('3')
      event.path = '/admin'
      event.requestContext.identity.sourceIp = '10.0.0.1'
      Object.assign(event.stageVariables, { a: 'forged' })
      for (const key of Object.keys(event.queryStringParameters)) delete event.queryStringParameters[key]
      return allow('*', { context: { seen: JSON.stringify({ ...before, requestContext: undefined }) } })
    },
    { stageVariables: { a: 'b' } },
  )
  const request = gatewayRequest('GET /pets?q=1', {
    headers: { Authorization: 'x', 'X-A': '1', 'X-Amzn-Trace-Id': 'Root=1-a-b' },
  })
  const seen = []
  for (let call = 0; call < 2; call++) {
    const outcome = await authorizer.evaluate(request)
    seen.push(outcome.allowed && outcome.authorizer.context)
  }
  expect(seen[1]).toEqual(seen[0])
  expect(handler.mock.calls[0]?.[0]).not.toBe(handler.mock.calls[1]?.[0])
  expect(request.path).toBe('/pets')
  expect(request.header('authorization')).toBe('x')
  expect(request.queryParameters).toEqual([{ name: 'q', value: '1' }])
})

test('AWS-RUN-01 changes to a TOKEN event do not affect decision or cache key', async () => {
  const bench = tokenBench(
    async (event) => {
      const policy = allow(event.methodArn)
      Object.assign(event, { methodArn: 'arn:aws:execute-api:*', authorizationToken: 'forged' })
      return policy
    },
    { authorizerResultTtlInSeconds: 300 },
  )
  expect(await bench.send('GET /a', bearer('x'))).toBe(ALLOWED)
  expect(await bench.send('GET /a', bearer('forged'))).toBe(ALLOWED)
  expect(bench.handler).toHaveBeenCalledTimes(2)
})

const contextOf = async (options?: aws.TokenOptions): Promise<Context> => {
  const { send, handler } = tokenBench(async () => allow(), options)
  expect(await send('GET /', bearer())).toBe(ALLOWED)
  return handler.mock.lastCall?.[1] as Context
}

test('AWS-RUN-16 the context has the members of an invocation by API Gateway', async () => {
  const context = await contextOf()
  expect(context).toEqual({
    callbackWaitsForEmptyEventLoop: true,
    functionName: expect.stringMatching(/^[\w-]+$/),
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${context.functionName}`,
    memoryLimitInMB: expect.stringMatching(/^\d+$/),
    awsRequestId: expect.stringMatching(UUID),
    logGroupName: `/aws/lambda/${context.functionName}`,
    logStreamName: expect.stringMatching(/^2030\/01\/01\/\[\$LATEST\][\da-f]{32}$/),
    getRemainingTimeInMillis: expect.any(Function),
    succeed: expect.any(Function),
    fail: expect.any(Function),
    done: expect.any(Function),
  })
  expect(context.identity).toBeUndefined()
  expect(context.clientContext).toBeUndefined()
})

test('AWS-RUN-16 invokedFunctionArn has region and account of the API', async () => {
  const { invokedFunctionArn } = await contextOf({ api: { ...API, region: 'cn-north-1', accountId: '210987654321' } })
  expect(invokedFunctionArn).toMatch(/^arn:aws-cn:lambda:cn-north-1:210987654321:function:/)
})

test('AWS-RUN-16 each invocation has its own request ID', async () => {
  expect((await contextOf()).awsRequestId).not.toBe((await contextOf()).awsRequestId)
})

test('AWS-RUN-16 getRemainingTimeInMillis counts down in whole milliseconds and stops at 0', async () => {
  const bench = tokenBench((_e, context, callback) => {
    const remaining = [context.getRemainingTimeInMillis()]
    for (const ms of [0.25, 2499.75, 7499]) {
      bench.clock.advanceSync(ms)
      remaining.push(context.getRemainingTimeInMillis())
    }
    callback(null, allow('*', { context: { remaining: remaining.join() } }))
    bench.clock.advanceSync(60_000)
    expect(context.getRemainingTimeInMillis()).toBe(0)
  })
  expect(await bench.evaluate('GET /', bearer())).toMatchObject({
    authorizer: { context: { remaining: '10000,9999,7500,1' } },
  })
})

test('AWS-RUN-16 getRemainingTimeInMillis starts at timeoutMs', async () => {
  const { send, handler } = tokenBench(async () => allow(), {}, { timeoutMs: 3000 })
  await send('GET /', bearer())
  expect(handler.mock.lastCall?.[1].getRemainingTimeInMillis()).toBe(3000)
})

test('AWS-RUN-20 module state of a function is preserved between calls', async () => {
  const sessions = new Map<string, number>()
  const { send } = tokenBench(async ({ authorizationToken }) => {
    const calls = (sessions.get(authorizationToken) ?? 0) + 1
    sessions.set(authorizationToken, calls)
    return calls > 1 ? deny() : allow()
  })
  expect(await send('GET /', bearer('a'))).toBe(ALLOWED)
  expect(await send('GET /', bearer('a'))).toBe(EXPLICIT_DENY)
  expect(await send('GET /', bearer('b'))).toBe(ALLOWED)
})

test('AWS-RUN-20 concurrent calls have separate events and callbacks', async () => {
  const { send } = tokenBench(async (event) => {
    await flushEventLoop()
    return event.authorizationToken === 'a' ? allow(event.methodArn) : deny(event.methodArn)
  })
  expect(
    await Promise.all([send('GET /a', bearer('a')), send('GET /b', bearer('b')), send('GET /c', bearer('a'))]),
  ).toEqual([ALLOWED, EXPLICIT_DENY, ALLOWED])
})

test('AWS-RUN-21 a function runs without the environment variables of Lambda', async () => {
  for (const name of ['AWS_REGION', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_EXECUTION_ENV']) vi.stubEnv(name, undefined)
  const { evaluate } = tokenBench(async () => allow('*', { context: { region: process.env['AWS_REGION'] ?? 'none' } }))
  expect(await evaluate('GET /', bearer())).toMatchObject({ authorizer: { context: { region: 'none' } } })
})
