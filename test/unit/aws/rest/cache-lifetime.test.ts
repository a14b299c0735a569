/** How long results are kept, and how they are forgotten (AWS-CACHE-16 to 18, 26). */
import { expect, test } from 'vitest'
import { allow, ALLOWED, bearer, deny, EXPLICIT_DENY, requestBench, tokenBench } from '../harness.ts'

const kept = (authorizerResultTtlInSeconds: number) => ({ authorizerResultTtlInSeconds })

test.each([1, 300, 3600])('AWS-CACHE-16 a result lives %d seconds, exactly', async (ttl) => {
  const { ask, clock, handler } = tokenBench(async () => allow(), kept(ttl))
  await ask('GET /', bearer())
  clock.advance(ttl * 1000 - 1)
  await ask('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(1)
  clock.advance(1)
  await ask('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-16 hits do not extend the life of a result', async () => {
  const { ask, clock, handler } = tokenBench(async () => allow(), kept(300))
  for (let second = 0; second < 300; second += 50) {
    await ask('GET /', bearer())
    clock.advance(50_000)
  }
  expect(handler).toHaveBeenCalledTimes(1)
  await ask('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-16 the time counts from when the result was obtained', async () => {
  const bench = tokenBench((_e, _c, callback) => {
    bench.clock.advance(9000)
    callback(null, allow())
  }, kept(300))
  await bench.ask('GET /', bearer())
  bench.clock.advance(299_999)
  await bench.ask('GET /', bearer())
  expect(bench.handler).toHaveBeenCalledTimes(1)
  bench.clock.advance(1)
  await bench.ask('GET /', bearer())
  expect(bench.handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-16 corrections of the system time neither lengthen nor shorten a life', async () => {
  const { ask, clock, handler } = tokenBench(async () => allow(), kept(300))
  await ask('GET /', bearer())
  clock.setTime(clock.now() + 86_400_000)
  await ask('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(1)
  clock.setTime(0)
  clock.advance(300_000)
  await ask('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-17 with a TTL of 0 every request calls the function', async () => {
  const { ask, handler } = tokenBench(async () => allow(), kept(0))
  for (let request = 0; request < 3; request++) expect(await ask('GET /', bearer())).toBe(ALLOWED)
  expect(handler).toHaveBeenCalledTimes(3)
})

test('AWS-CACHE-17 with a TTL of 0 requests at the same time share no call', async () => {
  const { ask, handler } = tokenBench(async () => allow(), kept(0))
  await Promise.all([ask('GET /', bearer()), ask('GET /', bearer())])
  expect(handler).toHaveBeenCalledTimes(2)
})

/** A function that allows until `revoked` holds, and names the token as principal. */
const setUp = () => {
  const revoked = new Set<string>()
  const bench = tokenBench(
    async ({ authorizationToken: principalId }) =>
      revoked.has(principalId) ? deny('*', { principalId }) : allow('*', { principalId }),
    kept(300),
  )
  const ask = (token: string) => bench.ask('GET /', bearer(token))
  return { ...bench, revoked, ask }
}

test('AWS-CACHE-18 a flush forgets every result', async () => {
  const { ask, authorizer, handler } = setUp()
  for (const token of ['a', 'b']) await ask(token)
  void authorizer.invalidateAll()
  for (const token of ['a', 'b']) await ask(token)
  expect(handler).toHaveBeenCalledTimes(4)
})

test.each([{ principalId: 'a' }, { identity: 'a' }, { identity: ['a'] }])(
  'AWS-CACHE-18 %j forgets the results of one caller at once',
  async (selector) => {
    const { ask, authorizer, handler, revoked } = setUp()
    for (const token of ['a', 'b', 'ab']) await ask(token)
    revoked.add('a')
    expect(await ask('a')).toBe(ALLOWED)
    expect(authorizer.invalidate(selector)).toBeUndefined()
    expect([await ask('a'), await ask('b'), await ask('ab')]).toEqual([EXPLICIT_DENY, ALLOWED, ALLOWED])
    expect(handler).toHaveBeenCalledTimes(4)
  },
)

test('AWS-CACHE-18 an identity of several sources is named in their order', async () => {
  const identitySource = 'method.request.header.A,method.request.querystring.b'
  const { ask, authorizer, handler } = requestBench(async () => allow(), { identitySource, ...kept(300) })
  const send = () => ask('GET /?b=2', { headers: { A: '1' } })
  await send()
  void authorizer.invalidate({ identity: ['2', '1'] })
  await send()
  expect(handler).toHaveBeenCalledTimes(1)
  void authorizer.invalidate({ identity: ['1', '2'] })
  await send()
  expect(handler).toHaveBeenCalledTimes(2)
  expect(() => authorizer.invalidate({ identity: '1' })).toThrow(/with 2 value/)
})

test.each([
  ['flush', 'all'],
  ['principalId', { principalId: 'u' }],
  ['identity', { identity: 'x' }],
] as const)('AWS-CACHE-18 a call under way at an invalidation by %s brings nothing back', async (_, selector) => {
  let answer: ((result: object) => void) | undefined
  const { ask, authorizer, handler } = tokenBench(() => new Promise((resolve) => (answer = resolve)), kept(300))
  const first = ask('GET /', bearer('x'))
  if (selector === 'all') void authorizer.invalidateAll()
  else void authorizer.invalidate(selector)
  answer?.(allow())
  expect(await first).toBe(ALLOWED)
  const second = ask('GET /', bearer('x'))
  expect(handler).toHaveBeenCalledTimes(2)
  answer?.(deny())
  expect(await second).toBe(EXPLICIT_DENY)
})

test('AWS-CACHE-18 a request after an invalidation does not join a call from before', async () => {
  const answers: ((result: object) => void)[] = []
  const { ask, authorizer, handler } = tokenBench(() => new Promise((resolve) => answers.push(resolve)), kept(300))
  const before = ask('GET /', bearer('x'))
  void authorizer.invalidate({ principalId: 'u' })
  const after = ask('GET /', bearer('x'))
  expect(handler).toHaveBeenCalledTimes(2)
  answers[1]?.(deny())
  answers[0]?.(allow())
  expect([await before, await after]).toEqual([ALLOWED, EXPLICIT_DENY])
  expect(await ask('GET /', bearer('x'))).toBe(EXPLICIT_DENY)
})

test('AWS-CACHE-26 integrationLatency is the time of the call, and 0 when there was none', async () => {
  const bench = tokenBench((_e, _c, callback) => {
    bench.clock.advance(180)
    callback(null, allow())
  }, kept(300))
  for (const integrationLatency of [180, 0]) {
    expect(await bench.evaluate('GET /', bearer())).toMatchObject({
      authorizer: { requestContext: { authorizer: { integrationLatency } } },
    })
  }
})
