/** Date operators: accepted notations, time zones and comparison (SEC-50). */
import { expect, test } from 'vitest'
import { type Context, satisfied } from './decide.ts'

type Row = [rule: string, operator: string, policy: unknown, given: string, expected: boolean]

const agent = (value: string): Context => ({ 'aws:UserAgent': value })

const check = (_rule: string, operator: string, policy: unknown, given: string, expected: boolean): void => {
  expect(satisfied({ [operator]: { 'x:Key': policy } }, { 'x:Key': given })).toBe(expected)
}

test.each<Row>([
  ['SEC-50', 'DateEquals', '2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z', true],
  ['SEC-50', 'DateEquals', '2026-03-01T13:00:00+01:00', '2026-03-01T12:00:00Z', true],
  ['SEC-50', 'DateEquals', '2026-03-01T06:30:00-05:30', '2026-03-01T12:00:00Z', true],
  ['SEC-50', 'DateEquals', '2026-03-01', '2026-03-01T00:00:00Z', true],
  ['SEC-50', 'DateEquals', '2026-03', '2026-03-01T00:00:00Z', true],
  ['SEC-50', 'DateEquals', '2026', '2026-01-01T00:00:00Z', true],
  ['SEC-50', 'DateEquals', '2026-03-01T12:00Z', '2026-03-01T12:00:00Z', true],
  ['SEC-50', 'DateEquals', '2026-03-01T12:00:00', '2026-03-01T12:00:00Z', true],
  ['SEC-50', 'DateEquals', '2026-03-01T12:00:00.5Z', '2026-03-01T12:00:00.500Z', true],
  ['SEC-50', 'DateEquals', '1772366400', '2026-03-01T12:00:00Z', true],
  ['SEC-50', 'DateEquals', '2026-03-01T12:00:00Z', '1772366400', true],
  ['SEC-50', 'DateEquals', '2024-02-29', '2024-02-29T00:00:00Z', true],
  ['SEC-50', 'DateLessThan', '1772366400', '1772366399', true],
  ['SEC-50', 'DateLessThan', '1772366400', '99', true],
  ['SEC-50', 'DateGreaterThan', '2026-03-01T12:00:00Z', '1772366401', true],
  ['SEC-50', 'DateGreaterThan', '2026-03-01', 'tomorrow', false],
  ['SEC-50', 'DateLessThan', '2026-03-01', 'yesterday', false],
  ['SEC-50', 'DateLessThan', '2026-03-01', '', false],
])('%s %s %j matches %j: %s', check)

test.each([
  ['2026-01-01T01:00+0100', '2026-01-01T00:00Z', true],
  ['2026-01-01T01:00+01:00', '2026-01-01', true],
  ['2026-01-01T01:00-0100', '2026-01-01T02:00:00.000Z', true],
  ['2026-01-01T00:00:00.1', '2026-01-01T00:00:00.100Z', true],
  ['2026-01-01T00:00:00.1234', '2026-01-01T00:00:00.123Z', true],
  ['2026-01-01T00:00:00.1', '2026-01-01T00:00:00.001Z', false],
])('SEC-50 DateEquals %s matches %s: %s', (policy, given, same) => {
  expect(satisfied({ DateEquals: { 'aws:UserAgent': policy } }, agent(given))).toBe(same)
})
test.each(['x2026-01-01', '2026-01-01x', '2026-02-30', '2026-13-01', '2026-01-01T00:00+1', '2026-01-01T'])(
  'AWS-POL-65 the date %s is rejected',
  (policy) => {
    expect(satisfied({ DateEquals: { 'aws:UserAgent': policy } }, agent('2026-01-01'))).toBe('rejected')
  },
)
test("SEC-50 a date without a time zone is UTC, independent of the server's time zone", () => {
  const zone = process.env['TZ']
  process.env['TZ'] = 'Asia/Tokyo'
  try {
    expect(new Date('2026-01-01T00:00:00').getTime()).not.toBe(Date.parse('2026-01-01T00:00:00Z'))
    const policy = { DateEquals: { 'aws:UserAgent': '2026-01-01T00:00:00' } }
    expect(satisfied(policy, agent('2026-01-01T00:00:00+00:00'))).toBe(true)
    expect(satisfied(policy, agent('2026-01-01T00:00:00+09:00'))).toBe(false)
  } finally {
    if (zone === undefined) delete process.env['TZ']
    else process.env['TZ'] = zone
  }
})
