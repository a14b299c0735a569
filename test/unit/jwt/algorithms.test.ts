import { createPublicKey, createSecretKey } from 'node:crypto'
import type { Algorithm } from '@custom-authorizer/jwt'
import { describe, expect, test } from 'vitest'
import { encode, signingKey, signParts, signToken } from '../../support/tokens.ts'
import { withToken } from '../../support/with-token.ts'
import {
  responseTo,
  AUDIENCE,
  authorizerOf,
  claims,
  INVALID,
  ISSUER,
  KEY,
  PUBLIC_ALGORITHMS,
  token,
} from './jwt-fixture.ts'

const SECRETS: readonly (readonly [Algorithm, number])[] = [
  ['HS256', 32],
  ['HS384', 48],
  ['HS512', 64],
]
const CURVE_KEY = signingKey('curve', 'ES256')
const OTHER_KEY = signingKey('other', 'RS256', { pair: 'second' })
const withCurveKey = (jwk: object): unknown => authorizerOf({ algorithms: ['ES256'], jwks: { keys: [jwk] } })
const hmac = (alg: string, secret: string | Buffer, changes = {}): string =>
  signParts({ alg, ...changes }, claims(), alg, createSecretKey(Buffer.from(secret)))

test.each(PUBLIC_ALGORITHMS)('SEC-67 %s is accepted only if it is configured', async (algorithm) => {
  const key = signingKey('k', algorithm)
  const jwks = { keys: [key.jwk, OTHER_KEY.jwk, CURVE_KEY.jwk] }
  const others = PUBLIC_ALGORITHMS.filter((each) => each !== algorithm)
  expect(await responseTo(signToken(key, claims()), { jwks, algorithms: [algorithm] })).toBe('200')
  expect(await responseTo(signToken(key, claims()), { jwks, algorithms: others })).toBe(INVALID)
})

test.each(SECRETS)('SEC-67 %s verifies with its secret and not with another one', async (algorithm, bytes) => {
  const secret = 's'.repeat(bytes)
  const options = { algorithms: [algorithm], secret }
  expect(await responseTo(hmac(algorithm, secret), options)).toBe('200')
  expect(await responseTo(hmac(algorithm, secret), { algorithms: [algorithm], secret: Buffer.from(secret) })).toBe(
    '200',
  )
  expect(await responseTo(hmac(algorithm, secret, { kid: 'any' }), options)).toBe('200')
  expect(await responseTo(hmac(algorithm, 't'.repeat(bytes)), options)).toBe(INVALID)
})

describe('public key as HMAC secret', () => {
  const pem = createPublicKey(KEY.privateKey).export({ type: 'spki', format: 'pem' }).toString()
  test.each([
    ['as PEM', pem],
    ['as PEM without the final newline', pem.trimEnd()],
    ['as PEM after a space', ` ${pem}`],
    ['as PEM after a newline', `\n${pem}`],
    ['as a JWK', JSON.stringify(KEY.jwk)],
    ['as its modulus', String(KEY.jwk['n'])],
  ])('SEC-67 HMAC tokens signed with the public key %s are rejected', async (_, bytes) => {
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      expect(await responseTo(hmac(alg, bytes, { kid: 'key-1' }))).toBe(INVALID)
    }
  })
})

test.each(['none', 'None', 'NONE', 'nOnE', '', 'RS1', 'HS1', 'RSA-OAEP', 'rs256', ' RS256', 'toString', '__proto__'])(
  'SEC-67 alg %j is rejected with and without a signature',
  async (alg) => {
    const unsigned = `${encode({ alg, kid: 'key-1' })}.${encode(claims())}.`
    expect(await responseTo(unsigned)).toBe(INVALID)
    expect(await responseTo(`${unsigned}AAAA`)).toBe(INVALID)
    expect(await responseTo(token({}, { alg }))).toBe(INVALID)
  },
)

test.each([undefined, null, 256, ['RS256'], { name: 'RS256' }])('SEC-67 alg %j is rejected', async (alg) => {
  expect(await responseTo(token({}, { alg }))).toBe(INVALID)
})

test('SEC-67 a key with another alg is not used, although the signature is valid', async () => {
  const { kid, privateKey, jwk } = KEY
  const algorithms = ['RS256', 'RS384'] as const
  const signed = signParts({ alg: 'RS384', kid }, claims(), 'RS384', privateKey)
  const { alg: _, ...free } = jwk
  expect(await responseTo(signed, { algorithms, jwks: { keys: [jwk] } })).toBe(INVALID)
  expect(await responseTo(signed, { algorithms, jwks: { keys: [free] } })).toBe('200')
})

test.each([
  ['use is enc', { use: 'enc' }],
  ['use is unknown', { use: 'other' }],
  ['use is not a string', { use: 1 }],
  ['key_ops lacks verify', { key_ops: ['sign'] }],
  ['key_ops is not an array', { key_ops: 'verify' }],
  ['alg is not a string', { alg: 1 }],
  ['kty is different', { kty: 'EC' }],
  ['it has private members', { d: 'AQAB' }],
])('SEC-67 a key is not used if %s', async (_, members) => {
  const changed = { ...KEY.jwk, ...members }
  expect(await responseTo(token(), { jwks: { keys: [changed, OTHER_KEY.jwk] } })).toBe(INVALID)
  expect(() => authorizerOf({ jwks: { keys: [changed] } })).toThrow(/jwtAuthorizer\.jwks: .*at least one public key/)
})

