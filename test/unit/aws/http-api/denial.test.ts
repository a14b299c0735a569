/** Denials of HTTP APIs and the messages for developers (AWS-HTTP-01 to 09, 14, 15, AWS-GOT-03, 06, 20). */
import type { GatewayResponse } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { flushMicrotasks } from '../../../support/deferred.ts'
import {
  allow,
  BAD_REQUEST,
  bearer,
  deny,
  FAILED,
  FORBIDDEN,
  httpBench,
  NOT_AUTHORIZED,
  describeOutcome,
  simpleBench,
  raise,
  UNAUTHORIZED,
  AUTHORIZED,
} from './harness.ts'

const V1 = { authorizerPayloadFormatVersion: '1.0' }
const FORMATS = [{}, V1, { enableSimpleResponses: true }]
const TOKEN = { identitySource: '$request.header.Authorization' }

type Case = readonly [
  rule: string,
  title: string,
  line: string,
  handler: () => unknown,
  expected: string,
  reason: string,
]
const CASES: readonly Case[] = [
  [
    'AWS-HTTP-04',
    'an implicit deny',
    'GET /',
    async () => ({ ...allow('arn:aws:execute-api:*:*:*/*/GET/x'), ...NOT_AUTHORIZED }),
    FORBIDDEN,
    'IMPLICIT_DENY',
  ],
  [
    'AWS-HTTP-05',
    'an explicit deny',
    'GET /',
    async () => ({ ...deny(), ...NOT_AUTHORIZED }),
    FORBIDDEN,
    'EXPLICIT_DENY',
  ],
  ['AWS-HTTP-07', 'an error', 'GET /', async () => raise(new Error('x')), FAILED, 'AUTHORIZER_ERROR'],
  ['AWS-HTTP-09', 'an invalid result', 'GET /', async () => null, FAILED, 'BAD_RESULT'],
  ['SEC-06', 'an ambiguous target', 'GET //a', async () => AUTHORIZED, BAD_REQUEST, 'MALFORMED_REQUEST'],
  [
    'AWS-ARN-13',
    'a path that is too long',
    `GET /${'a'.repeat(1600)}`,
    async () => AUTHORIZED,
    '414 {"message":"Request URI too long"}',
    'RESOURCE_TOO_LONG',
  ],
]

/** The response without its request ID, which is always new. */
const plain = ({ status, headers, body }: GatewayResponse) => ({
  status,
  headers: Object.fromEntries(headers.filter(([name]) => name !== 'apigw-requestid')),
  body,
})

test.each(CASES)(
  '%s AWS-HTTP-01 %s gives the documented response',
  async (_, _title, line, handler, expected, reason) => {
    for (const format of FORMATS) {
      const outcome = await httpBench(handler, format).evaluate(line)
      if (outcome.allowed) throw new Error('the request was allowed')
      expect(describeOutcome(outcome)).toBe(expected)
      expect(outcome.reason).toBe(
        'enableSimpleResponses' in format ? reason.replace(/^[EI][MX]PLICIT_DENY$/, 'DENIED') : reason,
      )
      expect(plain(outcome.response).headers).toEqual({
        'content-type': 'application/json',
        'cache-control': 'no-store',
      })
      expect(outcome.response.headers.filter(([name]) => name === 'apigw-requestid')).toHaveLength(1)
    }
  },
)

test('AWS-HTTP-04 AWS-HTTP-05 implicit and explicit denials have the same response', async () => {
  const responses = await Promise.all(
    [async () => deny(), async () => allow('arn:aws:execute-api:*:*:*/*/GET/x')].map(async (handler) => {
      const outcome = await httpBench(handler).evaluate('GET /')
      return outcome.allowed ? undefined : plain(outcome.response)
    }),
  )
  expect(responses[0]).toEqual(responses[1])
})

test('AWS-HTTP-03 a 401 has no WWW-Authenticate header', async () => {
  const outcome = await simpleBench(async () => AUTHORIZED, TOKEN).evaluate('GET /')
  if (outcome.allowed) throw new Error('the request was allowed')
  expect(outcome.response.headers.map(([name]) => name.toLowerCase())).not.toContain('www-authenticate')
})

