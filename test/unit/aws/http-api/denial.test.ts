/** How an HTTP API says no, and what a developer reads about it (AWS-HTTP-01 to 09, 14, 15, AWS-GOT-03, 06, 20). */
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
  NO,
  said,
  simpleBench,
  thrown,
  UNAUTHORIZED,
  YES,
} from './harness.ts'

const V1 = { authorizerPayloadFormatVersion: '1.0' }
const FORMATS = [{}, V1, { enableSimpleResponses: true }]
const TOKEN = { identitySource: '$request.header.Authorization' }

type Case = readonly [rule: string, title: string, line: string, handler: () => unknown, answer: string, reason: string]
const CASES: readonly Case[] = [
  [
    'AWS-HTTP-04',
    'an implicit deny',
    'GET /',
    async () => ({ ...allow('arn:aws:execute-api:*:*:*/*/GET/x'), ...NO }),
    FORBIDDEN,
    'IMPLICIT_DENY',
  ],
  ['AWS-HTTP-05', 'an explicit deny', 'GET /', async () => ({ ...deny(), ...NO }), FORBIDDEN, 'EXPLICIT_DENY'],
  ['AWS-HTTP-07', 'an error', 'GET /', async () => thrown(new Error('x')), FAILED, 'AUTHORIZER_ERROR'],
  ['AWS-HTTP-09', 'an invalid answer', 'GET /', async () => null, FAILED, 'BAD_RESULT'],
  ['SEC-06', 'an ambiguous target', 'GET //a', async () => YES, BAD_REQUEST, 'MALFORMED_REQUEST'],
  [
    'AWS-ARN-13',
    'a long path',
    `GET /${'a'.repeat(1600)}`,
    async () => YES,
    '414 {"message":"Request URI too long"}',
    'RESOURCE_TOO_LONG',
  ],
]

/** Everything but the id, which is new for every answer. */
const plain = ({ status, headers, body }: GatewayResponse) => ({
  status,
  headers: Object.fromEntries(headers.filter(([name]) => name !== 'apigw-requestid')),
  body,
})

test.each(CASES)('%s AWS-HTTP-01 %s', async (_, _title, line, handler, answer, reason) => {
  for (const format of FORMATS) {
    const outcome = await httpBench(handler, format).evaluate(line)
    if (outcome.allowed) throw new Error('allowed')
    expect(said(outcome)).toBe(answer)
    expect(outcome.reason).toBe(
      'enableSimpleResponses' in format ? reason.replace(/^[EI][MX]PLICIT_DENY$/, 'DENIED') : reason,
    )
    expect(plain(outcome.response).headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' })
    expect(outcome.response.headers.filter(([name]) => name === 'apigw-requestid')).toHaveLength(1)
  }
})

test('AWS-HTTP-04 AWS-HTTP-05 implicit and explicit deny cannot be told apart by the client', async () => {
  const responses = await Promise.all(
    [async () => deny(), async () => allow('arn:aws:execute-api:*:*:*/*/GET/x')].map(async (handler) => {
      const outcome = await httpBench(handler).evaluate('GET /')
      return outcome.allowed ? undefined : plain(outcome.response)
    }),
  )
  expect(responses[0]).toEqual(responses[1])
})

test('AWS-HTTP-03 no challenge comes with a 401', async () => {
  const outcome = await simpleBench(async () => YES, TOKEN).evaluate('GET /')
  if (outcome.allowed) throw new Error('allowed')
  expect(outcome.response.headers.map(([name]) => name.toLowerCase())).not.toContain('www-authenticate')
})

test('AWS-HTTP-01 ids are new for every answer', async () => {
  const bench = simpleBench(async () => NO)
  const ids = new Set<string | undefined>()
  for (let count = 0; count < 5; count++) {
    const outcome = await bench.evaluate('GET /')
    if (!outcome.allowed) ids.add(outcome.response.headers.find(([name]) => name === 'apigw-requestid')?.[1])
  }
  expect(ids.size).toBe(5)
})

// Only the exact text counts, whatever kind of thing is thrown (AWS-RUN-13, AWS-RUN-15).
const THROWN: readonly [title: string, value: unknown, exact: boolean][] = [
  ['an Error', new Error('Unauthorized'), true],
  ['another class of error', new TypeError('Unauthorized'), true],
  ['the text', 'Unauthorized', true],
  ['lower case', new Error('unauthorized'), false],
  ['a longer text', new Error('Unauthorized.'), false],
  ['a space', new Error(' Unauthorized'), false],
  ['an object', { message: 'Unauthorized' }, false],
  ['nothing', undefined, false],
]

test.each(THROWN)('AWS-GOT-03 AWS-HTTP-06 a thrown Unauthorized: %s', async (_, value, exact) => {
  for (const format of FORMATS) {
    const by = async (options: object) => httpBench(async () => thrown(value), { ...format, ...options }).ask('GET /')
    expect(await by({})).toBe(FAILED)
    expect(await by({ compatibility: { httpApiThrowUnauthorized: '500' } })).toBe(FAILED)
    expect(await by({ compatibility: { httpApiThrowUnauthorized: '401' } })).toBe(exact ? UNAUTHORIZED : FAILED)
  }
})

test('AWS-HTTP-07 AWS-QUO-01 a function has ten seconds, unless timeoutMs says otherwise', async () => {
  for (const [timeoutMs, kernel] of [
    [10_000, {}],
    [50, { timeoutMs: 50 }],
  ] as const) {
    const { ask, clock } = simpleBench(() => new Promise(() => {}), {}, kernel)
    let answer: string | undefined
    const asked = ask('GET /').then((text) => (answer = text))
    clock.advance(timeoutMs - 1)
    await flushMicrotasks()
    expect(answer).toBeUndefined()
    clock.advance(1)
    expect(await asked).toBe(FAILED)
  }
})

type Hint = readonly [title: string, options: object, answer: unknown, line: RegExp]
const HINTS: readonly Hint[] = [
  ['a simple response where a policy is expected', {}, YES, /set enableSimpleResponses: true/],
  [
    'a policy where a simple response is expected',
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
  ['nothing', { enableSimpleResponses: true }, undefined, /\{ isAuthorized, context \}/],
  [
    'isAuthorized as text',
    { enableSimpleResponses: true },
    { isAuthorized: 'true' },
    /isAuthorized is not true or false/,
  ],
  ['no policy', {}, { principalId: 'hush' }, /policyDocument is missing/],
]

test.each(HINTS)('AWS-OUT-43 the log says what to do about %s', async (_, options, answer, line) => {
  const { ask, logger, decisions } = httpBench(async () => answer, options)
  expect(await ask('GET /', bearer('hush'))).toBe(FAILED)
  expect(logger.lines).toHaveLength(1)
  expect(logger.lines[0]).toMatch(line)
  expect(logger.lines.join()).not.toMatch(/hush/)
  expect(decisions[0]?.explain().problem).toMatch(line)
})

test('AWS-OUT-43 a function of format 1.0 that answers yes is told that this takes format 2.0', async () => {
  const { ask, logger } = httpBench(async () => YES, V1)
  await ask('GET /')
  expect(logger.lines[0]).toMatch(/authorizerPayloadFormatVersion/)
})