test.each([
  ['empty', []],
  ['with none', ['none']],
  ['with an unknown name', ['RS256', 'RS1024']],
  ['with symmetric and asymmetric names', ['RS256', 'HS256']],
  ['as a string', 'RS256'],
])('SEC-67 algorithms %s throws', (_, algorithms) => {
  expect(() => authorizerOf({ algorithms })).toThrow(/ERR_OPTION|jwtAuthorizer\.algorithms/)
})

test('SEC-67 secret without algorithms, secret with RS256, and HS256 without secret throw', () => {
  const secret = 's'.repeat(64)
  expect(() => authorizerOf({ secret })).toThrow(/jwtAuthorizer\.algorithms/)
  expect(() => authorizerOf({ secret, algorithms: ['RS256'] })).toThrow(/jwtAuthorizer\.algorithms/)
  expect(() => authorizerOf({ algorithms: ['HS256'] })).toThrow(/jwtAuthorizer\.algorithms/)
})

test.each(SECRETS)('SEC-73 %s requires a secret of %i bytes and errors do not show it', (algorithm, bytes) => {
  expect(() => authorizerOf({ algorithms: [algorithm], secret: 'é'.repeat(bytes / 2) })).not.toThrow()
  for (const secret of ['', 'secret', 'K'.repeat(bytes - 1), Buffer.alloc(bytes - 1, 'K')]) {
    const build = (): unknown => authorizerOf({ algorithms: [algorithm], secret })
    expect(build).toThrow(/^jwtAuthorizer\.secret: found \d+ bytes; allowed: .* at least/)
    expect(build).not.toThrow(/KK|found secret/)
  }
})

test.each([null, 5, { k: 'KKKK' }, ['KKKK']])(
  'SEC-73 a secret of the wrong type throws without showing it: %j',
  (secret) => {
    const build = (): unknown => authorizerOf({ algorithms: ['HS256'], secret })
    expect(build).toThrow(/jwtAuthorizer\.secret: found a value of type/)
    expect(build).not.toThrow(/KKKK/)
  },
)

test('SEC-73 changing the bytes of the secret later has no effect', async () => {
  const secret = Buffer.alloc(32, 's')
  const authorizer = authorizerOf({ algorithms: ['HS256'], secret })
  secret.fill('t')
  const outcome = await authorizer.evaluate(withToken(`Bearer ${hmac('HS256', 's'.repeat(32))}`))
  expect(outcome.allowed).toBe(true)
})

test.each([1024, 2040])('SEC-73 an RSA key of %i bits is rejected when it is loaded', async (bits) => {
  const weak = signingKey('weak', 'RS256', { bits })
  const jwks = { keys: [weak.jwk, KEY.jwk] }
  expect(await responseTo(signToken(weak, claims()), { jwks })).toBe(INVALID)
  expect(await responseTo(token(), { jwks })).toBe('200')
  expect(() => authorizerOf({ jwks: { keys: [weak.jwk] } })).toThrow(/jwtAuthorizer\.jwks/)
})

test('SEC-73 leading zeros do not count towards the length of an RSA key', () => {
  const { jwk } = signingKey('weak', 'RS256', { bits: 1024 })
  const n = Buffer.concat([Buffer.alloc(128), Buffer.from(String(jwk['n']), 'base64url')]).toString('base64url')
  expect(() => authorizerOf({ jwks: { keys: [{ ...jwk, n }] } })).toThrow(/jwtAuthorizer\.jwks/)
})

test.each(['AQ', 'AA', 'Ag', '', 'AQAA'])('SEC-73 an RSA exponent %j is rejected', (e) => {
  expect(() => authorizerOf({ jwks: { keys: [{ ...KEY.jwk, e }] } })).toThrow(/jwtAuthorizer\.jwks/)
})

test('SEC-73 EC keys on another curve or with a point off the curve are rejected', async () => {
  const key = signingKey('k', 'ES256')
  const other = signingKey('k2', 'ES256')
  expect(() => withCurveKey(signingKey('k', 'ES384').jwk)).toThrow(/jwtAuthorizer\.jwks/)
  expect(() => withCurveKey({ ...key.jwk, crv: 'P-384' })).toThrow(/jwtAuthorizer\.jwks/)
  expect(() => withCurveKey({ ...key.jwk, x: undefined })).toThrow(/jwtAuthorizer\.jwks/)
  const with384 = { ...signingKey('k', 'ES384').jwk, alg: 'ES256' }
  const askew = { ...key.jwk, y: other.jwk['y'] }
  for (const jwk of [with384, askew]) {
    const options = {
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: ['ES256'],
      jwks: { keys: [jwk, other.jwk] },
    } as const
    expect(await responseTo(signToken(key, claims()), options)).toBe(INVALID)
    expect(await responseTo(signToken(other, claims()), options)).toBe('200')
  }
})
