/** `ResultCache` with an external store: its keys, the results it accepts, and the results it stores. */
import { createHash } from 'node:crypto'
import type { Contract, Store, StoredResult } from '@custom-authorizer/core'
import { systemClock } from '@custom-authorizer/core/contract'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test, vi } from 'vitest'
import { ResultCache, type ResultCacheOptions } from '../../../../packages/core/src/kernel/cache/result-cache.ts'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { throwError } from '../../../support/failure-checks.ts'
import { gatewayRequest } from '../../../support/request.ts'

const emptyStore: Store = { get: () => undefined, set: () => undefined, delete: () => undefined }
const NOW = Date.UTC(2030, 0, 1)

const makeCache = (options: ResultCacheOptions, overrides: Parameters<typeof plainContract>[0] = {}) => {
  const reports: string[] = []
  const contract = plainContract({ reviveResult: (stored) => stored as ReturnType<typeof plainResult>, ...overrides })
  const report = (message: string): void => void reports.push(message)
  const cache = new ResultCache({ name: 'n', ...options }, contract as Contract, fakeClock(NOW), report)
  return { cache, reports }
}

const cacheWithHit = (found: unknown) => makeCache({ store: { ...emptyStore, get: () => found as undefined } })

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

describe('keys in an external store', () => {
  const { cache } = makeCache({ store: emptyStore }, { name: 'plain', fingerprint: 'f1' })

  test('SEC-56 SEC-54 keys are digests of contract, fingerprint and identity, each with its length', async () => {
    // Enough keys that every character of the base64url alphabet occurs.
    for (let index = 0; index < 50; index++) {
      const identity = `token ${index}`
      const key = sha256(`11:5:plain2:f1${identity.length}:${identity}`)
      expect(await cache.keyOf(identity, undefined)).toBe(key)
      const parts = sha256(`${identity.length}:${identity}3:GET1:/`)
      expect(await cache.keyOf(identity, ['GET', '/'])).toBe(`${key}.${parts}`)
    }
  })

  test('SEC-56 SEC-54 the scope of a key is the authorizer name and the version of the format', async () => {
    const get = vi.fn()
    await makeCache({ store: { ...emptyStore, get }, name: 'my-api' }).cache.get('k')
    expect(get.mock.calls).toEqual([['my-api.1', 'k']])
  })
})

describe('results read from a store', () => {
  const stored = { result: plainResult(), issuedFor: { method: 'GET', path: '/' } }
  test('SEC-65 a valid result is returned without its extra members', () => {
    const issuedFor = { ...stored.issuedFor, more: 1 }
    const { cache, reports } = cacheWithHit({ stored: { ...stored, issuedFor, more: 1 }, ageMs: 12, more: 1 })
    expect(cache.get('k')).toEqual({ stored, ageMs: 12 })
    expect(reports).toEqual([])
  })

  test.each([
    ['of age 0', { stored, ageMs: 0 }],
    ['at the end of its TTL', { stored, ageMs: 300_000 }],
    [
      'that expires in the future',
      { stored: { ...stored, result: { ...plainResult(), expiresAt: NOW + 1 } }, ageMs: 0 },
    ],
  ])('SEC-59 SEC-65 a result %s is returned', (_, found) => {
    expect(cacheWithHit(found).cache.get('k')).toEqual(found)
  })

  test.each([undefined, null])('SEC-65 %s is a miss and is not reported', (found) => {
    const { cache, reports } = cacheWithHit(found)
    expect(cache.get('k')).toBeUndefined()
    expect(reports).toEqual([])
  })

  const hitIssuedFor = (issuedFor: unknown): unknown => ({ stored: { ...stored, issuedFor }, ageMs: 0 })
  test.each<[string, unknown]>([
    ['a number', 1],
    ['an empty object', {}],
    ['a hit without a result', { stored: { ...stored, result: undefined }, ageMs: 0 }],
    ['a hit without an age', { stored }],
    ['a hit whose age is a string', { stored, ageMs: '1' }],
    ['a hit whose age is NaN', { stored, ageMs: Number.NaN }],
    ['a hit with a negative age', { stored, ageMs: -1 }],
    ['a hit older than the TTL', { stored, ageMs: 300_001 }],
    ['a hit without issuedFor', hitIssuedFor(undefined)],
    ['a hit issued for null', hitIssuedFor(null)],
    ['a hit issued for an array', hitIssuedFor(['GET', '/'])],
    ['a hit issued without a method', hitIssuedFor({ path: '/' })],
    ['a hit issued without a path', hitIssuedFor({ method: 'GET' })],
    ['a hit issued for a method that is not a string', hitIssuedFor({ method: 1, path: '/' })],
    ['a hit issued for a path that is not a string', hitIssuedFor({ method: 'GET', path: 1 })],
    ['a hit that expires now', { stored: { ...stored, result: { ...plainResult(), expiresAt: NOW } }, ageMs: 0 }],
    ['a hit that has expired', { stored: { ...stored, result: { ...plainResult(), expiresAt: NOW - 1 } }, ageMs: 0 }],
  ])('SEC-59 SEC-65 %s is reported and counts as a miss', (_, found) => {
    const { cache, reports } = cacheWithHit(found)
    expect(cache.get('k')).toBeUndefined()
    expect(reports).toEqual(['store.get returned an invalid result; treated as a miss'])
  })
})

