/** ARN operators: segments, wildcards and variables (AWS-POL-60, AWS-POL-61). */
import { expect, test } from 'vitest'
import { satisfied } from './decide.ts'

type Row = [rule: string, operator: string, policy: unknown, given: string, expected: boolean]

const check = (_rule: string, operator: string, policy: unknown, given: string, expected: boolean): void => {
  expect(satisfied({ [operator]: { 'x:Key': policy } }, { 'x:Key': given })).toBe(expected)
}

test.each<Row>([
  ['AWS-POL-60', 'ArnEquals', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-60', 'ArnEquals', 'arn:aws:s3:::b?cket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-60', 'ArnEquals', 'arn:aws:s3:::bucket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-60', 'ArnLike', 'arn:aws:s3:::bucket', 'arn:aws:s3:::Bucket', false],
  ['AWS-POL-60', 'ArnNotEquals', 'arn:aws:s3:::b*', 'arn:aws:s3:::bucket', false],
  ['AWS-POL-60', 'ArnNotLike', 'arn:aws:s3:::b*', 'arn:aws:s3:::tub', true],
  ['AWS-POL-60', 'ArnLike', 'arn:aws:sns:*:*:t', 'arn:aws:sns:us-east-1:1:t', true],
  ['AWS-POL-60', 'ArnLike', 'arn:aws:*:::bucket', 'arn:aws:s3:::bucket', true],
  // Segments are compared separately, the first one included.
  ['AWS-POL-60', 'ArnLike', '*:aws:s3:::bucket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-60', 'ArnLike', 'a?n:aws:s3:::bucket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:s3:::a*', 'arn:aws:s3:::abc', true],
  ['AWS-POL-61', 'StringLike', 'arn:aws:*:bucket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-61', 'StringLike', 'arn:*:::bucket', 'arn:aws:s3:::bucket', true],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:sns:*:1:t', 'arn:aws:sns:r:2:1:t', false],
  ['AWS-POL-61', 'StringLike', 'arn:aws:sns:*:1:t', 'arn:aws:sns:r:2:1:t', true],
  // Colons in the resource part do not separate segments.
  ['AWS-POL-61', 'ArnLike', 'arn:aws:lambda:*:*:function:*', 'arn:aws:lambda:r:1:function:f:v', true],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:lambda:*:*:*', 'arn:aws:lambda:r:1:function:f', true],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:lambda:*:*:f', 'arn:aws:lambda:r:1:function:f', false],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:s3:::*', 'not an arn', false],
  ['AWS-POL-61', 'ArnLike', 'arn:aws:s3:::*', 'arn:aws:s3', false],
])('%s %s %j matches %j: %s', check)

test.each<[string, string, boolean | 'rejected']>([
  ['*', 'anything', true],
  ['arn:aws:s3:us:1:a', 'arn:aws:s3:us:1:a', true],
  ['arn:aws:s3:us:1:a:b', 'arn:aws:s3:us:1:a:b', true],
  ['arn:aws:s3:us:1:a:b', 'arn:aws:s3:us:1:ab', false],
  ['arn:aws:s3:us:1:', 'arn:aws:s3:us:1:', true],
  ['arn:aws:s3:us:1:*', 'arn:aws:s3:us:1', false],
  ['arn:aws:s3:us:1:*', 'arn:aws:s3:us:1:', true],
  ['arn:aws:*:us:1:x', 'arn:aws:s3:us:1:x', true],
  ['arn:aws:*:1:x', 'arn:aws:s3:us:1:x', 'rejected'],
  ['arn:aws:s3:us:1', 'arn:aws:s3:us:1:x', 'rejected'],
  // A variable is expanded in the resource only; in another segment its colon is literal text.
  ['arn:aws:${aws:UserAgent}:us:1:x', 'arn:aws:${aws:UserAgent}:us:1:x', false],
  ['arn:aws:s3:us:1:${aws:Referer}', 'arn:aws:s3:us:1:ours', true],
  ['arn:aws:s3:us:1:${aws:Referer}', 'arn:aws:s3:us:1:other', false],
])('AWS-POL-60 ArnLike %s matches %s: %s', (policy, given, expected) => {
  const context = { 'aws:UserAgent': given, 'aws:Referer': 'ours' }
  expect(satisfied({ ArnLike: { 'aws:UserAgent': policy } }, context)).toBe(expected)
})
