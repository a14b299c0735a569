/** Results of an HTTP API authorizer function (AWS-OUT-01 to 03, 07, 08, 10, 16, 27, 29, 40 to 43). */
import { expect, test } from 'vitest'
import {
  allow,
  ALLOWED,
  deny,
  FAILED,
  FORBIDDEN,
  httpBench,
  NOT_AUTHORIZED,
  simpleBench,
  AUTHORIZED,
} from './harness.ts'

const V1 = { authorizerPayloadFormatVersion: '1.0' }
const circular: Record<string, unknown> = {}
circular['self'] = circular

const statement = (members: object): object => ({
  principalId: 'u',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*', ...members }],
  },
})
const large = (count: number): object => {
  const one = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }
  return { policyDocument: { Version: '2012-10-17', Statement: Array.from({ length: count }, () => one) } }
}

type Row = readonly [rule: string, title: string, result: unknown, expected: string]

const SIMPLE: readonly Row[] = [
  ['AWS-OUT-40', 'isAuthorized: true', AUTHORIZED, ALLOWED],
  ['AWS-OUT-42', 'isAuthorized: false', NOT_AUTHORIZED, FORBIDDEN],
  ['AWS-OUT-42', 'isAuthorized: false with a context', { ...NOT_AUTHORIZED, context: { k: 'v' } }, FORBIDDEN],
  ['AWS-OUT-40', 'an empty object', {}, FAILED],
  ['AWS-OUT-40', 'isAuthorized in another case', { isauthorized: true }, FAILED],
  ...(
    [
      ['"true"', 'true'],
      ['"false"', 'false'],
      ['1', 1],
      ['0', 0],
      ['null', null],
      ['an object', {}],
      ['an array', [true]],
      ['undefined', undefined],
    ] as const
  ).map(([title, value]): Row => ['AWS-OUT-41', `${title} as isAuthorized`, { isAuthorized: value }, FAILED]),
  ['AWS-OUT-41', 'true alone', true, FAILED],
  ['AWS-OUT-02', 'null', null, FAILED],
  ['AWS-OUT-02', 'undefined', undefined, FAILED],
  ['AWS-OUT-03', 'a string', 'true', FAILED],
  ['AWS-OUT-03', 'the string Unauthorized', 'Unauthorized', FAILED],
  ['AWS-OUT-03', 'an array', [AUTHORIZED], FAILED],
  ['AWS-OUT-43', 'a policy', allow(), FAILED],
  ['AWS-OUT-43', 'a policy with isAuthorized', { ...deny(), ...AUTHORIZED }, ALLOWED],
  ['AWS-OUT-08', 'additional unknown members', { ...AUTHORIZED, foo: 1, principalId: {}, statusCode: 401 }, ALLOWED],
  ['AWS-OUT-14', 'a null context', { ...AUTHORIZED, context: null }, ALLOWED],
  ['AWS-OUT-14', 'an array as context', { ...AUTHORIZED, context: ['x'] }, FAILED],
  ['AWS-OUT-14', 'a string as context', { ...AUTHORIZED, context: 'x' }, FAILED],
  ['AWS-RUN-11', 'a cyclic context', { ...AUTHORIZED, context: circular }, FAILED],
  ['AWS-RUN-11', 'a BigInt in the context', { ...AUTHORIZED, context: { n: 1n } }, FAILED],
  ['SEC-33', 'a context above the limit', { ...AUTHORIZED, context: { k: 'x'.repeat(8192) } }, FAILED],
  ['SEC-33', 'a context at the limit', { ...AUTHORIZED, context: { k: 'x'.repeat(8191) } }, ALLOWED],
]

test.each(SIMPLE)('%s a simple response is evaluated correctly: %s', async (_, _title, result, expected) => {
  expect(await simpleBench(async () => result).send('GET /')).toBe(expected)
})

