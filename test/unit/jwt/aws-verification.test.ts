import { spyOnVerification } from '../../support/verification.ts'
import { describe, expect, test } from 'vitest'
import { gatewayRequest } from '../../support/request.ts'
import { encode, signingKey, signParts } from '../../support/tokens.ts'
import { AWS_KEY, awsService, invalidToken, NOW } from './aws-service.ts'

const service = awsService()
const statusOf: typeof service.statusOf = (...request) => service.statusOf(...request)
const AUDIENCE = invalidToken('the token does not have a valid audience')
const EXPIRED = invalidToken('the token has expired')
const ISSUER = invalidToken('the token does not have a valid issuer')
const NOT_YET = invalidToken('the token is not valid yet')
const SIGNATURE = invalidToken('the token does not have a valid signature')
const KEY = invalidToken('the token does not have a valid key')
const ALGORITHM = invalidToken('the token has a signing algorithm that is not supported')
const SEGMENTS = invalidToken('token contains an invalid number of segments')

test('AWS-JWT-01 the identity source contains the bare token, or Bearer and the token', async () => {
  const compact = service.token()
  for (const value of [compact, `Bearer ${compact}`, `bearer ${compact}`]) expect(await statusOf(value)).toBe('200')
  for (const value of [`Basic ${compact}`, `Bearer ${compact} x`, `Bearer Bearer ${compact}`])
    expect(await statusOf(value)).toMatch(/^401 /)
})

test('AWS-JWT-02 a missing or empty identity source gives 401 with a bare challenge', async () => {
  for (const headers of [[], [['Authorization', '']], [['Authorization', ' ']]] as const)
    expect(await statusOf(gatewayRequest('GET /', { headers }))).toBe('401 Bearer')
})

test('AWS-JWT-03 a token outside the identity source is ignored', async () => {
  const compact = service.token()
  const identitySource = '$request.querystring.token'
  expect(await statusOf(gatewayRequest(`GET /?token=${compact}`), { identitySource })).toBe('200')
  expect(await statusOf(`Bearer ${compact}`, { identitySource })).toBe('401 Bearer')
  expect(await statusOf(gatewayRequest(`GET /?token=${compact}`))).toBe('401 Bearer')
})

test('AWS-JWT-04 the signature is verified before the claims, and the claims before the scopes', async () => {
  const attacker = signingKey('aws-1', 'RS256', { pair: 'second' })
  const authorizationScopes = ['a']
  const all = { exp: NOW - 1, aud: 'x', scope: 'b' }
  expect(await statusOf(service.token(all, {}, attacker))).toBe(SIGNATURE)
  expect(await statusOf(service.token({ exp: NOW - 1, scope: 'b' }), { authorizationScopes })).toBe(
    invalidToken('the token has expired', 'a'),
  )
  expect(await statusOf(service.token({ scope: 'b' }), { authorizationScopes })).toMatch(/^403 /)
})

describe('algorithms', () => {
  test.each(['RS256', 'RS384', 'RS512'] as const)('AWS-JWT-05 %s is supported', async (algorithm) => {
    const key = signingKey('k', algorithm)
    service.server.keys = [key.jwk]
    expect(await statusOf(service.token({}, {}, key))).toBe('200')
  })

  test.each(['PS256', 'PS512', 'ES256', 'ES512', 'EdDSA'] as const)(
    'AWS-JWT-05 %s is not supported',
    async (algorithm) => {
      const key = signingKey('k', algorithm)
      service.server.keys = [key.jwk]
      expect(await statusOf(service.token({}, {}, key))).toBe(ALGORITHM)
      expect(service.server.requestedPaths).toEqual([])
    },
  )

  test('AWS-JWT-05 HS256 with the public key and alg none are rejected', async () => {
    const { createPublicKey, createSecretKey } = await import('node:crypto')
    const pem = createPublicKey(AWS_KEY.privateKey).export({ type: 'spki', format: 'pem' }).toString()
    const claims = { iss: service.server.origin, aud: 'client', exp: NOW + 300 }
    const forged = signParts({ alg: 'HS256', kid: 'aws-1' }, claims, 'HS256', createSecretKey(Buffer.from(pem)))
    expect(await statusOf(forged)).toBe(ALGORITHM)
    expect(await statusOf(`${encode({ alg: 'none', kid: 'aws-1' })}.${encode(claims)}.`)).toBe(ALGORITHM)
  })
})

