/** The responses of `awsJwtAuthorizer` over raw sockets, on every adapter (AWS-JWT rules). @module */
import { createPublicKey, createSecretKey } from 'node:crypto'
import type { Authorizer } from '@custom-authorizer/core'
import type { AwsJwtAuthorizerOptions } from '@custom-authorizer/jwt'
import { expect, test } from 'vitest'
import { describeAdapters, type Service } from '../../support/adapters.ts'
import { hang } from '../../support/key-server.ts'
import type { RawRequest } from '../../support/raw-client.ts'
import { encode, signingKey, signParts } from '../../support/tokens.ts'
import { AWS_KEY, awsService, NOW } from './aws-service.ts'

const service = awsService()
type Changes = Readonly<Record<string, unknown>>
type Options = Partial<AwsJwtAuthorizerOptions>

const bearer = (compact: string): RawRequest => ({ headers: [['Authorization', `Bearer ${compact}`]] })
const claims = (changes: Changes) => (): RawRequest => bearer(service.token(changes))
const header = (changes: Changes) => (): RawRequest => bearer(service.token({}, changes))
const value = (given: () => string) => (): RawRequest => ({ headers: [['Authorization', given()]] })

const UNAUTHORIZED = '{"message":"Unauthorized"}'
const FORBIDDEN = '{"message":"Forbidden"}'
const invalid = (text: string, scope = ''): string =>
  `Bearer scope="${scope}" error="invalid_token" error_description="${text}"`
const SEGMENTS = invalid('token contains an invalid number of segments')
const AUDIENCE = invalid('the token does not have a valid audience')
const EXPIRED = invalid('the token has expired')
const INSUFFICIENT = 'Bearer scope="a b" error="insufficient_scope"'
const ANY = /^Bearer scope="" error="invalid_token" error_description="[\w ]+"$/

const attacker = signingKey('aws-1', 'RS256', { pair: 'second' })
const forged = (): string => {
  const pem = createPublicKey(AWS_KEY.privateKey).export({ type: 'spki', format: 'pem' }).toString()
  const payload = { iss: service.server.origin, aud: 'client', exp: NOW + 300 }
  return signParts({ alg: 'HS256', kid: 'aws-1' }, payload, 'HS256', createSecretKey(Buffer.from(pem)))
}
const unsigned = (): string => {
  const payload = { iss: service.server.origin, aud: 'client', exp: NOW + 300 }
  return `${encode({ alg: 'none', kid: 'aws-1' })}.${encode(payload)}.`
}

const SCOPED: Options = { authorizationScopes: ['a', 'b'] }
const BY_QUERY: Options = { identitySource: '$request.querystring.token' }

