/** `allOf` merges the contexts and principal IDs of its members; conflicting values get 500. */
import { allOf, allow, createAuthorizer, type Outcome } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { FAILED, member, describeOutcome } from '../../../support/members.ts'
import { allowed, denied } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { withToken } from '../../../support/with-token.ts'

type Result = { readonly principalId?: string; readonly context?: Readonly<Record<string, unknown>> }
const memberWith = (result: Result) => member(() => allow(result))
const evaluateAllOf = async (...results: readonly Result[]): Promise<Outcome<unknown>> =>
  allOf(...results.map((each) => memberWith(each))).evaluate(withToken('x'))

const MERGED: readonly [title: string, results: readonly Result[], principalId: string, context: object][] = [
  ['different keys', [{ context: { a: 1 } }, { context: { b: '2' } }], '', { a: 1, b: '2' }],
  ['equal values', [{ context: { a: 1 } }, { context: { a: 1, b: 2 } }], '', { a: 1, b: 2 }],
  ['equal arrays', [{ context: { a: [1, { b: 2 }] } }, { context: { a: [1, { b: 2 }] } }], '', { a: [1, { b: 2 }] }],
  [
    'objects with members in another order',
    [{ context: { o: { x: 1, y: 2 } } }, { context: { o: { y: 2, x: 1 } } }],
    '',
    { o: { x: 1, y: 2 } },
  ],
  ['null and null', [{ context: { a: null } }, { context: { a: null } }], '', { a: null }],
  ['no context', [{}, {}], '', {}],
  ['three contexts', [{ context: { a: 1 } }, { context: { b: 2 } }, { context: { c: 3 } }], '', { a: 1, b: 2, c: 3 }],
  [
    'keys named like members of Object.prototype',
    [{ context: { valueOf: 'x' } }, { context: { toString: 'y' } }],
    '',
    { valueOf: 'x', toString: 'y' },
  ],
  ['equal principal IDs', [{ principalId: 'u' }, { principalId: 'u' }], 'u', {}],
  ['a principal ID and none', [{ principalId: 'u' }, {}], 'u', {}],
  ['no principal ID and one', [{}, { principalId: 'u' }], 'u', {}],
]

test.each(MERGED)('allOf merges %s', async (_, results, principalId, context) => {
  const authorizer = allowed(await evaluateAllOf(...results))
  expect(authorizer.principalId).toBe(principalId)
  expect(authorizer.context).toStrictEqual(context)
})

const CONFLICTS: readonly [title: string, results: readonly Result[]][] = [
  ['different strings', [{ context: { role: 'admin' } }, { context: { role: 'reader' } }]],
  ['a number and the same digits as a string', [{ context: { a: 1 } }, { context: { a: '1' } }]],
  ['null and false', [{ context: { a: null } }, { context: { a: false } }]],
  ['arrays in another order', [{ context: { a: [1, 2] } }, { context: { a: [2, 1] } }]],
  ['different nested values', [{ context: { o: { x: { y: 1 } } } }, { context: { o: { x: { y: 2 } } } }]],
  ['objects with different members', [{ context: { o: { x: 1 } } }, { context: { o: { x: 1, y: 2 } } }]],
  ['different principal IDs', [{ principalId: 'u' }, { principalId: 'v' }]],
  ['conflicting first and third members', [{ context: { a: 1 } }, {}, { context: { a: 2 } }]],
  ['different principal IDs around a member without one', [{ principalId: 'u' }, {}, { principalId: 'v' }]],
]

test.each(CONFLICTS)('allOf with conflicting values gets 500: %s', async (_, results) => {
  const outcome = await evaluateAllOf(...results)
  expect(describeOutcome(outcome)).toBe(FAILED)
  expect(denied(outcome).reason).toBe('BAD_RESULT')
})

test('allOf does not call further members after a conflict', async () => {
  let called = false
  const third = member(() => (called = true))
  const outcome = await allOf(memberWith({ principalId: 'u' }), memberWith({ principalId: 'v' }), third).evaluate(
    withToken('x'),
  )
  expect(describeOutcome(outcome)).toBe(FAILED)
  expect(called).toBe(false)
})

test('SEC-101 a conflict is logged without the values', async () => {
  const logger = new RecordingLogger()
  const reader = member(() => allow({ context: { role: 'hush-1' } }), {}, { logger })
  const admin = member(() => allow({ context: { role: 'hush-2' } }), {}, { logger })
  await allOf(reader, admin).evaluate(withToken('x'))
  expect(logger.lines).toHaveLength(1)
  expect(logger.lines[0]).toMatch(/allOf/)
  expect(logger.lines[0]).not.toMatch(/hush/)
})

test('the explanation of a conflict names the problem', async () => {
  const problems: unknown[] = []
  const second = member(
    () => allow({ principalId: 'v' }),
    {},
    { onDecision: (each) => problems.push(each.explain().problem) },
  )
  await allOf(memberWith({ principalId: 'u' }), second).evaluate(withToken('x'))
  expect(problems).toEqual([undefined, expect.stringMatching(/members of allOf returned different principals/)])
})

const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
const gateway = (principalId: string, context: Record<string, string | number>) =>
  createAuthorizer({
    name: 'token',
    logger: null,
    contract: aws.token({ authorizerResultTtlInSeconds: 0 }),
    authorize: async () => ({ principalId, policyDocument: policy, context }),
  })

test('requestContext.authorizer contains the members of every context', async () => {
  const outcome = await allOf(gateway('u', { n: 1 }), memberWith({ context: { role: 'admin' } })).evaluate(
    withToken('x'),
  )
  expect(allowed(outcome).requestContext.authorizer).toMatchObject({ n: '1', role: 'admin' })
})

test.each<[string, Result]>([
  ['no principal ID', {}],
  ['the same principal ID', { principalId: 'u' }],
])('requestContext.authorizer has the principal ID if another member has %s', async (_, other) => {
  for (const members of [
    [gateway('u', {}), memberWith(other)],
    [memberWith(other), gateway('u', {})],
  ]) {
    const { principalId, requestContext } = allowed(await allOf(...members).evaluate(withToken('x')))
    expect([principalId, requestContext.authorizer['principalId']]).toEqual(['u', 'u'])
  }
})

test('SEC-38 each request receives its own copy of the merged context', async () => {
  const cached = member(async () => allow({ context: { list: ['x'] } }), {
    identitySources: ['$request.header.Authorization'],
    resultTtlSeconds: 60,
  })
  const composed = allOf(cached, memberWith({ context: { other: 1 } }))
  for (let count = 0; count < 2; count++) {
    const { context } = allowed(await composed.evaluate(withToken('x'))) as { context: { list?: string[] } }
    expect(context.list).toEqual(['x'])
    context.list?.push('changed')
  }
})

test('SEC-29 a context cannot change the prototype of the merged context', async () => {
  const context = JSON.parse('{"__proto__":{"role":"admin"}}') as Record<string, unknown>
  expect(describeOutcome(await evaluateAllOf({ context: { a: 1 } }, { context }))).toBe(FAILED)
})
