/** What a policy-style answer may hold, member by member, and what its developer is told (AWS-OUT-02 to AWS-OUT-20). */
import { JsonProblem } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { checkResult, isMembers, policyOf, type ResultRules } from '../../../../packages/core/src/aws/shared/result.ts'
import { RULES } from '../../../support/result-rules.ts'

const policyDocument = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
const answer = { principalId: 'alice', policyDocument }

const read = (value: unknown, rules: Partial<ResultRules> = {}): unknown => {
  const result = checkResult(value, { ...RULES, ...rules })
  return result instanceof JsonProblem ? result.problem : result
}
const keys = (count: number): object => Object.fromEntries(Array.from({ length: count }, (_, key) => [`k${key}`, 1]))

const problems: readonly (readonly [rule: string, value: unknown, problem: string])[] = [
  ['AWS-OUT-02', null, 'the function returned nothing; an async function has to return the policy'],
  ['AWS-OUT-02', [answer], 'the function returned an array instead of an object'],
  ['AWS-OUT-02', 'Allow', 'the function returned a string instead of an object'],
  ['AWS-OUT-02', true, 'the function returned a boolean instead of an object'],
  ['AWS-OUT-02', { ...answer, extra: () => 1 }, 'result.extra is of type function, which JSON does not have'],
  [
    'AWS-OUT-08',
    { ...answer, isAuthorized: true },
    'the result has a member isAuthorized; it is not a policy: return principalId and policyDocument, or omit the option contract to use the native contract',
  ],
  [
    'AWS-OUT-08',
    { ...answer, statusCode: 200 },
    'the result has a member statusCode; a proxy or FunctionGraph response is not a policy: return principalId and policyDocument, or throw new Error("Unauthorized")',
  ],
  [
    'AWS-OUT-08',
    { ...answer, status: 'allow' },
    'the result has a member status; a FunctionGraph result is not a policy: return principalId and policyDocument',
  ],
  [
    'AWS-OUT-08',
    { errorMessage: 'Unauthorized' },
    'the result has a member errorMessage; throw the error instead of returning it',
  ],
  [
    'AWS-OUT-08',
    { ...answer, claims: {} },
    'result.claims is unknown; allowed: principalId, policyDocument, context, usageIdentifierKey',
  ],
  [
    'AWS-OUT-04',
    { policyDocument },
    'principalId is missing; return it, or set compatibility: { missingPrincipalId: "accept" } for an empty principal',
  ],
  [
    'AWS-OUT-04',
    { ...answer, principalId: null },
    'principalId is missing; return it, or set compatibility: { missingPrincipalId: "accept" } for an empty principal',
  ],
  ['AWS-OUT-04', { ...answer, principalId: {} }, 'principalId is not a string'],
  ['AWS-OUT-04', { ...answer, principalId: 'x'.repeat(1025) }, 'principalId is longer than 1024 bytes'],
  ['AWS-OUT-04', { ...answer, principalId: 'é'.repeat(513) }, 'principalId is longer than 1024 bytes'],
  ['AWS-OUT-12', { ...answer, context: [] }, 'context is not an object'],
  ['AWS-OUT-12', { ...answer, context: 'x' }, 'context is not an object'],
  ['AWS-OUT-12', { ...answer, context: keys(101) }, 'context has more than 100 keys'],
  [
    'AWS-OUT-12',
    { ...answer, context: { a: 1, roles: ['admin'] } },
    'context.roles is not a string, number or boolean; serialize it to a string',
  ],
  [
    'SEC-33',
    { ...answer, context: { a: 'x'.repeat(8192) } },
    'context is larger than 8192 bytes; limits.contextBytes raises the limit',
  ],
  ['AWS-UP-03', { ...answer, usageIdentifierKey: 7 }, 'usageIdentifierKey is not a string'],
  ['AWS-OUT-10', { principalId: 'alice' }, 'policyDocument is missing'],
  ['AWS-OUT-10', { ...answer, policyDocument: null }, 'policyDocument is missing'],
  ['AWS-OUT-20', { ...answer, policyDocument: '{}' }, 'policyDocument is a string; allowed: an object, not JSON text'],
]
test.each(problems)('%s the answer %j is told: %s', (_, value, problem) => {
  expect(read(value)).toBe(problem)
})

