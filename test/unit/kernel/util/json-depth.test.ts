/** Authorizer output as data: how deep it may be, and which objects are plain (SEC-34, SEC-39). */
import { runInNewContext } from 'node:vm'
import { JsonProblem, toJson } from '@custom-authorizer/core/contract'
import { expect, test } from 'vitest'
import { AuthorizedContext } from '../../../../packages/core/src/kernel/contract/context.ts'

const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown =>
  levels === 0 ? 1 : wrap(nested(levels - 1, wrap))

test.each<[string, (inner: unknown) => unknown]>([
  ['arrays', (inner) => [inner]],
  ['objects', (a) => ({ a })],
  ['arrays after other elements', (inner) => ['x', inner]],
])('SEC-39 %s are nested 32 levels deep at most', (_, wrap) => {
  expect(toJson(nested(32, wrap), 'answer')).toEqual(nested(32, wrap))
  expect(toJson(nested(33, wrap), 'answer')).toEqual(new JsonProblem('answer is nested more than 32 levels deep'))
})

test('SEC-34 plain objects of another realm are plain, their classes are not', () => {
  expect(toJson(runInNewContext('({ a: { b: [1] } })'), 'answer')).toEqual({ a: { b: [1] } })
  expect(toJson(runInNewContext('new Map()'), 'answer')).toEqual(new JsonProblem('answer is not a plain object'))
})

test('SEC-38 the result behind a context is known to us alone', () => {
  const result = { principalId: 'alice', context: {} }
  const context = new AuthorizedContext(result, 0, { requestContext: () => ({}) })
  expect(AuthorizedContext.resultOf(context)).toBe(result)
  expect(
    AuthorizedContext.resultOf({ principalId: 'alice', context: {}, requestContext: { authorizer: {} } }),
  ).toBeUndefined()
})

test('SEC-39 an answer has at most 10,000 values, itself among them', () => {
  expect(
    toJson(
      Array.from({ length: 9999 }, () => 0),
      'answer',
    ),
  ).toHaveLength(9999)
  expect(
    toJson(
      Array.from({ length: 10_000 }, () => 0),
      'answer',
    ),
  ).toEqual(new JsonProblem('answer has more than 10000 values'))
})
