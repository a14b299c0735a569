/** Random results of FunctionGraph functions, from parts labelled as valid or invalid. @module */
import * as fc from 'fast-check'
import { ABSENT, type Tagged } from './labelled-values.ts'

const from = (...tagged: readonly Tagged[]): fc.Arbitrary<Tagged> => fc.constantFrom(...tagged)
const good = (value: unknown, allows = false): Tagged => ({ value, good: true, allows })
const bad = (...values: readonly unknown[]): readonly Tagged[] => values.map((value) => ({ value, good: false }))
const mostly = (right: readonly Tagged[], wrong: readonly Tagged[]): fc.Arbitrary<Tagged> =>
  fc.oneof({ weight: 10, arbitrary: from(...right) }, { weight: 1, arbitrary: from(...wrong) })

const status = mostly(
  [good('"allow"', true), good('"allow"', true), good('"deny"')],
  bad('"Allow"', '"ALLOW"', '"allowed"', '"allow "', 'true', '1', 'null', '["allow"]', '{}', '""'),
)
const key = mostly(
  ['role', 'a', 'A-b_c', 'k'.repeat(32)].map((each) => good(each)),
  bad('', '1a', 'a b', '_a', 'k'.repeat(33), '__proto__', 'constructor', 'é'),
)
const value = mostly(
  ['""', '"x"', '"\\u00e9"', '"\\ud83d\\ude00"'].map((each) => good(each)),
  bad('1', 'true', 'null', '[]', '{}', '"\\ud800"', '1e999'),
)
const context = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .uniqueArray(fc.tuple(key, value), { maxLength: 3, selector: ([{ value: name }]) => name })
      .map((members): Tagged => ({
        value: `{${members.map(([name, each]) => `${JSON.stringify(name.value)}:${String(each.value)}`).join(',')}}`,
        good: members.every(([name, each]) => name.good && each.good),
      })),
  },
  { weight: 2, arbitrary: from(good(ABSENT)) },
  { weight: 1, arbitrary: from(...bad('null', '[]', '"x"', '1', '{"a":"1","a":"2"}')) },
)

/** Text around the JSON object that is allowed or not. */
const around = mostly(
  [good('#'), good(' \n#\t'), good('#')],
  bad('[#]', '#,', '# x', '\ufeff#', '#{"status":"allow"}', '{"status":"allow"}#', '"#"', ''),
)
const more = mostly(
  [good(''), good(''), good(',"other":[1,{"a":null}]')],
  bad(',"status":"allow"', ',"status":"deny"', ',"a":{"__proto__":1}', ','),
)

/** The member `body`, a JSON text. */
export const body: fc.Arbitrary<Tagged> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.tuple(status, context, around, more).map(([decision, given, outside, rest]): Tagged => {
      const members = [
        `"status":${String(decision.value)}`,
        ...(given.value === ABSENT ? [] : [`"context":${String(given.value)}`]),
      ]
      return {
        value: String(outside.value).replace('#', () => `{${members.join(',')}${String(rest.value)}}`),
        good: [decision, given, outside, rest].every((each) => each.good),
        allows: decision.allows ?? false,
      }
    }),
  },
  {
    weight: 1,
    arbitrary: from(
      ...bad(
        '{}',
        '{"context":{}}',
        '{"Status":"allow"}',
        { status: 'allow' },
        true,
        'allow',
        '"allow"',
        1,
        null,
        ABSENT,
        [],
      ),
    ),
  },
)
export const statusCode = mostly([good(200)], bad(201, 204, 401, 403, 500, 503, '200', 200.5, true, null, ABSENT))
export const isBase64Encoded = mostly([good(ABSENT), good(false), good(null), good('true')], bad(true))
