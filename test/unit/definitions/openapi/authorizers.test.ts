import { describe, expect, test } from 'vitest'
import { authorizer, documentOf, JWT, read, TOKEN, URI } from './read.ts'

/** Reads one scheme `a`, which `GET /p` requires. */
const scheme = async (a: unknown, more: object = {}) => {
  const result = await read(documentOf({ a }, undefined, more))
  return { ...result, a: result.api.authorizers['a'] }
}
const http = { authorizerPayloadFormatVersion: '2.0', authorizerUri: URI, type: 'request' }

describe('kinds of authorizers', () => {
  test.each([
    ['token', 'TOKEN'],
    ['TOKEN', 'TOKEN'],
    ['Cognito_User_Pools', 'COGNITO_USER_POOLS'],
  ])('DEF-OAS-02 the type %s is read in any letter case', async (type, kind) => {
    expect((await scheme(authorizer({ type, authorizerUri: URI }))).a?.kind).toBe(kind)
  })

  test.each([
    ['another type', { type: 'lambda' }],
    ['no type', {}],
    ['an empty type', { type: '' }],
    ['the type constructor', { type: 'constructor' }],
    ['null', null],
    ['text', 'token'],
    ['a list', []],
  ])('DEF-OAS-02 %s is an unknown authorizer and leaves the route undecided', async (_, settings) => {
    const { routes, stops, findings } = await scheme(authorizer(settings as object))
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-OAS-02 unknown-authorizer'])
    expect(findings[0]?.routes).toEqual(['GET /p'])
  })

  test.each([
    ['jwt', 'REST'],
    ['token', 'HTTP'],
    ['cognito_user_pools', 'HTTP'],
  ] as const)('DEF-OAS-02 the type %s is invalid in a %s API', async (type, protocol) => {
    const { routes, stops } = await read(documentOf({ a: authorizer({ type }) }), { protocol })
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toContain('DEF-OAS-02 invalid')
  })

  test('DEF-OAS-09 the credentials, the label and the URI of an authorizer are information', async () => {
    const { a, stops } = await scheme(
      authorizer(
        { type: 'token', authorizerUri: URI, authorizerCredentials: 'arn:aws:iam::123456789012:role/x' },
        { 'x-amazon-apigateway-authtype': 'custom' },
      ),
    )
    expect(a).toMatchObject({ kind: 'TOKEN', function: 'auth' })
    expect(stops).toEqual([])
  })
})

describe('TOKEN', () => {
  test.each([
    ['no name', { name: null }],
    ['an empty name', { name: '' }],
    ['a query parameter', { in: 'query' }],
    ['a cookie', { in: 'cookie' }],
    ['no place', { in: null }],
  ])('DEF-OAS-03 %s is invalid', async (_, change) => {
    const { routes, stops } = await scheme(authorizer({ type: 'token' }, change))
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-OAS-03 invalid'])
  })

  test('DEF-OAS-04 an identitySource of the same name is fine in any letter case', async () => {
    const source = 'method.request.header.authorization'
    const { a, stops } = await scheme(authorizer({ type: 'token', identitySource: source }))
    expect(a).toMatchObject({ identitySource: ['method.request.header.Authorization'] })
    expect(stops).toEqual([])
  })

  test('DEF-OAS-04 an identitySource of another name is ambiguous', async () => {
    const { stops } = await scheme(authorizer({ type: 'token', identitySource: 'method.request.header.X' }))
    expect(stops).toEqual(['DEF-OAS-04 ambiguous'])
  })

  test.each(['^x(?=y)', 'a++', '(', '[a-z&&[^b]]'])(
    'DEF-OAS-07 the expression %s, which RE2 cannot compile, is invalid',
    async (expression) => {
      const { stops } = await scheme(authorizer({ type: 'token', identityValidationExpression: expression }))
      expect(stops).toEqual(['DEF-DEF-05 invalid'])
    },
  )

  test('DEF-OAS-07 an expression is read, and an empty one is none', async () => {
    const { a } = await scheme(authorizer({ type: 'token', identityValidationExpression: '^Bearer .+' }))
    expect(a).toMatchObject({ identityValidationExpression: '^Bearer .+' })
    const empty = await scheme(authorizer({ type: 'token', identityValidationExpression: '' }))
    expect(empty.a).not.toHaveProperty('identityValidationExpression')
  })

  test('DEF-OAS-07 an expression of a REQUEST authorizer is ignored', async () => {
    const settings = { type: 'request', identitySource: 'method.request.header.A', identityValidationExpression: 'x' }
    expect((await scheme(authorizer(settings))).reports).toContain('DEF-OAS-07 ignored')
  })

  test.each([
    ['a negative number', -1],
    ['too large', 3601],
    ['a fraction', 1.5],
    ['text', 'soon'],
    ['a list', [300]],
  ])('DEF-GEN-15 a time to live that is %s is invalid, and results are not cached', async (_, ttl) => {
    const { a, stops } = await scheme(authorizer({ type: 'token', authorizerResultTtlInSeconds: ttl }))
    expect(stops).toEqual(['DEF-GEN-15 invalid'])
    expect(a).toMatchObject({ authorizerResultTtlInSeconds: 0 })
  })
})

