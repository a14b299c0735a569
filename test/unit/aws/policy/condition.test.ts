/** Conditions with several operators, keys and values (AWS-POL-40 to 51). */
import { describe, expect, test } from 'vitest'
import { type Context, satisfied } from './decide.ts'

const AGENT = 'aws:UserAgent'
const REFERER = 'aws:Referer'

describe('several operators, keys and values', () => {
  test.each<[name: string, condition: object, context: Context, expected: boolean]>([
    ['an empty condition', {}, {}, true],
    ['a match of the first value', { StringEquals: { [AGENT]: ['a', 'b'] } }, { [AGENT]: 'a' }, true],
    ['a match of the last value', { StringEquals: { [AGENT]: ['a', 'b'] } }, { [AGENT]: 'b' }, true],
    ['a match of no value', { StringEquals: { [AGENT]: ['a', 'b'] } }, { [AGENT]: 'c' }, false],
    [
      'a match of both keys',
      { StringEquals: { [AGENT]: 'a', [REFERER]: 'b' } },
      { [AGENT]: 'a', [REFERER]: 'b' },
      true,
    ],
    [
      'a match of one key of two',
      { StringEquals: { [AGENT]: 'a', [REFERER]: 'b' } },
      { [AGENT]: 'a', [REFERER]: 'x' },
      false,
    ],
    [
      'a match of both operators',
      { StringEquals: { [AGENT]: 'a' }, StringLike: { [AGENT]: '?' } },
      { [AGENT]: 'a' },
      true,
    ],
    [
      'a match of one operator of two',
      { StringEquals: { [AGENT]: 'a' }, StringLike: { [AGENT]: '??' } },
      { [AGENT]: 'a' },
      false,
    ],
    [
      'one key in two spellings, which counts as two keys',
      { StringEquals: { [AGENT]: 'a', [AGENT.toLowerCase()]: 'b' } },
      { [AGENT]: 'a' },
      false,
    ],
  ])('AWS-POL-40 operators and keys are joined by AND, values by OR: %s', (_name, condition, context, expected) => {
    expect(satisfied(condition, context)).toBe(expected)
  })
})

describe('negated operators', () => {
  test.each<[operator: string, values: readonly string[], given: string, expected: boolean]>([
    ['StringNotEquals', ['a', 'b'], 'a', false],
    ['StringNotEquals', ['a', 'b'], 'b', false],
    ['StringNotEquals', ['a', 'b'], 'c', true],
    ['StringNotEqualsIgnoreCase', ['a', 'b'], 'B', false],
    ['StringNotLike', ['a*', 'b*'], 'bc', false],
    ['StringNotLike', ['a*', 'b*'], 'cb', true],
    ['ArnNotLike', ['arn:aws:s3:::a*', 'arn:aws:s3:::b*'], 'arn:aws:s3:::bc', false],
    ['ArnNotEquals', ['arn:aws:s3:::a', 'arn:aws:s3:::b'], 'arn:aws:s3:::c', true],
    ['NotIpAddress', ['10.0.0.0/8', '192.168.0.0/16'], '192.168.1.1', false],
    ['NotIpAddress', ['10.0.0.0/8', '192.168.0.0/16'], '203.0.113.9', true],
    ['NumericNotEquals', ['1', '2'], '2', false],
    ['NumericNotEquals', ['1', '2'], '3', true],
    ['DateNotEquals', ['2026-01-01', '2026-01-02'], '2026-01-02', false],
    ['DateNotEquals', ['2026-01-01', '2026-01-02'], '2026-01-03', true],
    // A value that cannot be parsed matches none.
    ['NumericNotEquals', ['1'], 'abc', true],
    ['DateNotEquals', ['2026-01-01'], 'now', true],
    ['NotIpAddress', ['10.0.0.0/8'], 'localhost', true],
  ])('AWS-POL-41 %s %j with the request value %s is satisfied: %s', (operator, values, given, expected) => {
    expect(satisfied({ [operator]: { 'x:Key': values } }, { 'x:Key': given })).toBe(expected)
  })
})

