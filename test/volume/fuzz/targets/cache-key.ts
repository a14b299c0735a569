/** Cache keys. White-box: the encoding of identities, and the key of a cached result. @module */
import * as fc from 'fast-check'
import { isDeepStrictEqual } from 'node:util'
import { MemoryStore } from '@custom-authorizer/core'
import { systemClock } from '@custom-authorizer/core/contract'
import { identityKey } from '../../../../packages/core/src/kernel/request/identity-source.ts'
import { ResultCache } from '../../../../packages/core/src/kernel/cache/result-cache.ts'
import { plainContract } from '../../../support/contract.ts'
import { agree, fuzzTarget } from '../target.ts'

/** Characters that could be delimiters, and digits that could be lengths. */
const text = fc.string({ unit: fc.constantFrom(...'0112:|,;.&=/ "\\\u0000-ab'.split('')), maxLength: 12 })

/** Splits a text into parts. A key that only joins its parts confuses two splits of one text. */
const cut = (whole: string, places: readonly number[]): readonly string[] => {
  const sorted = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return sorted.slice(1).map((end, index) => whole.slice(sorted[index], end))
}

/** The parts that the native contract adds to an identity: authority, method, path and query. */
const REQUEST_PARTS = 4
const MOST = 8 + REQUEST_PARTS

const inputs = fc.record({
  /** The number of identity sources. */
  count: fc.constantFrom(1, 2, 2, 3, 8),
  how: fc.constantFrom('cut', 'cut', 'cut', 'changed', 'changed', 'lists'),
  texts: fc.array(text, { minLength: 4, maxLength: 4 }),
  places: fc.array(fc.nat({ max: 40 }), { minLength: 2 * MOST, maxLength: 2 * MOST }),
})
type Input = typeof inputs extends fc.Arbitrary<infer T> ? T : never

/** Two similar lists of identity values and request parts, of the same length. */
const pairOf = ({ count, how, texts, places }: Input): readonly [readonly string[], readonly string[]] => {
  const parts = count + REQUEST_PARTS
  const whole = texts.join('')
  const first = cut(whole, places.slice(0, parts - 1))
  if (how === 'cut') return [first, cut(whole, places.slice(MOST, MOST + parts - 1))]
  if (how === 'changed') return [first, first.with((places.at(-1) ?? 0) % parts, texts[0] ?? '')]
  return [first, first.map((_, index) => texts[index % 4] ?? '')]
}

const cache = new ResultCache({ store: new MemoryStore() }, plainContract(), systemClock, () => undefined)

export const cacheKey = fuzzTarget('cache-key', 'SEC-53, SEC-54', inputs, (input) => {
  const { count } = input
  const [a, b] = pairOf(input)
  const identityOf = (all: readonly string[]): readonly string[] => all.slice(0, count)
  const wholeKey = (all: readonly string[]): unknown => cache.keyOf(identityKey(identityOf(all)), all.slice(count))
  agree('the same, the same key', wholeKey([...a]), wholeKey(a))
  const sameIdentity = isDeepStrictEqual(identityOf(a), identityOf(b))
  agree('one key for one identity', identityKey(identityOf(a)) === identityKey(identityOf(b)), sameIdentity)
  agree('one key for one identity and request', wholeKey(a) === wholeKey(b), isDeepStrictEqual(a, b))
})