describe('REQUEST', () => {
  test('DEF-OAS-05 sources are text with commas or a list, and the name of the scheme says nothing', async () => {
    const sources = ['method.request.header.A', 'method.request.querystring.b']
    const settings = { type: 'request', identitySource: ` ${sources.join(' , ')} ` }
    for (const identitySource of [settings.identitySource, sources])
      expect((await scheme(authorizer({ ...settings, identitySource }, { name: 'Unused' }))).a).toMatchObject({
        kind: 'REQUEST',
        identitySource: sources,
        authorizerResultTtlInSeconds: 300,
      })
  })

  test.each([
    ['1.0', '1.0'],
    ['1', '1.0'],
    [1, '1.0'],
    ['2.0', '2.0'],
    [2, '2.0'],
  ])('DEF-OAS-05 the payload version %j is %s', async (written, version) => {
    const { a } = await scheme(authorizer({ ...http, authorizerPayloadFormatVersion: written }))
    expect(a).toMatchObject({ authorizerPayloadFormatVersion: version, authorizerResultTtlInSeconds: 0 })
  })

  test.each([
    ['another version', { authorizerPayloadFormatVersion: '3.0' }],
    ['no version', { authorizerPayloadFormatVersion: null }],
    ['a map', { authorizerPayloadFormatVersion: {} }],
  ])('DEF-OAS-05 %s of the payload is invalid in an HTTP API', async (_, change) => {
    const { routes, stops } = await read(documentOf({ a: authorizer({ ...http, ...change }) }), { protocol: 'HTTP' })
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops.every((each) => each.endsWith('invalid'))).toBe(true)
    expect(stops).not.toEqual([])
  })

  test('DEF-OAS-05 simple responses with the payload version 1.0 are invalid', async () => {
    const settings = { ...http, authorizerPayloadFormatVersion: '1.0', enableSimpleResponses: true }
    expect((await scheme(authorizer(settings))).stops).toEqual(['DEF-OAS-05 invalid'])
  })

  test('DEF-OAS-05 settings of HTTP APIs are ignored in a REST API', async () => {
    const settings = { ...http, enableSimpleResponses: true, identitySource: 'method.request.header.A' }
    const { a, reports } = await read(documentOf({ a: authorizer(settings) }), { protocol: 'REST' }).then((result) => ({
      ...result,
      a: result.api.authorizers['a'],
    }))
    expect(reports).toContain('DEF-OAS-05 ignored')
    expect(a).not.toHaveProperty('enableSimpleResponses')
  })

  test.each([
    ['REST', undefined, ['DEF-OAS-06 invalid']],
    ['REST', 0, []],
    ['HTTP', undefined, []],
    ['HTTP', 60, ['DEF-OAS-06 invalid']],
  ] as const)('DEF-OAS-06 a %s API without sources and the time to live %j', async (protocol, ttl, expected) => {
    const version = protocol === 'HTTP' ? { authorizerPayloadFormatVersion: '2.0' } : {}
    const settings = { type: 'request', authorizerResultTtlInSeconds: ttl, ...version }
    expect((await read(documentOf({ a: authorizer(settings) }), { protocol })).stops).toEqual(expected)
  })

  test.each([
    ['REST', '$request.header.A'],
    ['HTTP', 'method.request.header.A'],
    ['REST', 'route.request.header.A'],
    ['REST', 'Authorization'],
  ] as const)('DEF-DEF-03 in a %s API the source %s is invalid', async (protocol, identitySource) => {
    const settings = { ...http, identitySource }
    expect((await read(documentOf({ a: authorizer(settings) }), { protocol })).stops).toEqual(['DEF-DEF-03 invalid'])
  })
})

