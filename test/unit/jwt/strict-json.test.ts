/** White-box tests of the parser for headers, payloads and key sets, with JSONTestSuite and properties. @module */
import { readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseObject } from '../../../packages/jwt/src/token/strict-json.ts'
import { dataPath } from '../../support/vendored-data.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const inside = (document: Buffer): Uint8Array => Buffer.concat([Buffer.from('{"a":'), document, Buffer.from('}')])

describe('JSONTestSuite inside an object', () => {
  const folder = 'json-test-suite/test_parsing'
  const files = readdirSync(dataPath(folder))
  // Valid for the suite, but ambiguous.
  const ambiguous = new Set(['y_object_duplicated_key.json', 'y_object_duplicated_key_and_value.json'])

  test('SEC-77 invalid JSON is rejected', () => {
    const bad = files.filter((name) => name.startsWith('n_'))
    expect(bad.length).toBe(188)
    // A text that closes the object early is followed by other text, which is rejected as well.
    const accepted = bad.filter(
      (name) => parseObject(inside(readFileSync(dataPath(`${folder}/${name}`)))) !== undefined,
    )
    expect(accepted).toEqual([])
  })

  test('SEC-77 valid JSON is parsed, except with repeated member names', () => {
    for (const name of files.filter((each) => each.startsWith('y_'))) {
      const document = readFileSync(dataPath(`${folder}/${name}`))
      const parsed = parseObject(inside(document))
      if (ambiguous.has(name)) expect([name, parsed]).toEqual([name, undefined])
      else expect([name, parsed]).toEqual([name, { a: JSON.parse(document.toString()) }])
    }
  })

  test('SEC-77 implementation-defined texts never throw', () => {
    for (const name of files.filter((each) => each.startsWith('i_')))
      expect(() => parseObject(inside(readFileSync(dataPath(`${folder}/${name}`))))).not.toThrow()
  })
})

test('SEC-77 every object from JSON.stringify is parsed unchanged', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 5, stringUnit: 'grapheme' })),
      (value) => {
        const text = JSON.stringify(value)
        expect(parseObject(bytes(text))).toEqual(JSON.parse(text))
      },
    ),
    { numRuns: 300 },
  )
})

/** A JSON string with every character escaped. */
const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')}"`

test('SEC-77 a repeated member name is rejected at any depth and in any spelling', () => {
  const name = fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme' })
  const wrap = fc.array(
    fc.constantFrom<(text: string) => string>(
      (text) => `{"x":${text}}`,
      (text) => `{"l":[1,${text}]}`,
    ),
  )
  fc.assert(
    fc.property(name, fc.boolean(), wrap, (twice, escape, wraps) => {
      const first = `${JSON.stringify(twice)}:1, ${JSON.stringify(`between${twice}`)}:2`
      const again = `${escape ? escaped(twice) : JSON.stringify(twice)} :3`
      const text = (inner: string): string => wraps.reduce((each, outer) => outer(each), `{${inner}}`)
      expect(parseObject(bytes(text(first)))).toBeDefined()
      expect(parseObject(bytes(text(`${first}, ${again}`)))).toBeUndefined()
    }),
    { numRuns: 300 },
  )
})

test('SEC-77 half a megabyte of repeated invalid text is rejected', () => {
  for (const unit of ['[', '{"a":', '"', '\\', '{', ']', '{"a":1,', '"\\u', 'é', ',', ' '])
    expect(parseObject(bytes(unit.repeat(Math.floor((1 << 19) / unit.length))))).toBeUndefined()
})
