/** Results of a REST authorizer function, except for the policy document (AWS-OUT-01 to 19). */
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import {
  allow,
  ALLOWED,
  bearer,
  MISCONFIGURED,
  reasonOf,
  requestBench,
  describeOutcome,
  tokenBench,
  UNAUTHORIZED,
} from '../harness.ts'

const policyDocument = (allow() as { policyDocument: object }).policyDocument

/** The outcome of a result; both kinds of authorizer have to agree. */
const outcomeFor = async (result: unknown, options: aws.TokenOptions & aws.RequestOptions = {}): Promise<string> => {
  const outcomes = [
    await tokenBench(async () => result, options).evaluate('GET /pets/7', bearer()),
    await requestBench(async () => result, options).evaluate('GET /pets/7'),
  ]
  const [first, second] = outcomes.map((outcome) =>
    describeOutcome(outcome) === MISCONFIGURED ? `${reasonOf(outcome)} ${MISCONFIGURED}` : describeOutcome(outcome),
  )
  expect(second).toBe(first)
  return first as string
}
const REJECTED = `BAD_RESULT ${MISCONFIGURED}`

/** The context that the downstream handler receives. */
const contextFor = async (result: object, options: aws.TokenOptions = {}): Promise<unknown> => {
  const outcome = await tokenBench(async () => result, options).evaluate('GET /pets/7', bearer())
  return outcome.allowed ? outcome.authorizer.context : describeOutcome(outcome)
}

test.each<[rule: string, title: string, handler: () => unknown, expected: string]>([
  ['AWS-OUT-01', 'an error Unauthorized', () => Promise.reject(new Error('Unauthorized')), UNAUTHORIZED],
  ['AWS-OUT-01', 'another error', () => Promise.reject(new Error('Forbidden')), MISCONFIGURED],
  ['AWS-OUT-01', 'an error with a policy', () => Promise.reject(Object.assign(new Error('x'), allow())), MISCONFIGURED],
])('%s %s is not a result', async (_rule, _title, handler, expected) => {
  expect(await tokenBench(handler).send('GET /', bearer())).toBe(expected)
  expect(await requestBench(handler).send('GET /')).toBe(expected)
})

test('AWS-OUT-01 a policy next to errorMessage is ignored', async () => {
  expect(await outcomeFor({ errorMessage: 'Unauthorized', errorType: 'Error', ...allow() })).toBe(REJECTED)
})

test.each<[rule: string, result: unknown]>([
  ['AWS-OUT-02', null],
  ['AWS-OUT-02', undefined],
  ['AWS-OUT-03', 'Unauthorized'],
  ['AWS-OUT-03', ''],
  ['AWS-OUT-03', JSON.stringify(allow())],
  ['AWS-OUT-03', 401],
  ['AWS-OUT-03', true],
  ['AWS-OUT-03', false],
  ['AWS-OUT-03', []],
  ['AWS-OUT-03', [allow()]],
  ['AWS-OUT-04', { policyDocument }],
  ['AWS-OUT-04', { policyDocument, principalId: null }],
  ['AWS-OUT-04', {}],
  ['AWS-OUT-06', { policyDocument, principalId: {} }],
  ['AWS-OUT-06', { policyDocument, principalId: ['u'] }],
  ['AWS-OUT-08', allow('*', { foo: 1 })],
  ['AWS-OUT-08', allow('*', { foo: null })],
  ['AWS-OUT-08', allow('*', { errorType: 'Error' })],
  ['AWS-OUT-08', allow('*', { isAuthorized: true })],
  ['AWS-OUT-09', { statusCode: 401, body: '{"message":"Unauthorized"}' }],
  ['AWS-OUT-09', allow('*', { statusCode: 200 })],
  ['AWS-OUT-10', { principalId: 'u' }],
  ['AWS-OUT-10', { principalId: 'u', policyDocument: null }],
  ['AWS-OUT-11', { principalId: 'u', PolicyDocument: policyDocument }],
  ['AWS-OUT-11', { principalID: 'u', policyDocument }],
  ['AWS-OUT-11', allow('*', { Context: {} })],
  ['AWS-OUT-12', allow('*', { context: { a: [1] } })],
  ['AWS-OUT-12', allow('*', { context: { a: [] } })],
  ['AWS-OUT-12', allow('*', { context: { a: { b: 1 } } })],
  ['AWS-OUT-12', allow('*', { context: { ok: 'x', a: {} } })],
  ['AWS-OUT-14', allow('*', { context: [] })],
  ['AWS-OUT-14', allow('*', { context: [['a', 'b']] })],
  ['AWS-OUT-14', allow('*', { context: 'a' })],
  ['AWS-OUT-14', allow('*', { context: 0 })],
  ['AWS-OUT-14', allow('*', { context: false })],
  ['AWS-OUT-08', allow('*', { usageIdentifierKey: 7 })],
])('%s the result %j gives 500', async (_, result) => {
  expect(await outcomeFor(result)).toBe(REJECTED)
})

