/** The native contract, part by part: what an answer means, what is believed of a kept one, what is said when it is not. */
import { runInNewContext } from 'node:vm'
import { deny, native, type NativeOptions, unauthorized, unavailable } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../../support/option-error.ts'
import { gatewayRequest } from '../../../support/request.ts'

const contract = native()
const read = (value: unknown): unknown => contract.parseResult({ status: 'returned', value })
const bad = (problem: string) => ({ accepted: false, reason: 'BAD_RESULT', problem })

describe('SEC-41 an authorizer that is not able to answer', () => {
  test('says so, and is not taken for a refusal', () => {
    expect(unavailable()).toEqual({ isAuthorized: false, unavailable: true })
    expect(read(unavailable())).toEqual({
      accepted: false,
      reason: 'AUTHORIZER_UNAVAILABLE',
      problem: 'the authorizer says that it is unavailable',
    })
  })

  test.each([
    { isAuthorized: true, unavailable: true },
    { isAuthorized: false, unavailable: 'true' },
    { isAuthorized: false, unavailable: false },
    { isAuthorized: true, unavailable: false },
  ])('is not one that answers %j', (value) => {
    expect(read(value)).toEqual(bad('unavailable is not true, or goes with isAuthorized: true'))
  })

  test.each([
    [{ status: 'timedOut' } as const, 'AUTHORIZER_TIMEOUT'],
    [{ status: 'failed', error: new Error('x') } as const, 'AUTHORIZER_ERROR'],
  ])('may also be late or broken: %j', (settled, reason) => {
    expect(contract.parseResult(settled)).toEqual({ accepted: false, reason })
  })
})

describe('SEC-34 an answer', () => {
  class Answer {
    readonly isAuthorized = true
  }

  test('is a plain object, of whatever realm', () => {
    const problem = bad('the authorizer answered with an object that is not a plain one')
    expect([read(new Answer()), read(new Date(0)), read(Object.create(new Answer()))]).toEqual([
      problem,
      problem,
      problem,
    ])
    expect(read(runInNewContext('({ isAuthorized: true })'))).toMatchObject({ accepted: true })
    expect(read(Object.assign(Object.create(null), { isAuthorized: true }))).toMatchObject({ accepted: true })
  })

  test('is read once, and what throws then is no answer', () => {
    const hostile = {
      get isAuthorized(): boolean {
        throw new Error('secret')
      },
    }
    expect(read(hostile)).toEqual(bad('the answer threw while it was read'))
  })

  test('is kept within the depth of JSON as a whole', () => {
    const levels = (count: number): object => (count === 0 ? {} : { a: levels(count - 1) })
    expect(read({ isAuthorized: true, context: levels(31) })).toMatchObject({ accepted: true })
    expect(read({ isAuthorized: true, context: levels(32) })).toEqual(bad('result is nested more than 32 levels deep'))
  })

  test('has no expiry that is not a number', () => {
    expect(read({ isAuthorized: true, expiresAt: '5' })).toEqual(bad('expiresAt is not a number of milliseconds'))
    expect(read({ isAuthorized: true, expiresAt: 5 })).toMatchObject({ result: { expiresAt: 5 } })
  })
})

describe('SEC-103 a refusal of the function’s own', () => {
  const NO_STORE = ['Cache-Control', 'no-store']
  const JSON_TYPE = ['Content-Type', 'application/json']

  test.each([
    [deny({}), 'response', { status: 403, headers: [JSON_TYPE, NO_STORE], body: '{"message":"Forbidden"}' }],
    [unauthorized({}), 'response', { status: 401, headers: [JSON_TYPE, NO_STORE], body: '{"message":"Unauthorized"}' }],
  ])('has the usual status and message unless it says otherwise: %j', (value, member, response) => {
    const parsed = read(value) as { result?: object }
    expect(parsed.result ?? parsed).toMatchObject({ [member]: response })
  })

  test.each([400, 599])('may have the status %d', (status) => {
    expect(read(deny({ status }))).toMatchObject({ result: { response: { status } } })
  })

  test.each([399, 600, 403.5, '403'])('may not have the status %j', (status) => {
    expect(read(deny({ status: status as number }))).toEqual(bad('response.status is not 400 to 599'))
  })

  test.each(['Content-Length', 'transfer-encoding', 'Connection', 'Keep-Alive', 'Upgrade', 'Trailer', 'TE'])(
    'leaves the framing to the server: %s',
    (name) => {
      expect(read(deny({ headers: { [name]: 'x' } }))).toEqual(
        bad(`response.headers.${name} is not a header that may be set`),
      )
    },
  )
})

