/** Concurrent requests of one identity share one call (SEC-62), and failed calls are not shared further (SEC-64). */
import { allow, createAuthorizer, type GatewayRequest, native, unauthorized } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test, vi } from 'vitest'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { denied, toPromise, reasonOf, responseHeader } from '../../../support/outcome.ts'
import { PromiseStore } from '../../../support/promise-store.ts'
import { scaled } from '../../../support/volume.ts'
import { withToken } from '../../../support/with-token.ts'

const perCaller = native({
  identitySources: ['$request.header.Authorization'],
  resultTtlSeconds: 300,
  cachePer: 'identity',
})
const neverSettles = (): Promise<boolean> => new Promise(() => undefined)
const tokenOf = (request: GatewayRequest): string => request.header('authorization') ?? ''

describe.each([
  ['the memory store', () => ({})],
  ['an external store', () => ({ store: new PromiseStore(), name: 'test' })],
])('with %s', (_, storage) => {
  test('SEC-62 concurrent misses on one identity call the function once', { timeout: 60_000 }, async () => {
    const result = new Deferred<ReturnType<typeof allow>>()
    const authorize = vi.fn(() => result.promise)
    const authorizer = createAuthorizer({ authorize, contract: perCaller, ...storage() })
    const outcomes = Array.from({ length: scaled(10_000) }, () => authorizer.evaluate(withToken('Bearer t')))
    await vi.waitFor(() => expect(authorize).toHaveBeenCalled(), { timeout: 30_000 })
    result.resolve(allow({ principalId: 'alice' }))
    const settled = await Promise.all(outcomes.map(toPromise))
    expect(settled.every((each) => each.allowed && each.authorizer.principalId === 'alice')).toBe(true)
    expect(authorize).toHaveBeenCalledTimes(1)
  })

  test('SEC-62 requests with different tokens never share a call', async () => {
    const authorize = vi.fn(async (request: GatewayRequest) => {
      await flushMicrotasks()
      return tokenOf(request) === 'pets' ? allow({ principalId: 'pets' }) : false
    })
    const authorizer = createAuthorizer({ authorize, contract: perCaller, ...storage() })
    const tokens = Array.from({ length: 100 }, (__, index) => (index % 2 === 0 ? 'pets' : 'none'))
    const outcomes = await Promise.all(tokens.map(async (token) => authorizer.evaluate(withToken(token))))
    expect(outcomes.map(({ allowed }) => allowed)).toEqual(tokens.map((token) => token === 'pets'))
    expect(authorize).toHaveBeenCalledTimes(2)
  })
})

test('SEC-62 requests that share one call are decided separately', async () => {
  const contract = plainContract({
    decide: (_, { path }) => (path === '/pets' ? { allowed: true } : { allowed: false, reason: 'IMPLICIT_DENY' }),
  })
  const authorize = vi.fn(async () => plainResult())
  const authorizer = createAuthorizer({ authorize, contract })
  const lines = ['GET /pets', 'GET /secret', 'GET /pets', 'GET /secret']
  const outcomes = await Promise.all(lines.map(async (line) => authorizer.evaluate(withToken('t', line))))
  expect(outcomes.map(reasonOf)).toEqual(['ALLOWED', 'IMPLICIT_DENY', 'ALLOWED', 'IMPLICIT_DENY'])
  expect(authorize).toHaveBeenCalledTimes(1)
})

test('SEC-59 without caching, concurrent requests do not share a call', async () => {
  const authorize = vi.fn(async () => true)
  const contract = native({ identitySources: ['$request.header.Authorization'] })
  const authorizer = createAuthorizer({ authorize, contract })
  await Promise.all([1, 2, 3].map(async () => authorizer.evaluate(withToken('t'))))
  expect(authorize).toHaveBeenCalledTimes(3)
})