describe('AWS-OUT-04 the principal', () => {
  test.each([
    ['x'.repeat(1024), 'x'.repeat(1024)],
    ['é'.repeat(512), 'é'.repeat(512)],
    [7, '7'],
    [false, 'false'],
    ['', ''],
  ])('%j becomes %j', (principalId, text) => {
    expect(read({ ...answer, principalId })).toEqual({ principalId: text, context: {}, policyDocument })
  })

  test.each([undefined, null])('may be %s where that was asked for, and is then nobody', (principalId) => {
    expect(read({ ...answer, principalId }, { missingPrincipalId: 'accept' })).toMatchObject({ principalId: '' })
  })
})

const contextOf = (context: unknown, rules: Partial<ResultRules> = {}): unknown => {
  const result = read({ ...answer, context }, rules)
  return typeof result === 'string' ? result : (result as { context: unknown }).context
}

describe('AWS-OUT-12 SEC-33 the context', () => {
  test('has a hundred keys at most, and as many bytes as its bound', () => {
    expect(Object.keys(contextOf(keys(100)) as object)).toHaveLength(100)
    expect(contextOf({ é: 'xyz' }, { contextBytes: 5 })).toEqual({ é: 'xyz' })
    expect(contextOf({ é: 'xyz!' }, { contextBytes: 5 })).toMatch(/^context is larger than 5 bytes/)
  })

  test('AWS-OUT-13 keeps null and counts it as four bytes', () => {
    expect(contextOf({ a: null, b: 1 })).toStrictEqual({ a: null, b: '1' })
    expect(contextOf({ a: null }, { contextBytes: 5 })).toStrictEqual({ a: null })
    expect(contextOf({ a: null }, { contextBytes: 4 })).toMatch(/^context is larger than 4 bytes/)
    expect([contextOf(null), contextOf(undefined)]).toEqual([{}, {}])
  })

  test('keeps types where the gateway does, and counts their text', () => {
    const context = { a: { b: 'x'.repeat(20) }, c: [1], d: null }
    expect(contextOf(context, { contextValues: 'json' })).toEqual(context)
    expect(contextOf(context, { contextValues: 'json', contextBytes: 30 })).toMatch(/^context is larger than 30 bytes/)
  })
})

test('AWS-UP-03 a key for a usage plan is there or is not', () => {
  expect(read({ ...answer, usageIdentifierKey: 'k' })).toEqual({ ...answer, context: {}, usageIdentifierKey: 'k' })
  for (const usageIdentifierKey of [null, undefined])
    expect(Object.keys(read({ ...answer, usageIdentifierKey }) as object)).toEqual([
      'principalId',
      'context',
      'policyDocument',
    ])
})

test('AWS-OUT-08 members that a gateway does not know are ignored where it ignores them', () => {
  const extra = { ...answer, isAuthorized: true, status: 1, claims: {}, S: 1, usageIdentifierKey: 7 }
  expect(read(extra, { unknownMembers: 'ignore' })).toEqual({ ...answer, context: {} })
})

const stored = (document: unknown) => ({ principalId: 'a', context: {}, policyDocument: document as string })

describe('SEC-42 the policy of a result that comes from elsewhere', () => {
  test('is compiled once', () => {
    const result = stored(policyDocument)
    const policy = policyOf(result, RULES)
    expect(policy).toBeDefined()
    expect(policyOf(result, RULES)).toBe(policy)
  })

  test.each([
    ['no document', 'x'],
    [
      'an operator that does not exist',
      { Statement: { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Like: { a: 'b' } } } },
    ],
  ])('is a fault with %s', (_, document) => {
    expect(() => policyOf(stored(document), RULES)).toThrow('a stored policy is malformed')
  })
})

test.each([
  [{}, true],
  [null, false],
  [[], false],
  ['x', false],
  [undefined, false],
  [new JsonProblem('x'), false],
])('SEC-34 %j is an object with members: %s', (value, expected) => {
  expect(isMembers(value as null)).toBe(expected)
})
