/** `ResultCache` with a store that shares results between processes: results in the store, and in memory (FLEET-60). */
import type { Contract, SharedStore } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, test, vi } from 'vitest'
import { ResultCache, type ResultCacheOptions } from '../../../../packages/core/src/kernel/cache/result-cache.ts'
import type { SharedResults, SharedValue } from '../../../../packages/core/src/kernel/cache/shared-store.ts'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { flushMicrotasks } from '../../../support/deferred.ts'
import { gatewayRequest } from '../../../support/request.ts'

const stored = { result: plainResult(), issuedFor: { method: 'GET', path: '/pets' } }

/** A store without invalidations, and the values in it. */
const sharedStore = () => {
  const values = new Map<string, SharedValue>()
  const results: SharedResults = {
    revision: 0,
    mark: {},
    usable: () => 'all',
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    tagsOf: () => [],
    isInvalidated: () => false,
    invalidate: async () => undefined,
  }
  const open = vi.fn<SharedStore['open']>(() => results)
  return { store: { open }, values, open }
}

const makeCache = (options: ResultCacheOptions): ResultCache =>
  new ResultCache({ name: 'n', ...options }, plainContract() as Contract, fakeClock(), () => undefined)

const complete = (cache: ResultCache, key: string): void => {
  const parsed = { accepted: true, result: plainResult() } as const
  cache.start(key).complete({ parsed, latencyMs: 1 }, gatewayRequest('GET /pets'))
}

test('FLEET-60 a result of one cache is found by another with the same store', async () => {
  const { store, values, open } = sharedStore()
  const [one, other] = [makeCache({ store }), makeCache({ store })]
  expect(open.mock.calls.map(([{ name }]) => name)).toEqual(['n', 'n'])
  complete(one, 'k')
  await flushMicrotasks()
  expect([...values.values()].map(({ text }) => JSON.parse(text) as unknown)).toEqual([stored])
  expect(await other.get('k')).toMatchObject({ stored, ageMs: 0 })
})

test('FLEET-60 a result that was added while a lookup waited is found in memory', () => {
  const cache = makeCache({ store: sharedStore().store })
  expect(cache.peek('k')).toBeUndefined()
  complete(cache, 'k')
  expect(cache.peek('k')).toMatchObject({ stored, ageMs: 0 })
})

test('SEC-61 maxEntries limits the results in memory in front of a shared store', () => {
  const cache = makeCache({ store: sharedStore().store, maxEntries: 2 })
  for (const key of ['a', 'b', 'c']) complete(cache, key)
  expect(['a', 'b', 'c'].filter((key) => cache.peek(key) !== undefined)).toEqual(['b', 'c'])
})

test('SEC-62 a running call is joined after the lookup in a shared store, not before it', () => {
  const cache = makeCache({ store: sharedStore().store })
  const pending = new Promise<never>(() => undefined)
  cache.start('k').share(pending)
  expect([cache.runningDuringLookup('k'), cache.running('k')]).toEqual([undefined, pending])
})
