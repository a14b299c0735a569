import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { hang, json } from '../../support/key-server.ts'
import { denied, reasonOf, responseHeader } from '../../support/outcome.ts'
import { gatewayRequest } from '../../support/request.ts'
import { withToken } from '../../support/with-token.ts'
import { AWS_KEY, awsService, NOW } from './aws-service.ts'

const service = awsService()
const WELL_KNOWN = '/.well-known/openid-configuration'
const UNAUTHORIZED = '{"message":"Unauthorized"}'

const challengeOf = async (value: string, authorizationScopes: readonly string[] = []): Promise<unknown> => {
  const outcome = denied(await service.evaluate(value, { authorizationScopes }))
  return [outcome.response.status, responseHeader(outcome, 'www-authenticate'), outcome.response.body]
}

describe('responses', () => {
  test('AWS-JWT-20 a request without a token gets a bare challenge', async () => {
    const outcome = denied(await service.evaluate(gatewayRequest('GET /')))
    expect([outcome.response.status, outcome.response.body]).toEqual([401, UNAUTHORIZED])
    expect(responseHeader(outcome, 'www-authenticate')).toBe('Bearer')
  })

  test('AWS-JWT-21 a token without three segments is reported in the challenge', async () => {
    const text =
      'Bearer scope="" error="invalid_token" error_description="token contains an invalid number of segments"'
    expect(await challengeOf('Bearer abc')).toEqual([401, text, UNAUTHORIZED])
  })

  test('AWS-JWT-22 a wrong audience is reported in the challenge', async () => {
    const text = 'Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience"'
    expect(await challengeOf(service.token({ aud: 'x' }))).toEqual([401, text, UNAUTHORIZED])
  })

  test.each([
    [[], ''],
    [['dev-cognito-admin-api.keitakn.de/admin'], 'dev-cognito-admin-api.keitakn.de/admin'],
    [['a', 'b'], 'a b'],
  ])(
    'AWS-JWT-23 AWS-JWT-27 an expired token is reported in the challenge on a route with scopes %j',
    async (scopes, listed) => {
      const text = `Bearer scope="${listed}" error="invalid_token" error_description="the token has expired"`
      expect(await challengeOf(service.token({ exp: NOW - 9 }), scopes)).toEqual([401, text, UNAUTHORIZED])
    },
  )

  test('AWS-JWT-24 other problems have a challenge of the same form', async () => {
    const form = /^Bearer scope="a" error="invalid_token" error_description="[\w ]+"$/
    const bad = [
      service.token({ iss: 'x' }),
      service.token({ nbf: NOW + 9 }),
      service.token({ iat: NOW + 9 }),
      service.token({}, { kid: 'x' }),
      service.token({}, { kid: undefined }),
      service.token({}, { alg: 'ES256' }),
      service.token().slice(0, -4),
      'a.b.c',
      'Basic x',
    ]
    for (const value of bad)
      expect(await challengeOf(value, ['a'])).toEqual([401, expect.stringMatching(form), UNAUTHORIZED])
  })

  test('AWS-JWT-25 a token without a matching scope gets 403', async () => {
    const text = 'Bearer scope="a b" error="insufficient_scope"'
    expect(await challengeOf(service.token({ scope: 'c' }), ['a', 'b'])).toEqual([403, text, '{"message":"Forbidden"}'])
  })

  test('AWS-HTTP-01 AWS-JWT-26 AWS-KIND-04 the headers are those of an HTTP API', async () => {
    const ids = new Set<string>()
    for (const value of ['abc', service.token({ aud: 'x' }), ' ']) {
      const { response } = denied(await service.evaluate(value))
      const names = response.headers.map(([name]) => name)
      expect(names).toEqual(['content-type', 'apigw-requestid', 'cache-control', 'www-authenticate'])
      expect(response.headers[0]).toEqual(['content-type', 'application/json'])
      ids.add(response.headers[1]?.[1] ?? '')
    }
    expect(ids.size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[\w+/]{15}=$/)
  })

  test('AWS-HTTP-02 denialCors adds the CORS headers', async () => {
    const denialCors = { allowOrigins: ['https://app.example'], allowCredentials: true }
    const request = gatewayRequest('GET /', { headers: { Origin: 'https://app.example' } })
    const outcome = denied(await service.evaluate(request, { denialCors }))
    expect(responseHeader(outcome, 'access-control-allow-origin')).toBe('https://app.example')
    expect(responseHeader(outcome, 'access-control-allow-credentials')).toBe('true')
    expect(responseHeader(outcome, 'vary')).toBe('Origin')
  })

  test('AWS-HTTP-15 gateway responses cannot be customized', () => {
    expect(() => service.authorizer({ gatewayResponses: {} } as object)).toThrow(/gatewayResponses is not an option/)
  })

  test('SEC-24 repeated Authorization headers are rejected with 401', async () => {
    const headers = [
      ['Authorization', service.token()],
      ['authorization', service.token()],
    ] as const
    const outcome = denied(await service.evaluate(gatewayRequest('GET /', { headers })))
    expect([outcome.response.status, outcome.reason]).toEqual([401, 'IDENTITY_SOURCE_REPEATED'])
  })

  test('a denial of requireScopes has the challenge of the authorizer', () => {
    const denial = service.authorizer({ authorizationScopes: ['a'] }).deny(withToken('x'), 'INSUFFICIENT_SCOPE')
    expect(responseHeader(denial, 'www-authenticate')).toBe('Bearer scope="a" error="insufficient_scope"')
  })
})

