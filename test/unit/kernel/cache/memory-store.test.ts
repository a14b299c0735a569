import { inspect } from 'node:util'
import { MemoryStore, type StoredResult, type StoreSelector } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { TestClock } from '../../../support/clock.ts'

const stored = (principalId = 'alice', text = ''): StoredResult => ({
  result: { principalId, context: { text } },
  issuedFor: { method: 'GET', path: '/pets' },
})

test('SEC-61 a million distinct keys stay within the bound', { timeout: 300_000 }, () => {
  const store = new MemoryStore({ maxEntries: 10_000 })
  const value = stored()
  for (let index = 0; index < 1_000_000; index++) store.set('1', `token-${index}`, value, 300)
  expect(store.size).toBe(10_000)
  expect(store.get('1', 'token-999999')).toBeDefined()
  expect(store.get('1', 'token-989999')).toBeUndefined()
})

test('SEC-61 the default bound is ten thousand entries', () => {
  const store = new MemoryStore()
  for (let index = 0; index < 10_100; index++) store.set('1', `token-${index}`, stored(), 300)
  expect(store.size).toBe(10_000)
})

test('SEC-61 bytes are bounded as well as entries', () => {
  const store = new MemoryStore({ maxBytes: 1024 * 1024 })
  const value = stored('alice', 'x'.repeat(10_000))
  for (let index = 0; index < 1000; index++) store.set('1', `token-${index}`, value, 300)
  // A result is charged for what it takes up once it is in use, which is several times its text.
  expect(store.size).toBeGreaterThan(5)
  // Ten thousand characters are held in ten thousand bytes at the least.
  expect(store.size * 10_000).toBeLessThanOrEqual(1024 * 1024)
})

test('SEC-61 long keys count as well as long results', () => {
  const store = new MemoryStore({ maxBytes: 1024 * 1024 })
  for (let index = 0; index < 1000; index++) store.set('1', `${'k'.repeat(8000)}${index}`, stored(), 300)
  expect(store.size * 8000).toBeLessThanOrEqual(1024 * 1024)
})

test('SEC-61 an entry of more than 64 KiB is not kept, and leaves no older one behind', () => {
  const store = new MemoryStore()
  store.set('1', 'token', stored('alice'), 300)
  store.set('1', 'token', stored('bob', 'x'.repeat(65_536)), 300)
  expect(store.get('1', 'token')).toBeUndefined()
  expect(store.size).toBe(0)
})

test('SEC-61 the least recently used entry goes first', () => {
  const clock = new TestClock()
  const store = new MemoryStore({ maxEntries: 3, clock })
  for (const key of ['a', 'b', 'c']) store.set('1', key, stored(), 300)
  // Use is noted to the second.
  clock.advance(1001)
  expect(store.get('1', 'a')).toBeDefined()
  store.set('1', 'd', stored(), 300)
  expect(['a', 'b', 'c', 'd'].filter((key) => store.get('1', key) !== undefined)).toEqual(['a', 'c', 'd'])
})

test('SEC-61 what was evicted is not met by the short cut for hot keys either', () => {
  const store = new MemoryStore({ maxEntries: 1 })
  store.set('1', 'a', stored(), 300)
  expect(store.get('1', 'a')).toBeDefined()
  store.set('1', 'b', stored(), 300)
  expect(store.get('1', 'a')).toBeUndefined()
})

test.each([1, 300, 3600])(
  'SEC-59 an entry lives for %i seconds to the millisecond, and use does not prolong it',
  (ttl) => {
    const clock = new TestClock()
    const store = new MemoryStore({ clock })
    store.set('1', 'a', stored(), ttl)
    for (const step of [0, ttl * 500, ttl * 499, ttl - 1]) {
      clock.advance(step)
      expect(store.get('1', 'a')).toBeDefined()
    }
    clock.advance(1)
    expect(store.get('1', 'a')).toBeUndefined()
    expect(store.size).toBe(0)
  },
)

test('SEC-59 neither a wall clock set back nor one set forward changes a lifetime', () => {
  const clock = new TestClock()
  const store = new MemoryStore({ clock })
  store.set('1', 'a', stored(), 10)
  clock.setTime(Date.UTC(2099, 0))
  expect(store.get('1', 'a')).toMatchObject({ ageMs: 0 })
  clock.advance(9_999)
  clock.setTime(0)
  expect(store.get('1', 'a')).toMatchObject({ ageMs: 9_999 })
  clock.advance(1)
  expect(store.get('1', 'a')).toBeUndefined()
})

test('a new result takes the place of the older one, and with it a new lifetime', () => {
  const clock = new TestClock()
  const store = new MemoryStore({ clock })
  store.set('1', 'a', stored('alice'), 10)
  expect(store.get('1', 'a')?.stored.result.principalId).toBe('alice')
  clock.advance(9_000)
  store.set('1', 'a', stored('bob'), 10)
  clock.advance(9_000)
  expect(store.get('1', 'a')).toMatchObject({ ageMs: 9_000, stored: { result: { principalId: 'bob' } } })
})

const selections: readonly [string, StoreSelector, string[]][] = [
  ['all of a scope', { by: 'all' }, ['2 ab']],
  ['the one with a key', { by: 'key', key: 'a' }, ['1 ab', '1 b', '2 ab']],
  ['those whose key begins with a prefix', { by: 'prefix', prefix: 'a' }, ['1 b', '2 ab']],
  ['those of a principal', { by: 'principalId', principalId: 'alice' }, ['1 a', '1 b', '2 ab']],
  ['nothing for a key that is not there', { by: 'key', key: 'c' }, ['1 a', '1 ab', '1 b', '2 ab']],
]
test.each(selections)('SEC-60 delete removes %s and nothing else', (_, selector, left) => {
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
  const kept = entries.filter(([scope, key]) => store.get(scope, key) !== undefined)
  expect(kept.map(([scope, key]) => `${scope} ${key}`)).toEqual(left)
})

test('SEC-54 scope and key are told apart wherever the border between them is', () => {
  const store = new MemoryStore()
  store.set('1', '1:a', stored('alice'), 300)
  store.set('11', ':a', stored('bob'), 300)
  expect(store.get('1', '1:a')?.stored.result.principalId).toBe('alice')
  expect(store.get('11', ':a')?.stored.result.principalId).toBe('bob')
  expect(store.get('', '11:a')).toBeUndefined()
})

test('SEC-56 what is held shows in no inspection, serialisation or enumeration', () => {
  const store = new MemoryStore()
  store.set('1', 'CANARY', stored('CANARY'), 300)
  store.get('1', 'CANARY')
  expect(inspect(store, { depth: 20, showHidden: true, getters: true })).not.toContain('CANARY')
  expect(JSON.stringify(store)).not.toContain('CANARY')
  expect(Reflect.ownKeys(store)).toEqual(['inProcess'])
})
