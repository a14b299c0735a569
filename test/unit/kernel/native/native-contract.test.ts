/** The native contract: results, denials, stored results, cache keys, responses and options. */
import { runInNewContext } from 'node:vm'
import { allow, deny, native, type NativeOptions, unauthorized, unavailable } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../../support/option-error.ts'
import { gatewayRequest } from '../../../support/request.ts'

const contract = native()
const parse = (value: unknown): unknown => contract.parseResult({ status: 'returned', value })
const badResult = (problem: string) => ({ accepted: false, reason: 'BAD_RESULT', problem })

describe('unavailable()', () => {
  test('SEC-41 unavailable() is an outage, not a denial', () => {
    expect(unavailable()).toEqual({ isAuthorized: false, unavailable: true })
    expect(parse(unavailable())).toEqual({
      accepted: false,
      reason: 'AUTHORIZER_UNAVAILABLE',
      problem: 'the authorizer returned unavailable()',
    })
  })

  test.each([
    { isAuthorized: true, unavailable: true },
    { isAuthorized: false, unavailable: 'true' },
    { isAuthorized: false, unavailable: false },
    { isAuthorized: true, unavailable: false },
  ])('SEC-41 %j is an invalid result', (value) => {
    expect(parse(value)).toEqual(badResult('unavailable is not true, or is combined with isAuthorized: true'))
  })

  test.each([
    [{ status: 'timedOut' } as const, 'AUTHORIZER_TIMEOUT'],
    [{ status: 'failed', error: new Error('x') } as const, 'AUTHORIZER_ERROR'],
  ])('SEC-41 the settled call %j is not a denial', (settled, reason) => {
    expect(contract.parseResult(settled)).toEqual({ accepted: false, reason })
  })
})

describe('result objects', () => {
  class ClassInstance {
    readonly isAuthorized = true
  }

  test('SEC-34 a result must be a plain object, of any realm', () => {
    const problem = badResult('the authorizer returned a non-plain object')
    expect([parse(new ClassInstance()), parse(new Date(0)), parse(Object.create(new ClassInstance()))]).toEqual([
      problem,
      problem,
      problem,
    ])
    expect(parse(runInNewContext('({ isAuthorized: true })'))).toMatchObject({ accepted: true })
    expect(parse(Object.assign(Object.create(null), { isAuthorized: true }))).toMatchObject({ accepted: true })
  })

  test('SEC-34 a result that throws while it is read is invalid', () => {
    const throwing = {
      get isAuthorized(): boolean {
        throw new Error('secret')
      },
    }
    expect(parse(throwing)).toEqual(badResult('reading the result threw an error'))
  })

  test('SEC-34 a result nested more than 32 levels deep is invalid', () => {
    const levels = (count: number): object => (count === 0 ? {} : { a: levels(count - 1) })
    expect(parse({ isAuthorized: true, context: levels(31) })).toMatchObject({ accepted: true })
    expect(parse({ isAuthorized: true, context: levels(32) })).toEqual(
      badResult('result is nested more than 32 levels deep'),
    )
  })

  test('SEC-34 expiresAt must be a number', () => {
    expect(parse({ isAuthorized: true, expiresAt: '5' })).toEqual(
      badResult('expiresAt is not a number of milliseconds'),
    )
    expect(parse({ isAuthorized: true, expiresAt: 5 })).toMatchObject({ result: { expiresAt: 5 } })
  })
})

describe('custom denial responses', () => {
  const NO_STORE = ['Cache-Control', 'no-store']
  const JSON_TYPE = ['Content-Type', 'application/json']

  test.each([
    [deny({}), 'response', { status: 403, headers: [JSON_TYPE, NO_STORE], body: '{"message":"Forbidden"}' }],
    [unauthorized({}), 'response', { status: 401, headers: [JSON_TYPE, NO_STORE], body: '{"message":"Unauthorized"}' }],
  ])('SEC-103 the result %j has the default status, headers and body', (value, member, response) => {
    const parsed = parse(value) as { result?: object }
    expect(parsed.result ?? parsed).toMatchObject({ [member]: response })
  })

  test.each([400, 599])('SEC-103 the status %d is accepted', (status) => {
    expect(parse(deny({ status }))).toMatchObject({ result: { response: { status } } })
  })

  test.each([399, 600, 403.5, '403'])('SEC-103 the status %j is rejected', (status) => {
    expect(parse(deny({ status: status as number }))).toEqual(
      badResult('response.status is not a whole number from 400 to 599'),
    )
  })

  test.each(['Content-Length', 'transfer-encoding', 'Connection', 'Keep-Alive', 'Upgrade', 'Trailer', 'TE'])(
    'SEC-103 the framing header %s is rejected',
    (name) => {
      expect(parse(deny({ headers: { [name]: 'x' } }))).toEqual(
        badResult(`response.headers.${name} is not a header that can be set`),
      )
    },
  )
})

