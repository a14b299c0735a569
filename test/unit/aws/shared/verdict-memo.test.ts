/** `VerdictMemo`: which verdicts are remembered, for which requests, and for how long (INV-5). */
import type { GatewayRequest } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import type { CompiledPolicy } from '../../../../packages/core/src/aws/policy/compiled-policy.ts'
import { isMemorable, VerdictMemo } from '../../../../packages/core/src/aws/shared/verdict-memo.ts'
import { EXACT, gatewayRequest, LOOSE, type RequestParts } from '../../../support/request.ts'

const policy = (id: number, isUnconditional = true): CompiledPolicy => ({ id, isUnconditional }) as CompiledPolicy
const POLICY = policy(1)
const GET = gatewayRequest('GET /')

/** Remembers a verdict for each path: the path itself. */
const remember = (memo: VerdictMemo<string>, ...paths: readonly string[]): void => {
  for (const path of paths) memo.set(POLICY, path, GET, path)
}

const verdictOf = (memo: VerdictMemo<string>, by: CompiledPolicy, path: string, request: GatewayRequest) =>
  memo.get(by, path, path.length, request)

/** Paths of the same length and the same end have the same hash. */
const alike = Array.from({ length: 5 }, (_, index) => `/${'abcde'[index]}/the-same-end`)
const foundIn = (memo: VerdictMemo<string>): readonly string[] =>
  alike.filter((path) => verdictOf(memo, POLICY, path, GET) === path)

test('a decision recurs from the second time on, with the same policy, path and method', () => {
  const memo = new VerdictMemo<string>()
  expect(memo.recurs(POLICY, '/pets/7', 6, GET)).toBe(false)
  expect(memo.recurs(POLICY, '/pets/8', 6, GET)).toBe(true)
  expect(memo.recurs(POLICY, '/pets/', 6, GET)).toBe(true)
  expect(memo.recurs(POLICY, '/toys/', 6, GET)).toBe(false)
  expect(memo.recurs(POLICY, '/pets/7', 7, GET)).toBe(false)
  expect(memo.recurs(policy(2), '/pets/7', 6, GET)).toBe(false)
  expect(memo.recurs(POLICY, '/pets/7', 6, gatewayRequest('DELETE /'))).toBe(false)
  expect(verdictOf(memo, POLICY, '/pets/', GET)).toBeUndefined()
})

test('a verdict that is remembered again replaces the earlier one', () => {
  const memo = new VerdictMemo<string>()
  memo.set(POLICY, '/pets', GET, 'first')
  expect(verdictOf(memo, POLICY, '/pets', GET)).toBe('first')
  memo.set(POLICY, '/pets', GET, 'second')
  expect(verdictOf(memo, POLICY, '/pets', GET)).toBe('second')
})

test.each<[string, CompiledPolicy, string, GatewayRequest]>([
  ['policy', policy(2), alike[0] as string, GET],
  ['path', POLICY, alike[1] as string, GET],
  ['method', POLICY, alike[0] as string, gatewayRequest('PUT /')],
  ['router', POLICY, alike[0] as string, gatewayRequest('GET /', { routing: LOOSE })],
])('INV-5 a verdict is not used for another %s', (_, other, path, request) => {
  const memo = new VerdictMemo<string>()
  remember(memo, alike[0] as string)
  expect(verdictOf(memo, other, path, request)).toBeUndefined()
  expect(verdictOf(memo, POLICY, alike[0] as string, gatewayRequest('GET /', { routing: { ...EXACT } }))).toBe(alike[0])
})

test('INV-5 a decision whose hash is 0, as that of no entry, has no verdict', () => {
  const memo = new VerdictMemo<string>()
  remember(memo, '/toys')
  const withoutHash = policy(2_822_491_616)
  expect(verdictOf(memo, withoutHash, '/pets', GET)).toBeUndefined()
  memo.set(withoutHash, '/pets', GET, 'pets')
  expect(verdictOf(memo, withoutHash, '/pets', GET)).toBe('pets')
})

test('INV-5 the verdict of a directory is found by the beginning of a path alone', () => {
  const memo = new VerdictMemo<string>()
  remember(memo, '/pets/', '/pets/1')
  expect(memo.get(POLICY, '/pets/2', 6, GET)).toBe('/pets/')
  expect(memo.get(POLICY, '/pets/', 6, GET)).toBe('/pets/')
  expect(memo.get(POLICY, '/pets/1', 7, GET)).toBe('/pets/1')
  expect(memo.get(POLICY, '/pets/12', 7, GET)).toBe('/pets/1')
  expect(memo.get(POLICY, '/pets/2', 5, GET)).toBeUndefined()
  expect(memo.get(POLICY, '/pets/2', 7, GET)).toBeUndefined()
  expect(memo.get(POLICY, '/toys/2', 6, GET)).toBeUndefined()
})

test('four verdicts with the same hash are remembered, and the oldest is replaced by the next', () => {
  const memo = new VerdictMemo<string>()
  remember(memo, alike[0] as string)
  for (const path of alike.slice(1, 4)) memo.set(POLICY, path, GET, path)
  expect(foundIn(memo)).toEqual(alike.slice(0, 4))
  memo.set(POLICY, alike[4] as string, GET, alike[4] as string)
  expect(foundIn(memo)).toEqual(alike.slice(1))
})

test('INV-5 a directory with the same end as another one has no verdict of it', () => {
  const memo = new VerdictMemo<string>()
  remember(memo, '/a/the-same-end/')
  expect(memo.get(POLICY, '/a/the-same-end/1', 16, GET)).toBe('/a/the-same-end/')
  expect(memo.get(POLICY, '/b/the-same-end/1', 16, GET)).toBeUndefined()
})

test.each([
  ['last', (letter: string) => `/the-same-start/${letter}`],
  ['twelfth last', (letter: string) => `/start/${letter}/same-ending`.slice(0, 19)],
])('paths that differ in their %s character are remembered side by side', (_, pathWith) => {
  const memo = new VerdictMemo<string>()
  const paths = Array.from('abcdefghijklmnopqrst', pathWith)
  remember(memo, ...paths)
  expect(paths.filter((path) => verdictOf(memo, POLICY, path, GET) === path)).toEqual(paths)
})

test.each(['caseSensitive', 'strict', 'looseMounts'] as const)(
  'INV-5 a verdict is not used for a router with another value of %s',
  (option) => {
    const memo = new VerdictMemo<string>()
    remember(memo, '/pets')
    const routing = { ...EXACT, [option]: EXACT[option] !== true }
    expect(verdictOf(memo, POLICY, '/pets', gatewayRequest('GET /', { routing }))).toBeUndefined()
  },
)

test.each<[string, string, RequestParts, boolean]>([
  ['a path of 256 characters', `GET /${'a'.repeat(255)}`, {}, true],
  ['a path of 257 characters', `GET /${'a'.repeat(256)}`, {}, false],
  ['a method of 16 characters', `${'A'.repeat(16)} /pets`, {}, true],
  ['a method of 17 characters', `${'A'.repeat(17)} /pets`, {}, false],
  ['a path that is not canonical', 'GET /p%65ts', {}, false],
  ['a target that was rewritten', 'GET /pets', { receivedTarget: '/toys' }, false],
])('INV-5 SEC-61 whether the verdict for %s may be remembered', (_, line, parts, expected) => {
  expect(isMemorable(POLICY, gatewayRequest(line, parts))).toBe(expected)
  expect(isMemorable(policy(1, false), gatewayRequest(line, parts))).toBe(false)
})