const request = gatewayRequest('PUT /pets/7?a=1')

/** The arguments of `store.set` after a call with the given parsed result. */
const setCalls = (parsed: object, resultTtlSeconds = 300) => {
  const set = vi.fn()
  const { cache } = makeCache({ store: { ...emptyStore, set } }, { resultTtlSeconds })
  const call = cache.start('k')
  call.complete({ parsed: { accepted: true, result: plainResult(), ...parsed }, latencyMs: 1 }, request)
  return set.mock.calls as [string, string, StoredResult, number][]
}
const lifetimeOf = (expiresAt: number): number | undefined =>
  setCalls({ result: { ...plainResult(), expiresAt } })[0]?.[3]

describe('results written to a store', () => {
  test('AWS-CACHE-13 the result is stored with the request that it was issued for', () => {
    const stored = { result: plainResult(), issuedFor: { method: 'PUT', path: '/pets/7' } }
    expect(setCalls({})).toEqual([['n.1', 'k', stored, 300]])
  })

  test('SEC-59 the lifetime is the time until expiresAt if that is shorter than the TTL', () => {
    expect(lifetimeOf(NOW + 1500)).toBe(1.5)
    expect(lifetimeOf(NOW + 400_000)).toBe(300)
  })

  test.each<[string, object, number?]>([
    ['a result that expires now', { result: { ...plainResult(), expiresAt: NOW } }],
    ['a result that has expired', { result: { ...plainResult(), expiresAt: NOW - 1 } }],
    ['a result with a TTL of 0', {}, 0],
    ['a fallback result', { fallbackFor: 'an outage' }],
    ['a result for one response, such as one with a cookie,', { uncached: true }],
    ['a result that was not accepted', { accepted: false, reason: 'AUTHORIZER_ERROR' }],
  ])('SEC-58 SEC-59 %s is not stored', (_, parsed, ttl) => {
    expect(setCalls(parsed, ttl)).toEqual([])
  })

  test('SEC-64 a call without a result ends and can no longer be joined', () => {
    const { cache } = makeCache({ store: emptyStore })
    const call = cache.start('k')
    const pending = new Promise<never>(() => undefined)
    call.share(pending)
    expect(cache.running('k')).toBe(pending)
    call.complete(undefined, request)
    expect(cache.running('k')).toBeUndefined()
  })
})

test('INV-3 a clock that fails makes a lookup in the memory store a miss', () => {
  const reports: string[] = []
  const clock = { ...systemClock, monotonic: throwError }
  const cache = new ResultCache({}, plainContract() as Contract, clock, (message) => void reports.push(message))
  expect(cache.get('k')).toBeUndefined()
  expect(reports).toEqual(['store.get failed; treated as a miss'])
})

test('SEC-61 maxEntries cannot be combined with a custom store', () => {
  expect(() => makeCache({ store: emptyStore, maxEntries: 10 })).toThrow(
    /^createAuthorizer\.maxEntries: found a number; allowed: nothing when store is given/,
  )
})
