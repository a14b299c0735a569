import { describe, expect, test } from 'vitest'
import { encode, signingKey, signParts, signToken } from '../../support/tokens.ts'
import { json, KeyServer } from '../../support/key-server.ts'
import { responseTo, claims, INVALID, KEY, problemOf, token } from './jwt-fixture.ts'

describe('type and required claims', () => {
  test.each([
    ['at+jwt', 'at+jwt', '200'],
    ['at+jwt', 'AT+JWT', '200'],
    ['at+jwt', 'application/at+jwt', '200'],
    ['application/at+jwt', 'at+jwt', '200'],
    ['at+jwt', 'JWT', INVALID],
    ['at+jwt', undefined, INVALID],
    ['at+jwt', '', INVALID],
    ['at+jwt', 'at+jwt2', INVALID],
    ['at+jwt', 'text/at+jwt', INVALID],
    [undefined, 'anything', '200'],
    [undefined, undefined, '200'],
    [undefined, 5, INVALID],
    [undefined, null, INVALID],
  ])('SEC-70 with the option typ %j, the header typ %j gives %s', async (typ, actual, expected) => {
    expect(await responseTo(token({}, { typ: actual }), { typ })).toBe(expected)
  })

  test.each(['JWT', 'jwt', 'application/jwt', 5, null])('SEC-70 a nested token is rejected: cty %j', async (cty) => {
    expect(await responseTo(token({}, { cty }))).toBe(INVALID)
  })

  test.each([
    [['jti'], { jti: 'x' }, '200'],
    [['jti'], {}, INVALID],
    [['jti'], { jti: null }, INVALID],
    [['jti', 'role'], { jti: 'x' }, INVALID],
    [['toString'], {}, INVALID],
    [{ token_use: 'access' }, { token_use: 'access' }, '200'],
    [{ token_use: 'access' }, { token_use: 'id' }, INVALID],
    [{ token_use: 'access' }, { token_use: ['access'] }, INVALID],
    [{ token_use: 'access' }, {}, INVALID],
    [{ level: [1, 2] }, { level: 2 }, '200'],
    [{ level: [1, 2] }, { level: '2' }, INVALID],
    [{ level: [1, 2] }, { level: 3 }, INVALID],
    [{ admin: true }, { admin: 'true' }, INVALID],
  ])('SEC-70 requiredClaims %j with the claims %j gives %s', async (requiredClaims, changes, expected) => {
    expect(await responseTo(token(changes), { requiredClaims })).toBe(expected)
  })
})

describe('header extensions', () => {
  test.each([
    { crit: ['x'], x: 1 },
    { crit: ['exp'], exp: 1 },
    { crit: [] },
    { crit: null },
    { crit: ['b64'], b64: false },
    { crit: ['b64'], b64: true },
    { b64: false },
    { b64: true },
    { zip: 'DEF' },
    { zip: null },
  ])('SEC-71 the header parameters %j are rejected', async (header) => {
    expect(await responseTo(token({}, header))).toBe(INVALID)
  })

  test('SEC-71 an unencoded payload is rejected', async () => {
    const { jwk: _, ...key } = KEY
    const signed = signParts(
      { alg: 'RS256', kid: key.kid, b64: false, crit: ['b64'] },
      claims(),
      'RS256',
      key.privateKey,
    )
    const [header, payload, signature] = signed.split('.')
    const plain = Buffer.from(payload ?? '', 'base64url').toString()
    expect(await responseTo(`${header}.${plain}.${signature}`)).toBe(INVALID)
  })
})

describe('key selection', () => {
  const attacker = signingKey('attacker', 'RS256', { pair: 'second' })
  const bare = signingKey(undefined, 'RS256', { pair: 'third' })

  test('SEC-72 keys and key URLs in the header are rejected and no URL is fetched', async () => {
    const server = await KeyServer.start(attacker.jwk)
    server.instead.set('/x5u', json('-----BEGIN CERTIFICATE-----'))
    try {
      for (const header of [
        { jwk: attacker.jwk },
        { jku: server.jwksUri },
        { x5u: `${server.origin}/x5u` },
        { x5c: ['MIIB'] },
        { kid: server.jwksUri },
        { kid: `${server.jwksUri}#attacker` },
      ]) {
        expect(await responseTo(signToken(attacker, claims(), header))).toBe(INVALID)
        // They are rejected with a valid signature, too.
        expect(await responseTo(token({}, header))).toBe(INVALID)
      }
      expect(server.requestedPaths).toEqual([])
    } finally {
      await server.close()
    }
  })

  test.each([
    '../../etc/passwd',
    '/dev/null',
    "' OR 1=1 --",
    'key-1\u0000',
    'KEY-1',
    'key-1 ',
    '',
    '__proto__',
    'constructor',
    'x'.repeat(256),
    'x'.repeat(257),
    1,
    null,
    ['key-1'],
    { kid: 'key-1' },
  ])('SEC-72 kid %j selects no key', async (kid) => {
    expect(await responseTo(token({}, { kid }))).toBe(INVALID)
  })

  test('SEC-72 a kid may have up to 256 characters', async () => {
    for (const [length, expected] of [
      [256, '200'],
      [257, INVALID],
    ] as const) {
      const kid = '/'.repeat(length)
      const jwks = { keys: [{ ...KEY.jwk, kid }] }
      expect(await responseTo(token({}, { kid }), { jwks })).toBe(expected)
    }
  })

  test('SEC-72 a token without kid is accepted if exactly one key matches', async () => {
    const compact = signToken(bare, claims())
    const curve = signingKey('curve', 'ES256')
    const algorithms = ['RS256', 'ES256']
    for (const [keys, expected] of [
      [[bare.jwk], '200'],
      [[bare.jwk, curve.jwk], '200'],
      [[bare.jwk, { ...KEY.jwk, use: 'enc' }], '200'],
      [[bare.jwk, KEY.jwk], INVALID],
      [[KEY.jwk], INVALID],
    ] as const) {
      expect(await responseTo(compact, { algorithms, jwks: { keys } })).toBe(expected)
    }
    const named = { ...bare.jwk, kid: 'named' }
    expect(await responseTo(compact, { jwks: { keys: [named] } })).toBe('200')
  })

  test('SEC-72 a kid does not select a key without kid', async () => {
    expect(await responseTo(signToken(bare, claims(), { kid: 'x' }), { jwks: { keys: [bare.jwk] } })).toBe(INVALID)
  })

  test.each([
    ['two valid keys', attacker.jwk],
    ['a key of another type', signingKey('key-1', 'ES256').jwk],
    ['a key that is not for signatures', { ...attacker.jwk, use: 'enc' }],
    ['a key of an unknown type', { kty: 'new' }],
    ['the same key twice', KEY.jwk],
  ])('SEC-72 a kid that several keys share selects none of them: %s', async (_, jwk) => {
    const jwks = { keys: [KEY.jwk, { ...jwk, kid: 'key-1' }, { ...bare.jwk, kid: 'other' }] }
    expect(await responseTo(token(), { jwks })).toBe(INVALID)
    expect(await problemOf(token(), { jwks })).toMatch(/several keys/)
    expect(await responseTo(token({}, { kid: 'other' }, bare), { jwks })).toBe('200')
  })

  test('SEC-72 a signature of another key with a known kid is rejected', async () => {
    expect(await responseTo(signToken(attacker, claims(), { kid: 'key-1' }))).toBe(INVALID)
    const [header, , signature] = token().split('.')
    expect(await responseTo(`${header}.${encode(claims({ sub: 'admin' }))}.${signature}`)).toBe(INVALID)
  })
})