type Denied = readonly [
  rule: string,
  title: string,
  request: () => RawRequest,
  challenge: string | RegExp,
  options?: Options,
]
const UNAUTHORIZED_ROWS: readonly Denied[] = [
  ['AWS-JWT-02 AWS-JWT-20', 'no token', () => ({}), 'Bearer'],
  ['AWS-JWT-02 AWS-JWT-20', 'an empty source', value(() => ''), 'Bearer'],
  ['AWS-JWT-02 AWS-JWT-20', 'no token on a route with scopes', () => ({}), 'Bearer', SCOPED],
  [
    'AWS-JWT-03',
    'a token in the header although the query is the source',
    () => bearer(service.token()),
    'Bearer',
    BY_QUERY,
  ],
  ['AWS-JWT-03', 'a token in the query', () => ({ target: `/?token=${service.token()}` }), 'Bearer'],
  ['AWS-JWT-01 AWS-JWT-21', 'another scheme', value(() => `Basic ${service.token()}`), ANY],
  ['AWS-JWT-21', 'one segment', value(() => 'abc'), SEGMENTS],
  ['AWS-JWT-21', 'two segments', value(() => 'Bearer a.b'), SEGMENTS],
  ['AWS-JWT-21', 'five segments', value(() => 'Bearer a.b.c.d.e'), SEGMENTS],
  ['AWS-JWT-05 AWS-JWT-24', 'HS256 with the public key', () => bearer(forged()), ANY],
  ['AWS-JWT-05 AWS-JWT-24', 'no signature', () => bearer(unsigned()), ANY],
  ['AWS-JWT-05 AWS-JWT-24', 'ES256 in the header', header({ alg: 'ES256' }), ANY],
  ['AWS-JWT-06 AWS-JWT-24', 'no kid', header({ kid: undefined }), ANY],
  ['AWS-JWT-06 AWS-JWT-24', 'a kid that is not published', header({ kid: 'aws-2' }), ANY],
  ['AWS-JWT-24', 'the signature of another key', () => bearer(service.token({}, {}, attacker)), ANY],
  ['AWS-JWT-08 AWS-JWT-24', 'another issuer', claims({ iss: 'https://issuer.example' }), ANY],
  ['AWS-JWT-08', 'the issuer with a slash', () => claims({ iss: `${service.server.origin}/` })(), ANY],
  ['AWS-JWT-09 AWS-JWT-22', 'another audience', claims({ aud: 'x' }), AUDIENCE],
  ['AWS-JWT-09 AWS-JWT-22', 'no audience', claims({ aud: undefined }), AUDIENCE],
  [
    'AWS-JWT-09 AWS-JWT-22',
    'another aud together with client_id',
    claims({ aud: ['x'], client_id: 'client' }),
    AUDIENCE,
  ],
  ['AWS-JWT-10 AWS-JWT-23', 'a past exp', claims({ exp: NOW - 1 }), EXPIRED],
  ['AWS-JWT-11 AWS-JWT-23', 'exp equal to now', claims({ exp: NOW }), EXPIRED],
  [
    'AWS-JWT-23 AWS-JWT-27',
    'a past exp on a route with scopes',
    claims({ exp: NOW - 1 }),
    invalid('the token has expired', 'a b'),
    SCOPED,
  ],
  ['AWS-JWT-12 AWS-JWT-24', 'no exp', claims({ exp: undefined }), ANY],
  ['AWS-JWT-10 AWS-JWT-24', 'a future nbf', claims({ nbf: NOW + 1 }), ANY],
  ['AWS-JWT-10 AWS-JWT-24', 'a future iat', claims({ iat: NOW + 1 }), ANY],
  ['AWS-JWT-04', 'a bad signature before a bad audience', () => bearer(service.token({ aud: 'x' }, {}, attacker)), ANY],
  [
    'AWS-JWT-04',
    'a bad audience before a missing scope',
    claims({ aud: 'x' }),
    invalid('the token does not have a valid audience', 'a b'),
    SCOPED,
  ],
]

const FORBIDDEN_ROWS: readonly Denied[] = [
  ['AWS-JWT-13 AWS-JWT-25', 'another scope', claims({ scope: 'c' }), INSUFFICIENT, SCOPED],
  ['AWS-JWT-13 AWS-JWT-25 AWS-GOT-27', 'no scope', claims({}), INSUFFICIENT, SCOPED],
  ['AWS-JWT-14 AWS-JWT-25', 'scp before scope', claims({ scp: ['c'], scope: 'a' }), INSUFFICIENT, SCOPED],
  ['AWS-JWT-15 AWS-JWT-25', 'another letter case', claims({ scope: 'A B' }), INSUFFICIENT, SCOPED],
]

/** `expected` is `requestContext.authorizer`. */
type Pass = readonly [rule: string, title: string, request: () => RawRequest, expected: object, options?: Options]
const PASSES: readonly Pass[] = [
  ['AWS-JWT-01', 'a bare token', value(() => service.token()), { jwt: { scopes: null } }],
  ['AWS-JWT-01', 'a bearer token', value(() => `Bearer ${service.token()}`), { jwt: { scopes: null } }],
  ['AWS-JWT-01', 'a token in the query', () => ({ target: `/?token=${service.token()}` }), { jwt: {} }, BY_QUERY],
  ['AWS-JWT-09', 'client_id instead of aud', claims({ aud: undefined, client_id: 'client' }), { jwt: {} }],
  [
    'AWS-JWT-09',
    'one audience of several',
    claims({ aud: ['x', 'other-client'] }),
    { jwt: { claims: { aud: '[x other-client]' } } },
  ],
  ['AWS-JWT-12', 'no nbf and no iat', claims({ nbf: undefined, iat: undefined }), { jwt: {} }],
  [
    'AWS-JWT-13 AWS-JWT-33 AWS-JWT-34',
    'one scope of two',
    claims({ scope: 'b c' }),
    { jwt: { scopes: ['b', 'c'], claims: { scope: 'b c' } } },
    SCOPED,
  ],
  [
    'AWS-JWT-13 AWS-JWT-33',
    'scp',
    claims({ scp: ['a', 'x'] }),
    { jwt: { scopes: ['a', 'x'], claims: { scp: '[a x]' } } },
    SCOPED,
  ],
  [
    'AWS-JWT-33 AWS-GOT-28',
    'scopes on a route without scopes',
    claims({ scope: 'a' }),
    { jwt: { scopes: null, claims: { scope: 'a' } } },
  ],
  [
    'AWS-JWT-30 AWS-JWT-31 AWS-JWT-32',
    'claims as strings',
    claims({ n: 1.5, t: true, list: ['a', 'b'], o: { k: 1 } }),
    { jwt: { claims: { n: '1.5', t: 'true', list: '[a b]', o: '{"k":1}', exp: String(NOW + 300) } } },
  ],
  ['AWS-CTX-24', 'format 1.0', claims({}), { scopes: null, claims: { sub: 'alice' } }, { payloadFormatVersion: '1.0' }],
]

