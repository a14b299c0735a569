import { describe, expect, test } from 'vitest'
import { responseHeader, reasonOf } from '../../support/outcome.ts'
import { signingKey, signToken } from '../../support/tokens.ts'
import {
  statusLine,
  responseTo,
  AUDIENCE,
  authorizerOf,
  claims,
  INVALID,
  ISSUER,
  KEY,
  present,
  token,
} from './jwt-fixture.ts'

describe('issuer and audience', () => {
  test.each([['issuer'], ['audience']])('SEC-68 the option %s is required', (name) => {
    expect(() => authorizerOf({ [name]: undefined })).toThrow(new RegExp(`jwtAuthorizer\\.${name}: found undefined`))
  })

  test.each([[''], [[]], [['']], [['a', 5]], [5], [{}], [false]])(
    'SEC-68 the option audience %j throws',
    (audience) => {
      expect(() => authorizerOf({ audience })).toThrow(/jwtAuthorizer\.audience/)
    },
  )

  test.each([
    'https://issuer.example/',
    'https://ISSUER.example',
    'https://issuer.example ',
    'issuer.example',
    '',
    undefined,
    null,
    5,
    [ISSUER],
    { toString: ISSUER },
  ])('SEC-68 iss %j is rejected', async (iss) => {
    expect(await responseTo(token({ iss }))).toBe(INVALID)
  })

  test.each([
    ['the audience', AUDIENCE, '200'],
    ['an array with the audience', ['x', AUDIENCE], '200'],
    ['another audience', 'https://other.example', INVALID],
    ['an array without the audience', ['https://other.example'], INVALID],
    ['an empty array', [], INVALID],
    ['missing', undefined, INVALID],
    ['null', null, INVALID],
    ['a number', 1, INVALID],
    ['an object', { a: 1 }, INVALID],
    ['an object with the audience as a key', { [AUDIENCE]: true }, INVALID],
    ['an array with the audience and a number', [AUDIENCE, 1], INVALID],
    ['an array inside an array', [[AUDIENCE]], INVALID],
    ['part of the audience', AUDIENCE.slice(0, -1), INVALID],
    ['the audience in upper case', AUDIENCE.toUpperCase(), INVALID],
  ])('SEC-68 the response is $2 if aud is %s', async (_, aud, expected) => {
    expect(await responseTo(token({ aud }))).toBe(expected)
  })

  test('SEC-68 one of several audiences is enough', async () => {
    const audience = ['a', 'b']
    expect(await responseTo(token({ aud: 'b' }), { audience })).toBe('200')
    expect(await responseTo(token({ aud: 'c' }), { audience })).toBe(INVALID)
  })

  test('SEC-68 allowAny accepts every audience except malformed ones', async () => {
    for (const [aud, expected] of [
      ['x', '200'],
      [undefined, '200'],
      [{ a: 1 }, INVALID],
      [null, INVALID],
    ]) {
      expect(await responseTo(token({ aud }), { audience: { allowAny: true } })).toBe(expected)
    }
  })

  test('SEC-68 client_id does not replace aud', async () => {
    expect(await responseTo(token({ aud: undefined, client_id: AUDIENCE }))).toBe(INVALID)
  })
})

describe('several issuers', () => {
  const B = 'https://b.example'
  const keyB = signingKey('key-b', 'RS256', { pair: 'second' })
  const issuers = [
    { issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [KEY.jwk] } },
    { issuer: B, audience: 'b', jwks: { keys: [keyB.jwk] } },
    { issuer: 'c', audience: 'c', secret: 's'.repeat(32), algorithms: ['HS256'] },
  ]

  test.each([
    ['issuer A, signed by A', token(), '200'],
    ['issuer B, signed by B', signToken(keyB, claims({ iss: B, aud: 'b' })), '200'],
    ['issuer A, signed by B', signToken(keyB, claims()), INVALID],
    ['issuer B, signed by A', token({ iss: B, aud: 'b' }), INVALID],
    ['issuer B, signed by A with the kid of B', token({ iss: B, aud: 'b' }, { kid: 'key-b' }), INVALID],
    ['issuer A, for the audience of B', token({ aud: 'b' }), INVALID],
    ['issuer C, signed by A', token({ iss: 'c', aud: 'c' }), INVALID],
    ['no issuer', token({ iss: undefined }), INVALID],
    ['the issuer constructor', token({ iss: 'constructor' }), INVALID],
  ])('SEC-68 the response is $2 for a token of %s', async (_, compact, expected) => {
    expect(await responseTo(compact, { issuers })).toBe(expected)
  })

  test('SEC-68 issuer options outside issuers, and repeated issuers, throw', () => {
    expect(() => authorizerOf({ issuers, audience: 'x' })).toThrow(
      /jwtAuthorizer\.audience: found a value together with issuers/,
    )
    expect(() => authorizerOf({ issuers: [...issuers, issuers[0]] })).toThrow(/jwtAuthorizer\.issuers/)
    expect(() => authorizerOf({ issuers: [] })).toThrow(/jwtAuthorizer\.issuers/)
    expect(() => authorizerOf({ issuers: [{ issuer: 'x' }] })).toThrow(/jwtAuthorizer\.issuers\[0\]\.audience/)
    expect(() => authorizerOf({ issuers: [{ ...issuers[0], typ: 'x' }] })).toThrow(/issuers\[0\]\.typ is not an option/)
  })

  test('SEC-68 the principal ID is the sub of the token for every issuer', async () => {
    const authorizer = authorizerOf({ issuers })
    const outcome = await present(authorizer, signToken(keyB, claims({ iss: B, aud: 'b' })))
    expect(outcome).toMatchObject({ allowed: true, authorizer: { principalId: 'alice', context: { iss: B } } })
  })
})

test('SEC-76 the response to an invalid token does not reveal the problem', async () => {
  const outcome = await present(authorizerOf(), token({ aud: 'x' }))
  expect(statusLine(outcome)).toBe(INVALID)
  expect(reasonOf(outcome)).toBe('UNAUTHORIZED')
  if (outcome.allowed) throw new Error('allowed')
  expect(outcome.response.body).toBe('{"message":"Unauthorized"}')
  expect(responseHeader(outcome, 'cache-control')).toBe('no-store')
})
