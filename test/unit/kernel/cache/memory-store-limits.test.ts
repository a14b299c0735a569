/** `MemoryStore` limits: the size of an entry, recently used entries, selectors and options (SEC-60, SEC-61). */
import { MemoryStore, type MemoryStoreOptions } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { plainResult } from '../../../support/contract.ts'
import { expectOptionError } from '../../../support/option-error.ts'

const stored = (principalId = 'alice') => ({
  result: plainResult(principalId),
  issuedFor: { method: 'GET', path: '/' },
})

test('SEC-61 the size of an entry includes its key, its result in memory and a fixed overhead', () => {
  const store = new MemoryStore({ maxBytes: 65_536 })
  for (let index = 0; index < 1000; index++) store.set('1', `${1000 + index}`, stored(), 300)
  const entryBytes = 2 * 5 + 5 * 2 * JSON.stringify(stored()).length + 512
  expect(store.size).toBe(Math.floor(65_536 / entryBytes))
})

test.each([
  ['ASCII', 'x', 1],
  ['two-byte', 'é', 2],
  ['three-byte', '界', 3],
])('SEC-61 a result of more than 64 KiB of UTF-8 is not stored (%s text)', (_, character, bytes) => {
  const store = new MemoryStore()
  const available = 65_536 - JSON.stringify(stored('')).length
  const characters = Math.floor(available / bytes)
  const results = [0, 1].map((more) => stored(character.repeat(characters + more)))
  expect(results.map((each, index) => store.set('1', String(index), each, 300))).toEqual([true, false])
  expect([store.get('1', '0') === undefined, store.get('1', '1') === undefined]).toEqual([false, true])
})

test('SEC-61 the most recently used entry stays, however the others were used', () => {
  const store = new MemoryStore({ maxEntries: 3 })
  for (const key of ['a', 'b', 'c']) store.set('1', key, stored(), 300)
  for (const key of ['a', 'b', 'c', 'a']) store.get('1', key)
  store.set('1', 'd', stored(), 300)
  expect(['a', 'b', 'c', 'd'].filter((key) => store.get('1', key) !== undefined)).toEqual(['a', 'c', 'd'])
})

test.each([8, 100, 1000])('SEC-61 %i invented callers for each use of a hot entry never evict it', (maxEntries) => {
  const store = new MemoryStore({ maxEntries })
  store.set('1', 'hot', stored(), 300)
  const step = Math.max(1, Math.floor(maxEntries / 4))
  for (let index = 0; index < maxEntries * 20; index++) {
    store.set('1', `invented ${index}`, stored(), 300)
    if (index % step === 0) expect(store.get('1', 'hot')).toBeDefined()
  }
})

test('SEC-61 a hot entry survives the use of all others', () => {
  const store = new MemoryStore({ maxEntries: 100 })
  const keys = Array.from({ length: 99 }, (_, index) => `key ${index}`)
  for (const key of ['hot', ...keys]) store.set('1', key, stored(), 300)
  for (let round = 0; round < 50; round++) {
    store.get('1', 'hot')
    for (const key of keys) store.get('1', key)
    store.get('1', 'hot')
    store.set('1', `new ${round}`, stored(), 300)
    expect(store.get('1', 'hot')).toBeDefined()
  }
})

test('SEC-60 deleting by principal ID leaves a key that starts with "undefined" in place', () => {
  const store = new MemoryStore()
  store.set('1', 'undefined-token', stored('alice'), 300)
  store.set('1', 'b', stored('bob'), 300)
  store.delete('1', { by: 'principalId', principalId: 'bob' })
  expect([store.get('1', 'undefined-token') === undefined, store.get('1', 'b')]).toEqual([false, undefined])
})

test.each<[string, unknown, string]>([
  ['MemoryStore.maxEntries', { maxEntries: 0 }, 'entries'],
  ['MemoryStore.maxBytes', { maxBytes: 1000 }, 'bytes'],
  ['MemoryStore.clock', { clock: {} }, 'a Clock with now(), monotonic() and setTimeout()'],
])('SEC-105 an invalid %s is rejected with the allowed values', (path, options, allowed) => {
  expectOptionError(() => new MemoryStore(options as MemoryStoreOptions), path, 'found', allowed)
})
