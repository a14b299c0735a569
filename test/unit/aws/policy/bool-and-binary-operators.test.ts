/** `Bool` and `BinaryEquals` (SEC-43, SEC-50). */
import { expect, test } from 'vitest'
import { type Context, satisfied } from './decide.ts'

type Row = [rule: string, operator: string, policy: unknown, given: string, expected: boolean]

const agent = (value: string): Context => ({ 'aws:UserAgent': value })

const check = (_rule: string, operator: string, policy: unknown, given: string, expected: boolean): void => {
  expect(satisfied({ [operator]: { 'x:Key': policy } }, { 'x:Key': given })).toBe(expected)
}

test.each<Row>([
  ['SEC-50', 'Bool', 'true', 'true', true],
  ['SEC-50', 'Bool', 'True', 'true', true],
  ['SEC-50', 'Bool', 'False', 'false', true],
  ['SEC-50', 'Bool', 'true', 'TRUE', true],
  ['SEC-50', 'Bool', 'false', 'true', false],
  ['SEC-50', 'Bool', 'true', '1', false],
  ['SEC-50', 'Bool', 'true', 'yes', false],
  ['SEC-50', 'Bool', 'false', '', false],
  ['SEC-50', 'Bool', 'false', '0', false],
  ['SEC-43', 'BinaryEquals', 'QUJD', 'QUJD', true],
  ['SEC-43', 'BinaryEquals', 'QUJD', 'qujd', false],
  ['SEC-43', 'BinaryEquals', 'QQ==', 'QQ==', true],
  ['SEC-43', 'BinaryEquals', 'QQ==', 'QQ', false],
  ['SEC-43', 'BinaryEquals', 'QUJD', '!!', false],
])('%s %s %j matches %j: %s', check)

test.each(['12==', '123=', 'QQ==', 'QUI=', 'QUJD', 'Q+/9', 'QUJD12=='])(
  'SEC-43 BinaryEquals %s matches the same value only',
  (text) => {
    expect(satisfied({ BinaryEquals: { 'aws:UserAgent': text } }, agent(text))).toBe(true)
    expect(satisfied({ BinaryEquals: { 'aws:UserAgent': text } }, agent('QkJC'))).toBe(false)
  },
)
test.each(['!!==', '!!!=', 'A=', 'A===', 'AAA==', '!!!!', 'AAAA=', '==', '='])(
  'AWS-POL-65 the binary value %s is rejected',
  (text) => {
    expect(satisfied({ BinaryEquals: { 'aws:UserAgent': text } }, agent('QQ=='))).toBe('rejected')
  },
)
