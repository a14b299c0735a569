import { describe, expect, test } from 'vitest'
import { ARN, type Answer, API, decide } from './decide.ts'
import { withStatements } from './authorizer.ts'

const allow = { Effect: 'Allow' }
const deny = { Effect: 'Deny' }
const elsewhere = { Resource: `${API}/prod/GET/other` }
const otherAction = { Action: 's3:*' }
const failing = { Condition: { StringEquals: { 'aws:UserAgent': 'x' } } }

test.each<[rule: string, name: string, statements: Record<string, unknown>[], expected: Answer]>([
  ['AWS-POL-02', 'no statement', [], 'ImplicitlyDenied'],
  ['AWS-POL-02', 'one allow', [allow], 'Allowed'],
  ['AWS-POL-02', 'one deny', [deny], 'ExplicitlyDenied'],
  ['AWS-POL-02', 'allow before deny', [allow, deny], 'ExplicitlyDenied'],
  ['AWS-POL-02', 'deny before allow', [deny, allow], 'ExplicitlyDenied'],
  ['AWS-POL-02', 'many allows, one deny among them', [allow, allow, deny, allow], 'ExplicitlyDenied'],
  ['AWS-POL-02', 'an allow among denies of other things', [{ ...deny, ...elsewhere }, allow], 'Allowed'],
  ['AWS-POL-02', 'a deny that does not match', [{ ...deny, ...failing }, allow], 'Allowed'],
  ['AWS-POL-02', 'an allow that does not match', [{ ...allow, ...elsewhere }], 'ImplicitlyDenied'],
  ['AWS-POL-02', 'a narrow allow under a wide deny', [{ ...allow, Resource: ARN }, deny], 'ExplicitlyDenied'],
  ['AWS-POL-03', 'the action alone does not match', [{ ...allow, ...otherAction }], 'ImplicitlyDenied'],
  ['AWS-POL-03', 'the resource alone does not match', [{ ...allow, ...elsewhere }], 'ImplicitlyDenied'],
  ['AWS-POL-03', 'the condition alone does not hold', [{ ...allow, ...failing }], 'ImplicitlyDenied'],
  ['AWS-POL-03', 'a deny whose action does not match', [allow, { ...deny, ...otherAction }], 'Allowed'],
  ['AWS-POL-03', 'a deny whose resource does not match', [allow, { ...deny, ...elsewhere }], 'Allowed'],
  ['AWS-POL-03', 'a deny whose condition does not hold', [allow, { ...deny, ...failing }], 'Allowed'],
  [
    'AWS-POL-03',
    'parts of two statements never make up one',
    [
      { ...allow, ...elsewhere },
      { ...allow, ...otherAction },
    ],
    'ImplicitlyDenied',
  ],
])('%s SEC-41 %s', (_rule, _name, statements, expected) => {
  expect(decide(statements)).toBe(expected)
})

describe('AWS-POL-01 what the gateway asks', () => {
  const asked = withStatements([{ Action: 'execute-api:Invoke', Resource: `${API}/prod/GET/pets/7` }])
  test.each([
    ['the method and path of the request', 'GET /pets/7', 'ALLOWED'],
    ['not another method', 'POST /pets/7', 'IMPLICIT_DENY'],
    ['not another path', 'GET /pets/8', 'IMPLICIT_DENY'],
    ['nothing about the query', 'GET /pets/7?a=/pets/8', 'ALLOWED'],
  ])('AWS-POL-01 %s', async (_name, line, expected) => {
    expect(await asked.ask(line)).toBe(expected)
  })
})

test('AWS-POL-04 implicit and explicit deny have different bodies on a REST API', async () => {
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