describe('reviveResult', () => {
  const stored = { isAuthorized: true, principalId: 'alice', context: { role: 'reader' } }
  const storedDenial = { ...stored, isAuthorized: false, response: { status: 403, headers: [['A', 'b']], body: '' } }

  test.each([stored, { ...stored, expiresAt: 5 }, storedDenial, { ...stored, isAuthorized: false }])(
    'SEC-65 the stored result %j is accepted',
    (value) => {
      expect(contract.reviveResult?.(structuredClone(value))).toEqual(value)
    },
  )

  test.each<[unknown]>([
    [null],
    [undefined],
    ['x'],
    [[]],
    [{ ...stored, isAuthorized: 'true' }],
    [{ ...stored, isAuthorized: undefined }],
    [{ ...stored, principalId: 1 }],
    [{ ...stored, principalId: undefined }],
    [{ ...stored, context: [] }],
    [{ ...stored, context: undefined }],
    [{ ...stored, expiresAt: '5' }],
    [{ ...stored, expiresAt: null }],
    [{ ...storedDenial, isAuthorized: true }],
    [{ ...storedDenial, response: {} }],
    [{ ...storedDenial, response: null }],
    [() => stored],
  ])('SEC-65 the stored result %j is rejected', (value) => {
    expect(contract.reviveResult?.(value)).toBeUndefined()
  })
})

/** The parts of the cache key besides the identity. */
const keyPartsOf = (httpVersion: string) => contract.extraKeyParts?.(gatewayRequest('POST /pets?a=1', { httpVersion }))

const parsedWithTtl = (resultTtlSeconds: number, value: unknown): unknown =>
  native({ identitySources: ['$request.header.A'], resultTtlSeconds }).parseResult({ status: 'returned', value })

describe('contract members', () => {
  test('SEC-53 the fingerprint contains the identity sources and cachePer', () => {
    const identitySources = ['$request.header.A']
    const cached = native({ identitySources, resultTtlSeconds: 5 })
    expect(cached).toMatchObject({ name: 'native', contextValues: 'typed', resultTtlSeconds: 5, timeoutMs: 10_000 })
    expect(cached.fingerprint).toBe('[["$request.header.A"],"request"]')
    const wide = native({ identitySources, resultTtlSeconds: 5, cachePer: 'identity' })
    expect(wide.fingerprint).toBe('[["$request.header.A"],"identity"]')
    expect(wide).not.toHaveProperty('extraKeyParts')
  })

  test('SEC-122 readsCookies is false by default', () => {
    expect(
      [native(), native({ readsCookies: false }), native({ readsCookies: true })].map((each) => each.readsCookies),
    ).toEqual([false, false, true])
  })

  test('SEC-127 a result that sets a cookie has a note if other results are cached', () => {
    const withCookie = allow({ responseHeaders: { 'Set-Cookie': 'sid=1' } })
    expect(parsedWithTtl(5, withCookie)).toMatchObject({
      uncached: true,
      notes: ['a result with Set-Cookie is not cached'],
    })
    expect(parsedWithTtl(5, allow())).not.toHaveProperty('notes')
    expect(parsedWithTtl(0, withCookie)).toMatchObject({ uncached: true })
    expect(parsedWithTtl(0, withCookie)).not.toHaveProperty('notes')
  })

  test('SEC-52 the cache key contains authority, method, path and query', () => {
    expect(keyPartsOf('1.1')).toEqual(['api.example.com', 'POST', '/pets', 'a=1'])
    expect(keyPartsOf('1.0')).toEqual(['', 'POST', '/pets', 'a=1'])
  })

  test('SEC-52 the cache key of a rewritten request contains the received target', () => {
    const request = gatewayRequest('GET /pets?a=1', { receivedTarget: '/legacy/pets?b=2' })
    expect(contract.extraKeyParts?.(request)).toEqual(['api.example.com', 'GET', '/pets', 'a=1', '/legacy/pets', 'b=2'])
  })

  test("SEC-109 cachePer: 'identity' produces a warning", () => {
    expect(contract.warnings).toEqual([])
    expect(native({ cachePer: 'request' }).warnings).toEqual([])
    expect(native({ cachePer: 'identity' }).warnings).toEqual([
      "native.cachePer is 'identity': a result for one method and path is used for all",
    ])
  })

  test.each([
    ['UNAUTHORIZED', 401, '{"message":"Unauthorized"}', []],
    ['ACCESS_DENIED', 403, '{"message":"Forbidden"}', []],
    ['OVERLOADED', 503, '{"message":"Service Unavailable"}', [['Retry-After', '1']]],
  ] as const)('SEC-100 the response to %s has the status %d', (type, status, body, more) => {
    const response = contract.respond({ type } as Parameters<typeof contract.respond>[0])
    expect(response).toEqual({
      status,
      headers: [['Content-Type', 'application/json'], ['Cache-Control', 'no-store'], ...more],
      body,
    })
  })

  test.each<[string, unknown, string]>([
    ['native.identitySources[1]', { identitySources: ['$request.header.a', 'header.a'] }, '"$request.header.NAME"'],
    [
      'native.resultTtlSeconds',
      { resultTtlSeconds: 5 },
      '0 unless identitySources is set: a cached result needs an identity',
    ],
    ['native.resultTtlSeconds', { resultTtlSeconds: 3601 }, 'seconds'],
    ['native.cachePer', { cachePer: 'path' }, '"identity"'],
    ['native.maxBodyBytes', { maxBodyBytes: 0 }, 'bytes'],
    ['native.maxBodyBytes', { maxBodyBytes: 16_777_217 }, 'bytes'],
    ['native.readsCookies', { readsCookies: 'yes' }, 'true or false'],
  ])('SEC-105 the option %s of %j is rejected', (path, options, allowed) => {
    expectOptionError(() => native(options as NativeOptions), path, 'found', allowed)
  })
})
