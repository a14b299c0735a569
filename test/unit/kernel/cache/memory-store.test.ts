/** `MemoryStore`: limits, eviction, lifetimes and selectors (SEC-54, SEC-59, SEC-60, SEC-61). */
import { inspect } from 'node:util'
import { MemoryStore, type StoredResult, type StoreSelector } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, test } from 'vitest'
import { scaled } from '../../../support/volume.ts'

const stored = (principalId = 'alice', text = ''): StoredResult => ({
  result: { principalId, context: { text } },
  issuedFor: { method: 'GET', path: '/pets' },
})

test('SEC-61 a hundred times as many keys as maxEntries stay within maxEntries', { timeout: 300_000 }, () => {
  const maxEntries = scaled(10_000)
  const keys = 100 * maxEntries
  const store = new MemoryStore({ maxEntries })
  const value = stored()
  for (let index = 0; index < keys; index++) store.set('1', `token-${index}`, value, 300)
  expect(store.size).toBe(maxEntries)
  expect(store.get('1', `token-${keys - 1}`)).toBeDefined()
  expect(store.get('1', `token-${keys - maxEntries - 1}`)).toBeUndefined()
})

test('SEC-61 maxEntries is 10,000 by default', () => {
  const store = new MemoryStore()
  for (let index = 0; index < 10_100; index++) store.set('1', `token-${index}`, stored(), 300)
  expect(store.size).toBe(10_000)
})

test('SEC-61 the entries stay within maxBytes', () => {
  const store = new MemoryStore({ maxBytes: 1024 * 1024 })
  const value = stored('alice', 'x'.repeat(10_000))
  for (let index = 0; index < 1000; index++) store.set('1', `token-${index}`, value, 300)
  // The size of a result in memory is several times the size of its text.
  expect(store.size).toBeGreaterThan(5)
  // Ten thousand characters take at least ten thousand bytes.
  expect(store.size * 10_000).toBeLessThanOrEqual(1024 * 1024)
})

test('SEC-61 maxBytes includes the length of the keys', () => {
  const store = new MemoryStore({ maxBytes: 1024 * 1024 })
  for (let index = 0; index < 1000; index++) store.set('1', `${'k'.repeat(8000)}${index}`, stored(), 300)
  expect(store.size * 8000).toBeLessThanOrEqual(1024 * 1024)
})

test('SEC-61 an entry of more than 64 KiB is not stored and removes the older entry of its key', () => {
  const store = new MemoryStore()
  store.set('1', 'token', stored('alice'), 300)
  store.set('1', 'token', stored('bob', 'x'.repeat(65_536)), 300)
  expect(store.get('1', 'token')).toBeUndefined()
  expect(store.size).toBe(0)
})

test('SEC-61 the least recently used entry is evicted first', () => {
  const clock = fakeClock()
  const store = new MemoryStore({ maxEntries: 3, clock })
  for (const key of ['a', 'b', 'c']) store.set('1', key, stored(), 300)
  // Use is recorded once per second.
  clock.advanceSync(1001)
  expect(store.get('1', 'a')).toBeDefined()
  store.set('1', 'd', stored(), 300)
  expect(['a', 'b', 'c', 'd'].filter((key) => store.get('1', key) !== undefined)).toEqual(['a', 'c', 'd'])
})

test('SEC-61 the fast path for hot keys does not return an evicted entry', () => {
  const store = new MemoryStore({ maxEntries: 1 })
  store.set('1', 'a', stored(), 300)
  expect(store.get('1', 'a')).toBeDefined()
  store.set('1', 'b', stored(), 300)
  expect(store.get('1', 'a')).toBeUndefined()
})

test.each([1, 300, 3600])(
  'SEC-59 an entry with a TTL of %i seconds expires to the millisecond, even if it is used',
  (ttl) => {
    const clock = fakeClock()
    const store = new MemoryStore({ clock })
    store.set('1', 'a', stored(), ttl)
    for (const step of [0, ttl * 500, ttl * 499, ttl - 1]) {
      clock.advanceSync(step)
      expect(store.get('1', 'a')).toBeDefined()
    }
    clock.advanceSync(1)
    expect(store.get('1', 'a')).toBeUndefined()
    expect(store.size).toBe(0)
  },
)

test('SEC-59 setting the wall clock back or forward does not change a lifetime', () => {
  const clock = fakeClock()
  const store = new MemoryStore({ clock })
  store.set('1', 'a', stored(), 10)
  clock.setTime(Date.UTC(2099, 0))
  expect(store.get('1', 'a')).toMatchObject({ ageMs: 0 })
  clock.advanceSync(9_999)
  clock.setTime(0)
  expect(store.get('1', 'a')).toMatchObject({ ageMs: 9_999 })
  clock.advanceSync(1)
  expect(store.get('1', 'a')).toBeUndefined()
})

test('SEC-59 a new result replaces the older one and starts a new lifetime', () => {
  const clock = fakeClock()
  const store = new MemoryStore({ clock })
  store.set('1', 'a', stored('alice'), 10)
  expect(store.get('1', 'a')?.stored.result.principalId).toBe('alice')
  clock.advanceSync(9_000)
  store.set('1', 'a', stored('bob'), 10)
  clock.advanceSync(9_000)
  expect(store.get('1', 'a')).toMatchObject({ ageMs: 9_000, stored: { result: { principalId: 'bob' } } })
})

const selections: readonly [string, StoreSelector, string[]][] = [
  ['all entries of a scope', { by: 'all' }, ['2 ab']],
  ['the entry of a key', { by: 'key', key: 'a' }, ['1 ab', '1 b', '2 ab']],
  ['the entries whose key starts with a prefix', { by: 'prefix', prefix: 'a' }, ['1 b', '2 ab']],
  ['the entries of a principal', { by: 'principalId', principalId: 'alice' }, ['1 a', '1 b', '2 ab']],
  ['nothing for an unknown key', { by: 'key', key: 'c' }, ['1 a', '1 ab', '1 b', '2 ab']],
]
test.each(selections)('SEC-60 delete removes %s only', (_, selector, left) => {
  const store = new MemoryStore()
  const entries = [
    ['1', 'a', 'bob'],
    ['1', 'ab', 'alice'],
    ['1', 'b', 'bob'],
    ['2', 'ab', 'alice'],
  ] as const
  for (const [scope, key, principal] of entries) {
    store.set(scope, key, stored(principal), 300)
    store.get(scope, key)
  }
  store.delete('1', selector)
  const remaining = entries.filter(([scope, key]) => store.get(scope, key) !== undefined)
  expect(remaining.map(([scope, key]) => `${scope} ${key}`)).toEqual(left)
})

test('SEC-54 scope and key are separate parts of the key, wherever the boundary is', () => {
  const store = new MemoryStore()
  store.set('1', '1:a', stored('alice'), 300)
  store.set('11', ':a', stored('bob'), 300)
  expect(store.get('1', '1:a')?.stored.result.principalId).toBe('alice')
  expect(store.get('11', ':a')?.stored.result.principalId).toBe('bob')
  expect(store.get('', '11:a')).toBeUndefined()
})

test('SEC-56 entries are not visible in inspection, serialization or enumeration', () => {
  const store = new MemoryStore()
  store.set('1', 'CANARY', stored('CANARY'), 300)
  store.get('1', 'CANARY')
  expect(inspect(store, { depth: 20, showHidden: true, getters: true })).not.toContain('CANARY')
  expect(JSON.stringify(store)).not.toContain('CANARY')
  expect(Reflect.ownKeys(store)).toEqual(['inProcess'])
})
