/** MemoryStore: it never returns the result of another key, an expired result or a deleted result. @module */
import { MemoryStore, type StoredResult, type StoreSelector } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import * as fc from 'fast-check'
import { agree, fuzzTarget, holds } from '../target.ts'

const from = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

/** Scopes and keys that collide when they are joined, and keys that share a slot of the store's fast path. */
const scope = from('1', '11', '', '1:')
const KEYS = [
  '',
  '1',
  ':1',
  '1:1',
  'a',
  'b',
  'ab',
  'Bearer same-tail',
  'Bearex same-tail',
  'Basic same-tail',
  'AaAaAaAaBB',
  'BBAaAaAaBB',
  'AaAaAaAaAa',
]
const key = from(...KEYS)
const principal = from('ann', 'bob')
const size = fc.oneof({ weight: 20, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: from(30_000, 70_000) })

type Step =
  | { readonly do: 'get'; readonly scope: string; readonly key: string }
  | {
      readonly do: 'set'
      readonly scope: string
      readonly key: string
      readonly principal: string
      readonly size: number
      readonly ttl: number
    }
  | { readonly do: 'delete'; readonly scope: string; readonly selector: StoreSelector }
  | { readonly do: 'wait'; readonly ms: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('get' as const), scope, key }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('set' as const),
      scope,
      key,
      principal,
      size,
      ttl: from(1, 1, 2, 300, 0.5),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('delete' as const),
      scope,
      selector: fc.oneof(
        fc.constant<StoreSelector>({ by: 'all' }),
        key.map((each): StoreSelector => ({ by: 'key', key: each })),
        from('', '1', 'B').map((prefix): StoreSelector => ({ by: 'prefix', prefix })),
        principal.map((principalId): StoreSelector => ({ by: 'principalId', principalId })),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: from(1, 499, 500, 999, 1000, 1001, 2000, 300_000) }),
  },
)

interface Entry {
  readonly scope: string
  readonly key: string
  readonly stored: StoredResult
  readonly at: number
  readonly until: number
}

const chosen = (entry: Entry, selector: StoreSelector): boolean => {
  if (selector.by === 'all') return true
  if (selector.by === 'key') return entry.key === selector.key
  if (selector.by === 'prefix') return entry.key.startsWith(selector.prefix)
  return entry.stored.result.principalId === selector.principalId
}

const STEPS = 40
const inputs = fc.record({
  steps: fc.array(step, { minLength: STEPS, maxLength: STEPS }),
  /** With two entries the store evicts, so any entry may be missing. */
  maxEntries: from(2, 100, 100),
})

let serial = 0
const storedFor = (principalId: string, length: number): StoredResult => ({
  result: { principalId, context: { serial: ++serial, text: 'x'.repeat(length) } },
  issuedFor: { method: 'GET', path: '/' },
})

const check = ({ steps, maxEntries }: { readonly steps: readonly Step[]; readonly maxEntries: number }): void => {
  const clock = fakeClock()
  const store = new MemoryStore({ clock, maxEntries })
  let entries: readonly Entry[] = []
  const others = (each: { readonly scope: string; readonly key: string }): readonly Entry[] =>
    entries.filter((entry) => entry.scope !== each.scope || entry.key !== each.key)
  for (const each of steps) {
    if (each.do === 'wait') clock.advanceSync(each.ms)
    else if (each.do === 'delete') {
      store.delete(each.scope, each.selector)
      entries = entries.filter((entry) => entry.scope !== each.scope || !chosen(entry, each.selector))
    } else if (each.do === 'set') {
      const stored = storedFor(each.principal, each.size)
      const at = clock.monotonic()
      store.set(each.scope, each.key, stored, each.ttl)
      // A result above 64 KiB is not stored, and the entry that it replaces is removed.
      const added = each.size * 2 < 65_536 ? [{ ...each, stored, at, until: at + each.ttl * 1000 }] : []
      entries = [...others(each), ...added]
    } else {
      const found = store.get(each.scope, each.key)
      const wanted = entries.find((entry) => entry.scope === each.scope && entry.key === each.key)
      const alive = wanted !== undefined && clock.monotonic() < wanted.until ? wanted : undefined
      if (found === undefined && maxEntries === 2) continue
      agree('result', found?.stored, alive?.stored)
      agree('age', found?.ageMs, alive && clock.monotonic() - alive.at)
    }
    holds('at most maxEntries', store.size <= maxEntries)
  }
}

export const memoryStore = fuzzTarget('store', 'SEC-53, SEC-59 to SEC-61', inputs, check, STEPS)
