/** `VerdictMemo`: which verdicts are remembered, for which requests, and for how long (INV-5). */
import type { GatewayRequest } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import type { CompiledPolicy } from '../../../../packages/core/src/aws/policy/compiled-policy.ts'
import { hashOf, NO_TEXT } from '../../../../packages/core/src/aws/verdicts/path-hash.ts'
import { isMemorable, VerdictMemo } from '../../../../packages/core/src/aws/verdicts/verdict-memo.ts'
import { EXACT, gatewayRequest, LOOSE, type RequestParts } from '../../../support/request.ts'

const policy = (id: number, isUnconditional = true): CompiledPolicy => ({ id, isUnconditional }) as CompiledPolicy
const POLICY = policy(1)
const GET = gatewayRequest('GET /')

/** Remembers a verdict for each path: the path itself. */
const remember = (memo: VerdictMemo<string>, ...paths: readonly string[]): void => {
  for (const path of paths) memo.set(POLICY, path, hash(path), GET, path)
}

/** Five paths, whose hashes are the same here. */
const alike = ['/a', '/b', '/c', '/d', '/e']
const hash = (path: string): number => (alike.includes(path) ? 7 : hashOf(path, 0, path.length, NO_TEXT))

const verdictOf = (memo: VerdictMemo<string>, by: CompiledPolicy, path: string, request: GatewayRequest) =>
  memo.get(by, path, path.length, hash(path), request)
const foundIn = (memo: VerdictMemo<string>): readonly string[] =>
  alike.filter((path) => verdictOf(memo, POLICY, path, GET) === path)

test('a decision recurs from the second time on, with the same policy, hash of the path and method', () => {
  const memo = new VerdictMemo<string>()
  expect(memo.recurs(POLICY, 6, GET)).toBe(false)
  expect(memo.recurs(POLICY, 6, GET)).toBe(true)
  expect(memo.recurs(POLICY, 7, GET)).toBe(false)
  expect(memo.recurs(policy(2), 6, GET)).toBe(false)
  expect(memo.recurs(POLICY, 6, gatewayRequest('DELETE /'))).toBe(false)
  expect(memo.recurs(POLICY, 6, GET)).toBe(true)
})

test('a verdict that is remembered again replaces the earlier one', () => {
  const memo = new VerdictMemo<string>()
  for (const verdict of ['first', 'second']) {
    memo.set(POLICY, '/pets', hash('/pets'), GET, verdict)
    expect(verdictOf(memo, POLICY, '/pets', GET)).toBe(verdict)
  }
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

/** The part of an entry's hash that is not the path. */
const partOf = (id: number, { method }: GatewayRequest): number =>
  Math.imul(id, 0x9e37_79b1) ^ (method.length << 8) ^ (method.charCodeAt(0) << 16)

test.each<[string, number, string]>([
  ['policy', 2, 'GET /pets'],
  ['method', 1, 'DELETE /pets'],
])('INV-5 a verdict is not used for another %s, even if its entry has the same hash', (_, id, line) => {
  const memo = new VerdictMemo<string>()
  memo.set(POLICY, '/pets', 7, GET, 'verdict')
  const request = gatewayRequest(line)
  const sameEntry = 7 ^ partOf(1, GET) ^ partOf(id, request)
  expect(memo.recurs(POLICY, 7, GET)).toBe(false)
  expect(memo.recurs(policy(id), sameEntry, request)).toBe(true)
  expect(memo.get(policy(id), '/pets', 5, sameEntry, request)).toBeUndefined()
})

test('INV-5 a decision whose hash is 0, as that of no entry, has no verdict', () => {
  const memo = new VerdictMemo<string>()
  remember(memo, '/toys')
  const withoutHash = (Math.imul(1, 0x9e37_79b1) ^ (3 << 8) ^ (71 << 16)) | 0
  expect(memo.get(POLICY, '/pets', 5, withoutHash, GET)).toBeUndefined()
  memo.set(POLICY, '/pets', withoutHash, GET, 'pets')
  expect(memo.get(POLICY, '/pets', 5, withoutHash, GET)).toBe('pets')
})

test('INV-5 the verdict of a directory is found by the beginning of a path alone', () => {
  const memo = new VerdictMemo<string>()
  memo.set(POLICY, '/pets/', 7, GET, 'directory')
  memo.set(POLICY, '/pets/1', 7, GET, 'path')
  expect(memo.get(POLICY, '/pets/2', 6, 7, GET)).toBe('directory')
  expect(memo.get(POLICY, '/pets/', 6, 7, GET)).toBe('directory')
  expect(memo.get(POLICY, '/pets/1', 7, 7, GET)).toBe('path')
  expect(memo.get(POLICY, '/pets/12', 7, 7, GET)).toBe('path')
  expect(memo.get(POLICY, '/pets/2', 5, 7, GET)).toBeUndefined()
  expect(memo.get(POLICY, '/pets/2', 7, 7, GET)).toBeUndefined()
  expect(memo.get(POLICY, '/toys/2', 6, 7, GET)).toBeUndefined()
})

test('four verdicts with the same hash are remembered, and the oldest is replaced by the next', () => {
  const memo = new VerdictMemo<string>()
  remember(memo, ...alike.slice(0, 4))
  expect(foundIn(memo)).toEqual(alike.slice(0, 4))
  remember(memo, alike[4] as string)
  expect(foundIn(memo)).toEqual(alike.slice(1))
})

test.each([
  ['at the end', (letter: string) => `/the-same-start/${letter}`],
  ['in the middle', (letter: string) => `/users/${letter}/the-same-end/of-all-paths`],
  ['at the start', (letter: string) => `/${letter}/the-same-end/of-all-paths`],
])('paths that differ %s are remembered side by side', (_, pathWith) => {
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
