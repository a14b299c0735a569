/** Every operator with missing, single and multiple request values (AWS-POL-41 to 48, SEC-43). */
import { describe, expect, test } from 'vitest'
import { type Context, satisfied } from './decide.ts'
import { OPERATORS, type OperatorSample } from './operators.ts'

const KEY = 'x:Key'

/** Request values, in the order of the columns below. */
const REQUESTS: readonly (readonly [name: string, context: (sample: OperatorSample) => Context])[] = [
  ['no value', () => ({})],
  ['an empty list', () => ({ [KEY]: [] })],
  ['a value that matches', ({ match }) => ({ [KEY]: match })],
  ['a value that does not', ({ other }) => ({ [KEY]: other })],
  ['a list of both', ({ match, other }) => ({ [KEY]: [match, other] })],
  ['a list of matches', ({ match }) => ({ [KEY]: [match, match] })],
]

interface Row {
  readonly rule: string
  readonly prefix: string
  readonly suffix: string
  /** `+` if the condition is satisfied, one character per request. */
  readonly positive: string
  readonly negated: string
}

const ROWS: readonly Row[] = [
  { rule: 'AWS-POL-43 AWS-POL-41', prefix: '', suffix: '', positive: '--+-++', negated: '++-+--' },
  { rule: 'AWS-POL-43 AWS-POL-44', prefix: '', suffix: 'IfExists', positive: '+-+-++', negated: '++-+--' },
  { rule: 'AWS-POL-46 AWS-POL-48', prefix: 'ForAllValues:', suffix: '', positive: '+++--+', negated: '++-+--' },
  { rule: 'AWS-POL-46 AWS-POL-44', prefix: 'ForAllValues:', suffix: 'IfExists', positive: '+++--+', negated: '++-+--' },
  { rule: 'AWS-POL-47 AWS-POL-48', prefix: 'ForAnyValue:', suffix: '', positive: '--+-++', negated: '---++-' },
  // In the live service the quantifier takes precedence over the suffix: without a value none can match.
  { rule: 'AWS-POL-47 AWS-POL-44', prefix: 'ForAnyValue:', suffix: 'IfExists', positive: '--+-++', negated: '---++-' },
]

describe.each(ROWS)('$prefix…$suffix', ({ rule, prefix, suffix, positive, negated }) => {
  const named = OPERATORS.map((sample) => [`${prefix}${sample.operator}${suffix}`, sample] as const)
  test.each(named)(`${rule} SEC-43 %s handles missing, single and multiple values`, (name, sample) => {
    const seen = REQUESTS.map(([, context]) =>
      satisfied({ [name]: { [KEY]: sample.policy } }, context(sample)) ? '+' : '-',
    )
    expect(seen.join('')).toBe(sample.negated ? negated : positive)
  })
})

describe('Null', () => {
  test.each<[value: unknown, expected: string]>([
    ['true', '++----'],
    ['false', '--++++'],
    [true, '++----'],
    [false, '--++++'],
    ['True', '++----'],
    ['FALSE', '--++++'],
    [['true', 'false'], '++++++'],
    [[], '------'],
  ])('AWS-POL-45 SEC-43 Null %j handles missing, single and multiple values', (value, expected) => {
    const sample = OPERATORS[0] as OperatorSample
    const seen = REQUESTS.map(([, context]) => (satisfied({ Null: { [KEY]: value } }, context(sample)) ? '+' : '-'))
    expect(seen.join('')).toBe(expected)
  })

  test('AWS-POL-45 SEC-43 an empty string is a present value', () => {
    expect(satisfied({ Null: { [KEY]: 'false' } }, { [KEY]: '' })).toBe(true)
  })

  test.each(['NullIfExists', 'ForAllValues:Null', 'ForAnyValue:Null'])(
    'AWS-POL-44 AWS-POL-45 SEC-42 SEC-43 the operator %s is rejected',
    (name) => {
      expect(satisfied({ [name]: { [KEY]: 'true' } })).toBe('rejected')
    },
  )
})
