import { describe, expect, test } from 'vitest'
import { signingKey, signToken } from '../../support/tokens.ts'
import { authorizerOf, type Claims, INVALID, NOW, type Options, problemOf, responseTo } from './jwt-fixture.ts'

const CUSTOMERS = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example01'
const STAFF = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Example02'
const WEB = '1example23456789web'
const ADMIN = '1example2345678admin'
const customersKey = signingKey('9uKX3Ww1customers=')
const staffKey = signingKey('Qb7fYp0Zstaff=', 'RS256', { pair: 'second' })

const common = (iss: string): Claims => ({
  sub: '83a47822-b031-70c4-4b5d-8f0d4f0b4d6c',
  iss,
  origin_jti: '3cc5dd1e-7e8a-4f4e-9a4b-0e2d8a6d8b51',
  event_id: '7b1f6bb3-3b1b-4d7c-bd8b-8a0bd5ff7c0d',
  auth_time: NOW,
  exp: NOW + 3600,
  iat: NOW,
  jti: '0f6bcb6a-3a5b-4c70-86a5-0d8d0c2e6e36',
})
/** Claims of an access token of a user pool. */
const accessClaims = (iss = CUSTOMERS, clientId = WEB): Claims => ({
  ...common(iss),
  'cognito:groups': ['readers'],
  client_id: clientId,
  token_use: 'access',
  scope: 'openid pets/read',
  username: 'alice',
})
/** Claims of an ID token of a user pool. */
const idClaims = (iss = CUSTOMERS, clientId = WEB): Claims => ({
  ...common(iss),
  aud: clientId,
  token_use: 'id',
  'cognito:username': 'alice',
  email: 'alice@example.com',
  email_verified: true,
})

const withAccessTokens = { audienceClaim: 'client_id', tokenUse: 'access' } as const
const customers = { issuer: CUSTOMERS, audience: WEB, jwks: { keys: [customersKey.jwk] } }
const staff = { issuer: STAFF, audience: [ADMIN], jwks: { keys: [staffKey.jwk] } }
const signed = (claims: Claims, key = customersKey): string => signToken(key, claims)
const respond = (claims: Claims, options: Options = {}): Promise<string> =>
  responseTo(signed(claims), { issuers: [{ ...customers, ...withAccessTokens, ...options }] })

describe('access tokens of a user pool', () => {
  test('SEC-68 SEC-70 an access token of a configured client is accepted', async () => {
    expect(await respond(accessClaims())).toBe('200')
    expect(await respond(accessClaims(), { audience: [ADMIN, WEB] })).toBe('200')
  })

  test.each([
    ['another client', accessClaims(CUSTOMERS, ADMIN)],
    ['no client_id', { ...accessClaims(), client_id: undefined }],
    ['a list as client_id', { ...accessClaims(), client_id: [WEB] }],
    ['null as client_id', { ...accessClaims(), client_id: null }],
    ['an object as client_id', { ...accessClaims(), client_id: { [WEB]: true } }],
    ['the audience in aud only', { ...accessClaims(), client_id: undefined, aud: WEB }],
    ['the client, for the aud of another service', { ...accessClaims(), aud: 'https://other.example' }],
    ['the client, with a malformed aud', { ...accessClaims(), aud: { a: 1 } }],
    ['the client, with null as aud', { ...accessClaims(), aud: null }],
  ])('SEC-68 audienceClaim client_id rejects a token with %s', async (_, claims) => {
    expect(await respond(claims)).toBe(INVALID)
    expect(await respond(claims, { tokenUse: undefined })).toBe(INVALID)
  })

  test('SEC-68 audienceClaim client_id accepts a token whose aud names an accepted audience as well', async () => {
    const both = { ...accessClaims(), aud: ['https://api.example'] }
    expect(await respond(both, { audience: [WEB, 'https://api.example'] })).toBe('200')
  })

  test('SEC-68 without audienceClaim, client_id is not an audience', async () => {
    expect(await respond(accessClaims(), { audienceClaim: undefined })).toBe(INVALID)
    expect(await respond(accessClaims(), { audienceClaim: 'aud' })).toBe(INVALID)
  })
})

