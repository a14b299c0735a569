import { allow, createAuthorizer, type MountOptions } from '@custom-authorizer/core'
import { createMount, type GuardResult } from '@custom-authorizer/core/adapter'
import { describe, expect, test, vi } from 'vitest'
import { syncOutcome } from '../../../support/outcome.ts'
import { EXACT, gatewayRequest, LOOSE, type RequestParts } from '../../../support/request.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'

const authorizer = createAuthorizer({ authorize: () => false })
/** What becomes of a request at a mount behind which everything is refused. */
const enter = (options: MountOptions, line: string, parts: RequestParts = {}): GuardResult<unknown>['kind'] => {
  const mount = createMount(authorizer, options, parts.routing ?? EXACT)
  const { routing, ambiguousTargets } = mount.readOptions
  const entry = mount.handle(gatewayRequest(line, { routing, ambiguousTargets, ...parts }))
  if (entry instanceof Promise) throw new Error('not decided at once')
  return entry.kind
}

const rules: readonly [skip: string | RegExp, covered: readonly string[], not: readonly string[]][] = [
  ['/health', ['/health', '/health?a=1'], ['/%68ealth', '/healthy', '/health/x', '/a/health', '/Health', '/health/']],
  ['/', ['/', '/?a'], ['/x']],
  [
    '/public/*',
    ['/public/hello', '/public/a/b', '/public/a/', '/public/*'],
    ['/public', '/publicity', '/admin/secret?x=/public/hello', '/a/public/hello', '/Public/hello', '/public%2Fhello'],
  ],
  ['/*', ['/a', '/a/b'], ['/']],
  [/\/public\/.*/, ['/public/a', '/public/a/b'], ['/admin?/public/a', '/x/public/a', '/public']],
  [/\/a|\/b/, ['/a', '/b'], ['/ax', '/x/b', '/a/b', '/admin/b']],
  [/^\/a$/, ['/a'], ['/ab']],
  [/\/A/i, ['/a', '/A'], ['/ab']],
  [/\/pets\/\d+/, ['/pets/7'], ['/pets/7/x', '/pets/x', '/pets?/pets/7']],
  [/.*secret/m, ['/secret'], ['/secret/x', '/x?secret']],
]
describe.each(rules)('SEC-13 the skip rule %s', (skip, covered, not) => {
  test('covers what it says', () => {
    expect(covered.filter((target) => enter({ skip: [skip] }, `GET ${target}`) !== 'skipped')).toEqual([])
  })

  test('and nothing else', () => {
    expect(not.filter((target) => enter({ skip: [skip] }, `GET ${target}`) !== 'denied')).toEqual([])
  })
})

test('SEC-13 several rules cover what any of them covers; none cover nothing', () => {
  const skip = ['/a', /\/b/]
  const kinds = ['/a', '/b', '/c'].map((path) => enter({ skip }, `GET ${path}`))
  expect(kinds).toEqual(['skipped', 'skipped', 'denied'])
  expect(enter({ skip: [] }, 'GET /a')).toBe('denied')
  expect(enter({}, 'GET /a')).toBe('denied')
})

test('SEC-11 SEC-13 a router that ignores a trailing slash is skipped with and without it', () => {
  expect(enter({ skip: ['/health'] }, 'GET /health/', { routing: LOOSE })).toBe('skipped')
  expect(enter({ skip: ['/health'] }, 'GET /HEALTH', { routing: LOOSE })).toBe('denied')
})

const ambiguous = [
  '/public/../admin',
  '/public//a',
  '//public/a',
  '/public/a#x',
  '/public/%2e%2e/admin',
  '/public/a%00',
  '/public/a\\b',
]
test.each(ambiguous)('SEC-13 %s can be read in two ways and is on no list, whatever is let through', (target) => {
  const skip = ['/public/*', /.*/]
  expect(enter({ skip }, `GET ${target}`)).toBe('denied')
  expect(enter({ skip, ambiguousTargets: 'allow' }, `GET ${target}`)).toBe('denied')
})

const ORIGIN = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'PUT' }
const preflights: readonly [string, string, Record<string, string>, string][] = [
  ['a preflight', 'OPTIONS /a', ORIGIN, 'skipped'],
  ['OPTIONS without Origin', 'OPTIONS /a', { 'Access-Control-Request-Method': 'PUT' }, 'denied'],
  ['OPTIONS without the method to come', 'OPTIONS /a', { Origin: 'https://app.example.com' }, 'denied'],
  ['OPTIONS alone', 'OPTIONS /a', {}, 'denied'],
  ['another method with the headers of a preflight', 'GET /a', ORIGIN, 'denied'],
  ['a preflight of an ambiguous target', 'OPTIONS //a', ORIGIN, 'denied'],
]
test.each(preflights)("SEC-14 with preflight: 'skip', %s", (_, line, headers, kind) => {
  expect(enter({ preflight: 'skip' }, line, { headers })).toBe(kind)
  expect(enter({ preflight: 'authorize' }, line, { headers })).toBe('denied')
  expect(enter({}, line, { headers })).toBe('denied')
})

test('SEC-17 what is skipped is not asked about', () => {
  const authorize = vi.fn(() => true)
  const mount = createMount(authorize, { skip: ['/health'] }, EXACT)
  expect(mount.handle(gatewayRequest('GET /health'))).toMatchObject({ kind: 'skipped', edits: { headers: [] } })
  expect(authorize).not.toHaveBeenCalled()
})

const answering = (context: Record<string, unknown>, logger: RecordingLogger | null = null): GuardResult<unknown> => {
  const mount = createMount(
    () => allow({ principalId: 'alice', context }),
    { contextHeaders: 'x-authz-', logger },
    EXACT,
  )
  return mount.handle(gatewayRequest('GET /')) as GuardResult<unknown>
}

describe('headers for the code behind', () => {
  test('SEC-20 come with an allowance', () => {
    const lines = [
      ['x-authz-principal-id', 'alice'],
      ['x-authz-ctx-role', 'admin'],
    ]
    expect(answering({ role: 'admin' })).toMatchObject({ kind: 'allowed', edits: { headers: lines } })
  })

  test('SEC-21 SEC-22 or there is no allowance: 500, and one line in the log without the value', () => {
    const logger = new RecordingLogger()
    const entry = answering({ role: 'a\r\nx-admin: 1' }, logger)
    expect(entry).toMatchObject({ kind: 'denied', denied: { reason: 'BAD_MAPPED_VALUE', response: { status: 500 } } })
    expect(logger.lines).toHaveLength(1)
    expect(logger.lines[0]).toMatch(/control characters .* x-authz-ctx-role/)
    expect(logger.lines[0]).not.toContain('x-admin')
  })
})

test('a mount is synchronous whenever its authorizer is', async () => {
  const later = createMount(async () => true, undefined, EXACT)
  const entry = later.handle(gatewayRequest('GET /'))
  expect(entry).toBeInstanceOf(Promise)
  expect(await entry).toMatchObject({ kind: 'allowed' })
  expect(syncOutcome(authorizer.evaluate(gatewayRequest('GET /'))).allowed).toBe(false)
})
