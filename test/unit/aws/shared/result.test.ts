/** What a REST authorizer function may answer: everything but the policy document (AWS-OUT-01 to 19). */
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import {
  allow,
  ALLOWED,
  bearer,
  MISCONFIGURED,
  reasonOf,
  requestBench,
  said,
  tokenBench,
  UNAUTHORIZED,
} from '../harness.ts'

const policyDocument = (allow() as { policyDocument: object }).policyDocument

/** What the gateway makes of an answer, from both kinds of authorizer. */
const judge = async (answer: unknown, options: aws.TokenOptions & aws.RequestOptions = {}): Promise<string> => {
  const outcomes = [
    await tokenBench(async () => answer, options).evaluate('GET /pets/7', bearer()),
    await requestBench(async () => answer, options).evaluate('GET /pets/7'),
  ]
  const [first, second] = outcomes.map((outcome) =>
    said(outcome) === MISCONFIGURED ? `${reasonOf(outcome)} ${MISCONFIGURED}` : said(outcome),
  )
  expect(second).toBe(first)
  return first as string
}
const REJECTED = `BAD_RESULT ${MISCONFIGURED}`

/** What the handler behind receives. */
const contextFor = async (answer: object, options: aws.TokenOptions = {}): Promise<unknown> => {
  const outcome = await tokenBench(async () => answer, options).evaluate('GET /pets/7', bearer())
  return outcome.allowed ? outcome.authorizer.context : said(outcome)
}

test.each<[rule: string, title: string, handler: () => unknown, expected: string]>([
  ['AWS-OUT-01', 'an error Unauthorized', () => Promise.reject(new Error('Unauthorized')), UNAUTHORIZED],
  ['AWS-OUT-01', 'another error', () => Promise.reject(new Error('Forbidden')), MISCONFIGURED],
  ['AWS-OUT-01', 'an error with a policy', () => Promise.reject(Object.assign(new Error('x'), allow())), MISCONFIGURED],
])('%s %s is no result', async (_rule, _title, handler, expected) => {
  expect(await tokenBench(handler).ask('GET /', bearer())).toBe(expected)
  expect(await requestBench(handler).ask('GET /')).toBe(expected)
})

test('AWS-OUT-01 a policy inside the error does not count', async () => {
  expect(await judge({ errorMessage: 'Unauthorized', errorType: 'Error', ...allow() })).toBe(REJECTED)
})

test.each<[rule: string, answer: unknown]>([
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
])('%s the answer %j gives 500', async (_, answer) => {
  expect(await judge(answer)).toBe(REJECTED)
})

test.each<[rule: string, answer: object, principalId: string]>([
  ['AWS-OUT-05', allow('*', { principalId: '' }), ''],
  ['AWS-OUT-06', allow('*', { principalId: 7 }), '7'],
  ['AWS-OUT-06', allow('*', { principalId: 1.5 }), '1.5'],
  ['AWS-OUT-06', allow('*', { principalId: 0 }), '0'],
  ['AWS-OUT-06', allow('*', { principalId: true }), 'true'],
  ['AWS-OUT-06', allow('*', { principalId: false }), 'false'],
  ['AWS-OUT-04', allow('*', { principalId: 'user|123' }), 'user|123'],
])('%s the answer %j names %j', async (_, answer, principalId) => {
  const outcome = await tokenBench(async () => answer).evaluate('GET /', bearer())
  expect(outcome).toMatchObject({ allowed: true, authorizer: { principalId } })
})

test.each([{}, { principalId: null }])(
  'AWS-OUT-04 with missingPrincipalId: accept an answer without principalId %j is taken',
  async (members) => {
    const answer = { policyDocument, ...members }
    expect(await judge(answer, { compatibility: { missingPrincipalId: 'accept' } })).toBe(ALLOWED)
    const outcome = await tokenBench(async () => answer, { compatibility: { missingPrincipalId: 'accept' } }).evaluate(
      'GET /',
      bearer(),
    )
    expect(outcome).toMatchObject({ authorizer: { principalId: '' } })
  },
)

test('AWS-OUT-06 missingPrincipalId: accept takes no object as principalId either', async () => {
  expect(await judge({ policyDocument, principalId: {} }, { compatibility: { missingPrincipalId: 'accept' } })).toBe(
    REJECTED,
  )
})

test('AWS-OUT-08 all four members together are taken', async () => {
  expect(await judge(allow('*', { context: { a: 'b' }, usageIdentifierKey: 'k'.repeat(20) }))).toBe(ALLOWED)
})

test.each([undefined, null])('AWS-OUT-14 a context that is %s is none', async (context) => {
  expect(await contextFor(allow('*', { context }))).toEqual({})
})

test('AWS-OUT-12 a deny with a bad context gives 500 too', async () => {
  expect(await judge({ principalId: 'u', policyDocument: { Statement: [] }, context: { a: [] } })).toBe(REJECTED)
})

test('AWS-OUT-13 a null context value is delivered as null, an undefined one is absent', async () => {
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
])('AWS-OUT-15 the context value %j reaches the handler as %j', async (value, text) => {
  expect(await contextFor(allow('*', { context: { value } }))).toEqual({ value: text })
})

test('AWS-OUT-18 a context key principalId does not hide the principal', async () => {
  const answer = allow('*', { context: { principalId: 'admin', integrationLatency: 'x' } })
  const outcome = await tokenBench(async () => answer).evaluate('GET /', bearer())
  expect(outcome).toMatchObject({
    authorizer: {
      principalId: 'u',
      requestContext: { authorizer: { principalId: 'u', integrationLatency: expect.any(Number) as number } },
    },
  })
})

test('AWS-OUT-19 the names of context keys are free', async () => {
  const context = { 'cognito:groups': 'a', 'https://x/y': 'b', 'a b': 'c', '': 'd', '1': 'e', ä: 'f', toString: 'g' }
  expect(await contextFor(allow('*', { context }))).toEqual(context)
})

test('AWS-OUT-51 what bounds an answer can be raised', async () => {
  const large = allow('*', { context: { a: 'x'.repeat(100_000) } })
  expect(await judge(large)).toBe(REJECTED)
  expect(await judge(large, { limits: { contextBytes: 1_048_576 } })).toBe(ALLOWED)
  const statement = { Effect: 'Allow', Action: '*', Resource: '*' }
  const many = { principalId: 'u', policyDocument: { Statement: Array.from({ length: 1000 }, () => statement) } }
  expect(await judge(many)).toBe(REJECTED)
  expect(await judge(many, { limits: { policyBytes: 1_048_576, policyStatements: 1000 } })).toBe(ALLOWED)
})
