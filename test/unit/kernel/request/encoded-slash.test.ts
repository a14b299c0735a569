/** `%2F` in a target is data, also checked in its decoded form, or rejected by option (SEC-06, SEC-07). */
import { expect, test } from 'vitest'
import {
  decodeSlashes,
  hasEncodedSlash,
  isDoublyEncoded,
  parseTarget,
} from '../../../../packages/core/src/kernel/request/target.ts'

const problemOf = (target: string, encodedSlash?: 'reject' | 'data', allowAmbiguous = false) =>
  parseTarget('GET', target, { allowAmbiguous, encodedSlash }).problem

test.each<[path: string, slash: boolean, double: boolean]>([
  ['/a', false, false],
  ['/a%2Fb', true, false],
  ['/a%2fb', true, false],
  ['/a%2Eb', false, false],
  ['/a%252Fb', false, true],
  ['/a%252fb', false, true],
  ['/a%2541', false, true],
  ['/a%25', false, false],
  ['/a%25z2', false, false],
  ['/a%252', false, false],
  ['/a%252g', false, false],
])('SEC-06 SEC-07 %s: encoded slash %s, doubly encoded %s', (path, slash, double) => {
  expect([hasEncodedSlash(path), isDoublyEncoded(path)]).toEqual([slash, double])
})

test('SEC-06 decodeSlashes decodes %2F and %2f and nothing else', () => {
  expect(decodeSlashes('/a%2Fb%2fc%252F%2E')).toBe('/a/b/c%252F%2E')
})

test.each<[target: string, problem: string | undefined]>([
  ['/a%2Fb', undefined],
  ['/a%2F', undefined],
  ['/%2F', 'EMPTY_SEGMENT'],
  ['/a%2F%2Fb', 'EMPTY_SEGMENT'],
  ['/a/%2Fb', 'EMPTY_SEGMENT'],
  ['/a%2F/b', 'EMPTY_SEGMENT'],
  ['/a%2F.', 'DOT_SEGMENT'],
  ['/..%2Fa', 'DOT_SEGMENT'],
  ['/a%2F%2E%2E', 'DOT_SEGMENT'],
  ['/a%2F..;b', 'DOT_SEGMENT'],
  ['/a%2F...', undefined],
  ['/a%252F..', undefined],
])('SEC-06 with encoded slashes as data, the problem of %s is %s', (target, problem) => {
  expect([problemOf(target), problemOf(target, 'data')]).toEqual([problem, problem])
  expect(parseTarget('GET', target).ambiguous).toBe(problem !== undefined)
})

test.each<[target: string, problem: string | undefined]>([
  ['/a', undefined],
  ['/a%20b', undefined],
  ['/a%25', undefined],
  ['/a%2Fb', 'ENCODED_SLASH'],
  ['/a%2fb', 'ENCODED_SLASH'],
  ['/a%252Fb', 'DOUBLE_ENCODING'],
  ['/a%2541', 'DOUBLE_ENCODING'],
  ['/a?b=%2F%252F', undefined],
])("SEC-06 SEC-07 with encodedSlash: 'reject', the problem of %s is %s", (target, problem) => {
  expect(problemOf(target, 'reject')).toBe(problem)
  // `encodedSlash: 'reject'` overrides `ambiguousTargets: 'allow'`.
  expect(problemOf(target, 'reject', true)).toBe(problem)
})

test("SEC-06 ambiguousTargets: 'allow' accepts a dot segment after an encoded slash and marks the target as ambiguous", () => {
  const target = parseTarget('GET', '/a%2F..', { allowAmbiguous: true })
  expect([target.problem, target.ambiguous, target.path]).toEqual([undefined, true, '/a%2F..'])
})
