import { expect, test } from 'vitest'
import { holds } from './decide.ts'

// Section 5.5 of the specification: what each operator compares, and how.
type Row = [rule: string, operator: string, policy: unknown, given: string, expected: boolean]

const check = (_rule: string, operator: string, policy: unknown, given: string, expected: boolean): void => {
  expect(holds({ [operator]: { 'x:Key': policy } }, { 'x:Key': given })).toBe(expected)
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
])('%s %s %j against %j', check)

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
  // A request's value that is no number matches nothing.
  ['SEC-50', 'NumericEquals', '0', '', false],
  ['SEC-50', 'NumericEquals', '0', 'abc', false],
  ['SEC-50', 'NumericEquals', '1', '1 ', false],
  ['SEC-50', 'NumericEquals', '16', '0x10', false],
  ['SEC-50', 'NumericLessThan', '1', 'NaN', false],
  ['SEC-50', 'NumericGreaterThan', '1', 'NaN', false],
  ['SEC-50', 'NumericGreaterThan', '1', 'Infinity', false],
  ['SEC-50', 'NumericLessThan', '1', '-Infinity', false],
  ['SEC-50', 'NumericGreaterThan', '1', '1e999', false],
])('%s %s %j against %j', check)

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
])('%s %s %j against %j', check)

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
])('%s %s %j against %j', check)

test.each<Row>([
  ['AWS-POL-60', 'ArnEquals', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-60', 'ArnEquals', 'arn:aws:s3:::b?cket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-60', 'ArnEquals', 'arn:aws:s3:::bucket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-60', 'ArnLike', 'arn:aws:s3:::bucket', 'arn:aws:s3:::Bucket', false],
  ['AWS-POL-60', 'ArnNotEquals', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket', false],
  ['AWS-POL-60', 'ArnNotLike', 'arn:aws:s3:::b*', 'arn:aws:s3:::tub', true],
  ['AWS-POL-60', 'ArnLike', 'arn:aws:sns:*:*:t', 'arn:aws:sns:us-east-1:1:t', true],
  ['AWS-POL-60', 'ArnLike', 'arn:aws:*:::bucket', 'arn:aws:s3:::bucket', true],
  // Segments are compared one by one, and the first is a segment like the others.
  ['AWS-POL-60', 'ArnLike', '*:aws:s3:::bucket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-60', 'ArnLike', 'a?n:aws:s3:::bucket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:s3:::a*', 'arn:aws:s3:::abc', true],
  ['AWS-POL-61', 'StringLike', 'arn:aws:*:bucket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-61', 'StringLike', 'arn:*:::bucket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:sns:*:1:t', 'arn:aws:sns:r:2:1:t', false],
  ['AWS-POL-61', 'StringLike', 'arn:aws:sns:*:1:t', 'arn:aws:sns:r:2:1:t', true],
  // Colons of the resource itself are not among the first five.
  ['AWS-POL-61', 'ArnLike', 'arn:aws:lambda:*:*:function:*', 'arn:aws:lambda:r:1:function:f:v', true],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:lambda:*:*:*', 'arn:aws:lambda:r:1:function:f', true],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:lambda:*:*:f', 'arn:aws:lambda:r:1:function:f', false],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:s3:::*', 'not an arn', false],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:s3:::*', 'arn:aws:s3', false],
])('%s %s %j against %j', check)
