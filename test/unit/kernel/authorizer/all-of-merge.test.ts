/** `allOf`: contexts and principals of members become one, or contradict each other. */
import { allOf, allow, createAuthorizer, type Outcome } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { FAILED, member, told } from '../../../support/members.ts'
import { allowed, denied } from '../../../support/outcome.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { withToken } from '../../../support/with-token.ts'

type Said = { readonly principalId?: string; readonly context?: Readonly<Record<string, unknown>> }
const saying = (said: Said) => member(() => allow(said))
const together = async (...said: readonly Said[]): Promise<Outcome<unknown>> =>
  allOf(...said.map((each) => saying(each))).evaluate(withToken('x'))

const MERGED: readonly [title: string, said: readonly Said[], principalId: string, context: object][] = [
  ['different keys', [{ context: { a: 1 } }, { context: { b: '2' } }], '', { a: 1, b: '2' }],
  ['the same thing twice', [{ context: { a: 1 } }, { context: { a: 1, b: 2 } }], '', { a: 1, b: 2 }],
  ['the same list', [{ context: { a: [1, { b: 2 }] } }, { context: { a: [1, { b: 2 }] } }], '', { a: [1, { b: 2 }] }],
  [
    'the same members in another order',
    [{ context: { o: { x: 1, y: 2 } } }, { context: { o: { y: 2, x: 1 } } }],
    '',
    { o: { x: 1, y: 2 } },
  ],
  ['null twice', [{ context: { a: null } }, { context: { a: null } }], '', { a: null }],
  ['no context', [{}, {}], '', {}],
  ['three', [{ context: { a: 1 } }, { context: { b: 2 } }, { context: { c: 3 } }], '', { a: 1, b: 2, c: 3 }],
  [
    'names of object members',
    [{ context: { valueOf: 'x' } }, { context: { toString: 'y' } }],
    '',
    { valueOf: 'x', toString: 'y' },
  ],
  ['the same principal', [{ principalId: 'u' }, { principalId: 'u' }], 'u', {}],
  ['a principal and none', [{ principalId: 'u' }, {}], 'u', {}],
  ['none and a principal', [{}, { principalId: 'u' }], 'u', {}],
]

test.each(MERGED)('allOf merges %s', async (_, said, principalId, context) => {
  const authorizer = allowed(await together(...said))
  expect(authorizer.principalId).toBe(principalId)
  expect(authorizer.context).toStrictEqual(context)
})

const CONTRADICTIONS: readonly [title: string, said: readonly Said[]][] = [
  ['two values', [{ context: { role: 'admin' } }, { context: { role: 'reader' } }]],
  ['a number and its text', [{ context: { a: 1 } }, { context: { a: '1' } }]],
  ['null and false', [{ context: { a: null } }, { context: { a: false } }]],
  ['lists in another order', [{ context: { a: [1, 2] } }, { context: { a: [2, 1] } }]],
  ['something deep', [{ context: { o: { x: { y: 1 } } } }, { context: { o: { x: { y: 2 } } } }]],
  ['one member more', [{ context: { o: { x: 1 } } }, { context: { o: { x: 1, y: 2 } } }]],
  ['two principals', [{ principalId: 'u' }, { principalId: 'v' }]],
  ['the first and the third', [{ context: { a: 1 } }, {}, { context: { a: 2 } }]],
  ['principals around none', [{ principalId: 'u' }, {}, { principalId: 'v' }]],
]

test.each(CONTRADICTIONS)('allOf of members that contradict each other is a fault: %s', async (_, said) => {
  const outcome = await together(...said)
  expect(told(outcome)).toBe(FAILED)
  expect(denied(outcome).reason).toBe('BAD_RESULT')
})

test('allOf asks nobody after a contradiction', async () => {
  let asked = false
  const third = member(() => (asked = true))
  const outcome = await allOf(saying({ principalId: 'u' }), saying({ principalId: 'v' }), third).evaluate(
    withToken('x'),
  )
  expect(told(outcome)).toBe(FAILED)
  expect(asked).toBe(false)
})

test('a contradiction is in the log, without the values', async () => {
  const logger = new RecordingLogger()
  const reader = member(() => allow({ context: { role: 'hush-1' } }), {}, { logger })
  const admin = member(() => allow({ context: { role: 'hush-2' } }), {}, { logger })
  await allOf(reader, admin).evaluate(withToken('x'))
  expect(logger.lines).toHaveLength(1)
  expect(logger.lines[0]).toMatch(/allOf/)
  expect(logger.lines[0]).not.toMatch(/hush/)
})

test('a contradiction can be explained', async () => {
  const problems: unknown[] = []
  const second = member(
    () => allow({ principalId: 'v' }),
    {},
    { onDecision: (each) => problems.push(each.explain().problem) },
  )
  await allOf(saying({ principalId: 'u' }), second).evaluate(withToken('x'))
  expect(problems).toEqual([undefined, expect.stringMatching(/allOf contradict each other/)])
})

const policy = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }
const gateway = (principalId: string, context: Record<string, string | number>) =>
  createAuthorizer({
    name: 'token',
    logger: null,
    contract: aws.token({ authorizerResultTtlInSeconds: 0 }),
    authorize: async () => ({ principalId, policyDocument: policy, context }),
  })

test('requestContext.authorizer has the members of all side by side', async () => {
  const outcome = await allOf(gateway('u', { n: 1 }), saying({ context: { role: 'admin' } })).evaluate(withToken('x'))
  expect(allowed(outcome).requestContext.authorizer).toMatchObject({ n: '1', role: 'admin' })
})

test.each<[string, Said]>([
  ['a member that names nobody', {}],
  ['a member that names the same', { principalId: 'u' }],
])('requestContext.authorizer names the caller, beside %s', async (_, other) => {
  for (const members of [
    [gateway('u', {}), saying(other)],
    [saying(other), gateway('u', {})],
  ]) {
    const { principalId, requestContext } = allowed(await allOf(...members).evaluate(withToken('x')))
    expect([principalId, requestContext.authorizer['principalId']]).toEqual(['u', 'u'])
  }
})

test('each request has a copy of its own', async () => {
  const cached = member(async () => allow({ context: { list: ['x'] } }), {
    identitySources: ['$request.header.Authorization'],
    resultTtlSeconds: 60,
  })
  const composed = allOf(cached, saying({ context: { other: 1 } }))
  for (let count = 0; count < 2; count++) {
    const { context } = allowed(await composed.evaluate(withToken('x'))) as { context: { list?: string[] } }
    expect(context.list).toEqual(['x'])
    context.list?.push('changed')
  }
})

test('SEC-29 a context cannot reach the prototype of the merged one', async () => {
  const context = JSON.parse('{"__proto__":{"role":"admin"}}') as Record<string, unknown>
  expect(told(await together({ context: { a: 1 } }, { context }))).toBe(FAILED)
})