describe('operators and keys by name', () => {
  test.each([
    ['aws:sourceip', 'aws:SourceIp'],
    ['AWS:SOURCEIP', 'aws:sourceIP'],
    ['aws:SourceIp', 'AWS:SOURCEIP'],
  ])('AWS-POL-42 the condition key %s matches the request key %s', (written, given) => {
    expect(satisfied({ IpAddress: { [written]: '10.0.0.0/8' } }, { [given]: '10.1.2.3' })).toBe(true)
  })

  test.each([
    'stringequals',
    'STRINGEQUALS',
    'StringEqual',
    'StringEqualsifexists',
    'StringEqualsIfExistsIfExists',
    'IfExists',
    'forallvalues:StringEquals',
    'ForAllValues:',
    'ForSomeValues:StringEquals',
    'ForAllValues:ForAnyValue:StringEquals',
    'ForAllValues: StringEquals',
    ' StringEquals',
    'StringEquals ',
    'StringEqualsNot',
    'NotStringEquals',
    'BinaryNotEquals',
    'BoolNotEquals',
    'BinaryLike',
    'toString',
    'hasOwnProperty',
    '',
  ])('AWS-POL-42 SEC-42 the unknown operator %j is rejected', (operator) => {
    expect(satisfied({ [operator]: { [AGENT]: 'a' } }, { [AGENT]: 'a' })).toBe('rejected')
  })

  test.each(['toString', 'hasOwnProperty', 'valueOf'])(
    'AWS-POL-43 AWS-POL-42 a condition key named %s is absent like any other',
    (key) => {
      expect(satisfied({ StringLike: { [key]: '*' } })).toBe(false)
      expect(satisfied({ Null: { [key]: 'true' } })).toBe(true)
    },
  )
})

test.each<[operator: string, value: unknown, given: string, expected: boolean]>([
  ['StringEquals', 1, '1', true],
  ['StringEquals', 1.5, '1.5', true],
  ['StringEquals', true, 'true', true],
  ['StringEquals', false, 'true', false],
  ['NumericEquals', 10, '10', true],
  ['NumericLessThan', 10.5, '10', true],
  ['Bool', true, 'true', true],
  ['Bool', false, 'false', true],
  ['DateEquals', 1772366400, '2026-03-01T12:00:00Z', true],
  ['StringEquals', [1, true, 'x'], 'true', true],
])('AWS-POL-50 %s compares %j as text with %s: %s', (operator, value, given, expected) => {
  expect(satisfied({ [operator]: { 'x:Key': value } }, { 'x:Key': given })).toBe(expected)
})

test.each([
  ['StringEquals', false],
  ['StringNotEquals', true],
  ['NumericLessThan', false],
  ['NotIpAddress', true],
  ['ArnNotLike', true],
])('AWS-POL-51 %s with an empty list of values is satisfied: %s', (operator, expected) => {
  expect(satisfied({ [operator]: { 'x:Key': [] } }, { 'x:Key': '1' })).toBe(expected)
})

test.each([
  ['ForAllValues:StringEquals', 'a', true],
  ['ForAllValues:StringEquals', 'b', false],
  ['ForAnyValue:StringEquals', 'a', true],
  ['ForAnyValue:StringEquals', 'b', false],
  ['ForAnyValue:StringNotEquals', 'b', true],
])('AWS-POL-49 %s treats the single value %s as a list: %s', (operator, given, expected) => {
  expect(satisfied({ [operator]: { [AGENT]: 'a' } }, { [AGENT]: given })).toBe(expected)
})

describe('set operators', () => {
  test.each<[operator: string, policy: readonly string[], given: readonly string[], expected: boolean]>([
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b', 'a'], true],
    ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
    ['ForAllValues:StringLike', ['a*', '*b'], ['ax', 'xb'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'b'], true],
    ['ForAnyValue:StringEquals', ['a', 'b'], ['c', 'd'], false],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'd'], true],
    ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'b'], false],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'c'], true],
    ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], false],
    ['ForAnyValue:NotIpAddress', ['10.0.0.0/8'], ['10.1.1.1', '203.0.113.9'], true],
    ['ForAllValues:NumericLessThan', ['5', '10'], ['9', '4'], true],
    ['ForAllValues:NumericLessThan', ['5', '10'], ['9', '11'], false],
  ])(
    'AWS-POL-46 AWS-POL-47 AWS-POL-48 %s %j with the request values %j is satisfied: %s',
    (operator, policy, given, expected) => {
      expect(satisfied({ [operator]: { 'x:Keys': policy } }, { 'x:Keys': given })).toBe(expected)
    },
  )
})
