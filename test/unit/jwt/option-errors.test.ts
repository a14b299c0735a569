import { jwtAuthorizer } from '@custom-authorizer/jwt'
import { expect, test } from 'vitest'
import { AUDIENCE, authorizerOf, ISSUER, KEY, present, token } from './jwt-fixture.ts'

test.each([
  ['maxTokenAgeSeconds', 0],
  ['requiredClaims', 'jti'],
  ['requiredClaims', [5]],
  ['requiredClaims', { jti: null }],
  ['requiredClaims', { jti: [] }],
  ['requiredClaims', { jti: { a: 1 } }],
  ['typ', 5],
  ['typ', ''],
  ['principalClaim', ''],
  ['principalClaim', 5],
  ['context', {}],
  ['resultTtlSeconds', 3601],
  ['resultTtlSeconds', -1],
  ['cooldownSeconds', 0],
  ['staleIfErrorSeconds', -1],
  ['cacheMaxAgeSeconds', 0],
  ['timeoutMs', 0],
  ['timeoutMs', '5s'],
  ['fetch', 'https://x'],
  ['clock', {}],
  ['jwks', []],
  ['jwks', { keys: [] }],
  ['jwks', { keys: 'x' }],
  ['jwks', { keys: [{ toJSON: () => KEY.jwk }] }],
])('SEC-105 %s %j throws an error with the option and the allowed values', (option, value) => {
  expect(() => authorizerOf({ [option]: value })).toThrow(new RegExp(`^jwtAuthorizer\\.${option}: found .*; allowed: `))
})

test('SEC-105 unknown options and invalid options of createAuthorizer throw', () => {
  expect(() => authorizerOf({ algorithm: 'RS256' })).toThrow(/jwtAuthorizer\.algorithm is not an option/)
  expect(() => authorizerOf({ contract: {} })).toThrow(/jwtAuthorizer\.contract is not an option/)
  expect(() => authorizerOf({ maxEntries: 0 })).toThrow(/maxEntries: found a number/)
  expect(() => authorizerOf({ name: '' })).toThrow(/name: found an empty string/)
  expect(() => jwtAuthorizer(undefined as never)).toThrow(/jwtAuthorizer\.issuer: found undefined/)
})

test('SEC-105 two sources of keys throw', () => {
  const jwks = { keys: [KEY.jwk] }
  const both = { jwks, jwksUri: 'https://issuer.example/keys' }
  expect(() => authorizerOf(both)).toThrow(/found jwksUri and jwks; allowed: at most one of/)
  expect(() => authorizerOf({ jwks, secret: 's'.repeat(32), algorithms: ['HS256'] })).toThrow(/found jwks and secret/)
})

test('SEC-108 changing the options later has no effect', async () => {
  const audience = [AUDIENCE]
  const jwks = { keys: [{ ...KEY.jwk }] }
  const algorithms = ['RS256']
  const authorizer = authorizerOf({ issuer: ISSUER, audience, jwks, algorithms })
  audience[0] = 'other'
  algorithms[0] = 'none'
  jwks.keys[0] = { kty: 'oct' }
  expect((await present(authorizer, token())).allowed).toBe(true)
})

test('SEC-108 changing requireScopes and requiredClaims later has no effect', async () => {
  const anyOf = ['a']
  const requiredClaims = { role: ['reader'] }
  const authorizer = authorizerOf({ requireScopes: { anyOf }, requiredClaims })
  anyOf[0] = 'b'
  requiredClaims.role[0] = 'admin'
  expect((await present(authorizer, token({ scope: 'a', role: 'reader' }))).allowed).toBe(true)
  expect((await present(authorizer, token({ scope: 'b', role: 'admin' }))).allowed).toBe(false)
})

test('SEC-108 a polluted prototype adds no claim or header parameter', async () => {
  const polluted = Object.prototype as Record<string, unknown>
  const authorizer = authorizerOf({ requiredClaims: ['role'] })
  Object.defineProperty(polluted, 'role', { value: 'admin', configurable: true, writable: true })
  Object.defineProperty(polluted, 'exp', { value: 9e9, configurable: true, writable: true })
  Object.defineProperty(polluted, 'kid', { value: 'key-1', configurable: true, writable: true })
  try {
    expect((await present(authorizer, token())).allowed).toBe(false)
    expect((await present(authorizerOf(), token({ exp: undefined }))).allowed).toBe(false)
    expect((await present(authorizerOf(), token())).allowed).toBe(true)
  } finally {
    for (const name of ['role', 'exp', 'kid']) delete polluted[name]
  }
})
