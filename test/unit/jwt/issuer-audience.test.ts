import { describe, expect, test } from 'vitest'
import { responseHeader, reasonOf } from '../../support/outcome.ts'
import { signingKey, signToken } from '../../support/tokens.ts'
import { answer, answerTo, AUDIENCE, authorizerOf, claims, INVALID, ISSUER, KEY, present, token } from './jwt-fixture.ts'

describe('SEC-68 issuer and audience', () => {
  test.each([['issuer'], ['audience']])('%s is required', (name) => {
    expect(() => authorizerOf({ [name]: undefined })).toThrow(new RegExp(`jwtAuthorizer\\.${name}: found undefined`))
  })

  test.each([[''], [[]], [['']], [['a', 5]], [5], [{}], [false]])('audience %j throws', (audience) => {
    expect(() => authorizerOf({ audience })).toThrow(/jwtAuthorizer\.audience/)
  })

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
  ])('iss %j is not the issuer', async (iss) => {
    expect(await answerTo(token({ iss }))).toBe(INVALID)
  })

  test.each([
    ['the audience', AUDIENCE, '200'],
    ['an array that names it', ['x', AUDIENCE], '200'],
    ['another one', 'https://other.example', INVALID],
    ['an array without it', ['https://other.example'], INVALID],
    ['an empty array', [], INVALID],
    ['nothing', undefined, INVALID],
    ['null', null, INVALID],
    ['a number', 1, INVALID],
    ['an object', { a: 1 }, INVALID],
    ['an object with it as a key', { [AUDIENCE]: true }, INVALID],
    ['an array with it and a number', [AUDIENCE, 1], INVALID],
    ['an array inside an array', [[AUDIENCE]], INVALID],
    ['part of it', AUDIENCE.slice(0, -1), INVALID],
    ['it in upper case', AUDIENCE.toUpperCase(), INVALID],
  ])('aud is %s', async (_, aud, expected) => {
    expect(await answerTo(token({ aud }))).toBe(expected)
  })

  test('any one of several audiences will do', async () => {
    const audience = ['a', 'b']
    expect(await answerTo(token({ aud: 'b' }), { audience })).toBe('200')
    expect(await answerTo(token({ aud: 'c' }), { audience })).toBe(INVALID)
  })

  test('null says that any audience will do, but a malformed one still does not', async () => {
    for (const [aud, expected] of [
      ['x', '200'],
      [undefined, '200'],
      [{ a: 1 }, INVALID],
      [null, INVALID],
    ]) {
      expect(await answerTo(token({ aud }), { audience: { allowAny: true } })).toBe(expected)
    }
  })

  test('client_id is no audience here', async () => {
    expect(await answerTo(token({ aud: undefined, client_id: AUDIENCE }))).toBe(INVALID)
  })
})

describe('SEC-68 several issuers share nothing', () => {
  const B = 'https://b.example'
  const keyB = signingKey('key-b', 'RS256', { pair: 'second' })
  const issuers = [
    { issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [KEY.jwk] } },
    { issuer: B, audience: 'b', jwks: { keys: [keyB.jwk] } },
    { issuer: 'c', audience: 'c', secret: 's'.repeat(32), algorithms: ['HS256'] },
  ]

  test.each([
    ['A, signed by A', token(), '200'],
    ['B, signed by B', signToken(keyB, claims({ iss: B, aud: 'b' })), '200'],
    ['A, signed by B', signToken(keyB, claims()), INVALID],
    ['B, signed by A', token({ iss: B, aud: 'b' }), INVALID],
    ['B, signed by A under the kid of B', token({ iss: B, aud: 'b' }, { kid: 'key-b' }), INVALID],
    ['A, for the audience of B', token({ aud: 'b' }), INVALID],
    ['C, signed by A', token({ iss: 'c', aud: 'c' }), INVALID],
    ['nobody', token({ iss: undefined }), INVALID],
    ['a name that every object has', token({ iss: 'constructor' }), INVALID],
  ])('a token of %s', async (_, compact, expected) => {
    expect(await answerTo(compact, { issuers })).toBe(expected)
  })

  test('the options of an issuer belong inside it, and every issuer is named once', () => {
    expect(() => authorizerOf({ issuers, audience: 'x' })).toThrow(/jwtAuthorizer\.audience: found beside issuers/)
    expect(() => authorizerOf({ issuers: [...issuers, issuers[0]] })).toThrow(/jwtAuthorizer\.issuers/)
    expect(() => authorizerOf({ issuers: [] })).toThrow(/jwtAuthorizer\.issuers/)
    expect(() => authorizerOf({ issuers: [{ issuer: 'x' }] })).toThrow(/jwtAuthorizer\.issuers\[0\]\.audience/)
    expect(() => authorizerOf({ issuers: [{ ...issuers[0], typ: 'x' }] })).toThrow(/issuers\[0\]\.typ is not an option/)
  })

  test('a principal of one issuer keeps its own name', async () => {
    const authorizer = authorizerOf({ issuers })
    const outcome = await present(authorizer, signToken(keyB, claims({ iss: B, aud: 'b' })))
    expect(outcome).toMatchObject({ allowed: true, authorizer: { principalId: 'alice', context: { iss: B } } })
  })
})

test('SEC-76 a refusal is 401 with a challenge that says no more than that', async () => {
  const outcome = await present(authorizerOf(), token({ aud: 'x' }))
  expect(answer(outcome)).toBe(INVALID)
  expect(reasonOf(outcome)).toBe('UNAUTHORIZED')
  if (outcome.allowed) throw new Error('allowed')
  expect(outcome.response.body).toBe('{"message":"Unauthorized"}')
  expect(responseHeader(outcome, 'cache-control')).toBe('no-store')
})