/** Puts rule and title before each row, for the title of the test. */
const named = <T extends readonly [rule: string, title: string, ...rest: unknown[]]>(rows: readonly T[]) =>
  rows.map((row) => [row[0], row[1], row] as const)

describeAdapters('awsJwtAuthorizer', (adapter) => {
  const serve = (options?: Options): Promise<Service> => {
    const guard = adapter.customAuthorizer(service.authorizer(options) as unknown as Authorizer<never>)
    return adapter.serve({ use: [guard], routes: [{ path: '*' }] })
  }
  const expectDenied = async (row: Denied, status: number, body: string): Promise<void> => {
    const [, , request, challenge, options] = row
    const app = await serve(options)
    const response = await app.send(request())
    expect([response.status, response.body]).toEqual([status, body])
    expect(response.header('www-authenticate')).toEqual(
      typeof challenge === 'string' ? challenge : expect.stringMatching(challenge),
    )
    expect(response.header('content-type')).toBe('application/json')
    expect(response.header('content-length')).toBe(String(body.length))
    expect(response.header('apigw-requestid')).toMatch(/^[A-Za-z0-9+/]{15}=$/)
    expect(response.values('x-amzn-errortype')).toEqual([])
    expect([app.hits, app.errors]).toEqual([[], []])
  }

  test.each(named(UNAUTHORIZED_ROWS))('AWS-JWT-26 %s gives 401: %s', async (_, _title, row) =>
    expectDenied(row, 401, UNAUTHORIZED),
  )
  test.each(named(FORBIDDEN_ROWS))('%s gives 403: %s', async (_, _title, row) => expectDenied(row, 403, FORBIDDEN))

  test.each(named(PASSES))('%s is accepted: %s', async (_, _title, [, , request, expected, options]) => {
    const response = await (await serve(options)).send(request())
    expect(response.status, response.body).toBe(200)
    expect(JSON.parse(response.body)).toMatchObject({ authorizer: { requestContext: { authorizer: expected } } })
  })

  test.each(['RS256', 'RS384', 'RS512'] as const)('AWS-JWT-05 %s is supported', async (algorithm) => {
    const key = signingKey('k', algorithm)
    service.server.keys = [key.jwk]
    expect((await (await serve()).send(bearer(service.token({}, {}, key)))).status).toBe(200)
  })

  test.each(['PS256', 'ES256', 'EdDSA'] as const)('AWS-JWT-05 %s is not supported', async (algorithm) => {
    const key = signingKey('k', algorithm)
    service.server.keys = [key.jwk]
    expect((await (await serve()).send(bearer(service.token({}, {}, key)))).status).toBe(401)
  })

  test('AWS-JWT-28 SEC-76 unavailable keys give 503, not 401', async () => {
    const { server, clock } = service
    server.instead.set('/keys', hang)
    const response = (await serve()).send(bearer(service.token()))
    await server.reached(1)
    clock.advanceSync(1500)
    const received = await response
    expect([received.status, received.body]).toEqual([503, '{"message":"Service Unavailable"}'])
    expect([received.header('retry-after'), received.header('www-authenticate')]).toEqual(['1', undefined])
  })

  test('AWS-CACHE-25 AWS-JWT-07 keys are cached, decisions are not', async () => {
    const app = await serve()
    const compact = service.token({ exp: NOW + 1 })
    expect((await app.send(bearer(compact))).status).toBe(200)
    service.clock.advanceSync(1000)
    expect((await app.send(bearer(compact))).header('www-authenticate')).toBe(EXPIRED)
    expect(service.server.fetches).toBe(1)
  })

  test('SEC-24 repeated Authorization headers are rejected with 401', async () => {
    const lines = [service.token(), service.token()].map((compact) => ['Authorization', compact] as const)
    const response = await (await serve()).send({ headers: lines })
    expect([response.status, response.header('www-authenticate')]).toEqual([401, 'Bearer'])
  })
})
