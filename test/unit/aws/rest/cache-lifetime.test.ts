/** TTL and invalidation of cached results (AWS-CACHE-16 to 18, 26). */
import { expect, test } from 'vitest'
import { allow, ALLOWED, bearer, deny, EXPLICIT_DENY, requestBench, tokenBench } from '../harness.ts'

const cachedFor = (authorizerResultTtlInSeconds: number) => ({ authorizerResultTtlInSeconds })

test.each([1, 300, 3600])('AWS-CACHE-16 a result is cached for exactly %d seconds', async (ttl) => {
  const { send, clock, handler } = tokenBench(async () => allow(), cachedFor(ttl))
  await send('GET /', bearer())
  clock.advanceSync(ttl * 1000 - 1)
  await send('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(1)
  clock.advanceSync(1)
  await send('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-16 cache hits do not extend the TTL', async () => {
  const { send, clock, handler } = tokenBench(async () => allow(), cachedFor(300))
  for (let second = 0; second < 300; second += 50) {
    await send('GET /', bearer())
    clock.advanceSync(50_000)
  }
  expect(handler).toHaveBeenCalledTimes(1)
  await send('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-16 the TTL starts when the function returns its result', async () => {
  const bench = tokenBench((_e, _c, callback) => {
    bench.clock.advanceSync(9000)
    callback(null, allow())
  }, cachedFor(300))
  await bench.send('GET /', bearer())
  bench.clock.advanceSync(299_999)
  await bench.send('GET /', bearer())
  expect(bench.handler).toHaveBeenCalledTimes(1)
  bench.clock.advanceSync(1)
  await bench.send('GET /', bearer())
  expect(bench.handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-16 changes of the system time do not affect the TTL', async () => {
  const { send, clock, handler } = tokenBench(async () => allow(), cachedFor(300))
  await send('GET /', bearer())
  clock.setTime(clock.now() + 86_400_000)
  await send('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(1)
  clock.setTime(0)
  clock.advanceSync(300_000)
  await send('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-17 a TTL of 0 calls the function for every request', async () => {
  const { send, handler } = tokenBench(async () => allow(), cachedFor(0))
  for (let request = 0; request < 3; request++) expect(await send('GET /', bearer())).toBe(ALLOWED)
  expect(handler).toHaveBeenCalledTimes(3)
})

test('AWS-CACHE-17 with a TTL of 0, concurrent requests do not share a call', async () => {
  const { send, handler } = tokenBench(async () => allow(), cachedFor(0))
  await Promise.all([send('GET /', bearer()), send('GET /', bearer())])
  expect(handler).toHaveBeenCalledTimes(2)
})

/** An authorizer that denies tokens in `revoked` and uses the token as principal ID. */
const setUp = () => {
  const revoked = new Set<string>()
  const bench = tokenBench(
    async ({ authorizationToken: principalId }) =>
      revoked.has(principalId) ? deny('*', { principalId }) : allow('*', { principalId }),
    cachedFor(300),
  )
  const send = (token: string) => bench.send('GET /', bearer(token))
  return { ...bench, revoked, send }
}

test('AWS-CACHE-18 invalidateAll() removes every result', async () => {
  const { send, authorizer, handler } = setUp()
  for (const token of ['a', 'b']) await send(token)
  void authorizer.invalidateAll()
  for (const token of ['a', 'b']) await send(token)
  expect(handler).toHaveBeenCalledTimes(4)
})

test.each([{ principalId: 'a' }, { identity: 'a' }, { identity: ['a'] }])(
  'AWS-CACHE-18 invalidate(%j) removes the results of one caller synchronously',
  async (selector) => {
    const { send, authorizer, handler, revoked } = setUp()
    for (const token of ['a', 'b', 'ab']) await send(token)
    revoked.add('a')
    expect(await send('a')).toBe(ALLOWED)
    expect(authorizer.invalidate(selector)).toBeUndefined()
    expect([await send('a'), await send('b'), await send('ab')]).toEqual([EXPLICIT_DENY, ALLOWED, ALLOWED])
    expect(handler).toHaveBeenCalledTimes(4)
  },
)

test('AWS-CACHE-18 invalidate() takes several identity values in the order of their sources', async () => {
  const identitySource = 'method.request.header.A,method.request.querystring.b'
  const { send, authorizer, handler } = requestBench(async () => allow(), { identitySource, ...cachedFor(300) })
  const sendBoth = () => send('GET /?b=2', { headers: { A: '1' } })
  await sendBoth()
  void authorizer.invalidate({ identity: ['2', '1'] })
  await sendBoth()
  expect(handler).toHaveBeenCalledTimes(1)
  void authorizer.invalidate({ identity: ['1', '2'] })
  await sendBoth()
  expect(handler).toHaveBeenCalledTimes(2)
  expect(() => authorizer.invalidate({ identity: '1' })).toThrow(/with 2 value/)
})

test.each([
  ['flush', 'all'],
  ['principalId', { principalId: 'u' }],
  ['identity', { identity: 'x' }],
] as const)('AWS-CACHE-18 invalidation by %s discards the result of a call in progress', async (_, selector) => {
  let resolveCall: ((result: object) => void) | undefined
  const { send, authorizer, handler } = tokenBench(
    () => new Promise((resolve) => (resolveCall = resolve)),
    cachedFor(300),
  )
  const first = send('GET /', bearer('x'))
  if (selector === 'all') void authorizer.invalidateAll()
  else void authorizer.invalidate(selector)
  resolveCall?.(allow())
  expect(await first).toBe(ALLOWED)
  const second = send('GET /', bearer('x'))
  expect(handler).toHaveBeenCalledTimes(2)
  resolveCall?.(deny())
  expect(await second).toBe(EXPLICIT_DENY)
})

test('AWS-CACHE-18 a request after an invalidation does not join an earlier call', async () => {
  const resolvers: ((result: object) => void)[] = []
  const { send, authorizer, handler } = tokenBench(
    () => new Promise((resolve) => resolvers.push(resolve)),
    cachedFor(300),
  )
  const before = send('GET /', bearer('x'))
  void authorizer.invalidate({ principalId: 'u' })
  const after = send('GET /', bearer('x'))
  expect(handler).toHaveBeenCalledTimes(2)
  resolvers[1]?.(deny())
  resolvers[0]?.(allow())
  expect([await before, await after]).toEqual([ALLOWED, EXPLICIT_DENY])
  expect(await send('GET /', bearer('x'))).toBe(EXPLICIT_DENY)
})

test('AWS-CACHE-26 integrationLatency is the duration of the call, and 0 for a cache hit', async () => {
  const bench = tokenBench((_e, _c, callback) => {
    bench.clock.advanceSync(180)
    callback(null, allow())
  }, cachedFor(300))
  for (const integrationLatency of [180, 0]) {
    expect(await bench.evaluate('GET /', bearer())).toMatchObject({
      authorizer: { requestContext: { authorizer: { integrationLatency } } },
    })
  }
})
