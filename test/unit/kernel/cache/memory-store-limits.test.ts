/** The memory store at its bounds: what an entry is charged, what counts as use, what a selector means (SEC-60, 61). */
import { MemoryStore, type MemoryStoreOptions } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { TestClock } from '../../../support/clock.ts'
import { plainResult } from '../../../support/contract.ts'
import { expectOptionError } from '../../../support/option-error.ts'

const stored = (principalId = 'alice') => ({
  result: plainResult(principalId),
  issuedFor: { method: 'GET', path: '/' },
})

test('SEC-61 an entry is charged for its key, for what its result becomes in use, and for itself', () => {
  const store = new MemoryStore({ maxBytes: 65_536 })
  for (let index = 0; index < 1000; index++) store.set('1', `${1000 + index}`, stored(), 300)
  const charge = 2 * 5 + 5 * 2 * JSON.stringify(stored()).length + 512
  expect(store.size).toBe(Math.floor(65_536 / charge))
})

test('SEC-61 a result of 64 KiB is kept, a larger one is not', () => {
  const store = new MemoryStore()
  const room = 32_768 - JSON.stringify(stored('')).length
  store.set('1', 'fits', stored('x'.repeat(room)), 300)
  store.set('1', 'does not', stored('x'.repeat(room + 1)), 300)
  expect([store.get('1', 'fits') === undefined, store.get('1', 'does not') === undefined]).toEqual([false, true])
})

test('SEC-61 use of a hot entry is noted, a second after it was noted last', () => {
  const clock = new TestClock()
  const store = new MemoryStore({ maxEntries: 3, clock })
  for (const key of ['a', 'b', 'c']) store.set('1', key, stored(), 300)
  store.get('1', 'a')
  clock.advance(500)
  for (const key of ['b', 'c']) store.get('1', key)
  clock.advance(600)
  // By now the entry is met by the short cut, which leaves the order as it is until a second is over.
  store.get('1', 'a')
  store.set('1', 'd', stored(), 300)
  expect(['a', 'b', 'c', 'd'].filter((key) => store.get('1', key) !== undefined)).toEqual(['a', 'c', 'd'])
})

test('SEC-60 a principal named like nothing at all is not what selectors without one mean', () => {
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
])('SEC-105 %s says what is allowed', (path, options, allowed) => {
  expectOptionError(() => new MemoryStore(options as MemoryStoreOptions), path, 'found', allowed)
})