const failures: readonly [string, () => Promise<boolean>, string][] = [
  ['a rejection', () => Promise.reject(new Error('down')), 'AUTHORIZER_ERROR'],
  ['a malformed result', () => Promise.resolve('yes' as unknown as boolean), 'BAD_RESULT'],
  ['an unauthorized() result', async () => unauthorized() as unknown as boolean, 'UNAUTHORIZED'],
]
test.each(failures)('SEC-64 SEC-58 %s reaches every waiting request and is not cached', async (_, fail, reason) => {
  const authorize = vi.fn(async () => true).mockImplementationOnce(fail)
  const authorizer = createAuthorizer({ authorize, contract: perCaller, logger: null })
  const outcomes = await Promise.all([1, 2, 3].map(async () => authorizer.evaluate(withToken('t'))))
  expect(outcomes.map(reasonOf)).toEqual([reason, reason, reason])
  expect(authorize).toHaveBeenCalledTimes(1)
  expect(reasonOf(await authorizer.evaluate(withToken('t')))).toBe('ALLOWED')
  expect(authorize).toHaveBeenCalledTimes(2)
})

test('SEC-64 a call that timed out is not cached', async () => {
  const clock = fakeClock()
  const authorize = vi.fn(async () => true).mockImplementationOnce(neverSettles)
  const authorizer = createAuthorizer({ authorize, contract: perCaller, clock, timeoutMs: 50, logger: null })
  const waiting = [authorizer.evaluate(withToken('t')), authorizer.evaluate(withToken('t'))]
  clock.advanceSync(50)
  expect((await Promise.all(waiting.map(toPromise))).map(reasonOf)).toEqual([
    'AUTHORIZER_TIMEOUT',
    'AUTHORIZER_TIMEOUT',
  ])
  expect(reasonOf(await authorizer.evaluate(withToken('t')))).toBe('ALLOWED')
})

test('SEC-64 calls beyond maxInFlight get 503 with Retry-After until a running call ends', async () => {
  const results: Deferred<boolean>[] = []
  const authorize = vi.fn(() => {
    const result = new Deferred<boolean>()
    results.push(result)
    return result.promise
  })
  const authorizer = createAuthorizer({ authorize, contract: perCaller, maxInFlight: 10, logger: null })
  const running = Array.from({ length: 10 }, (_, index) => authorizer.evaluate(withToken(`t${index}`)))
  for (let index = 10; index < 60; index++) {
    const rejected = denied(await Promise.race([authorizer.evaluate(withToken(`t${index}`)), rejectIfPending()]))
    expect(rejected).toMatchObject({ reason: 'OVERLOADED', response: { status: 503 } })
    expect(responseHeader(rejected, 'retry-after')).toMatch(/^[1-9]\d*$/)
  }
  expect(authorize).toHaveBeenCalledTimes(10)
  // A request whose call is already running joins it.
  const joining = authorizer.evaluate(withToken('t3'))
  for (const result of results) result.resolve(true)
  expect((await Promise.all([...running, joining])).map(reasonOf)).toEqual(Array.from({ length: 11 }, () => 'ALLOWED'))
  const next = authorizer.evaluate(withToken('t99'))
  results.at(-1)?.resolve(true)
  expect(reasonOf(await next)).toBe('ALLOWED')
})

test('SEC-64 calls that timed out no longer count towards maxInFlight', async () => {
  const clock = fakeClock()
  const authorizer = createAuthorizer({ authorize: neverSettles, clock, timeoutMs: 50, maxInFlight: 2, logger: null })
  for (let round = 0; round < 5; round++) {
    const running = [authorizer.evaluate(withToken('a')), authorizer.evaluate(withToken('b'))]
    expect(denied(await authorizer.evaluate(withToken('c'))).reason).toBe('OVERLOADED')
    clock.advanceSync(50)
    expect((await Promise.all(running.map(toPromise))).map(reasonOf)).toEqual([
      'AUTHORIZER_TIMEOUT',
      'AUTHORIZER_TIMEOUT',
    ])
  }
  expect(clock.pending).toBe(0)
})

const rejectIfPending = (): Promise<never> =>
  flushMicrotasks().then(() => Promise.reject(new Error('the request was not rejected at once')))
