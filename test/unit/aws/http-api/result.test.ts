/** What an HTTP API's function may answer, and what becomes of it (AWS-OUT-01 to 03, 07, 08, 10, 16, 27, 29, 40 to 43). */
import { expect, test } from 'vitest'
import { allow, ALLOWED, deny, FAILED, FORBIDDEN, httpBench, NO, simpleBench, YES } from './harness.ts'

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

type Row = readonly [rule: string, title: string, answer: unknown, said: string]

const SIMPLE: readonly Row[] = [
  ['AWS-OUT-40', 'yes', YES, ALLOWED],
  ['AWS-OUT-42', 'no', NO, FORBIDDEN],
  ['AWS-OUT-42', 'no with context', { ...NO, context: { k: 'v' } }, FORBIDDEN],
  ['AWS-OUT-40', 'nothing in it', {}, FAILED],
  ['AWS-OUT-40', 'another spelling', { isauthorized: true }, FAILED],
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
  ).map(([title, value]): Row => ['AWS-OUT-41', `isAuthorized that is ${title}`, { isAuthorized: value }, FAILED]),
  ['AWS-OUT-41', 'true alone', true, FAILED],
  ['AWS-OUT-02', 'null', null, FAILED],
  ['AWS-OUT-02', 'undefined', undefined, FAILED],
  ['AWS-OUT-03', 'a string', 'true', FAILED],
  ['AWS-OUT-03', 'Unauthorized returned', 'Unauthorized', FAILED],
  ['AWS-OUT-03', 'an array', [YES], FAILED],
  ['AWS-OUT-43', 'a policy', allow(), FAILED],
  ['AWS-OUT-43', 'a policy with isAuthorized', { ...deny(), ...YES }, ALLOWED],
  ['AWS-OUT-08', 'unknown members', { ...YES, foo: 1, principalId: {}, statusCode: 401 }, ALLOWED],
  ['AWS-OUT-14', 'context null', { ...YES, context: null }, ALLOWED],
  ['AWS-OUT-14', 'context an array', { ...YES, context: ['x'] }, FAILED],
  ['AWS-OUT-14', 'context a string', { ...YES, context: 'x' }, FAILED],
  ['AWS-RUN-11', 'a cycle', { ...YES, context: circular }, FAILED],
  ['AWS-RUN-11', 'a bigint', { ...YES, context: { n: 1n } }, FAILED],
  ['SEC-33', 'a context over its bound', { ...YES, context: { k: 'x'.repeat(8192) } }, FAILED],
  ['SEC-33', 'a context at its bound', { ...YES, context: { k: 'x'.repeat(8191) } }, ALLOWED],
]

test.each(SIMPLE)('%s a simple response: %s', async (_, _title, answer, said) => {
  expect(await simpleBench(async () => answer).ask('GET /')).toBe(said)
})

