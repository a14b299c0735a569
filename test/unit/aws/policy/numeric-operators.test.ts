/** Numeric operators: accepted notations and comparison (SEC-50). */
import { expect, test } from 'vitest'
import { type Context, satisfied } from './decide.ts'

type Row = [rule: string, operator: string, policy: unknown, given: string, expected: boolean]

const agent = (value: string): Context => ({ 'aws:UserAgent': value })

const check = (_rule: string, operator: string, policy: unknown, given: string, expected: boolean): void => {
  expect(satisfied({ [operator]: { 'x:Key': policy } }, { 'x:Key': given })).toBe(expected)
}

test.each<Row>([
  ['SEC-50', 'NumericEquals', '1', '1.0', true],
  ['SEC-50', 'NumericEquals', '1.50', '1.5', true],
  ['SEC-50', 'NumericEquals', '-0', '0', true],
  ['SEC-50', 'NumericEquals', '.5', '0.5', true],
  ['SEC-50', 'NumericEquals', '+1', '1', true],
  ['SEC-50', 'NumericLessThan', '10', '9', true],
  ['SEC-50', 'NumericLessThan', '10', '-9', true],
  ['SEC-50', 'NumericGreaterThan', '9', '10', true],
  ['SEC-50', 'NumericGreaterThan', '-1', '0', true],
  // A request value that is not a number matches nothing.
  ['SEC-50', 'NumericEquals', '0', '', false],
  ['SEC-50', 'NumericEquals', '0', 'abc', false],
  ['SEC-50', 'NumericEquals', '1', '1 ', false],
  ['SEC-50', 'NumericEquals', '16', '0x10', false],
  ['SEC-50', 'NumericLessThan', '1', 'NaN', false],
  ['SEC-50', 'NumericGreaterThan', '1', 'NaN', false],
  ['SEC-50', 'NumericGreaterThan', '1', 'Infinity', false],
  ['SEC-50', 'NumericLessThan', '1', '-Infinity', false],
  ['SEC-50', 'NumericGreaterThan', '1', '1e999', false],
])('%s %s %j matches %j: %s', check)

test.each([
  ['1e2', '100', true],
  ['1e+2', '100', true],
  ['1E-2', '0.01', true],
  ['1e12', '1000000000000', true],
  ['.25', '0.25', true],
  ['25.', '25', true],
  ['-1', '1', false],
])('SEC-50 NumericEquals %s matches %s: %s', (policy, given, same) => {
  expect(satisfied({ NumericEquals: { 'aws:UserAgent': policy } }, agent(given))).toBe(same)
})
test.each(['1e', '1ee', '1e+', '.', '', 'x1', '1x'])('AWS-POL-65 the number %s is rejected', (policy) => {
  expect(satisfied({ NumericEquals: { 'aws:UserAgent': policy } }, agent('1'))).toBe('rejected')
})