describe('the use of a token', () => {
  test.each([
    ['an ID token', idClaims()],
    ['an ID token with client_id', { ...idClaims(), aud: undefined, client_id: WEB }],
    ['a token without token_use', { ...accessClaims(), token_use: undefined }],
    ['a list as token_use', { ...accessClaims(), token_use: ['access'] }],
    ['upper case', { ...accessClaims(), token_use: 'ACCESS' }],
  ])('SEC-70 tokenUse access rejects %s', async (_, claims) => {
    expect(await respond(claims)).toBe(INVALID)
  })

  test.each([
    ['an ID token', idClaims(), '200'],
    ['an access token', accessClaims(), INVALID],
    ['an access token with aud', { ...accessClaims(), aud: WEB }, INVALID],
    ['a token without token_use', { ...idClaims(), token_use: undefined }, INVALID],
  ])('SEC-70 with tokenUse id, the response to %s is $2', async (_, claims, expected) => {
    expect(await respond(claims, { tokenUse: 'id', audienceClaim: undefined })).toBe(expected)
  })

  test('SEC-70 tokenUse is checked in addition to requiredClaims', async () => {
    const issuers = [{ ...customers, ...withAccessTokens }]
    const options = { issuers, requiredClaims: { username: 'alice' } }
    expect(await responseTo(signed(accessClaims()), options)).toBe('200')
    expect(await responseTo(signed({ ...accessClaims(), username: 'bob' }), options)).toBe(INVALID)
    expect(await responseTo(signed({ ...accessClaims(), token_use: 'id' }), options)).toBe(INVALID)
  })

  test('SEC-101 the decision explains which check failed', async () => {
    const issuers = [{ ...customers, ...withAccessTokens }]
    expect(await problemOf(signed({ ...accessClaims(), token_use: 'id' }), { issuers })).toBe(
      'a required claim is missing or has another value',
    )
    expect(await problemOf(signed(idClaims()), { issuers })).toBe(
      'the audience claim does not name an accepted audience',
    )
  })
})

describe('two user pools in one authorizer', () => {
  const issuers = [
    { ...customers, ...withAccessTokens },
    { ...staff, tokenUse: 'id' },
  ]

  test.each([
    ['an access token of the first pool', signed(accessClaims()), '200'],
    ['an ID token of the first pool', signed(idClaims()), INVALID],
    ['an ID token of the second pool', signed(idClaims(STAFF, ADMIN), staffKey), '200'],
    ['an access token of the second pool', signed(accessClaims(STAFF, ADMIN), staffKey), INVALID],
    ['an access token of the first pool for a client of the second', signed(accessClaims(CUSTOMERS, ADMIN)), INVALID],
    ['an access token of the first pool, signed by the second', signed(accessClaims(), staffKey), INVALID],
    ['an ID token of the second pool, signed by the first', signed(idClaims(STAFF, ADMIN)), INVALID],
  ])('SEC-68 SEC-70 the response to %s is $2', async (_, compact, expected) => {
    expect(await responseTo(compact, { issuers })).toBe(expected)
  })
})

describe('options', () => {
  test.each([
    ['audienceClaim', 'azp'],
    ['audienceClaim', ['client_id']],
    ['tokenUse', 'refresh'],
    ['tokenUse', true],
  ])('SEC-105 %s %j throws an error with the option and the allowed values', (option, value) => {
    expect(() => authorizerOf({ [option]: value })).toThrow(
      new RegExp(`^jwtAuthorizer\\.${option}: found .*; allowed: `),
    )
    expect(() => authorizerOf({ issuers: [{ ...customers, [option]: value }] })).toThrow(
      new RegExp(`^jwtAuthorizer\\.issuers\\[0\\]\\.${option}: found .*; allowed: `),
    )
  })

  test('SEC-105 audienceClaim client_id and audience allowAny cannot be combined', () => {
    expect(() => authorizerOf({ audienceClaim: 'client_id', audience: { allowAny: true } })).toThrow(
      /^jwtAuthorizer\.audienceClaim: found client_id together with audience: \{ allowAny: true \}; allowed: /,
    )
  })
})