const POLICY: readonly Row[] = [
  ['AWS-HTTP-04', 'an Allow', allow(), ALLOWED],
  ['AWS-HTTP-05', 'a Deny', deny(), FORBIDDEN],
  [
    'AWS-HTTP-04',
    'an Allow elsewhere',
    allow('arn:aws:execute-api:us-east-1:123456789012:abcdef123/prod/GET/x'),
    FORBIDDEN,
  ],
  [
    'AWS-OUT-07',
    'no principal',
    { policyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } },
    ALLOWED,
  ],
  ['AWS-OUT-07', 'principal null', { ...allow(), principalId: null }, ALLOWED],
  [
    'AWS-OUT-08',
    'unknown members',
    { ...allow(), foo: 1, isAuthorized: false, statusCode: 401, errorMessage: 'x' },
    ALLOWED,
  ],
  ['AWS-OUT-08', 'a usageIdentifierKey, which HTTP APIs ignore', { ...allow(), usageIdentifierKey: 7 }, ALLOWED],
  ['AWS-OUT-10', 'no policy', { principalId: 'u' }, FAILED],
  ['AWS-OUT-10', 'policy null', { principalId: 'u', policyDocument: null }, FAILED],
  ['AWS-OUT-11', 'another spelling', { principalId: 'u', PolicyDocument: {} }, FAILED],
  ['AWS-OUT-02', 'null', null, FAILED],
  ['AWS-OUT-02', 'undefined', undefined, FAILED],
  ['AWS-OUT-03', 'a string', 'Unauthorized', FAILED],
  ['AWS-OUT-03', 'an array', [allow()], FAILED],
  ['AWS-OUT-43', 'a yes', YES, FAILED],
  ['AWS-OUT-43', 'a no', NO, FAILED],
  ['AWS-OUT-27', 'Condition null', statement({ Condition: null }), ALLOWED],
  ['AWS-OUT-27', 'Sid null', statement({ Sid: null }), ALLOWED],
  ['AWS-OUT-27', 'Condition a string', statement({ Condition: 'x' }), FAILED],
  ['AWS-OUT-29', 'a Principal', statement({ Principal: '*' }), ALLOWED],
  ['AWS-OUT-29', 'a Principal that names nobody', statement({ Principal: { AWS: 'arn:aws:iam::1:root' } }), ALLOWED],
  ['AWS-OUT-29', 'a NotPrincipal', statement({ NotPrincipal: '*' }), ALLOWED],
  ['AWS-OUT-29', 'a Deny with a Principal', statement({ Effect: 'Deny', Principal: { AWS: 'x' } }), FORBIDDEN],
  ['AWS-OUT-22', 'another Effect', statement({ Effect: 'Perhaps' }), FAILED],
  ['AWS-OUT-23', 'an element in lower case', statement({ effect: 'Allow' }), FAILED],
  ['AWS-OUT-34', 'the policy as text', { principalId: 'u', policyDocument: '{}' }, FAILED],
  ['SEC-51', '100 statements', large(100), ALLOWED],
  ['SEC-51', '101 statements', large(101), FAILED],
  ['AWS-OUT-14', 'context null', allow('*', { context: null }), ALLOWED],
  ['AWS-OUT-14', 'context an array', allow('*', { context: [] }), FAILED],
]

test.each(POLICY)('%s a policy: %s', async (_, _title, answer, said) => {
  expect(await httpBench(async () => answer).ask('GET /')).toBe(said)
  expect(await httpBench(async () => answer, V1).ask('GET /')).toBe(said)
})

test('SEC-51 SEC-33 the bounds are raised by their options', async () => {
  const limits = { policyStatements: 101, policyBytes: 20_000, contextBytes: 20_000 }
  const answer = { ...large(101), context: { k: 'x'.repeat(10_000) } }
  expect(await httpBench(async () => answer, { limits }).ask('GET /')).toBe(ALLOWED)
  expect(await httpBench(async () => answer, { limits: { ...limits, policyBytes: 1000 } }).ask('GET /')).toBe(FAILED)
  expect(await httpBench(async () => answer, { limits: { ...limits, contextBytes: 1000 } }).ask('GET /')).toBe(FAILED)
})

const from = (block: string) => statement({ Condition: { IpAddress: { 'aws:SourceIp': block } } })

test('AWS-OUT-27 a Condition that is there counts', async () => {
  expect(await httpBench(async () => from('203.0.113.0/24')).ask('GET /')).toBe(ALLOWED)
  expect(await httpBench(async () => from('198.51.100.0/24')).ask('GET /')).toBe(FORBIDDEN)
})

test.each([{}, V1, { enableSimpleResponses: true }])(
  'SEC-29 a context with __proto__ is refused, with %j',
  async (options) => {
    const answer = { ...allow(), ...YES, context: JSON.parse('{"__proto__":{"role":"admin"}}') as unknown }
    expect(await httpBench(async () => answer, options).ask('GET /')).toBe(FAILED)
  },
)
