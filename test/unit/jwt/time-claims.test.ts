import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import {
  statusLine,
  responseTo,
  authorizerOf,
  INVALID,
  ISSUER,
  NOW,
  present,
  problemOf,
  token,
  claims,
  KEY,
} from './jwt-fixture.ts'
import { encode, signParts } from '../../support/tokens.ts'

describe('time claims with the default tolerance of 30 s', () => {
  test.each([
    ['exp', NOW - 29, '200'],
    ['exp', NOW - 29.5, '200'],
    ['exp', NOW - 30, INVALID],
    ['exp', NOW - 31, INVALID],
    ['exp', undefined, INVALID],
    ['exp', null, INVALID],
    ['exp', '9999999999', INVALID],
    ['exp', true, INVALID],
    ['exp', [NOW + 300], INVALID],
    ['exp', { valueOf: NOW + 300 }, INVALID],
    ['exp', 0, INVALID],
    ['exp', -1, INVALID],
    ['exp', 1e300, '200'],
    ['nbf', NOW + 30, '200'],
    ['nbf', NOW + 31, INVALID],
    ['nbf', undefined, '200'],
    ['nbf', null, INVALID],
    ['nbf', '0', INVALID],
    ['iat', NOW + 30, '200'],
    ['iat', NOW + 31, INVALID],
    ['iat', NOW + 3600, INVALID],
    ['iat', NOW - 1e6, '200'],
    ['iat', undefined, '200'],
    ['iat', null, INVALID],
    ['iat', 'now', INVALID],
  ])('SEC-69 %s %j gives $2', async (name, value, expected) => {
    expect(await responseTo(token({ [name]: value }))).toBe(expected)
  })

  test.each(['exp', 'nbf', 'iat'])('SEC-69 %s is rejected if it is not a finite number', async (name) => {
    const { alg, kid, typ } = { alg: 'RS256', kid: 'key-1', typ: 'JWT' }
    const payload = JSON.stringify(claims({ [name]: 'HERE' })).replace('"HERE"', name === 'exp' ? '1e400' : '-1e400')
    expect(await responseTo(signParts({ alg, kid, typ }, payload, alg, KEY.privateKey))).toBe(INVALID)
  })
})

test.each([
  [0, NOW + 1, '200'],
  [0, NOW, INVALID],
  [300, NOW - 299, '200'],
  [300, NOW - 300, INVALID],
])('SEC-69 with a tolerance of %i s, exp %i gives $2', async (clockToleranceSeconds, exp, expected) => {
  expect(await responseTo(token({ exp }), { clockToleranceSeconds })).toBe(expected)
})

test.each([-1, 301, 0.5, '30', Number.NaN, null])('SEC-69 a tolerance of %j throws', (clockToleranceSeconds) => {
  expect(() => authorizerOf({ clockToleranceSeconds })).toThrow(/jwtAuthorizer\.clockToleranceSeconds/)
})

test.each([
  [NOW - 629, '200'],
  [NOW - 630, INVALID],
  [undefined, INVALID],
])('SEC-69 with maxTokenAgeSeconds 600, iat %j gives $1', async (iat, expected) => {
  expect(await responseTo(token({ iat }), { maxTokenAgeSeconds: 600 })).toBe(expected)
})

const good = async (authorizer: ReturnType<typeof authorizerOf>, compact: string): Promise<string> =>
  statusLine(await present(authorizer, compact))

describe('expiry of cached results', () => {
  test('SEC-59 a cached result expires at exp', async () => {
    const clock = fakeClock()
    const authorizer = authorizerOf({ clock, resultTtlSeconds: 300, clockToleranceSeconds: 0 })
    const compact = token({ exp: NOW + 2 })
    expect(await good(authorizer, compact)).toBe('200')
    clock.advanceSync(1999)
    expect(await good(authorizer, compact)).toBe('200')
    clock.advanceSync(1)
    expect(await good(authorizer, compact)).toBe(INVALID)
  })

  test('SEC-59 a cached result expires at exp plus the tolerance', async () => {
    const clock = fakeClock()
    const authorizer = authorizerOf({ clock, resultTtlSeconds: 3600, clockToleranceSeconds: 20 })
    const compact = token({ exp: NOW + 2 })
    await good(authorizer, compact)
    clock.advanceSync(21_999)
    expect(await good(authorizer, compact)).toBe('200')
    clock.advanceSync(1)
    expect(await good(authorizer, compact)).toBe(INVALID)
  })

  test('SEC-59 a cached result expires at maxTokenAgeSeconds if that is sooner', async () => {
    const clock = fakeClock()
    const options = { clock, resultTtlSeconds: 3600, clockToleranceSeconds: 0, maxTokenAgeSeconds: 10 }
    const authorizer = authorizerOf(options)
    const compact = token()
    await good(authorizer, compact)
    clock.advanceSync(9_999)
    expect(await good(authorizer, compact)).toBe('200')
    clock.advanceSync(1)
    expect(await good(authorizer, compact)).toBe(INVALID)
  })

  test('SEC-59 a cached denial for missing scopes expires at exp', async () => {
    const clock = fakeClock()
    const requireScopes = { anyOf: ['a'] }
    const authorizer = authorizerOf({ clock, resultTtlSeconds: 300, clockToleranceSeconds: 0, requireScopes })
    const compact = token({ exp: NOW + 2 })
    expect(await good(authorizer, compact)).toMatch(/^403 /)
    clock.advanceSync(2000)
    expect(await good(authorizer, compact)).toBe(INVALID)
  })

  test('SEC-59 the largest possible exp is accepted', async () => {
    const authorizer = authorizerOf({ resultTtlSeconds: 300 })
    expect(await good(authorizer, token({ exp: 1.7e308 }))).toBe('200')
  })
})

test('SEC-69 the explanation names the problem with the time claims', async () => {
  expect(await problemOf(token({ exp: 1 }))).toBe('the token has expired')
  expect(await problemOf(token({ nbf: NOW + 100 }))).toMatch(/nbf or iat is in the future/)
  expect(await problemOf(`${encode({ alg: 'RS256' })}.${encode({ iss: ISSUER })}.AAAA`)).toMatch(/aud/)
})
