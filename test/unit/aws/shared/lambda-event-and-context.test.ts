/** What a handler is called with, and what lives on between calls (AWS-RUN-01, 16, 20, 21). */
import type { Context } from 'aws-lambda'
import { afterEach, expect, test, vi } from 'vitest'
import type * as aws from '@custom-authorizer/core/aws'
import { gatewayRequest } from '../../../support/request.ts'
import { allow, ALLOWED, API, bearer, deny, EXPLICIT_DENY, requestBench, tokenBench, turn } from '../harness.ts'

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/

afterEach(() => void vi.unstubAllEnvs())

test('AWS-RUN-01 the event is plain JSON, objects with the usual prototype included', async () => {
  const { ask, handler } = requestBench(async () => allow(), { routes: ['/pets/{id}'], stageVariables: { a: 'b' } })
  await ask('GET /pets/7?q=1')
  const event = handler.mock.lastCall?.[0]
  expect(event).toStrictEqual(JSON.parse(JSON.stringify(event)))
  // Handlers written for Node.js 0.10 ask objects themselves.
  for (const map of [event?.headers, event?.queryStringParameters, event?.pathParameters, event?.stageVariables]) {
    expect(Object.getPrototypeOf(map)).toBe(Object.prototype)
  }
})

test('AWS-RUN-01 no member of the event is undefined', async () => {
  const { ask, handler } = requestBench(async () => allow())
  await ask('GET /', { httpVersion: '1.0', peer: undefined })
  const undefinedMembers = (value: unknown, at: string): string[] => {
    if (value === undefined) return [at]
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([key, each]) => undefinedMembers(each, `${at}.${key}`))
  }
  expect(undefinedMembers(handler.mock.lastCall?.[0], 'event')).toEqual([])
})

test('AWS-RUN-01 what a handler does to its event stays in that call', async () => {
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

test('AWS-RUN-01 a TOKEN event changed by the handler changes neither decision nor key', async () => {
  const bench = tokenBench(
    async (event) => {
      const policy = allow(event.methodArn)
      Object.assign(event, { methodArn: 'arn:aws:execute-api:*', authorizationToken: 'forged' })
      return policy
    },
    { authorizerResultTtlInSeconds: 300 },
  )
  expect(await bench.ask('GET /a', bearer('x'))).toBe(ALLOWED)
  expect(await bench.ask('GET /a', bearer('forged'))).toBe(ALLOWED)
  expect(bench.handler).toHaveBeenCalledTimes(2)
})

const contextOf = async (options?: aws.TokenOptions): Promise<Context> => {
  const { ask, handler } = tokenBench(async () => allow(), options)
  expect(await ask('GET /', bearer())).toBe(ALLOWED)
  return handler.mock.lastCall?.[1] as Context
}

test('AWS-RUN-16 the context has the members of an invocation by a gateway', async () => {
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

test('AWS-RUN-16 the ARN of the function follows the API', async () => {
  const { invokedFunctionArn } = await contextOf({ api: { ...API, region: 'cn-north-1', accountId: '210987654321' } })
  expect(invokedFunctionArn).toMatch(/^arn:aws-cn:lambda:cn-north-1:210987654321:function:/)
})

test('AWS-RUN-16 each invocation has its own request id', async () => {
  expect((await contextOf()).awsRequestId).not.toBe((await contextOf()).awsRequestId)
})

test('AWS-RUN-16 the remaining time runs down with the clock, in whole milliseconds, and stops at 0', async () => {
  const bench = tokenBench((_e, context, callback) => {
    const remaining = [context.getRemainingTimeInMillis()]
    for (const ms of [0.25, 2499.75, 7499]) {
      bench.clock.advance(ms)
      remaining.push(context.getRemainingTimeInMillis())
    }
    callback(null, allow('*', { context: { remaining: remaining.join() } }))
    bench.clock.advance(60_000)
    expect(context.getRemainingTimeInMillis()).toBe(0)
  })
  expect(await bench.evaluate('GET /', bearer())).toMatchObject({
    authorizer: { context: { remaining: '10000,9999,7500,1' } },
  })
})

test('AWS-RUN-16 the remaining time starts at the deadline configured', async () => {
  const { ask, handler } = tokenBench(async () => allow(), {}, { timeoutMs: 3000 })
  await ask('GET /', bearer())
  expect(handler.mock.lastCall?.[1].getRemainingTimeInMillis()).toBe(3000)
})

test('AWS-RUN-20 what a function keeps in its module lives on between calls', async () => {
  const sessions = new Map<string, number>()
  const { ask } = tokenBench(async ({ authorizationToken }) => {
    const calls = (sessions.get(authorizationToken) ?? 0) + 1
    sessions.set(authorizationToken, calls)
    return calls > 1 ? deny() : allow()
  })
  expect(await ask('GET /', bearer('a'))).toBe(ALLOWED)
  expect(await ask('GET /', bearer('a'))).toBe(EXPLICIT_DENY)
  expect(await ask('GET /', bearer('b'))).toBe(ALLOWED)
})

test('AWS-RUN-20 calls at the same time have events and callbacks of their own', async () => {
  const { ask } = tokenBench(async (event) => {
    await turn()
    return event.authorizationToken === 'a' ? allow(event.methodArn) : deny(event.methodArn)
  })
  expect(
    await Promise.all([ask('GET /a', bearer('a')), ask('GET /b', bearer('b')), ask('GET /c', bearer('a'))]),
  ).toEqual([ALLOWED, EXPLICIT_DENY, ALLOWED])
})

test('AWS-RUN-21 a function that reads the environment of Lambda runs without it', async () => {
  for (const name of ['AWS_REGION', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_EXECUTION_ENV']) vi.stubEnv(name, undefined)
  const { evaluate } = tokenBench(async () => allow('*', { context: { region: process.env['AWS_REGION'] ?? 'none' } }))
  expect(await evaluate('GET /', bearer())).toMatchObject({ authorizer: { context: { region: 'none' } } })
})
