/** Which policy documents are valid in the result of a REST authorizer (AWS-OUT-20 to 34). */
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import {
  A,
  ALLOWED,
  bearer,
  EXPLICIT_DENY,
  IMPLICIT_DENY,
  MISCONFIGURED,
  requestBench,
  tokenBench,
} from '../harness.ts'

const statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }

const outcomeFor = async (
  policyDocument: unknown,
  options: aws.TokenOptions & aws.RequestOptions = {},
): Promise<string> => {
  const handler = async (): Promise<object> => ({ principalId: 'u', policyDocument })
  const outcome = await tokenBench(handler, options).send('GET /pets/7', bearer())
  expect(await requestBench(handler, options).send('GET /pets/7')).toBe(outcome)
  return outcome
}

/** A document with one valid statement whose members are replaced by `members`; `undefined` removes a member. */
const withStatement = (members: object): object => ({
  Version: '2012-10-17',
  Statement: [{ ...statement, ...members }],
})
const arn = (length: number): string => `${A}/GET/`.padEnd(length, 'a')

test.each<[rule: string, document: unknown, expected: string]>([
  ['AWS-OUT-20', { Statement: [statement] }, ALLOWED],
  ['AWS-OUT-20', { Version: '2012-10-17', Id: 'any', Statement: [statement] }, ALLOWED],
  ['AWS-OUT-20', withStatement({ Sid: 'any text, even this' }), ALLOWED],
  ['AWS-OUT-20', withStatement({ Sid: '' }), ALLOWED],
  ['AWS-OUT-20', {}, MISCONFIGURED],
  ['AWS-OUT-20', { Version: '2012-10-17' }, MISCONFIGURED],
  ['AWS-OUT-20', { Statement: null }, MISCONFIGURED],
  ['AWS-OUT-20', [], MISCONFIGURED],
  ['AWS-OUT-20', [{ Statement: [statement] }], MISCONFIGURED],
  ['AWS-OUT-20', true, MISCONFIGURED],
  ['AWS-OUT-21', { Statement: statement }, ALLOWED],
  ['AWS-OUT-21', { Statement: { ...statement, Effect: 'Deny' } }, EXPLICIT_DENY],
  ['AWS-OUT-21', { Statement: 'Allow' }, MISCONFIGURED],
  ['AWS-OUT-21', { Statement: [[statement]] }, MISCONFIGURED],
  ['AWS-OUT-21', { Statement: [statement, null] }, MISCONFIGURED],
  ['AWS-OUT-22', withStatement({ Effect: 'allow' }), ALLOWED],
  ['AWS-OUT-22', withStatement({ Effect: 'ALLOW' }), ALLOWED],
  ['AWS-OUT-22', withStatement({ Effect: 'deny' }), EXPLICIT_DENY],
  ['AWS-OUT-22', withStatement({ Effect: 'dENY' }), EXPLICIT_DENY],
  ['AWS-OUT-22', withStatement({ Effect: 'permit' }), MISCONFIGURED],
  ['AWS-OUT-22', withStatement({ Effect: 'Allow ' }), MISCONFIGURED],
  ['AWS-OUT-22', withStatement({ Effect: '' }), MISCONFIGURED],
  ['AWS-OUT-22', withStatement({ Effect: true }), MISCONFIGURED],
  ['AWS-OUT-22', withStatement({ Effect: ['Allow'] }), MISCONFIGURED],
  ['AWS-OUT-22', withStatement({ Effect: undefined }), MISCONFIGURED],
  ['AWS-OUT-22', withStatement({ Action: undefined }), MISCONFIGURED],
  ['AWS-OUT-22', withStatement({ Resource: undefined }), MISCONFIGURED],
  ['AWS-OUT-22', withStatement({ Action: undefined, NotAction: 's3:*' }), ALLOWED],
  ['AWS-OUT-22', withStatement({ Resource: undefined, NotResource: `${A}/GET/other` }), ALLOWED],
  ['AWS-OUT-22', withStatement({ NotAction: 's3:*' }), MISCONFIGURED],
  ['AWS-OUT-22', withStatement({ NotResource: `${A}/GET/other` }), MISCONFIGURED],
  ['AWS-OUT-22', { Statement: [statement, { ...statement, Effect: 'permit' }] }, MISCONFIGURED],
  ['AWS-OUT-23', withStatement({ effect: 'Allow' }), MISCONFIGURED],
  ['AWS-OUT-23', { Statement: [{ effect: 'Allow', action: '*', resource: '*' }] }, MISCONFIGURED],
  ['AWS-OUT-23', withStatement({ condition: {} }), MISCONFIGURED],
  ['AWS-OUT-23', { statement: [statement] }, MISCONFIGURED],
  ['AWS-OUT-23', { version: '2012-10-17', Statement: [statement] }, MISCONFIGURED],
  ['AWS-OUT-24', withStatement({ Action: ['s3:*', 'execute-api:Invoke'] }), ALLOWED],
  ['AWS-OUT-24', withStatement({ Resource: [`${A}/GET/other`, `${A}/GET/pets/*`] }), ALLOWED],
  ['AWS-OUT-24', withStatement({ Action: ['execute-api:Invoke', 1] }), MISCONFIGURED],
  ['AWS-OUT-24', withStatement({ Action: { any: '*' } }), MISCONFIGURED],
  ['AWS-OUT-24', withStatement({ Action: null }), MISCONFIGURED],
  ['AWS-OUT-24', withStatement({ Action: undefined, NotAction: 7 }), MISCONFIGURED],
  ['AWS-OUT-24', withStatement({ Resource: ['*', null] }), MISCONFIGURED],
  ['AWS-OUT-24', withStatement({ Resource: true }), MISCONFIGURED],
  ['AWS-OUT-24', withStatement({ Resource: undefined, NotResource: [['*']] }), MISCONFIGURED],
  ['AWS-OUT-25', withStatement({ Resource: [] }), IMPLICIT_DENY],
  ['AWS-OUT-25', withStatement({ Effect: 'Deny', Resource: [] }), IMPLICIT_DENY],
  ['AWS-OUT-26', { Version: '2012-10-17', Statement: [] }, IMPLICIT_DENY],
  ['AWS-OUT-27', withStatement({ Condition: null }), MISCONFIGURED],
  ['AWS-OUT-27', withStatement({ Sid: null }), MISCONFIGURED],
  ['AWS-OUT-27', withStatement({ Condition: {} }), ALLOWED],
  ['AWS-OUT-27', withStatement({ Condition: [] }), MISCONFIGURED],
  ['AWS-OUT-28', { Version: '2008-10-17', Statement: [statement] }, ALLOWED],
  ['AWS-OUT-28', { Version: '2012-10-18', Statement: [statement] }, MISCONFIGURED],
  ['AWS-OUT-28', { Version: '2012-10-17T00:00:00Z', Statement: [statement] }, MISCONFIGURED],
  ['AWS-OUT-28', { Version: '', Statement: [statement] }, MISCONFIGURED],
  ['AWS-OUT-28', { Version: 2012, Statement: [statement] }, MISCONFIGURED],
  ['AWS-OUT-28', { Version: null, Statement: [statement] }, MISCONFIGURED],
  ['AWS-OUT-29', withStatement({ Principal: '*' }), MISCONFIGURED],
  ['AWS-OUT-29', withStatement({ NotPrincipal: { AWS: '*' } }), MISCONFIGURED],
  ['AWS-OUT-30', withStatement({ Resource: ['*', arn(512)] }), ALLOWED],
  ['AWS-OUT-30', withStatement({ Resource: ['*', arn(513)] }), MISCONFIGURED],
  ['AWS-OUT-30', withStatement({ Resource: undefined, NotResource: arn(513) }), MISCONFIGURED],
  ['AWS-OUT-31', withStatement({ Resource: '/pets/*' }), MISCONFIGURED],
  ['AWS-OUT-31', withStatement({ Resource: '' }), MISCONFIGURED],
  ['AWS-OUT-31', withStatement({ Resource: '**' }), MISCONFIGURED],
  ['AWS-OUT-31', withStatement({ Resource: `ARN${A.slice(3)}/GET/*` }), MISCONFIGURED],
  ['AWS-OUT-31', withStatement({ Resource: ['*', 'abcdef123/prod/GET/pets'] }), MISCONFIGURED],
  ['AWS-OUT-31', withStatement({ Resource: undefined, NotResource: 'pets' }), MISCONFIGURED],
  ['AWS-OUT-32', withStatement({ Action: 'Invoke' }), MISCONFIGURED],
  ['AWS-OUT-32', withStatement({ Action: '' }), MISCONFIGURED],
  ['AWS-OUT-32', withStatement({ Action: ':Invoke' }), MISCONFIGURED],
  ['AWS-OUT-32', withStatement({ Action: 'execute-api:' }), MISCONFIGURED],
  ['AWS-OUT-32', withStatement({ Action: undefined, NotAction: 'Invoke' }), MISCONFIGURED],
  ['AWS-OUT-32', withStatement({ Action: '*' }), ALLOWED],
  ['AWS-OUT-33', withStatement({ Action: 's3:GetObject' }), IMPLICIT_DENY],
  ['AWS-OUT-33', withStatement({ Action: 'lambda:Invoke' }), IMPLICIT_DENY],
  ['AWS-OUT-33', withStatement({ Effect: 'Deny', Action: 's3:*' }), IMPLICIT_DENY],
  ['AWS-OUT-34', JSON.stringify({ Version: '2012-10-17', Statement: [statement] }), MISCONFIGURED],
])('%s the policy document %j gives: %s', async (_, document, expected) => {
  expect(await outcomeFor(document)).toBe(expected)
})