const expectUnavailable = async (): Promise<void> => {
  const outcome = denied(await service.evaluate(service.token()))
  expect([outcome.response.status, outcome.response.body]).toEqual([503, '{"message":"Service Unavailable"}'])
  expect(reasonOf(outcome)).toBe('AUTHORIZER_UNAVAILABLE')
  expect(responseHeader(outcome, 'www-authenticate')).toBeUndefined()
  expect(responseHeader(outcome, 'retry-after')).toBe('1')
}

describe('unavailable keys', () => {
  test.each([WELL_KNOWN, '/keys'])('AWS-JWT-28 SEC-76 a failure of %s gives 503, not 401', async (path) => {
    service.server.instead.set(path, json('', 500))
    await expectUnavailable()
  })

  test('AWS-JWT-16 AWS-JWT-28 SEC-76 metadata of another issuer give 503 for the first token, and no error at start-up', async () => {
    service.server.instead.set(WELL_KNOWN, json({ issuer: 'https://x', jwks_uri: service.server.jwksUri }))
    expect(() => service.authorizer()).not.toThrow()
    await expectUnavailable()
  })

  test('AWS-QUO-14 AWS-JWT-28 SEC-76 a key set of more than 150,000 bytes gives 503', async () => {
    const text = JSON.stringify({ keys: [AWS_KEY.jwk] })
    service.server.instead.set('/keys', json(text.padEnd(150_001)))
    await expectUnavailable()
    service.server.instead.set('/keys', json(text.padEnd(150_000)))
    expect(await service.statusOf(service.token())).toBe('200')
  })

  test.each([
    ['AWS-QUO-14', '/keys'],
    ['AWS-QUO-15', WELL_KNOWN],
  ])('%s AWS-JWT-28 SEC-76 %s has a deadline of 1500 ms', async (_, path) => {
    service.server.instead.set(path, hang)
    const clock = fakeClock()
    let settled = false
    const outcome = service.evaluate(service.token(), { clock }).finally(() => {
      settled = true
    })
    await service.server.reached(1, path)
    clock.advanceSync(1499)
    expect(settled).toBe(false)
    clock.advanceSync(1)
    expect((await outcome).allowed).toBe(false)
    expect(clock.monotonic()).toBe(1500)
  })
})

describe('options', () => {
  const issuer = 'https://issuer.example'
  test.each([
    [undefined],
    [{}],
    [{ issuer }],
    [{ issuer, audience: [] }],
    [{ issuer, audience: null }],
    [{ issuer, audience: [5] }],
    [{ issuer: '', audience: 'a' }],
    [{ issuer, audience: 'a', jwksUri: 'x' }],
  ])('jwtConfiguration %j throws', (jwtConfiguration) => {
    expect(() => service.authorizer({ jwtConfiguration: jwtConfiguration as never })).toThrow(/jwtConfiguration/)
  })

  test.each(['issuer.example', 'http://issuer.example', 'https://issuer.example?x', 'https://issuer.example#x'])(
    'AWS-JWT-16 an issuer that is not a metadata URL throws: %s',
    (bad) => {
      const jwtConfiguration = { issuer: bad, audience: 'a' }
      expect(() => service.authorizer({ jwtConfiguration })).toThrow(/awsJwtAuthorizer\.jwtConfiguration\.issuer/)
    },
  )

  test('AWS-QUO-12 more than 50 audiences throw', () => {
    const audience = Array.from({ length: 50 }, String)
    expect(() => service.authorizer({ jwtConfiguration: { issuer, audience } })).not.toThrow()
    const more = [...audience, 'x']
    expect(() => service.authorizer({ jwtConfiguration: { issuer, audience: more } })).toThrow(/jwtConfiguration/)
  })

  test('AWS-QUO-13 more than 10 scopes throw', () => {
    const scopes = Array.from({ length: 10 }, (_, index) => `s${index}`)
    expect(() => service.authorizer({ authorizationScopes: scopes })).not.toThrow()
    expect(() => service.authorizer({ authorizationScopes: [...scopes, 'x'] })).toThrow(/\.authorizationScopes/)
  })

  test.each([['a b'], ['"'], ['']])('an invalid scope throws: %j', (scope) => {
    expect(() => service.authorizer({ authorizationScopes: [scope] })).toThrow(/authorizationScopes/)
  })

  test.each(['$context.x', '$stageVariables.x', 'Authorization', '$request.header.a,$request.header.b'])(
    'AWS-JWT-01 identitySource %j throws',
    (identitySource) => {
      expect(() => service.authorizer({ identitySource })).toThrow(/awsJwtAuthorizer\.identitySource/)
    },
  )

  test('AWS-CACHE-25 options for caching results throw', () => {
    for (const option of [{ resultTtlSeconds: 300 }, { store: new Map() }, { maxEntries: 5 }])
      expect(() => service.authorizer(option as object)).toThrow(/is not an option/)
  })
})
