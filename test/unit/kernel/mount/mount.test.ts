/** `createMount`: skip rules, preflight requests and context headers. */
import { allow, createAuthorizer, type MountOptions } from '@custom-authorizer/core'
import { createMount, type GuardResult } from '@custom-authorizer/core/adapter'
import { describe, expect, test, vi } from 'vitest'
import { syncOutcome } from '../../../support/outcome.ts'
import { EXACT, gatewayRequest, LOOSE, type RequestParts } from '../../../support/request.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'

const authorizer = createAuthorizer({ authorize: () => false })
/** How a mount whose authorizer denies everything handles the request. */
const handle = (options: MountOptions, line: string, parts: RequestParts = {}): GuardResult<unknown>['kind'] => {
  const mount = createMount(authorizer, options, parts.routing ?? EXACT)
  const { routing, ambiguousTargets } = mount.readOptions
  const result = mount.handle(gatewayRequest(line, { routing, ambiguousTargets, ...parts }))
  if (result instanceof Promise) throw new Error('the mount returned a promise')
  return result.kind
}

const rules: readonly [skip: string | RegExp, skipped: readonly string[], denied: readonly string[]][] = [
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
describe.each(rules)('skip rule %s', (skip, skipped, denied) => {
  test('SEC-13 matching targets are skipped', () => {
    expect(skipped.filter((target) => handle({ skip: [skip] }, `GET ${target}`) !== 'skipped')).toEqual([])
  })

  test('SEC-13 other targets are not skipped', () => {
    expect(denied.filter((target) => handle({ skip: [skip] }, `GET ${target}`) !== 'denied')).toEqual([])
  })
})

test('SEC-13 a request is skipped if any rule matches, and never without rules', () => {
  const skip = ['/a', /\/b/]
  const kinds = ['/a', '/b', '/c'].map((path) => handle({ skip }, `GET ${path}`))
  expect(kinds).toEqual(['skipped', 'skipped', 'denied'])
  expect(handle({ skip: [] }, 'GET /a')).toBe('denied')
  expect(handle({}, 'GET /a')).toBe('denied')
})

test('SEC-11 SEC-13 a skip rule matches with and without a trailing slash if the router ignores it', () => {
  expect(handle({ skip: ['/health'] }, 'GET /health/', { routing: LOOSE })).toBe('skipped')
  expect(handle({ skip: ['/health'] }, 'GET /HEALTH', { routing: LOOSE })).toBe('denied')
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
test.each(ambiguous)(
  "SEC-13 the ambiguous target %s is never skipped, even with ambiguousTargets: 'allow'",
  (target) => {
    const skip = ['/public/*', /.*/]
    expect(handle({ skip }, `GET ${target}`)).toBe('denied')
    expect(handle({ skip, ambiguousTargets: 'allow' }, `GET ${target}`)).toBe('denied')
  },
)

const ORIGIN = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'PUT' }
const preflights: readonly [string, string, Record<string, string>, string][] = [
  ['a preflight', 'OPTIONS /a', ORIGIN, 'skipped'],
  ['OPTIONS without Origin', 'OPTIONS /a', { 'Access-Control-Request-Method': 'PUT' }, 'denied'],
  ['OPTIONS without Access-Control-Request-Method', 'OPTIONS /a', { Origin: 'https://app.example.com' }, 'denied'],
  ['OPTIONS without preflight headers', 'OPTIONS /a', {}, 'denied'],
  ['another method with the headers of a preflight', 'GET /a', ORIGIN, 'denied'],
  ['a preflight of an ambiguous target', 'OPTIONS //a', ORIGIN, 'denied'],
]
test.each(preflights.map(([name, line, headers, kind]) => [name, kind, line, headers] as const))(
  "SEC-14 with preflight: 'skip', %s is %s",
  (_, kind, line, headers) => {
    expect(handle({ preflight: 'skip' }, line, { headers })).toBe(kind)
    expect(handle({ preflight: 'authorize' }, line, { headers })).toBe('denied')
    expect(handle({}, line, { headers })).toBe('denied')
  },
)

test('SEC-17 the authorizer is not called for a skipped request', () => {
  const authorize = vi.fn(() => true)
  const mount = createMount(authorize, { skip: ['/health'] }, EXACT)
  expect(mount.handle(gatewayRequest('GET /health'))).toMatchObject({ kind: 'skipped', edits: { headers: [] } })
  expect(authorize).not.toHaveBeenCalled()
})

const handleWithContext = (
  context: Record<string, unknown>,
  logger: RecordingLogger | null = null,
): GuardResult<unknown> => {
  const mount = createMount(
    () => allow({ principalId: 'alice', context }),
    { contextHeaders: 'x-authz-', logger },
    EXACT,
  )
  return mount.handle(gatewayRequest('GET /')) as GuardResult<unknown>
}

describe('context headers', () => {
  test('SEC-20 an allowed request has the context headers', () => {
    const lines = [
      ['x-authz-principal-id', 'alice'],
      ['x-authz-ctx-role', 'admin'],
    ]
    expect(handleWithContext({ role: 'admin' })).toMatchObject({ kind: 'allowed', edits: { headers: lines } })
  })

  test('SEC-21 SEC-22 a context value that is not a valid header value gets 500 and is logged without the value', () => {
    const logger = new RecordingLogger()
    const entry = handleWithContext({ role: 'a\r\nx-admin: 1' }, logger)
    expect(entry).toMatchObject({ kind: 'denied', denied: { reason: 'BAD_MAPPED_VALUE', response: { status: 500 } } })
    expect(logger.lines).toHaveLength(1)
    expect(logger.lines[0]).toMatch(/control characters .* x-authz-ctx-role/)
    expect(logger.lines[0]).not.toContain('x-admin')
  })
})

test('a mount returns a promise only if its authorizer does', async () => {
  const asynchronous = createMount(async () => true, undefined, EXACT)
  const entry = asynchronous.handle(gatewayRequest('GET /'))
  expect(entry).toBeInstanceOf(Promise)
  expect(await entry).toMatchObject({ kind: 'allowed' })
  expect(syncOutcome(authorizer.evaluate(gatewayRequest('GET /'))).allowed).toBe(false)
})
