/** `MemoryStore` limits: the size of an entry, recently used entries, selectors and options (SEC-60, SEC-61). */
import { MemoryStore, type MemoryStoreOptions } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { TestClock } from '../../../support/clock.ts'
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

test('SEC-61 a result of more than 64 KiB is not stored', () => {
  const store = new MemoryStore()
  const available = 32_768 - JSON.stringify(stored('')).length
  store.set('1', 'fits', stored('x'.repeat(available)), 300)
  store.set('1', 'does not', stored('x'.repeat(available + 1)), 300)
  expect([store.get('1', 'fits') === undefined, store.get('1', 'does not') === undefined]).toEqual([false, true])
})

test('SEC-61 the use of a hot entry is recorded at most once per second', () => {
  const clock = new TestClock()
  const store = new MemoryStore({ maxEntries: 3, clock })
  for (const key of ['a', 'b', 'c']) store.set('1', key, stored(), 300)
  store.get('1', 'a')
  clock.advance(500)
  for (const key of ['b', 'c']) store.get('1', key)
  clock.advance(600)
  // The fast path now finds the entry; it updates the order after one second.
  store.get('1', 'a')
  store.set('1', 'd', stored(), 300)
  expect(['a', 'b', 'c', 'd'].filter((key) => store.get('1', key) !== undefined)).toEqual(['a', 'c', 'd'])
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
