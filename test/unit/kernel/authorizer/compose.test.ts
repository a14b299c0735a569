/** `anyOf`, `firstOf` and `allOf`: which members are called, and whose result counts. */
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
import { FAILED, member, describeOutcome, UNAUTHORIZED, UNAVAILABLE } from '../../../support/members.ts'
import { withToken } from '../../../support/with-token.ts'

/** Results of a member; denials have the member name as their body. */
const RESULTS = {
  allow: (name: string) => allow({ principalId: name }),
  401: (name: string) => unauthorized({ body: name }),
  403: (name: string) => deny({ body: name }),
  404: (name: string) => deny({ body: name, status: 404 }),
  503: () => unavailable(),
  500: () => {
    throw new Error('the user database is down')
  },
}
const TIMINGS = ['sync', 'async', 'mixed'] as const

/** Members named a, b, c with the given results, and the names of the called members in order. */
const membersOf = (results: readonly (keyof typeof RESULTS)[], timing: (typeof TIMINGS)[number]) => {
  const called: string[] = []
  const members = results.map((result, index) => {
    const name = 'abc'[index] ?? ''
    const authorize = () => {
      called.push(name)
      return RESULTS[result](name)
    }
    const asynchronous = timing === 'async' || (timing === 'mixed' && index % 2 === 0)
    return member(asynchronous ? async () => authorize() : authorize, {}, { name })
  })
  return { members, called }
}

type Row = readonly [results: readonly (keyof typeof RESULTS)[], outcome: string, called: string]
const ANY: readonly Row[] = [
  [['allow'], 'allowed a', 'a'],
  [['allow', 'allow'], 'allowed a', 'a'],
  [[401, 'allow'], 'allowed b', 'ab'],
  [[403, 'allow', 403], 'allowed b', 'ab'],
  [[500, 'allow'], 'allowed b', 'ab'],
  [[503, 401, 'allow'], 'allowed c', 'abc'],
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
  [['allow', 'allow'], 'allowed a', 'a'],
  [[401, 'allow'], 'allowed b', 'ab'],
  [[401, 401, 'allow'], 'allowed c', 'abc'],
  [[401, 401], '401 a', 'ab'],
  [[403, 'allow'], '403 a', 'a'],
  [[401, 403, 'allow'], '403 b', 'ab'],
  [[404, 'allow'], '404 a', 'a'],
  [[500, 'allow'], FAILED, 'a'],
  [[503, 'allow'], UNAVAILABLE, 'a'],
  [[401, 500], FAILED, 'ab'],
]
const ALL: readonly Row[] = [
  [['allow'], 'allowed a', 'a'],
  [[401, 'allow'], '401 a', 'a'],
  [['allow', 401, 'allow'], '401 b', 'ab'],
  [['allow', 403], '403 b', 'ab'],
  [[500, 'allow'], FAILED, 'a'],
  [['allow', 503], UNAVAILABLE, 'ab'],
]

const RULES = [
  ['anyOf', anyOf, ANY],
  ['firstOf', firstOf, FIRST],
  ['allOf', allOf, ALL],
] as const

for (const [kind, compose, rows] of RULES) {
  describe.each(TIMINGS)(`${kind}, %s members`, (timing) => {
    test.each(rows)('results %j give %s after calls of %s', async (results, expected, order) => {
      const { members, called } = membersOf(results, timing)
      const outcome = compose(...members).evaluate(withToken('x'))
      expect(outcome instanceof Promise).toBe(timing !== 'sync')
      expect(describeOutcome(await outcome)).toBe(expected)
      expect(called.join('')).toBe(order)
    })
  })
}

test('compositions can be nested', async () => {
  const { members, called } = membersOf([401, 403, 'allow'], 'mixed')
  const [a, b, c] = members as [(typeof members)[0], (typeof members)[0], (typeof members)[0]]
  expect(describeOutcome(await anyOf(firstOf(a, b), allOf(c)).evaluate(withToken('x')))).toBe('allowed c')
  expect(called.join('')).toBe('abc')
  expect(anyOf(firstOf(a, b), allOf(c)).name).toBe('anyOf(firstOf(a,b),allOf(c))')
})

// The type of a denial decides, not its status, which `gatewayResponses` may change.
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
const second = member(() => allow({ principalId: 'second' }))

test('firstOf stops at an explicit Deny even if its status is 401', async () => {
  const hidden = token('Deny', { ACCESS_DENIED: { statusCode: 401 } })
  expect(denied(await firstOf(hidden, second).evaluate(withToken('x'))).reason).toBe('EXPLICIT_DENY')
})

test('firstOf calls the next member after Unauthorized even if its status is 403', async () => {
  const hidden = token('throw', { UNAUTHORIZED: { statusCode: 403 } })
  expect(describeOutcome(await firstOf(hidden, second).evaluate(withToken('x')))).toBe('allowed second')
})

test('anyOf returns an error before a denial even if its status is 404', async () => {
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

test('a denial has the format of the contract of the member that denied', async () => {
  const native = member(() => unauthorized())
  expect(describeOutcome(await anyOf(native, token('Deny')).evaluate(withToken('x')))).toMatch(
    /^403 \{"Message":"User is not/,
  )
  expect(describeOutcome(await firstOf(token('throw'), native).evaluate(withToken('x')))).toBe(UNAUTHORIZED)
})

const INVALID_MEMBERS = [
  ['no members', []],
  ['a function', [() => true]],
  ['options', [{ contract: aws.token() }]],
  ['null', [null]],
  ['undefined after a member', [second, undefined]],
  ['an array', [[second]]],
] as const

test.each(INVALID_MEMBERS)('SEC-105 composing %s is rejected', (_, members) => {
  for (const [kind, compose] of RULES) {
    expect(() => (compose as (...given: readonly unknown[]) => unknown)(...members)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringMatching(`^${kind}: found `) as string }),
    )
  }
})
