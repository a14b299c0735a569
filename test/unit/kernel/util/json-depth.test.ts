/** `toJson`: the limits of authorizer results, and which objects are plain (SEC-34, SEC-39). */
import { runInNewContext } from 'node:vm'
import { JsonProblem, toJson } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'

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

test('SEC-34 null is copied as null', () => {
  expect(toJson(null, 'result')).toBeNull()
})

const copyOf = (value: unknown): object => toJson(value, 'context') as object

describe('copies that are copied again', () => {
  const wrapped = (levels: number, inner: unknown): unknown =>
    levels === 0 ? inner : { a: wrapped(levels - 1, inner) }
  const TOO_DEEP = new JsonProblem('result is nested more than 32 levels deep')

  test.each<[string, unknown]>([
    ['whose last member is its deepest', { a: 1, b: nested(9, (a) => ({ a })) }],
    ['whose first member is its deepest', { a: nested(9, (a) => ({ a })), b: 1 }],
  ])('SEC-39 the levels of a copy %s count where it is part of another value', (_, value) => {
    const copy = copyOf(value)
    expect(toJson(wrapped(22, copy), 'result')).toEqual(wrapped(22, value))
    expect(toJson(wrapped(23, copy), 'result')).toEqual(TOO_DEEP)
  })

  test('SEC-39 the levels of a copy that contains another copy are those of both', () => {
    const outer = copyOf({ inner: copyOf(nested(9, (a) => ({ a }))), b: 1 })
    expect(toJson(wrapped(22, outer), 'result')).not.toBeInstanceOf(JsonProblem)
    expect(toJson(wrapped(23, outer), 'result')).toEqual(TOO_DEEP)
  })

  test('SEC-39 the values of copies count together', () => {
    const copy = copyOf({ list: Array.from({ length: 3997 }, () => 0) })
    expect(toJson([copy, copy], 'result')).toEqual([copy, copy])
    expect(toJson([copy, copy, copy], 'result')).toEqual(new JsonProblem('result has more than 10000 values'))
    const pair = copyOf({ a: copy, b: copy })
    expect(toJson([pair, copy], 'result')).toEqual(new JsonProblem('result has more than 10000 values'))
  })

  test.each<[string, object]>([
    ['object', copyOf({})],
    ['list', copyOf([])],
  ])('SEC-39 a copied %s counts as one value each time it is part of another value', (_, copy) => {
    const list = (length: number): unknown => Array.from({ length }, () => copy)
    expect(toJson(list(9999), 'result')).toHaveLength(9999)
    expect(toJson(list(10_000), 'result')).toEqual(new JsonProblem('result has more than 10000 values'))
  })

  test('SEC-34 a copied list is not copied again', () => {
    const list = copyOf(['a', { b: 'c' }])
    expect((toJson({ list }, 'result') as { list: unknown }).list).toBe(list)
  })
})
