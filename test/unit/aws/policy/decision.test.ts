/** The decision of several statements (AWS-POL-01 to 04, SEC-41). */
import { describe, expect, test } from 'vitest'
import { ARN, type PolicyResult, API, decide } from './decide.ts'
import { withStatements } from './authorizer.ts'

const allow = { Effect: 'Allow' }
const deny = { Effect: 'Deny' }
const otherResource = { Resource: `${API}/prod/GET/other` }
const otherAction = { Action: 's3:*' }
const failing = { Condition: { StringEquals: { 'aws:UserAgent': 'x' } } }

test.each<[rule: string, name: string, statements: Record<string, unknown>[], expected: PolicyResult]>([
  ['AWS-POL-02', 'no statement', [], 'ImplicitlyDenied'],
  ['AWS-POL-02', 'a single Allow', [allow], 'Allowed'],
  ['AWS-POL-02', 'a single Deny', [deny], 'ExplicitlyDenied'],
  ['AWS-POL-02', 'an Allow before a Deny', [allow, deny], 'ExplicitlyDenied'],
  ['AWS-POL-02', 'a Deny before an Allow', [deny, allow], 'ExplicitlyDenied'],
  ['AWS-POL-02', 'a Deny among several Allows', [allow, allow, deny, allow], 'ExplicitlyDenied'],
  ['AWS-POL-02', 'an Allow next to a Deny of another resource', [{ ...deny, ...otherResource }, allow], 'Allowed'],
  ['AWS-POL-02', 'a Deny that does not match', [{ ...deny, ...failing }, allow], 'Allowed'],
  ['AWS-POL-02', 'an Allow that does not match', [{ ...allow, ...otherResource }], 'ImplicitlyDenied'],
  ['AWS-POL-02', 'a narrow Allow with a wide Deny', [{ ...allow, Resource: ARN }, deny], 'ExplicitlyDenied'],
  ['AWS-POL-03', 'an Allow with another action', [{ ...allow, ...otherAction }], 'ImplicitlyDenied'],
  ['AWS-POL-03', 'an Allow with another resource', [{ ...allow, ...otherResource }], 'ImplicitlyDenied'],
  ['AWS-POL-03', 'an Allow with an unsatisfied condition', [{ ...allow, ...failing }], 'ImplicitlyDenied'],
  ['AWS-POL-03', 'a Deny with another action', [allow, { ...deny, ...otherAction }], 'Allowed'],
  ['AWS-POL-03', 'a Deny with another resource', [allow, { ...deny, ...otherResource }], 'Allowed'],
  ['AWS-POL-03', 'a Deny with an unsatisfied condition', [allow, { ...deny, ...failing }], 'Allowed'],
  [
    'AWS-POL-03',
    'two statements that each match only in part',
    [
      { ...allow, ...otherResource },
      { ...allow, ...otherAction },
    ],
    'ImplicitlyDenied',
  ],
])('%s SEC-41 the decision is correct for %s', (_rule, _name, statements, expected) => {
  expect(decide(statements)).toBe(expected)
})

describe('evaluation input', () => {
  const authorizer = withStatements([{ Action: 'execute-api:Invoke', Resource: `${API}/prod/GET/pets/7` }])
  test.each([
    ['matches method and path', 'GET /pets/7', 'ALLOWED'],
    ['does not match another method', 'POST /pets/7', 'IMPLICIT_DENY'],
    ['does not match another path', 'GET /pets/8', 'IMPLICIT_DENY'],
    ['ignores the query', 'GET /pets/7?a=/pets/8', 'ALLOWED'],
  ])('AWS-POL-01 the ARN of a statement %s', async (_name, line, expected) => {
    expect(await authorizer.send(line)).toBe(expected)
  })
})

test('AWS-POL-04 implicit and explicit denials have different bodies on a REST API', async () => {
  const bodies = await Promise.all(
    [[], [{ Effect: 'Deny' }]].map(async (statements) => {
      const outcome = await withStatements(statements).outcome('GET /pets/7')
      return outcome.allowed ? '' : `${outcome.response.status} ${outcome.response.body}`
    }),
  )
  expect(bodies).toEqual([
    '403 {"Message":"User is not authorized to access this resource"}',
    '403 {"Message":"User is not authorized to access this resource with an explicit deny in an identity-based policy"}',
  ])
})