describe('JWT and Cognito', () => {
  test('DEF-OAS-08 the issuer is that of the configuration', async () => {
    expect((await scheme(JWT)).a).toMatchObject({
      kind: 'JWT',
      jwtConfiguration: { issuer: 'https://issuer.test', audience: ['app'] },
    })
  })

  test.each([
    ['no audience', { jwtConfiguration: { issuer: 'https://i.test' } }],
    ['an empty audience', { jwtConfiguration: { issuer: 'https://i.test', audience: [] } }],
    ['no issuer', { jwtConfiguration: { audience: ['a'] } }],
    ['no configuration', { jwtConfiguration: null }],
    ['no source', { identitySource: null }],
    ['two sources', { identitySource: '$request.header.A,$request.header.B' }],
  ])('DEF-OAS-08 %s is invalid', async (_, change) => {
    const settings = {
      type: 'jwt',
      identitySource: '$request.header.Authorization',
      jwtConfiguration: { issuer: 'https://i.test', audience: ['a'] },
      ...change,
    }
    const { routes, stops } = await scheme(authorizer(settings))
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-OAS-08 invalid'])
  })

  test('DEF-OAS-08 a discovery URL is no issuer for another type of scheme, or with another path', async () => {
    const settings = { type: 'jwt', identitySource: '$request.header.A', jwtConfiguration: { audience: ['a'] } }
    for (const change of [
      { type: 'oauth2', openIdConnectUrl: 'https://i.test/.well-known/openid-configuration' },
      { type: 'openIdConnect', openIdConnectUrl: 'https://i.test/discovery' },
    ])
      expect((await scheme(authorizer(settings, change))).stops).toEqual(['DEF-OAS-08 invalid'])
  })

  test('DEF-OAS-02 a Cognito authorizer has the header of its scheme and its pools', async () => {
    const { a, routes, stops } = await scheme(authorizer({ type: 'cognito_user_pools', providerARNs: ['arn:pool'] }))
    expect(a).toMatchObject({ identitySource: ['method.request.header.Authorization'], providerARNs: ['arn:pool'] })
    expect(routes).toEqual(['GET /p -> a'])
    expect(stops).toEqual(['DEF-DEF-05 unsupported-authorizer'])
  })
})

describe('hostile names', () => {
  test.each(['constructor', 'toString', 'prototype', 'hasOwnProperty', '', ' ', 'ä\u202e', 'x'.repeat(5000)])(
    'DEF-IN-03 %j is a name of a scheme like any other',
    async (name) => {
      const { routes, stops } = await read(documentOf({ [name]: TOKEN }, { security: [{ [name]: [] }] }))
      expect(routes).toEqual([`GET /p -> ${name}`])
      expect(stops).toEqual([])
    },
  )

  test.each(['constructor', 'toString', 'valueOf'])('DEF-IN-03 %s is not a declared scheme', async (name) => {
    const { routes, stops } = await read(documentOf({ a: TOKEN }, { security: [{ [name]: [] }] }))
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-OAS-12 unknown-authorizer'])
  })
})