test('AWS-OUT-28 policy variables need Version 2012-10-17', async () => {
  const Statement = [{ ...statement, Resource: `${A}/GET/pets/\${aws:username, '7'}` }]
  expect(await outcomeFor({ Version: '2012-10-17', Statement })).toBe(ALLOWED)
  expect(await outcomeFor({ Version: '2008-10-17', Statement })).toBe(IMPLICIT_DENY)
  expect(await outcomeFor({ Statement })).toBe(IMPLICIT_DENY)
})

test.each([
  ['AWS-OUT-27', { Condition: null }],
  ['AWS-OUT-27', { Sid: null }],
  ['AWS-OUT-29', { Principal: { AWS: 'arn:aws:iam::123456789012:root' } }],
  ['AWS-OUT-29', { NotPrincipal: '*' }],
])('%s strictPolicyParser: false accepts %j', async (_, members) => {
  expect(await outcomeFor(withStatement(members), { compatibility: { strictPolicyParser: false } })).toBe(ALLOWED)
})

test('AWS-OUT-27 strictPolicyParser: false rejects null in Effect, Action, Resource and unknown members', async () => {
  for (const members of [{ Effect: null }, { Action: null }, { Resource: null }, { foo: null }]) {
    expect(await outcomeFor(withStatement(members), { compatibility: { strictPolicyParser: false } })).toBe(
      MISCONFIGURED,
    )
  }
})
