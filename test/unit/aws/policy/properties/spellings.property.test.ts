import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyCase, compiled, partsOf, runs, spellingsOf } from './arbitraries.ts'
import { coversExactly, coversWidely, exactSpelling, givenKeys, spell, type Spelled } from '../internals.ts'

const FIVE_MINUTES_MS = 300_000
const HEAD = 'arn:aws:execute-api:us-east-1:123456789012'
const KEYS = givenKeys({ 'x:Key': 'aB' })

const piece = fc.constantFrom('a', 'B', 'ab', '/', ':', '*', '?', '${x:Key}', '${*}', 'c')
const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => `${HEAD}:${pieces.join('')}`)
const letter = fc.constantFrom('a', 'A', 'b', 'B', 'c', '/', ':', '*', 'aB')
const resource = fc.array(letter, { maxLength: 10 }).map((all) => all.join(''))
const question = fc
  .tuple(pattern, resource)
  .chain(([text, name]) => fc.tuple(fc.constant(text), fc.constant(name), spellingsOf(name)))

// Escapes, whole and in parts, raw characters that they stand for, and wildcards that cover some of them.
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
/** A character as policies write it, so that it is no wildcard. */
const literal = (char: string): string => ('*?$'.includes(char) ? `\${${char}}` : char)

const alone = (canonical: string): Spelled => ({
  canonical,
  sent: undefined,
  otherSlash: undefined,
  foldFrom: undefined,
})

const widely = (text: string, spellings: Spelled): boolean => coversWidely(HEAD, text, spellings, KEYS)
const exactly = (text: string, name: string, wide = false): boolean => coversExactly(HEAD, text, wide, name, KEYS)

describe('SEC-11 wide matching', { timeout: FIVE_MINUTES_MS }, () => {
  test.each([
    ['without escapes', question],
    ['with escapes', escapedQuestion],
  ])('SEC-11 SEC-46 covers all that exact matching covers, %s', (_name, questions) => {
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
    expect(covered).toBeGreaterThan(100)
  })

  test('SEC-11 is exact matching where a router takes every character as it is', () => {
    fc.assert(
      fc.property(question, ([text, name]) => {
        expect(widely(text, alone(name))).toBe(exactly(text, name, true))
      }),
      runs(5000),
    )
  })

  test('SEC-11 letter case matters before the path and not from there on', () => {
    fc.assert(
      fc.property(question, ([text, name, { foldFrom = name.length }]) => {
        const upper = name.slice(0, foldFrom) + name.slice(foldFrom).toUpperCase()
        const spelled = (canonical: string): Spelled => ({ ...alone(canonical), foldFrom })
        expect(widely(text, spelled(upper))).toBe(widely(text, spelled(name)))
        // What matches with its case ignored matches some way of writing the part that the router is loose about.
        const folded = widely(text, spelled(name))
        if (!folded) expect(exactly(text, upper, true)).toBe(false)
      }),
      runs(5000),
    )
  })

  test('SEC-11 a looser router never allows what an exact one denies', () => {
    const spelled = anyCase.chain((each) => fc.tuple(fc.constant(each), spellingsOf(partsOf(each).resource)))
    let stricter = 0
    fc.assert(
      fc.property(spelled, ([each, spellings]) => {
        const policy = compiled(each)
        if (policy === undefined) return
        const { arnPrefix, keys } = partsOf(each)
        const exact = policy.evaluate(arnPrefix, exactSpelling(spellings.canonical), keys)
        const loose = policy.evaluate(arnPrefix, spell(spellings), keys)
        if (exact !== 'Allowed') expect(loose).not.toBe('Allowed')
        if (exact === 'ExplicitlyDenied') expect(loose).toBe('ExplicitlyDenied')
        if (exact !== loose) stricter++
      }),
      runs(4000),
    )
    expect(stricter).toBeGreaterThan(40)
  })

  test('SEC-11 one more spelling never helps the caller', () => {
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
        const before = policy.evaluate(arnPrefix, spell({ ...spellings, [member]: undefined }), keys)
        const after = policy.evaluate(arnPrefix, spell(spellings), keys)
        expect([before, 'ExplicitlyDenied', ...(before === 'Allowed' ? ['ImplicitlyDenied'] : [])]).toContain(after)
      }),
      runs(3000),
    )
  })

  test('SEC-07 SEC-11 covers every way to encode a text, from every way to encode the pattern', () => {
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
