/** Strict JSON, as text and as bytes. @module */
import { JsonProblem, parseJson } from '@custom-authorizer/core/contract'
import * as fc from 'fast-check'
import { isText } from '../request-pieces.ts'
import { agree, fuzzTarget, holds } from '../target.ts'
import { referenceJson } from '../reference/json.ts'

const MARKS = ['{', '}', '[', ']', ',', ':', '"', ' ', '\n', '\\', '"a"', '"b":', '{"a":', '"\\u0061":', '"":']
const SCALARS = ['0', '-0', '01', '1.', '.5', '1e400', '-', 'true', 'nul', 'null', 'NaN', '12345678901234567890', '"x"']
const ODD = [
  '\ufeff',
  '\u0000',
  '\ud800',
  '"\\ud800"',
  '"\\ud83d\\ude00"',
  '\u2028',
  '//',
  '/**/',
  "'",
  '\u00a0',
  'é',
  '\t',
  '"__proto__":',
]

const stock = (...lists: readonly (readonly string[])[]): fc.Arbitrary<string> => fc.constantFrom(...lists.flat())
const soup = fc.array(stock(MARKS, MARKS, SCALARS, ODD), { maxLength: 10 }).map((parts) => parts.join(''))

/** JSON documents that may have duplicate names, and ways to damage them. */
const name = stock(['a', 'a', 'b', '', '\\u0061', 'a\\u0000', '__proto__', 'é', '\\"', 'toString'])
const { document } = fc.letrec<{ document: string; object: string; array: string; leaf: string }>((tie) => ({
  document: fc.oneof({ maxDepth: 4, withCrossShrink: true }, tie('leaf'), tie('object'), tie('array')),
  object: fc
    .array(fc.tuple(name, tie('document')), { maxLength: 3 })
    .map((members) => `{${members.map(([key, value]) => `"${key}" :${value}`).join(', ')}}`),
  array: fc.array(tie('document'), { maxLength: 3 }).map((elements) => `[${elements.join(',\t')}]`),
  leaf: stock(['0', '-0', '1.5e3', '1e400', 'true', 'null', '""', '"a\\n"', '"\\ud83d\\ude00"', '"a:b"', '"{\\""']),
}))
const damaged = fc
  .tuple(document, fc.nat({ max: 30 }), fc.constantFrom(0, 0, 1), stock([''], MARKS, SCALARS, ODD))
  .map(([text, at, away, put]) => text.slice(0, at) + put + text.slice(at + away))
/** Nesting around the limit. */
const deep = fc
  .tuple(fc.integer({ min: 30, max: 34 }), fc.constantFrom('[', '{"a":'), fc.constantFrom('', '1', '{}', '[]'))
  .map(
    ([levels, open, inner]) =>
      open.repeat(levels) + (inner || (open === '[' ? '' : '1')) + (open === '[' ? ']' : '}').repeat(levels),
  )

const text = fc.oneof(
  { weight: 12, arbitrary: damaged },
  { weight: 12, arbitrary: soup },
  { weight: 8, arbitrary: document },
  { weight: 1, arbitrary: deep },
)
const inputs = fc.record({ text, asBytes: fc.constantFrom(false, false, false, true) })

const encoder = new TextEncoder()

export const strictJson = fuzzTarget('strict-json', 'SEC-39, SEC-77, SEC-88', inputs, ({ text: given, asBytes }) => {
  const parsed = parseJson(given, 'text')
  const expected = referenceJson(given)
  agree('is JSON', !(parsed instanceof JsonProblem), expected !== undefined)
  if (expected !== undefined) agree('value', parsed, expected[0])
  else
    holds('the problem names no value', parsed instanceof JsonProblem && /^text [a-zA-Z0-9 ,]+$/.test(parsed.problem))
  if (!asBytes) return
  // As bytes the result is the same, unless the text has a lone surrogate.
  const bytes = parseJson(encoder.encode(given), 'bytes')
  if (isText(given)) agree('as bytes', bytes instanceof JsonProblem, parsed instanceof JsonProblem)
})