describe('key', () => {
  test('AWS-JWT-06 the key is found through the metadata of the issuer', async () => {
    expect(await statusOf(service.token())).toBe('200')
    expect(service.server.requestedPaths).toEqual(['/.well-known/openid-configuration', '/keys'])
  })

  test('AWS-JWT-06 a token with a missing or unknown kid is rejected', async () => {
    expect(await statusOf(service.token({}, { kid: undefined }))).toBe(KEY)
    expect(await statusOf(service.token({}, { kid: 'aws-2' }))).toBe(KEY)
    expect(await statusOf(service.token({}, { kid: '' }))).toBe(KEY)
    expect(await statusOf(service.token({}, {}, signingKey('aws-1', 'RS256', { pair: 'second' })))).toBe(SIGNATURE)
  })
})

test('AWS-JWT-07 AWS-CACHE-25 keys are cached for less than two hours, decisions are not cached', async () => {
  const verify = spyOnVerification()
  const authorizer = service.authorizer()
  const compact = service.token({ exp: NOW + 1e5 })
  const once = async (): Promise<boolean> =>
    (await authorizer.evaluate(gatewayRequest('GET /', { headers: { Authorization: compact } }))).allowed
  for (let round = 0; round < 3; round++) expect(await once()).toBe(true)
  expect(verify).toHaveBeenCalledTimes(3)
  expect(service.server.fetches).toBe(1)
  service.server.instead.set('/.well-known/openid-configuration', (_, response) => void response.writeHead(500).end())
  service.clock.advanceSync(7_199_999)
  expect(await once()).toBe(false)
})

test('AWS-JWT-07 the old and the new key are accepted while both are published', async () => {
  const next = signingKey('aws-2', 'RS256', { pair: 'second' })
  const authorizer = service.authorizer()
  const good = async (compact: string): Promise<boolean> =>
    (await authorizer.evaluate(gatewayRequest('GET /', { headers: { Authorization: compact } }))).allowed
  expect(await good(service.token())).toBe(true)
  service.clock.advanceSync(1)
  service.server.keys = [AWS_KEY.jwk, next.jwk]
  expect(await good(service.token({}, {}, next))).toBe(true)
  expect(await good(service.token())).toBe(true)
})

test('AWS-JWT-08 iss has to equal the issuer exactly', async () => {
  for (const iss of [
    `${service.server.origin}/`,
    service.server.origin.toUpperCase(),
    'x',
    undefined,
    null,
    5,
    [service.server.origin],
  ])
    expect(await statusOf(service.token({ iss }))).toBe(ISSUER)
})

describe('audience', () => {
  test.each([
    [{ aud: 'client' }, '200'],
    [{ aud: 'other-client' }, '200'],
    [{ aud: ['x', 'client'] }, '200'],
    [{ aud: 'x' }, AUDIENCE],
    [{ aud: [] }, AUDIENCE],
    [{ aud: { client: 1 } }, AUDIENCE],
    [{ aud: ['client', 5] }, AUDIENCE],
    [{ aud: undefined }, AUDIENCE],
    [{ aud: undefined, client_id: 'client' }, '200'],
    [{ aud: undefined, client_id: 'x' }, AUDIENCE],
    [{ aud: undefined, client_id: { a: 1 } }, AUDIENCE],
    [{ aud: undefined, client_id: ['client'] }, AUDIENCE],
    [{ aud: undefined, client_id: ['client', 'other-client'] }, AUDIENCE],
    [{ aud: undefined, client_id: [] }, AUDIENCE],
    [{ aud: undefined, client_id: null }, AUDIENCE],
    [{ aud: undefined, client_id: true }, AUDIENCE],
    [{ aud: undefined, client_id: ' client' }, AUDIENCE],
    [{ aud: ['client', null] }, AUDIENCE],
    [{ aud: [['client']] }, AUDIENCE],
    [{ aud: 'client other-client' }, AUDIENCE],
    [{ aud: 'x', client_id: 'client' }, AUDIENCE],
    [{ aud: [], client_id: 'client' }, AUDIENCE],
    [{ aud: null, client_id: 'client' }, AUDIENCE],
    [{ aud: 'client', client_id: 'x' }, '200'],
  ])('AWS-JWT-09 the claims %j give $1', async (changes, expected) => {
    expect(await statusOf(service.token(changes))).toBe(expected)
  })
})

