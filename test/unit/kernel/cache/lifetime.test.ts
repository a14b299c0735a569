/** How long a result is cached: TTL, `expiresAt` and changes of the wall clock (SEC-59). */
import { allow, createAuthorizer, native } from '@custom-authorizer/core'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { beforeEach, expect, test, vi } from 'vitest'
import { plainContract } from '../../../support/contract.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { withToken } from '../../../support/with-token.ts'

const request = withToken('Bearer t')
let clock: FakeClock
beforeEach(() => {
  clock = fakeClock()
})

const cached = (resultTtlSeconds: number): ReturnType<typeof native> =>
  native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds })

test.each([1, 300, 3600])(
  'SEC-59 a result with a TTL of %i seconds expires to the millisecond, even if it is used',
  (ttl) => {
    const authorize = vi.fn(() => true)
    const authorizer = createAuthorizer({ authorize, contract: cached(ttl), clock })
    void authorizer.evaluate(request)
    clock.advanceSync(ttl * 500)
    void authorizer.evaluate(request)
    clock.advanceSync(ttl * 500 - 1)
    void authorizer.evaluate(request)
    expect(authorize).toHaveBeenCalledTimes(1)
    clock.advanceSync(1)
    void authorizer.evaluate(request)
    expect(authorize).toHaveBeenCalledTimes(2)
  },
)

test('SEC-59 with a TTL of 0, the default of the native contract, nothing is cached', () => {
  const authorize = vi.fn(() => true)
  const authorizer = createAuthorizer({ authorize, contract: cached(0), clock })
  for (let round = 0; round < 3; round++) void authorizer.evaluate(request)
  expect(authorize).toHaveBeenCalledTimes(3)
})

test('SEC-59 a denial is cached as long as an allow result', () => {
  const authorize = vi.fn(() => false)
  const authorizer = createAuthorizer({ authorize, contract: cached(10), clock })
  for (const step of [0, 9_999]) {
    clock.advanceSync(step)
    void authorizer.evaluate(request)
  }
  expect(authorize).toHaveBeenCalledTimes(1)
  clock.advanceSync(1)
  void authorizer.evaluate(request)
  expect(authorize).toHaveBeenCalledTimes(2)
})

test.each([
  ['before the TTL', 5_000, [4_999, 1]],
  ['after the TTL', 50_000, [9_999, 1]],
])('SEC-59 a result whose expiresAt is %s is cached until the earlier of the two', (_, expiresIn, [before, after]) => {
  const authorize = vi.fn(() => allow({ expiresAt: clock.now() + expiresIn }))
  const authorizer = createAuthorizer({ authorize, contract: cached(10), clock })
  void authorizer.evaluate(request)
  clock.advanceSync(before ?? 0)
  void authorizer.evaluate(request)
  expect(authorize).toHaveBeenCalledTimes(1)
  clock.advanceSync(after ?? 0)
  void authorizer.evaluate(request)
  expect(authorize).toHaveBeenCalledTimes(2)
})

test.each([
  ['in the past', -1],
  ['the current time', 0],
])('SEC-59 a result whose expiresAt is %s gets 500 and is not cached', (_, expiresIn) => {
  const logger = new RecordingLogger()
  const authorize = vi.fn(() => allow({ expiresAt: clock.now() + expiresIn }))
  const authorizer = createAuthorizer({ authorize, contract: cached(10), clock, logger })
  for (let round = 0; round < 2; round++)
    expect(authorizer.evaluate(request)).toMatchObject({ reason: 'BAD_RESULT', response: { status: 500 } })
  expect(authorize).toHaveBeenCalledTimes(2)
  expect(logger.lines[0]).toMatch(/expiresAt has passed already; it is a time in milliseconds since the epoch/)
})

test.each([
  ['back', Date.UTC(2000, 0)],
  ['forward', Date.UTC(2099, 0)],
])('SEC-59 setting the wall clock %s does not change the lifetime of an entry', (_, time) => {
  const authorize = vi.fn(() => true)
  const authorizer = createAuthorizer({ authorize, contract: cached(10), clock })
  void authorizer.evaluate(request)
  clock.setTime(time)
  clock.advanceSync(9_999)
  void authorizer.evaluate(request)
  expect(authorize).toHaveBeenCalledTimes(1)
  clock.advanceSync(1)
  void authorizer.evaluate(request)
  expect(authorize).toHaveBeenCalledTimes(2)
})

test('SEC-59 the lifetime starts when the function returns its result', async () => {
  const authorize = vi.fn(() => new Promise<true>((resolve) => void clock.setTimeout(() => resolve(true), 500)))
  const authorizer = createAuthorizer({ authorize, contract: cached(10), clock })
  const first = authorizer.evaluate(request)
  clock.advanceSync(500)
  await first
  clock.advanceSync(9_999)
  expect(authorizer.evaluate(request)).toMatchObject({ allowed: true })
  expect(authorize).toHaveBeenCalledTimes(1)
})

test('SEC-59 a cached result is evaluated with the time of each request', () => {
  const contract = plainContract({
    decide: (_, __, given) =>
      given.now() < Date.UTC(2030, 0, 1, 13) ? { allowed: true } : { allowed: false, reason: 'IMPLICIT_DENY' },
  })
  const authorizer = createAuthorizer({ authorize: () => ({ principalId: 'a', context: {} }), contract, clock })
  expect(authorizer.evaluate(request)).toMatchObject({ allowed: true })
  clock.setTime(Date.UTC(2030, 0, 1, 13))
  expect(authorizer.evaluate(request)).toMatchObject({ allowed: false, reason: 'IMPLICIT_DENY' })
})
