/** Messages for malformed policies name the position and quote no value (SEC-42, SEC-99). */
import { evaluatePolicy, type PolicyDocument } from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { ARN, statement } from './decide.ts'
import { checkPolicy } from './internals.ts'

/** The error message for a document. */
const problemOf = (document: unknown, resource = ARN): string => {
  try {
    evaluatePolicy(document as PolicyDocument, { resource })
  } catch (error) {
    return (error as Error).message
  }
  return 'none'
}
/** The error message for a statement with these members. */
const problemWith = (members: Readonly<Record<string, unknown>>): string =>
  problemOf({ Statement: [statement(), statement(members)] }).replace('policyDocument.Statement[1]', '§')

test.each<[document: unknown, problem: string]>([
  ['{}', 'policyDocument is a string; allowed: an object, not JSON text'],
  [[], 'policyDocument is not an object'],
  [null, 'policyDocument is not an object'],
  [7, 'policyDocument is not an object'],
  [undefined, 'policyDocument is of type undefined, which JSON does not have'],
  [{ Statement: [], Extra: 1 }, 'policyDocument.Extra is unknown'],
  [{ Statement: [], 'hunter 2': 1 }, 'policyDocument[…] is unknown'],
  [{ Version: '2012', Statement: [] }, 'policyDocument.Version is not "2012-10-17" or "2008-10-17"'],
  [{ Id: 1, Statement: [] }, 'policyDocument.Id is not a string'],
  [{ Id: 'mine' }, 'policyDocument.Statement is not an object'],
  [{ Statement: 'all' }, 'policyDocument.Statement is not an object'],
  [{ Statement: [statement(), null] }, 'policyDocument.Statement[1] is not an object'],
  [{ Statement: statement({ Effect: 'Nope' }) }, 'policyDocument.Statement.Effect is not "Allow" or "Deny"'],
  [{ Statement: [{ f: () => 1 }] }, 'policyDocument.Statement[0].f is of type function, which JSON does not have'],
])('SEC-42 the error message for document %# names the position: %j', (document, problem) => {
  expect(problemOf(document)).toBe(problem)
})

const MEMBERS = 'Sid, Effect, Action, NotAction, Resource, NotResource, Condition'
const NO_ACTION = '§.Action has an element that is not "*" or "service:action"'
test.each<[members: Readonly<Record<string, unknown>>, problem: string]>([
  [{ Principal: '*' }, `§.Principal is unknown; allowed: ${MEMBERS}`],
  [{ 'a b': 1 }, `§[…] is unknown; allowed: ${MEMBERS}`],
  [{ Sid: 1 }, '§.Sid is not a string'],
  [{ Effect: 'Allow ' }, '§.Effect is not "Allow" or "Deny"'],
  [{ Effect: 1 }, '§.Effect is not "Allow" or "Deny"'],
  [{ Action: undefined }, '§ needs exactly one of Action and NotAction'],
  [{ NotAction: '*', Action: '*' }, '§ needs exactly one of Action and NotAction'],
  [{ Action: [1] }, '§.Action is not a string or an array of strings'],
  [{ Action: 'Invoke' }, NO_ACTION],
  [{ Action: ':execute-api:Invoke' }, NO_ACTION],
  [{ Action: 'execute-api:' }, NO_ACTION],
  [{ NotAction: ['*', 'Invoke'] }, '§.NotAction has an element that is not "*" or "service:action"'],
  [{ Resource: undefined }, '§ needs exactly one of Resource and NotResource'],
  [{ Resource: '*', NotResource: '*' }, '§ needs exactly one of Resource and NotResource'],
  [{ NotResource: {} }, '§.NotResource is not a string or an array of strings'],
  [{ Resource: `arn:${'a'.repeat(509)}` }, '§.Resource has an element longer than 512 characters'],
  [{ Resource: ['*', 'pets'] }, '§.Resource has an element that is not "*" or an ARN'],
  [{ Condition: 1 }, '§.Condition is not an object'],
  [{ Condition: { Bool: 1 } }, '§.Condition.Bool is not an object'],
  [{ Condition: { Bool: {} } }, '§.Condition.Bool has no key'],
  [{ Condition: { Bool: { 'aws:a': {} } } }, '§.Condition.Bool has a value that is not a string, number or boolean'],
  [{ Condition: { Null: { 'aws:a': 'hunter2' } } }, '§.Condition.Null has a value that is not true or false'],
  [{ Condition: { Hunter2: { 'aws:a': 'x' } } }, '§.Condition has an unknown operator'],
  [{ Condition: { NumericEquals: { 'aws:a': 'hunter2' } } }, '§.Condition.NumericEquals has a malformed value'],
])('SEC-42 the error message for a statement names the position: %j', (members, problem) => {
  expect(problemWith(members)).toBe(problem)
})

describe('limits and strictPolicyParser', () => {
  const limits = { policyBytes: 200, policyStatements: 2, strictPolicyParser: true }
  const three = { Statement: [statement(), statement(), statement()] } as never
  test('SEC-51 the error message names the option for too many statements and too many bytes', () => {
    expect(checkPolicy(three, limits)).toBe(
      'policyDocument has more than 2 statements; limits.policyStatements raises the limit',
    )
    expect(checkPolicy(three, { ...limits, policyStatements: 3 })).toBe(
      'policyDocument is larger than 200 bytes; limits.policyBytes raises the limit',
    )
  })

  test('AWS-OUT-29 SEC-51 a Principal is rejected unless strictPolicyParser is false', () => {
    const document = { Statement: { ...statement(), Principal: '*' } } as never
    expect(checkPolicy(document)).toMatch(/Principal is unknown/)
    expect(checkPolicy(document, { ...limits, strictPolicyParser: false })).not.toBeTypeOf('string')
  })

  test('AWS-OUT-27 SEC-51 strictPolicyParser: false keeps Condition and Sid', () => {
    const Condition = { StringEquals: { 'aws:UserAgent': 'blue' } }
    const checked = checkPolicy({ Statement: statement({ Sid: 'mine', Condition }) } as never, {
      ...limits,
      strictPolicyParser: false,
    })
    expect(checked).toMatchObject({
      statements: [{ sid: 'mine', conditions: [{ operator: 'StringEquals', key: 'aws:UserAgent', values: ['blue'] }] }],
    })
  })
})

test.each(['arn:aws:execute-api:us-east-1:123456789012', 'pets', ''])(
  'AWS-ARN-01 the resource %j is rejected because it is not an ARN of six fields',
  (resource) => {
    expect(problemOf({ Statement: [statement()] }, resource)).toBe('resource is not an ARN with six fields')
  },
)
