/** `toJson`: the limits of authorizer results, and which objects are plain (SEC-34, SEC-39). */
import { runInNewContext } from 'node:vm'
import { JsonProblem, toJson } from '@custom-authorizer/core/contract'
import { expect, test } from 'vitest'

const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown =>
  levels === 0 ? 1 : wrap(nested(levels - 1, wrap))

test.each<[string, (inner: unknown) => unknown]>([
  ['arrays', (inner) => [inner]],
  ['objects', (a) => ({ a })],
  ['arrays after other elements', (inner) => ['x', inner]],
])('SEC-39 %s nested more than 32 levels deep are rejected', (_, wrap) => {
  expect(toJson(nested(32, wrap), 'result')).toEqual(nested(32, wrap))
  expect(toJson(nested(33, wrap), 'result')).toEqual(new JsonProblem('result is nested more than 32 levels deep'))
})

test('SEC-34 plain objects from another realm are accepted, class instances are rejected', () => {
  expect(toJson(runInNewContext('({ a: { b: [1] } })'), 'result')).toEqual({ a: { b: [1] } })
  expect(toJson(runInNewContext('new Map()'), 'result')).toEqual(new JsonProblem('result is not a plain object'))
})

test('SEC-39 a result with more than 10,000 values, including itself, is rejected', () => {
  expect(
    toJson(
      Array.from({ length: 9999 }, () => 0),
      'result',
    ),
  ).toHaveLength(9999)
  expect(
    toJson(
      Array.from({ length: 10_000 }, () => 0),
      'result',
    ),
  ).toEqual(new JsonProblem('result has more than 10000 values'))
})
