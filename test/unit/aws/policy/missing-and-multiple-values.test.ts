import { describe, expect, test } from 'vitest'
import { type Context, holds } from './decide.ts'
import { OPERATORS, type OperatorSample } from './operators.ts'

const KEY = 'x:Key'

/** What a request may have, in the order of the columns below. */
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
  /** `+` where the condition holds, for each request. */
  readonly positive: string
  readonly negated: string
}

const ROWS: readonly Row[] = [
  { rule: 'AWS-POL-43 AWS-POL-41', prefix: '', suffix: '', positive: '--+-++', negated: '++-+--' },
  { rule: 'AWS-POL-43 AWS-POL-44', prefix: '', suffix: 'IfExists', positive: '+-+-++', negated: '++-+--' },
  { rule: 'AWS-POL-46 AWS-POL-48', prefix: 'ForAllValues:', suffix: '', positive: '+++--+', negated: '++-+--' },
  { rule: 'AWS-POL-46 AWS-POL-44', prefix: 'ForAllValues:', suffix: 'IfExists', positive: '+++--+', negated: '++-+--' },
  { rule: 'AWS-POL-47 AWS-POL-48', prefix: 'ForAnyValue:', suffix: '', positive: '--+-++', negated: '---++-' },
  // The live service lets the quantifier win over the suffix: without a value there is none that could match.
  { rule: 'AWS-POL-47 AWS-POL-44', prefix: 'ForAnyValue:', suffix: 'IfExists', positive: '--+-++', negated: '---++-' },
]

describe.each(ROWS)('$rule SEC-43 $prefix…$suffix', ({ rule, prefix, suffix, positive, negated }) => {
  const named = OPERATORS.map((sample) => [`${prefix}${sample.operator}${suffix}`, sample] as const)
  test.each(named)(`${rule} SEC-43 %s`, (name, sample) => {
    const seen = REQUESTS.map(([, context]) =>
      holds({ [name]: { [KEY]: sample.policy } }, context(sample)) ? '+' : '-',
    )
    expect(seen.join('')).toBe(sample.negated ? negated : positive)
  })
})

describe('AWS-POL-45 SEC-43 Null', () => {
  test.each<[value: unknown, expected: string]>([
    ['true', '++----'],
    ['false', '--++++'],
    [true, '++----'],
    [false, '--++++'],
    ['True', '++----'],
    ['FALSE', '--++++'],
    [['true', 'false'], '++++++'],
    [[], '------'],
  ])('AWS-POL-45 SEC-43 Null %j', (value, expected) => {
    const sample = OPERATORS[0] as OperatorSample
    const seen = REQUESTS.map(([, context]) => (holds({ Null: { [KEY]: value } }, context(sample)) ? '+' : '-'))
    expect(seen.join('')).toBe(expected)
  })

  test('AWS-POL-45 an empty text is a value', () => {
    expect(holds({ Null: { [KEY]: 'false' } }, { [KEY]: '' })).toBe(true)
  })

  test.each(['NullIfExists', 'ForAllValues:Null', 'ForAnyValue:Null'])('AWS-POL-44 SEC-42 there is no %s', (name) => {
    expect(holds({ [name]: { [KEY]: 'true' } })).toBe('refused')
  })
})
