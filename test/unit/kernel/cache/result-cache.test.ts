/** The cache in front of a store that is not ours: what it asks for, what it believes, what it keeps. */
import { createHash } from 'node:crypto'
import type { Contract, Store, StoredResult } from '@custom-authorizer/core'
import { describe, expect, test, vi } from 'vitest'
import { ResultCache, type ResultCacheOptions } from '../../../../packages/core/src/kernel/cache/result-cache.ts'
import { TestClock } from '../../../support/clock.ts'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { gatewayRequest } from '../../../support/request.ts'

const silent: Store = { get: () => undefined, set: () => undefined, delete: () => undefined }
const NOW = Date.UTC(2030, 0, 1)

const makeCache = (options: ResultCacheOptions, overrides: Parameters<typeof plainContract>[0] = {}) => {
  const reports: string[] = []
  const contract = plainContract({ reviveResult: (stored) => stored as ReturnType<typeof plainResult>, ...overrides })
  const report = (message: string): void => void reports.push(message)
  const cache = new ResultCache({ name: 'n', ...options }, contract as Contract, new TestClock(NOW), report)
  return { cache, reports }
}

const answering = (found: unknown) => makeCache({ store: { ...silent, get: () => found as undefined } })

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

describe('SEC-56 SEC-54 keys in a store outside of the process', () => {
  const { cache } = makeCache({ store: silent }, { name: 'plain', fingerprint: 'f1' })

  test('are digests of contract, fingerprint and identity, each with its length', async () => {
    // Many, so that every character of the alphabet occurs.
    for (let index = 0; index < 50; index++) {
      const identity = `token ${index}`
      const key = sha256(`11:5:plain2:f1${identity.length}:${identity}`)
      expect(await cache.keyOf(identity, undefined)).toBe(key)
      const parts = sha256(`${identity.length}:${identity}3:GET1:/`)
      expect(await cache.keyOf(identity, ['GET', '/'])).toBe(`${key}.${parts}`)
    }
  })

  test('stand under the name of the authorizer and the version of their form', async () => {
    const get = vi.fn()
    await makeCache({ store: { ...silent, get }, name: 'my-api' }).cache.get('k')
    expect(get.mock.calls).toEqual([['my-api.1', 'k']])
  })
})

describe('SEC-65 what a store answers', () => {
  const stored = { result: plainResult(), issuedFor: { method: 'GET', path: '/' } }
  test('is believed as far as it goes', () => {
    const issuedFor = { ...stored.issuedFor, more: 1 }
    const { cache, reports } = answering({ stored: { ...stored, issuedFor, more: 1 }, ageMs: 12, more: 1 })
    expect(cache.get('k')).toEqual({ stored, ageMs: 12 })
    expect(reports).toEqual([])
  })

  test.each([
    ['SEC-59 obtained just now', { stored, ageMs: 0 }],
    ['SEC-59 at the end of its life', { stored, ageMs: 300_000 }],
    ['that expires later', { stored: { ...stored, result: { ...plainResult(), expiresAt: NOW + 1 } }, ageMs: 0 }],
  ])('is a result %s', (_, found) => {
    expect(answering(found).cache.get('k')).toEqual(found)
  })

  test.each([undefined, null])('may be %s, which is a miss and no fault', (found) => {
    const { cache, reports } = answering(found)
    expect(cache.get('k')).toBeUndefined()
    expect(reports).toEqual([])
  })

  const without = (issuedFor: unknown): unknown => ({ stored: { ...stored, issuedFor }, ageMs: 0 })
  test.each<[string, unknown]>([
    ['no record', 1],
    ['no record that holds anything', {}],
    ['a result that is none', { stored: { ...stored, result: undefined }, ageMs: 0 }],
    ['of no age', { stored }],
    ['of an age in letters', { stored, ageMs: '1' }],
    ['of an age that is no number', { stored, ageMs: Number.NaN }],
    ['from the future', { stored, ageMs: -1 }],
    ['past its life', { stored, ageMs: 300_001 }],
    ['issued for nothing', without(undefined)],
    ['issued for null', without(null)],
    ['issued for a list', without(['GET', '/'])],
    ['issued without a method', without({ path: '/' })],
    ['issued without a path', without({ method: 'GET' })],
    ['issued for a method that is no text', without({ method: 1, path: '/' })],
    ['issued for a path that is no text', without({ method: 'GET', path: 1 })],
    ['expired now', { stored: { ...stored, result: { ...plainResult(), expiresAt: NOW } }, ageMs: 0 }],
    ['expired before', { stored: { ...stored, result: { ...plainResult(), expiresAt: NOW - 1 } }, ageMs: 0 }],
  ])('SEC-59 SEC-65 is a miss when it is %s', (_, found) => {
    const { cache, reports } = answering(found)
    expect(cache.get('k')).toBeUndefined()
    expect(reports).toEqual([
      'store.get answered with something that is not a result of this authorizer; counted as a miss',
    ])
  })
})

const request = gatewayRequest('PUT /pets/7?a=1')

/** What a store is given when a call lands with this. */
const landing = (parsed: object, resultTtlSeconds = 300) => {
  const set = vi.fn()
  const { cache } = makeCache({ store: { ...silent, set } }, { resultTtlSeconds })
  const ticket = cache.start('k')
  ticket.complete({ parsed: { accepted: true, result: plainResult(), ...parsed }, latencyMs: 1 }, request)
  return set.mock.calls as [string, string, StoredResult, number][]
}
const lifetimeOf = (expiresAt: number): number | undefined =>
  landing({ result: { ...plainResult(), expiresAt } })[0]?.[3]

describe('what is kept', () => {
  test('AWS-CACHE-13 is the result, with the request that it was obtained for', () => {
    const stored = { result: plainResult(), issuedFor: { method: 'PUT', path: '/pets/7' } }
    expect(landing({})).toEqual([['n.1', 'k', stored, 300]])
  })

  test('SEC-59 lives as long as it says, if that is shorter', () => {
    expect(lifetimeOf(NOW + 1500)).toBe(1.5)
    expect(lifetimeOf(NOW + 400_000)).toBe(300)
  })

  test.each<[string, object, number?]>([
    ['a result that has expired', { result: { ...plainResult(), expiresAt: NOW } }],
    ['a result that had expired when it came', { result: { ...plainResult(), expiresAt: NOW - 1 } }],
    ['a result without a life', {}, 0],
    ['what stands in for an answer', { fallbackFor: 'an outage' }],
    ['what was not accepted', { accepted: false, reason: 'AUTHORIZER_ERROR' }],
  ])('SEC-58 SEC-59 is not %s', (_, parsed, ttl) => {
    expect(landing(parsed, ttl)).toEqual([])
  })

  test('SEC-64 a call that came to nothing ends, and is joined no more', () => {
    const { cache } = makeCache({ store: silent })
    const ticket = cache.start('k')
    const flight = new Promise<never>(() => undefined)
    ticket.share(flight)
    expect(cache.running('k')).toBe(flight)
    ticket.complete(undefined, request)
    expect(cache.running('k')).toBeUndefined()
  })
})

test('SEC-61 a store of the user’s own has its own bound', () => {
  expect(() => makeCache({ store: silent, maxEntries: 10 })).toThrow(
    /^createAuthorizer\.maxEntries: found a number; allowed: nothing when store is given/,
  )
})