const POLICY: readonly Row[] = [
  ['AWS-HTTP-04', 'an Allow', allow(), ALLOWED],
  ['AWS-HTTP-05', 'a Deny', deny(), FORBIDDEN],
  [
    'AWS-HTTP-04',
    'an Allow for another resource',
    allow('arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/GET/x'),
    FORBIDDEN,
  ],
  [
    'AWS-OUT-07',
    'no principalId',
    { policyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } },
    ALLOWED,
  ],
  ['AWS-OUT-07', 'a null principalId', { ...allow(), principalId: null }, ALLOWED],
  [
    'AWS-OUT-08',
    'unknown members',
    { ...allow(), foo: 1, isAuthorized: false, statusCode: 401, errorMessage: 'x' },
    ALLOWED,
  ],
  ['AWS-OUT-08', 'a usageIdentifierKey, which HTTP APIs ignore', { ...allow(), usageIdentifierKey: 7 }, ALLOWED],
  ['AWS-OUT-10', 'no policyDocument', { principalId: 'u' }, FAILED],
  ['AWS-OUT-10', 'a null policyDocument', { principalId: 'u', policyDocument: null }, FAILED],
  ['AWS-OUT-11', 'PolicyDocument in another case', { principalId: 'u', PolicyDocument: {} }, FAILED],
  ['AWS-OUT-02', 'null', null, FAILED],
  ['AWS-OUT-02', 'undefined', undefined, FAILED],
  ['AWS-OUT-03', 'a string', 'Unauthorized', FAILED],
  ['AWS-OUT-03', 'an array', [allow()], FAILED],
  ['AWS-OUT-43', 'isAuthorized: true', AUTHORIZED, FAILED],
  ['AWS-OUT-43', 'isAuthorized: false', NOT_AUTHORIZED, FAILED],
  ['AWS-OUT-27', 'a null Condition', statement({ Condition: null }), ALLOWED],
  ['AWS-OUT-27', 'a null Sid', statement({ Sid: null }), ALLOWED],
  ['AWS-OUT-27', 'a string as Condition', statement({ Condition: 'x' }), FAILED],
  ['AWS-OUT-29', 'a Principal', statement({ Principal: '*' }), ALLOWED],
  [
    'AWS-OUT-29',
    'a Principal that matches no caller',
    statement({ Principal: { AWS: 'arn:aws:iam::1:root' } }),
    ALLOWED,
  ],
  ['AWS-OUT-29', 'a NotPrincipal', statement({ NotPrincipal: '*' }), ALLOWED],
  ['AWS-OUT-29', 'a Deny with a Principal', statement({ Effect: 'Deny', Principal: { AWS: 'x' } }), FORBIDDEN],
  ['AWS-OUT-22', 'an unknown Effect', statement({ Effect: 'Perhaps' }), FAILED],
  ['AWS-OUT-23', 'an element in lower case', statement({ effect: 'Allow' }), FAILED],
  ['AWS-OUT-34', 'the policy as a string', { principalId: 'u', policyDocument: '{}' }, FAILED],
  ['SEC-51', '100 statements', large(100), ALLOWED],
  ['SEC-51', '101 statements', large(101), FAILED],
  ['AWS-OUT-14', 'a null context', allow('*', { context: null }), ALLOWED],
  ['AWS-OUT-14', 'an array as context', allow('*', { context: [] }), FAILED],
]

test.each(POLICY)('%s a policy result is evaluated correctly: %s', async (_, _title, result, expected) => {
  expect(await httpBench(async () => result).send('GET /')).toBe(expected)
  expect(await httpBench(async () => result, V1).send('GET /')).toBe(expected)
})

test('SEC-51 SEC-33 options raise the limits of policy and context', async () => {
  const limits = { policyStatements: 101, policyBytes: 20_000, contextBytes: 20_000 }
  const result = { ...large(101), context: { k: 'x'.repeat(10_000) } }
  expect(await httpBench(async () => result, { limits }).send('GET /')).toBe(ALLOWED)
  expect(await httpBench(async () => result, { limits: { ...limits, policyBytes: 1000 } }).send('GET /')).toBe(FAILED)
  expect(await httpBench(async () => result, { limits: { ...limits, contextBytes: 1000 } }).send('GET /')).toBe(FAILED)
})

const from = (block: string) => statement({ Condition: { IpAddress: { 'aws:SourceIp': block } } })

test('AWS-OUT-27 a Condition is evaluated', async () => {
  expect(await httpBench(async () => from('203.0.113.0/24')).send('GET /')).toBe(ALLOWED)
  expect(await httpBench(async () => from('198.51.100.0/24')).send('GET /')).toBe(FORBIDDEN)
})

test.each([{}, V1, { enableSimpleResponses: true }])(
  'SEC-29 a context with a key __proto__ is rejected with the options %j',
  async (options) => {
    const result = { ...allow(), ...AUTHORIZED, context: JSON.parse('{"__proto__":{"role":"admin"}}') as unknown }
    expect(await httpBench(async () => result, options).send('GET /')).toBe(FAILED)
  },
)
