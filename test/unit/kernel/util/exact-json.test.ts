/** `parseExactJson`: JSON parsing that preserves the text of numbers. @module */
import {
  JsonNumber,
  JsonProblem,
  parseExactJson,
  parseJson,
  spellNumbers,
  throughJson,
  toJson,
} from '@custom-authorizer/core/contract'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

const numberText = (text: string): unknown => {
  const parsed = parseExactJson(`{"n":${text}}`, 'it')
  if (parsed instanceof JsonProblem) return parsed.problem
  return (spellNumbers(parsed as object, ['n']) as { n: unknown }).n
}

describe('invalid numbers', () => {
  test.each([
    '01',
    '00.0',
    '1.',
    '.5',
    '1.0.0',
    '1.0e',
    '1e',
    '1e+',
    '+1.0',
    '-',
    '--1.0',
    '1.0 2.0',
    '1.0"a"',
    '"a"1.0',
    '1.0a',
    'a1.0',
    '1_000.0',
    '0x10',
    '1.0n',
    'NaN',
    'Infinity',
    '-Infinity',
    '1.0:2',
    '1.0,2.0:3',
    '1.0}',
  ])('SEC-88 the member value %s is rejected', (text) => {
    expect(numberText(text)).toBe('it is not JSON')
  })

  test.each(['{1.0:2}', '{"a":1,1.0:2}', '{1.0 :2}', '[1.0:2]', '1.0 1.0', '[1.0'])(
    'SEC-88 the document %s is rejected',
    (text) => {
      expect(parseExactJson(text, 'it')).toEqual(new JsonProblem('it is not JSON'))
    },
  )
})

test('SEC-88 parseExactJson rejects what parseJson rejects, with the same problem', () => {
  for (const text of [
    '{"a":1.0,"a":2.0}',
    '\ufeff1.0',
    '',
    '{"a":1.0,}',
    String.raw`[1.0,"\ud800"]`,
    '['.repeat(33) + '1.0',
  ])
    expect(parseExactJson(text, 'it')).toEqual(parseJson(text, 'it'))
})

test('SEC-35 strings that look like numbers stay strings', () => {
  const strings = ['1.0', '9007199254740993', '"1.0"', String.raw`\u0031.0`, '', '{"a":1.0}']
  const parsed = parseExactJson(JSON.stringify([...strings, 'N']).replace('"N"', '1.0'), 'it')
  expect(parsed).toEqual([...strings, 1])
})

test('SEC-35 the text of a number is preserved for any member name', () => {
  const names = ['a', '', '0', '10', '__proto__', 'constructor', 'toJSON', 'length']
  const text = `{${names.map((name, index) => `${JSON.stringify(name)}:${index}.0`).join()}}`
  const parsed = parseExactJson(text, 'it') as object
  for (const name of names.filter((each) => each !== '__proto__'))
    expect(spellNumbers(parsed, [name])).toMatchObject({ [name]: `${names.indexOf(name)}.0` })
  expect(Object.keys(parsed).toSorted()).toEqual(names.toSorted())
  expect(toJson(parsed, 'it')).toBeInstanceOf(JsonProblem)
})

test('SEC-35 a number that JavaScript cannot represent becomes a JsonNumber with the original text', () => {
  const [number] = parseExactJson('[9007199254740993]', 'it') as [JsonNumber]
  expect(number).toBeInstanceOf(JsonNumber)
  expect([String(number), JSON.stringify({ number })]).toEqual(['9007199254740993', '{"number":"9007199254740993"}'])
  expect(toJson({ a: [number] }, 'result')).toEqual(
    new JsonProblem('result.a[0] is a number that JavaScript cannot represent; send it as text'),
  )
})

test('SEC-35 throughJson preserves the text of numbers and drops functions and undefined', () => {
  const parsed = parseExactJson('{"a":1.0,"b":[9007199254740993,2.50],"c":"1.0"}', 'it') as Record<string, unknown>
  const copy = throughJson({ ...parsed, inner: parsed, date: new Date(0), nothing: undefined, call: () => 1 }) as {
    inner: { a: number; b: unknown[] }
  }
  expect(Object.keys(copy)).toEqual(['a', 'b', 'c', 'inner', 'date'])
  expect(spellNumbers(copy.inner, ['a', 'c'])).toMatchObject({ a: '1.0', c: '1.0' })
  expect(spellNumbers(copy.inner.b, ['0', '1'])).toMatchObject({ 0: '9007199254740993', 1: '2.50' })
  expect(throughJson(undefined)).toBeUndefined()
  expect(throughJson(() => 1)).toBeUndefined()
})

test('SEC-77 property: values equal those of JSON.parse, and numbers have the text of the document', () => {
  const numeral = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.oneof(fc.nat().map(String), fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String), fc.constant('0')),
      fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,20}$/)),
      fc.oneof(
        { weight: 3, arbitrary: fc.constant('') },
        { weight: 1, arbitrary: fc.stringMatching(/^[eE][+-]?\d{1,3}$/) },
      ),
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string(), numeral), { maxLength: 5 }), (pairs) => {
      const members = [...new Map(pairs).entries()]
      const text = `{${members.map(([name, number]) => ` ${JSON.stringify(name)} : ${number} `).join()}}`
      const parsed = parseExactJson(text, 'it') as Record<string, unknown>
      if (members.some(([name]) => /\p{Cs}/u.test(name) || name === '__proto__')) return
      const plain = JSON.parse(text) as Record<string, number>
      const texts = spellNumbers(parsed, Object.keys(parsed))
      for (const [name, number] of members) {
        const exact = Math.abs(plain[name] as number) <= Number.MAX_SAFE_INTEGER
        expect(parsed[name] instanceof JsonNumber).toBe(!exact)
        if (exact) expect(parsed[name]).toBe(plain[name])
        expect(String(texts[name])).toBe(number.startsWith('-') && plain[name] === 0 ? '0' : number)
      }
    }),
  )
})
