/** Properties of matching every spelling of a path (SEC-07, SEC-11, SEC-46). */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scaled } from '../../../../support/volume.ts'
import { anyCase, compiled, partsOf, runs, spellingsOf } from './arbitraries.ts'
import { coversExactly, coversWidely, exactSpelling, givenKeys, toSpellings, type Spelled } from '../internals.ts'

const FIVE_MINUTES_MS = 300_000
const HEAD = 'arn:aws:execute-api:us-east-1:123456789012'
const KEYS = givenKeys({ 'x:Key': 'aB' })

const piece = fc.constantFrom('a', 'B', 'ab', '/', ':', '*', '?', '${x:Key}', '${*}', 'c')
const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => `${HEAD}:${pieces.join('')}`)
const letter = fc.constantFrom('a', 'A', 'b', 'B', 'c', '/', ':', '*', 'aB')
const resource = fc.array(letter, { maxLength: 10 }).map((all) => all.join(''))
const input = fc
  .tuple(pattern, resource)
  .chain(([text, name]) => fc.tuple(fc.constant(text), fc.constant(name), spellingsOf(name)))

// Complete and partial escapes, the characters that they encode, and wildcards that match some of them.
const escapedPattern = fc
  .array(fc.constantFrom('a', '%2B', '%2b', '%', '2', 'B', '+', '%41', '*', '?', '???', '%2*', '%2?'), { maxLength: 4 })
  .map((pieces) => `${HEAD}:${pieces.join('')}`)
const escapedName = fc
  .array(fc.constantFrom('a', '%2B', '%2b', '+', '%25', '%2F', '%41', 'A'), { maxLength: 4 })
  .map((all) => all.join(''))
const escapedQuestion = fc.tuple(
  escapedPattern,
  escapedName,
  fc.constant<Spelled>({ canonical: '', sent: undefined, otherSlash: undefined, foldFrom: undefined }),
)

const encode = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
/** A character in the form that is literal in a policy. */
const literal = (char: string): string => ('*?$'.includes(char) ? `\${${char}}` : char)

const alone = (canonical: string): Spelled => ({
  canonical,
  sent: undefined,
  otherSlash: undefined,
  foldFrom: undefined,
})

const widely = (text: string, spellings: Spelled): boolean => coversWidely(HEAD, text, spellings, KEYS)
const exactly = (text: string, name: string, wide = false): boolean => coversExactly(HEAD, text, wide, name, KEYS)

describe('wide matching of a Deny', { timeout: FIVE_MINUTES_MS }, () => {
  test.each([
    ['without escapes', input],
    ['with escapes', escapedQuestion],
  ])('SEC-11 SEC-46 wide matching includes exact matching, %s', (_name, questions) => {
    let covered = 0
    fc.assert(
      fc.property(questions, ([text, name, spellings]) => {
        if (!exactly(text, name)) return
        covered++
        expect(exactly(text, name, true)).toBe(true)
        expect(widely(text, { ...spellings, canonical: name })).toBe(true)
        expect(widely(text, { ...spellings, sent: name })).toBe(true)
      }),
      runs(5000),
    )
    expect(covered).toBeGreaterThanOrEqual(scaled(5000) * 0.02)
  })

  test('SEC-11 wide matching equals exact matching on an exact router', () => {
    fc.assert(
      fc.property(input, ([text, name]) => {
        expect(widely(text, alone(name))).toBe(exactly(text, name, true))
      }),
      runs(5000),
    )
  })

  test('SEC-11 letter case is ignored in the path and compared before it', () => {
    fc.assert(
      fc.property(input, ([text, name, { foldFrom = name.length }]) => {
        const upper = name.slice(0, foldFrom) + name.slice(foldFrom).toUpperCase()
        const spelled = (canonical: string): Spelled => ({ ...alone(canonical), foldFrom })
        expect(widely(text, spelled(upper))).toBe(widely(text, spelled(name)))
        // A path that does not match without letter case does not match in upper case either.
        const folded = widely(text, spelled(name))
        if (!folded) expect(exactly(text, upper, true)).toBe(false)
      }),
      runs(5000),
    )
  })

  test('SEC-11 a loose router never allows what an exact router denies', () => {
    const spelled = anyCase.chain((each) => fc.tuple(fc.constant(each), spellingsOf(partsOf(each).resource)))
    let stricter = 0
    fc.assert(
      fc.property(spelled, ([each, spellings]) => {
        const policy = compiled(each)
        if (policy === undefined) return
        const { arnPrefix, keys } = partsOf(each)
        const exact = policy.evaluate(arnPrefix, exactSpelling(spellings.canonical), keys)
        const loose = policy.evaluate(arnPrefix, toSpellings(spellings), keys)
        if (exact !== 'Allowed') expect(loose).not.toBe('Allowed')
        if (exact === 'ExplicitlyDenied') expect(loose).toBe('ExplicitlyDenied')
        if (exact !== loose) stricter++
      }),
      runs(4000),
    )
    expect(stricter).toBeGreaterThan(scaled(4000) * 0.01)
  })

  test('SEC-11 an additional spelling never makes the decision more permissive', () => {
    const spelled = anyCase.chain((each) =>
      fc.tuple(
        fc.constant(each),
        spellingsOf(partsOf(each).resource),
        fc.constantFrom('sent', 'otherSlash', 'foldFrom'),
      ),
    )
    fc.assert(
      fc.property(spelled, ([each, spellings, member]) => {
        const policy = compiled(each)
        if (policy === undefined) return
        const { arnPrefix, keys } = partsOf(each)
        const before = policy.evaluate(arnPrefix, toSpellings({ ...spellings, [member]: undefined }), keys)
        const after = policy.evaluate(arnPrefix, toSpellings(spellings), keys)
        expect([before, 'ExplicitlyDenied', ...(before === 'Allowed' ? ['ImplicitlyDenied'] : [])]).toContain(after)
      }),
      runs(3000),
    )
  })

  test('SEC-07 SEC-11 wide matching covers every encoding of the text and of the pattern', () => {
    const written = fc.array(
      fc.tuple(fc.constantFrom(...'aZ0-._~!$&\'()*+,;=:@[]{}|"<>^`'.split('')), fc.boolean(), fc.boolean()),
      { minLength: 1, maxLength: 6 },
    )
    fc.assert(
      fc.property(written, (chars) => {
        const text = chars.map(([char, encoded]) => (encoded ? encode(char) : literal(char))).join('')
        const name = chars.map(([char, , encoded]) => (encoded ? encode(char) : char)).join('')
        expect(widely(`${HEAD}:${text}`, alone(name))).toBe(true)
        expect(widely(`${HEAD}:${text}x`, alone(name))).toBe(false)
      }),
      runs(3000),
    )
  })
})
