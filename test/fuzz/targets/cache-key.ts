/** Cache keys. White-box: the encoding of identities, and the key under which a cache keeps a result. @module */
import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { MemoryStore, systemClock } from '@custom-authorizer/core'
import { identityKey } from '../../../packages/core/src/identity-source.ts'
import { ResultCache } from '../../../packages/core/src/result-cache.ts'
import { plainContract } from '../../support/contract.ts'
import { agree, fuzzTarget } from '../target.ts'

/** Everything that a key could be cut at, and digits that pass for a length. */
const text = fc.string({ unit: fc.constantFrom(...'0112:|,;.&=/ "\\\u0000-ab'.split('')), maxLength: 12 })

/** A text cut into parts. What a key that only joins its parts confuses is one text cut in two ways. */
const cut = (whole: string, places: readonly number[]): readonly string[] => {
  const sorted = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return sorted.slice(1).map((end, index) => whole.slice(sorted[index], end))
}
const list = (count: number): fc.Arbitrary<readonly string[]> => fc.array(text, { minLength: count, maxLength: count })
const places = (count: number): fc.Arbitrary<readonly number[]> =>
  fc.array(fc.nat({ max: 20 }), { minLength: count - 1, maxLength: count - 1 })

/** What the native contract adds to an identity: authority, method, path and query. */
const REQUEST_PARTS = 4

/** Identity values and parts of the request: as many of each for both. */
const inputs = fc.constantFrom(1, 2, 2, 3, 8).chain((count) => {
  const all = count + REQUEST_PARTS
  return fc.record({
    count: fc.constant(count),
    pair: fc.oneof(
      fc.tuple(text, text, places(all), places(all)).map(([a, b, x, y]) => [cut(a + b, x), cut(a + b, y)] as const),
      fc.tuple(list(all), list(all)),
      fc
        .tuple(list(all), fc.nat({ max: all - 1 }), text)
        .map(([each, at, other]) => [each, each.with(at, other)] as const),
    ),
  })
})

const cache = new ResultCache({ store: new MemoryStore() }, plainContract(), systemClock, () => undefined)

export const cacheKey = fuzzTarget('cache-key', 'SEC-53, SEC-54', inputs, ({ count, pair: [a, b] }) => {
  const identityOf = (all: readonly string[]): readonly string[] => all.slice(0, count)
  const wholeKey = (all: readonly string[]): unknown => cache.keyOf(identityKey(identityOf(all)), all.slice(count))
  agree('the same, the same key', wholeKey([...a]), wholeKey(a))
  const sameIdentity = isDeepStrictEqual(identityOf(a), identityOf(b))
  agree('one key for one identity', identityKey(identityOf(a)) === identityKey(identityOf(b)), sameIdentity)
  agree('one key for one identity and request', wholeKey(a) === wholeKey(b), isDeepStrictEqual(a, b))
})