describe('dates', () => {
  const DATES = invalidToken('the token does not have valid dates')
  test.each([
    [{ exp: NOW + 1 }, '200'],
    [{ exp: NOW }, EXPIRED],
    [{ exp: NOW - 1 }, EXPIRED],
    [{ exp: undefined }, DATES],
    [{ exp: `${NOW + 300}` }, DATES],
    [{ nbf: NOW - 1 }, '200'],
    [{ nbf: NOW + 1 }, NOT_YET],
    [{ nbf: 'x' }, DATES],
    [{ iat: NOW + 1 }, NOT_YET],
    [{ iat: undefined }, '200'],
    [{ nbf: undefined, iat: undefined }, '200'],
  ])('AWS-JWT-10 AWS-JWT-11 AWS-JWT-12 the claims %j give $1', async (changes, expected) => {
    expect(await statusOf(service.token(changes))).toBe(expected)
  })
})

describe('scopes', () => {
  const authorizationScopes = ['a', 'b']
  const missing = '403 Bearer scope="a b" error="insufficient_scope"'
  test.each([
    [{ scope: 'b c' }, '200'],
    [{ scp: ['c', 'a'] }, '200'],
    [{ scp: 'c a' }, '200'],
    [{ scope: 'c' }, missing],
    [{ scope: 'A B' }, missing],
    [{ scope: 'ab' }, missing],
    [{ scp: ['a b'] }, missing],
    [{}, missing],
    [{ scp: ['c'], scope: 'a' }, missing],
    [{ scp: ['a'], scope: 'c' }, '200'],
    [{ scp: [], scope: 'a' }, missing],
  ])('AWS-JWT-13 AWS-JWT-14 AWS-JWT-15 the claims %j give $1', async (changes, expected) => {
    expect(await statusOf(service.token(changes), { authorizationScopes })).toBe(expected)
  })

  test('AWS-JWT-13 AWS-JWT-14 AWS-JWT-15 a route without scopes ignores the scope claims', async () => {
    expect(await statusOf(service.token({ scope: { odd: true }, scp: 5 }))).toBe('200')
  })

  test('AWS-GOT-27 an ID token without scope gets 403, not 401, on a route with scopes', async () => {
    expect(await statusOf(service.token({ token_use: 'id' }), { authorizationScopes })).toBe(missing)
  })
})

test.each([
  ['crit', { crit: ['x'], x: 1 }],
  ['b64', { b64: false }],
  ['jwk', { jwk: AWS_KEY.jwk }],
  ['jku', { jku: 'https://issuer.example' }],
])('SEC-71 SEC-72 the header parameter %s is rejected', async (_, header) => {
  expect(await statusOf(service.token({}, header))).toMatch(/^401 /)
})

test('SEC-77 SEC-79 malformed tokens are rejected', async () => {
  const compact = service.token()
  for (const bent of [`${compact}=`, `${compact}A`, compact.replace('.', '=.')])
    expect(await statusOf(bent)).toMatch(/^401 /)
  for (const parts of ['a', 'a.b', `${compact}.`, 'a.b.c.d.e']) expect(await statusOf(parts)).toBe(SEGMENTS)
})
