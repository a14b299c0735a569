/** String operators: equality, letter case and wildcards (SEC-16, SEC-43). */
import { expect, test } from 'vitest'
import { satisfied } from './decide.ts'

type Row = [rule: string, operator: string, policy: unknown, given: string, expected: boolean]

const check = (_rule: string, operator: string, policy: unknown, given: string, expected: boolean): void => {
  expect(satisfied({ [operator]: { 'x:Key': policy } }, { 'x:Key': given })).toBe(expected)
}

test.each<Row>([
  ['SEC-43', 'StringEquals', 'red', 'red', true],
  ['SEC-43', 'StringEquals', 'red', 'Red', false],
  ['SEC-43', 'StringEquals', 'r*', 'red', false],
  ['SEC-43', 'StringEquals', 'r*', 'r*', true],
  ['SEC-43', 'StringEquals', '', '', true],
  ['SEC-43', 'StringEquals', 'red', 'red ', false],
  ['SEC-43', 'StringEqualsIgnoreCase', 'ReD', 'rEd', true],
  ['SEC-43', 'StringEqualsIgnoreCase', 'r*', 'RED', false],
  ['SEC-16', 'StringEqualsIgnoreCase', 'kim', '\u212aim', false],
  ['SEC-16', 'StringEqualsIgnoreCase', '\u00e9', '\u00c9', false],
  ['SEC-16', 'StringEqualsIgnoreCase', 'i', '\u0130', false],
  ['SEC-16', 'StringEqualsIgnoreCase', 'strasse', 'stra\u00dfe', false],
  ['SEC-16', 'StringEquals', 'e\u0301', '\u00e9', false],
  ['SEC-16', 'StringLike', '\u212aim*', 'kim', false],
  ['SEC-43', 'StringLike', '*', '', true],
  ['SEC-43', 'StringLike', '?', '', false],
  ['SEC-43', 'StringLike', 'a*', 'A', false],
  ['SEC-43', 'StringLike', '*://*/x', 'https://h:1/x', true],
  ['SEC-43', 'StringLike', 'a.c', 'abc', false],
  ['SEC-43', 'StringLike', '(a|b)', 'a', false],
  ['SEC-43', 'StringLike', 'a\\*', 'a*', false],
  ['SEC-43', 'StringLike', 'a*b', 'a\nb', true],
])('%s %s %j matches %j: %s', check)

test("AWS-POL-80 StringEqualsIgnoreCase ignores the letter case of a variable's value", () => {
  const context = { 'aws:UserAgent': 'Blue/X', 'aws:Referer': 'bLUE' }
  expect(satisfied({ StringEqualsIgnoreCase: { 'aws:UserAgent': '${aws:Referer}/x' } }, context)).toBe(true)
  expect(satisfied({ StringEqualsIgnoreCase: { 'aws:UserAgent': '${aws:Referer}/y' } }, context)).toBe(false)
})