test.each<[rule: string, result: object, principalId: string]>([
  ['AWS-OUT-05', allow('*', { principalId: '' }), ''],
  ['AWS-OUT-06', allow('*', { principalId: 7 }), '7'],
  ['AWS-OUT-06', allow('*', { principalId: 1.5 }), '1.5'],
  ['AWS-OUT-06', allow('*', { principalId: 0 }), '0'],
  ['AWS-OUT-06', allow('*', { principalId: true }), 'true'],
  ['AWS-OUT-06', allow('*', { principalId: false }), 'false'],
  ['AWS-OUT-04', allow('*', { principalId: 'user|123' }), 'user|123'],
])('%s the result %j has the principal %j', async (_, result, principalId) => {
  const outcome = await tokenBench(async () => result).evaluate('GET /', bearer())
  expect(outcome).toMatchObject({ allowed: true, authorizer: { principalId } })
})

test.each([{}, { principalId: null }])(
  'AWS-OUT-04 missingPrincipalId: "accept" accepts a result without principalId: %j',
  async (members) => {
    const result = { policyDocument, ...members }
    expect(await outcomeFor(result, { compatibility: { missingPrincipalId: 'accept' } })).toBe(ALLOWED)
    const outcome = await tokenBench(async () => result, { compatibility: { missingPrincipalId: 'accept' } }).evaluate(
      'GET /',
      bearer(),
    )
    expect(outcome).toMatchObject({ authorizer: { principalId: '' } })
  },
)

test('AWS-OUT-06 missingPrincipalId: "accept" still rejects an object as principalId', async () => {
  expect(
    await outcomeFor({ policyDocument, principalId: {} }, { compatibility: { missingPrincipalId: 'accept' } }),
  ).toBe(REJECTED)
})

test('AWS-OUT-08 a result with all four members is accepted', async () => {
  expect(await outcomeFor(allow('*', { context: { a: 'b' }, usageIdentifierKey: 'k'.repeat(20) }))).toBe(ALLOWED)
})

test.each([undefined, null])('AWS-OUT-14 a context that is %s is delivered as an empty object', async (context) => {
  expect(await contextFor(allow('*', { context }))).toEqual({})
})

test('AWS-OUT-12 a deny with an invalid context gives 500', async () => {
  expect(await outcomeFor({ principalId: 'u', policyDocument: { Statement: [] }, context: { a: [] } })).toBe(REJECTED)
})

test('AWS-OUT-13 a null context value is delivered as null, an undefined one is omitted', async () => {
  const context = { a: null, b: 'x', c: undefined }
  expect(await contextFor(allow('*', { context }))).toStrictEqual({ a: null, b: 'x' })
})

test('AWS-OUT-14 a null context is an empty context', async () => {
  expect(await contextFor(allow('*', { context: null }))).toEqual({})
})

test.each([
  [1, '1'],
  [1.5, '1.5'],
  [-1, '-1'],
  [1e21, '1e+21'],
  [1e-7, '1e-7'],
  [0.1 + 0.2, '0.30000000000000004'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  [true, 'true'],
  [false, 'false'],
  ['', ''],
  ['1', '1'],
  ['ä €', 'ä €'],
])('AWS-OUT-15 the context value %j is delivered as %j', async (value, text) => {
  expect(await contextFor(allow('*', { context: { value } }))).toEqual({ value: text })
})

test('AWS-OUT-18 a context key principalId does not replace the principal', async () => {
  const result = allow('*', { context: { principalId: 'admin', integrationLatency: 'x' } })
  const outcome = await tokenBench(async () => result).evaluate('GET /', bearer())
  expect(outcome).toMatchObject({
    authorizer: {
      principalId: 'u',
      requestContext: { authorizer: { principalId: 'u', integrationLatency: expect.any(Number) as number } },
    },
  })
})

test('AWS-OUT-19 context keys may have any name', async () => {
  const context = { 'cognito:groups': 'a', 'https://x/y': 'b', 'a b': 'c', '': 'd', '1': 'e', ä: 'f', toString: 'g' }
  expect(await contextFor(allow('*', { context }))).toEqual(context)
})

test('AWS-OUT-51 options raise the limits of a result', async () => {
  const large = allow('*', { context: { a: 'x'.repeat(100_000) } })
  expect(await outcomeFor(large)).toBe(REJECTED)
  expect(await outcomeFor(large, { limits: { contextBytes: 1_048_576 } })).toBe(ALLOWED)
  const statement = { Effect: 'Allow', Action: '*', Resource: '*' }
  const many = { principalId: 'u', policyDocument: { Statement: Array.from({ length: 1000 }, () => statement) } }
  expect(await outcomeFor(many)).toBe(REJECTED)
  expect(await outcomeFor(many, { limits: { policyBytes: 1_048_576, policyStatements: 1000 } })).toBe(ALLOWED)
})