test('AWS-HTTP-01 each response has a new request ID', async () => {
  const bench = simpleBench(async () => NOT_AUTHORIZED)
  const ids = new Set<string | undefined>()
  for (let count = 0; count < 5; count++) {
    const outcome = await bench.evaluate('GET /')
    if (!outcome.allowed) ids.add(outcome.response.headers.find(([name]) => name === 'apigw-requestid')?.[1])
  }
  expect(ids.size).toBe(5)
})

// Only the exact message counts, for any thrown value (AWS-RUN-13, AWS-RUN-15).
const THROWN: readonly [title: string, value: unknown, exact: boolean][] = [
  ['an Error', new Error('Unauthorized'), true],
  ['another class of error', new TypeError('Unauthorized'), true],
  ['the string', 'Unauthorized', true],
  ['lower case', new Error('unauthorized'), false],
  ['a longer text', new Error('Unauthorized.'), false],
  ['a space', new Error(' Unauthorized'), false],
  ['a leading space', { message: 'Unauthorized' }, false],
  ['undefined', undefined, false],
]

test.each(THROWN)(
  'AWS-GOT-03 AWS-HTTP-06 httpApiThrowUnauthorized: "401" maps exactly a thrown Unauthorized: %s',
  async (_, value, exact) => {
    for (const format of FORMATS) {
      const by = async (options: object) => httpBench(async () => raise(value), { ...format, ...options }).send('GET /')
      expect(await by({})).toBe(FAILED)
      expect(await by({ compatibility: { httpApiThrowUnauthorized: '500' } })).toBe(FAILED)
      expect(await by({ compatibility: { httpApiThrowUnauthorized: '401' } })).toBe(exact ? UNAUTHORIZED : FAILED)
    }
  },
)

test('AWS-HTTP-07 AWS-QUO-01 the timeout is 10 seconds by default and set by timeoutMs', async () => {
  for (const [timeoutMs, kernel] of [
    [10_000, {}],
    [50, { timeoutMs: 50 }],
  ] as const) {
    const { send, clock } = simpleBench(() => new Promise(() => {}), {}, kernel)
    let outcome: string | undefined
    const pending = send('GET /').then((text) => (outcome = text))
    clock.advanceSync(timeoutMs - 1)
    await flushMicrotasks()
    expect(outcome).toBeUndefined()
    clock.advanceSync(1)
    expect(await pending).toBe(FAILED)
  }
})

type Hint = readonly [title: string, options: object, result: unknown, line: RegExp]
const HINTS: readonly Hint[] = [
  ['a simple response instead of a policy', {}, AUTHORIZED, /set enableSimpleResponses: true/],
  [
    'a policy instead of a simple response',
    { enableSimpleResponses: true },
    allow(),
    /set enableSimpleResponses: false/,
  ],
  ['a large policy', { limits: { policyBytes: 100 } }, allow(), /limits\.policyBytes raises the limit/],
  [
    'many statements',
    { limits: { policyStatements: 1 } },
    { policyDocument: { Statement: [1, 2] } },
    /limits\.policyStatements raises the limit/,
  ],
  [
    'a large context',
    { limits: { contextBytes: 1 } },
    allow('*', { context: { secret: 'hush' } }),
    /limits\.contextBytes raises the limit/,
  ],
  ['undefined', { enableSimpleResponses: true }, undefined, /\{ isAuthorized, context \}/],
  [
    'isAuthorized as a string',
    { enableSimpleResponses: true },
    { isAuthorized: 'true' },
    /isAuthorized is not true or false/,
  ],
  ['no policyDocument', {}, { principalId: 'hush' }, /policyDocument is missing/],
]

test.each(HINTS)('AWS-OUT-43 the log explains how to fix the result: %s', async (_, options, result, line) => {
  const { send, logger, decisions } = httpBench(async () => result, options)
  expect(await send('GET /', bearer('hush'))).toBe(FAILED)
  expect(logger.lines).toHaveLength(1)
  expect(logger.lines[0]).toMatch(line)
  expect(logger.lines.join()).not.toMatch(/hush/)
  expect(decisions[0]?.explain().problem).toMatch(line)
})

test('AWS-OUT-43 a simple response in format 1.0 logs that it needs format 2.0', async () => {
  const { send, logger } = httpBench(async () => AUTHORIZED, V1)
  await send('GET /')
  expect(logger.lines[0]).toMatch(/authorizerPayloadFormatVersion/)
})