describe('SEC-65 a kept answer', () => {
  const kept = { isAuthorized: true, principalId: 'alice', context: { role: 'reader' } }
  const refusal = { ...kept, isAuthorized: false, response: { status: 403, headers: [['A', 'b']], body: '' } }

  test.each([kept, { ...kept, expiresAt: 5 }, refusal, { ...kept, isAuthorized: false }])(
    'is believed: %j',
    (value) => {
      expect(contract.reviveResult?.(structuredClone(value))).toEqual(value)
    },
  )

  test.each<[unknown]>([
    [null],
    [undefined],
    ['x'],
    [[]],
    [{ ...kept, isAuthorized: 'true' }],
    [{ ...kept, isAuthorized: undefined }],
    [{ ...kept, principalId: 1 }],
    [{ ...kept, principalId: undefined }],
    [{ ...kept, context: [] }],
    [{ ...kept, context: undefined }],
    [{ ...kept, expiresAt: '5' }],
    [{ ...kept, expiresAt: null }],
    [{ ...refusal, isAuthorized: true }],
    [{ ...refusal, response: {} }],
    [{ ...refusal, response: null }],
    [() => kept],
  ])('is not believed: %j', (value) => {
    expect(contract.reviveResult?.(value)).toBeUndefined()
  })
})

/** What the key has besides the identity. */
const parts = (httpVersion: string) => contract.extraKeyParts?.(gatewayRequest('POST /pets?a=1', { httpVersion }))

describe('the contract', () => {
  test('says what it is, and what its results depend on', () => {
    const identitySources = ['$request.header.A']
    const cached = native({ identitySources, resultTtlSeconds: 5 })
    expect(cached).toMatchObject({ name: 'native', contextValues: 'typed', resultTtlSeconds: 5, timeoutMs: 10_000 })
    expect(cached.fingerprint).toBe('[["$request.header.A"],"request"]')
    const wide = native({ identitySources, resultTtlSeconds: 5, cachePer: 'identity' })
    expect(wide.fingerprint).toBe('[["$request.header.A"],"identity"]')
    expect(wide).not.toHaveProperty('extraKeyParts')
  })

  test('SEC-52 puts into the key what an answer may depend on', () => {
    expect(parts('1.1')).toEqual(['api.example.com', 'POST', '/pets', 'a=1'])
    expect(parts('1.0')).toEqual(['', 'POST', '/pets', 'a=1'])
  })

  test('SEC-52 puts the received target of a rewritten request into the key as well', () => {
    const request = gatewayRequest('GET /pets?a=1', { receivedTarget: '/legacy/pets?b=2' })
    expect(contract.extraKeyParts?.(request)).toEqual(['api.example.com', 'GET', '/pets', 'a=1', '/legacy/pets', 'b=2'])
  })

  test('SEC-109 says which options relax a rule', () => {
    expect(contract.warnings).toEqual([])
    expect(native({ cachePer: 'request' }).warnings).toEqual([])
    expect(native({ cachePer: 'identity' }).warnings).toEqual([
      "native.cachePer is 'identity': an answer for one method and path holds for all (relaxes SEC-52)",
    ])
  })

  test.each([
    ['UNAUTHORIZED', 401, '{"message":"Unauthorized"}', []],
    ['ACCESS_DENIED', 403, '{"message":"Forbidden"}', []],
    ['OVERLOADED', 503, '{"message":"Service Unavailable"}', [['Retry-After', '1']]],
  ] as const)('SEC-100 answers %s with %d', (type, status, body, more) => {
    const response = contract.respond({ type } as Parameters<typeof contract.respond>[0])
    expect(response).toEqual({
      status,
      headers: [['Content-Type', 'application/json'], ['Cache-Control', 'no-store'], ...more],
      body,
    })
  })

  test.each<[string, unknown, string]>([
    ['native.identitySources[1]', { identitySources: ['$request.header.a', 'header.a'] }, '"$request.header.NAME"'],
    ['native.resultTtlSeconds', { resultTtlSeconds: 5 }, '0 unless identitySources says whose answer is kept'],
    ['native.resultTtlSeconds', { resultTtlSeconds: 3601 }, 'seconds'],
    ['native.cachePer', { cachePer: 'path' }, '"identity"'],
  ])('SEC-105 refuses %s of %j', (path, options, allowed) => {
    expectOptionError(() => native(options as NativeOptions), path, 'found', allowed)
  })
})
