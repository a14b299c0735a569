/** Authorizers made of authorizers: who is asked, and whose answer counts. */
import {
  allOf,
  allow,
  anyOf,
  createAuthorizer,
  deny,
  firstOf,
  unauthorized,
  unavailable,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { denied } from '../../../support/outcome.ts'
import { FAILED, member, told, UNAUTHORIZED, UNAVAILABLE } from '../../../support/members.ts'
import { withToken } from '../../../support/with-token.ts'

/** What a member can come to; refusals say whose they are. */
const ANSWERS = {
  yes: (name: string) => allow({ principalId: name }),
  401: (name: string) => unauthorized({ body: name }),
  403: (name: string) => deny({ body: name }),
  404: (name: string) => deny({ body: name, status: 404 }),
  503: () => unavailable(),
  500: () => {
    throw new Error('the user database is down')
  },
}
const TIMINGS = ['sync', 'async', 'mixed'] as const

/** Members named a, b, c that say these things, and the order in which they were asked. */
const cast = (sayings: readonly (keyof typeof ANSWERS)[], timing: (typeof TIMINGS)[number]) => {
  const asked: string[] = []
  const members = sayings.map((saying, index) => {
    const name = 'abc'[index] ?? ''
    const say = () => {
      asked.push(name)
      return ANSWERS[saying](name)
    }
    const later = timing === 'async' || (timing === 'mixed' && index % 2 === 0)
    return member(later ? async () => say() : say, {}, { name })
  })
  return { members, asked }
}

type Row = readonly [sayings: readonly (keyof typeof ANSWERS)[], told: string, asked: string]
const ANY: readonly Row[] = [
  [['yes'], 'yes a', 'a'],
  [['yes', 'yes'], 'yes a', 'a'],
  [[401, 'yes'], 'yes b', 'ab'],
  [[403, 'yes', 403], 'yes b', 'ab'],
  [[500, 'yes'], 'yes b', 'ab'],
  [[503, 401, 'yes'], 'yes c', 'abc'],
  [[401, 401], '401 a', 'ab'],
  [[403, 403], '403 a', 'ab'],
  [[401, 403], '403 b', 'ab'],
  [[403, 401], '403 a', 'ab'],
  [[404, 403], '404 a', 'ab'],
  [[401, 404, 403], '404 b', 'abc'],
  [[401, 500, 403], FAILED, 'abc'],
  [[403, 503], UNAVAILABLE, 'ab'],
  [[503, 500], UNAVAILABLE, 'ab'],
  [[500, 503], FAILED, 'ab'],
]
const FIRST: readonly Row[] = [
  [['yes', 'yes'], 'yes a', 'a'],
  [[401, 'yes'], 'yes b', 'ab'],
  [[401, 401, 'yes'], 'yes c', 'abc'],
  [[401, 401], '401 a', 'ab'],
  [[403, 'yes'], '403 a', 'a'],
  [[401, 403, 'yes'], '403 b', 'ab'],
  [[404, 'yes'], '404 a', 'a'],
  [[500, 'yes'], FAILED, 'a'],
  [[503, 'yes'], UNAVAILABLE, 'a'],
  [[401, 500], FAILED, 'ab'],
]
const ALL: readonly Row[] = [
  [['yes'], 'yes a', 'a'],
  [[401, 'yes'], '401 a', 'a'],
  [['yes', 401, 'yes'], '401 b', 'ab'],
  [['yes', 403], '403 b', 'ab'],
  [[500, 'yes'], FAILED, 'a'],
  [['yes', 503], UNAVAILABLE, 'ab'],
]

const RULES = [
  ['anyOf', anyOf, ANY],
  ['firstOf', firstOf, FIRST],
  ['allOf', allOf, ALL],
] as const

for (const [kind, compose, rows] of RULES) {
  describe.each(TIMINGS)(`${kind}, %s members`, (timing) => {
    test.each(rows)('%j: %s, asked %s', async (sayings, expected, order) => {
      const { members, asked } = cast(sayings, timing)
      const outcome = compose(...members).evaluate(withToken('x'))
      expect(outcome instanceof Promise).toBe(timing !== 'sync')
      expect(told(await outcome)).toBe(expected)
      expect(asked.join('')).toBe(order)
    })
  })
}

test('compositions compose', async () => {
  const { members, asked } = cast([401, 403, 'yes'], 'mixed')
  const [a, b, c] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0]]
  expect(told(await anyOf(firstOf(a, b), allOf(c)).evaluate(withToken('x')))).toBe('yes c')
  expect(asked.join('')).toBe('abc')
  expect(anyOf(firstOf(a, b), allOf(c)).name).toBe('anyOf(firstOf(a,b),allOf(c))')
})

// What a refusal means is in its type. Its status may be worded otherwise, and must not turn a no into a question.
const token = (effect: string, gatewayResponses: aws.RestOptions['gatewayResponses'] = {}) =>
  createAuthorizer({
    name: 'token',
    logger: null,
    contract: aws.token({ authorizerResultTtlInSeconds: 0, gatewayResponses }),
    authorize: async () => {
      if (effect === 'throw') throw new Error('Unauthorized')
      return {
        principalId: 'u',
        policyDocument: { Version: '2012-10-17', Statement: { Effect: effect, Action: '*', Resource: '*' } },
      }
    },
  })
const yes = member(() => allow({ principalId: 'second' }))

test('firstOf: a Deny that is worded as 401 is final all the same', async () => {
  const hidden = token('Deny', { ACCESS_DENIED: { statusCode: 401 } })
  expect(denied(await firstOf(hidden, yes).evaluate(withToken('x'))).reason).toBe('EXPLICIT_DENY')
})

test('firstOf: a caller that is not known is passed on, whatever status the contract words it with', async () => {
  const hidden = token('throw', { UNAUTHORIZED: { statusCode: 403 } })
  expect(told(await firstOf(hidden, yes).evaluate(withToken('x')))).toBe('yes second')
})

test('anyOf: a fault that is worded as 404 is told before a denial all the same', async () => {
  const broken = token('Perhaps', { AUTHORIZER_CONFIGURATION_ERROR: { statusCode: 404 } })
  expect(
    denied(
      await anyOf(
        member(() => deny()),
        broken,
      ).evaluate(withToken('x')),
    ).reason,
  ).toBe('BAD_RESULT')
})

test('a refusal is in the words of the contract of the member that it comes from', async () => {
  const native = member(() => unauthorized())
  expect(told(await anyOf(native, token('Deny')).evaluate(withToken('x')))).toMatch(/^403 \{"Message":"User is not/)
  expect(told(await firstOf(token('throw'), native).evaluate(withToken('x')))).toBe(UNAUTHORIZED)
})

const NONSENSE = [
  ['nothing', []],
  ['a function', [() => true]],
  ['options', [{ contract: aws.token() }]],
  ['null', [null]],
  ['undefined beside a member', [yes, undefined]],
  ['a list', [[yes]]],
] as const

test.each(NONSENSE)('SEC-105 composing %s is refused', (_, members) => {
  for (const [kind, compose] of RULES) {
    expect(() => (compose as (...given: readonly unknown[]) => unknown)(...members)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(`^${kind}: found `) as string }),
    )
  }
})
