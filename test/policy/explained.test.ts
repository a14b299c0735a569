/** What an explanation says of each statement (AWS-POL-03). */
import { evaluatePolicy, type PolicyDocument } from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { API, ARN, statement } from './ask.ts'

const explain = (statements: readonly unknown[], context: Readonly<Record<string, string>> = {}): unknown =>
  evaluatePolicy({ Version: '2012-10-17', Statement: statements } as PolicyDocument, { resource: ARN, context })

const AGENT = { 'aws:UserAgent': 'blue' }

test('AWS-POL-03 the first part that failed is named, and the condition, and no value', () => {
  const statements = [
    statement({ Sid: 'action', Action: 's3:*' }),
    statement({ Sid: 'resource', Resource: `${API}/prod/GET/toys` }),
    statement({ Condition: { StringEquals: AGENT } }),
    statement({ Condition: { StringEquals: AGENT, Bool: { 'aws:SecureTransport': 'true' } } }),
    statement({ Effect: 'Deny', Action: 's3:*', Resource: `${API}/prod/GET/toys`, Condition: { StringEquals: AGENT } }),
  ]
  expect(explain(statements, { 'aws:useragent': 'blue' })).toEqual({
    decision: 'Allowed',
    statements: [
      { index: 0, sid: 'action', effect: 'Allow', matched: false, failed: 'action' },
      { index: 1, sid: 'resource', effect: 'Allow', matched: false, failed: 'resource' },
      { index: 2, effect: 'Allow', matched: true },
      { index: 3, effect: 'Allow', matched: false, failed: 'condition', condition: 'Bool aws:SecureTransport' },
      { index: 4, effect: 'Deny', matched: false, failed: 'action' },
    ],
  })
  expect(explain([statements[2]])).toEqual({
    decision: 'ImplicitlyDenied',
    statements: [
      { index: 0, effect: 'Allow', matched: false, failed: 'condition', condition: 'StringEquals aws:UserAgent' },
    ],
  })
})

test('AWS-POL-03 of a statement with NotResource or NotAction the opposite fails', () => {
  expect(
    explain([
      statement({ NotResource: `${API}/prod/GET/pets/*` }),
      statement({ NotResource: `${API}/prod/GET/toys` }),
      statement({ NotAction: 'execute-api:Invoke' }),
      statement({ Effect: 'Deny', NotAction: 's3:*', NotResource: `${API}/prod/GET/pets/7` }),
    ]),
  ).toEqual({
    decision: 'Allowed',
    statements: [
      { index: 0, effect: 'Allow', matched: false, failed: 'resource' },
      { index: 1, effect: 'Allow', matched: true },
      { index: 2, effect: 'Allow', matched: false, failed: 'action' },
      { index: 3, effect: 'Deny', matched: false, failed: 'resource' },
    ],
  })
})
