import { describe, expect, test } from 'vitest'
import { doubtful, either, http, NO_VALUE, read, ref } from './read.ts'

const JWT = {
  AuthorizerType: 'JWT',
  AuthorizerPayloadFormatVersion: NO_VALUE,
  JwtConfiguration: { Issuer: 'https://issuer.test', Audience: ['app'] },
}

describe('HTTP APIs', () => {
  test.each([
    ['GET /pets', 'GET /pets -> Auth'],
    ['any /pets/{id}', 'ANY /pets/{id} -> Auth'],
    ['ANY /{proxy+}', 'ANY /{proxy+} -> Auth'],
    ['GET /pets/', 'GET /pets/ -> Auth'],
    ['$default', '$default -> Auth'],
  ])('DEF-CFN-10 DEF-GEN-13 DEF-GEN-14 the key %s is a route', async (RouteKey, expected) => {
    expect(await read(http({ route: { RouteKey } }))).toMatchObject({ routes: [expected], stops: [] })
  })

  test.each(['GET', 'GET pets', '/pets', '', 'GET /pets extra', '$connect'])(
    'DEF-CFN-10 the key %j is invalid',
    async (RouteKey) => {
      const { routes, stops } = await read(http({ route: { RouteKey } }))
      expect({ routes, stops }).toEqual({ routes: [], stops: ['DEF-CFN-10 invalid'] })
    },
  )

  test.each(['GET /a/../b', 'GET /a//b', 'GET /a?b', 'GET /a/%2e%2e/b', 'GET /a%2fb', 'GET /x{id}', 'GET /{a+}/b'])(
    'DEF-GEN-13 DEF-IN-06 the path of %s is invalid',
    async (RouteKey) => {
      expect((await read(http({ route: { RouteKey } }))).stops).toEqual(['DEF-GEN-13 invalid'])
    },
  )

  test('DEF-CFN-10 a JWT authorizer guards with the scopes of the route', async () => {
    const route = { AuthorizationType: 'JWT', AuthorizationScopes: ['a', 'b'] }
    const { apis, routes, stops } = await read(http({ route, authorizer: JWT }))
    expect({ routes, stops }).toEqual({ routes: ['GET /pets -> Auth [a,b]'], stops: [] })
    expect(apis[0]?.authorizers['Auth']).toMatchObject({
      kind: 'JWT',
      identitySource: ['$request.header.Authorization'],
      jwtConfiguration: { issuer: 'https://issuer.test', audience: ['app'] },
    })
  })

  test.each([
    ['no issuer', { ...JWT, JwtConfiguration: { Audience: ['app'] } }],
    ['an empty audience', { ...JWT, JwtConfiguration: { Issuer: 'https://issuer.test', Audience: [] } }],
    ['null as audience', { ...JWT, JwtConfiguration: { Issuer: 'https://issuer.test', Audience: [null] } }],
    ['two sources', { ...JWT, IdentitySource: ['$request.header.A', '$request.header.B'] }],
    ['no payload version', { AuthorizerPayloadFormatVersion: NO_VALUE }],
    ['an unknown payload version', { AuthorizerPayloadFormatVersion: '3.0' }],
    ['a cache without a source', { AuthorizerResultTtlInSeconds: 60, IdentitySource: [] }],
    ['simple responses of version 1.0', { AuthorizerPayloadFormatVersion: '1.0', EnableSimpleResponses: true }],
    ['a source of a REST API', { IdentitySource: ['method.request.header.A'] }],
  ])('DEF-CFN-11 DEF-DEF-03 an authorizer with %s is invalid', async (_, authorizer) => {
    const { routes, stops } = await read(http({ authorizer, route: { AuthorizationType: 'CUSTOM' } }))
    expect(stops).toContain('DEF-CFN-11 invalid')
    expect(routes).not.toContain('GET /pets -> NONE')
  })

  test.each([
    ['text', '2.0', '2.0'],
    ['a number', 1, '1.0'],
  ])(
    'DEF-CFN-11 DEF-DEF-02 without a lifetime nothing is cached, and the version can be %s',
    async (_, version, expected) => {
      const { apis } = await read(http({ authorizer: { AuthorizerPayloadFormatVersion: version } }))
      expect(apis[0]?.authorizers['Auth']).toMatchObject({
        authorizerResultTtlInSeconds: 0,
        authorizerPayloadFormatVersion: expected,
        enableSimpleResponses: false,
      })
    },
  )

  test('DEF-CFN-10 throttling of routes is reported', async () => {
    const more = { Settings: { Type: 'AWS::ApiGatewayV2::RouteSettings', Properties: { ApiId: ref('Api') } } }
    const { stops, reports } = await read(http({ more }))
    expect({ stops, reports }).toEqual({ stops: [], reports: ['DEF-CFN-18 not-carried'] })
  })

  test.each([
    ['the default key', {}, ['$default -> NONE', 'GET /pets -> Auth'], []],
    ['a key that is not known', { RouteKey: ref('Region') }, ['GET /pets -> Auth'], ['DEF-CFN-10 unresolved']],
  ])(
    'DEF-CFN-10 DEF-GEN-07 a quick-created route with %s is never guarded silently',
    async (_, more, routes, stops) => {
      const found = await read(doubtful(http({ api: { Target: 'https://a.test', ...more } })))
      expect(found).toMatchObject({ routes, stops })
      expect(found.confirmed).toEqual(routes.length === 2 ? ['$default'] : [])
    },
  )

  test.each([
    ['unknown', 'TCP', 'DEF-CFN-10 invalid'],
    ['not decided', either('East', 'HTTP', 'WEBSOCKET'), 'DEF-RES-01 unresolved'],
    ['known by default only', either('Dev', 'HTTP', 'WEBSOCKET'), 'DEF-RES-05 unresolved'],
  ])('DEF-CFN-10 an API whose kind is %s stops', async (_, ProtocolType, expected) => {
    const { apis, stops } = await read(doubtful(http({ api: { ProtocolType } })))
    expect(apis).toEqual([])
    expect(stops).toContain(expected)
  })

  test('DEF-CFN-16 CORS is carried over', async () => {
    const CorsConfiguration = {
      AllowOrigins: ['https://a.test'],
      AllowMethods: ['GET'],
      MaxAge: 60,
      AllowCredentials: true,
    }
    const { apis } = await read(http({ api: { CorsConfiguration } }))
    expect(apis[0]?.cors).toEqual({
      allowOrigins: ['https://a.test'],
      allowMethods: ['GET'],
      maxAge: 60,
      allowCredentials: true,
    })
  })
})

const webSocket = (connect: object, more: object = {}): object =>
  http({
    api: { ProtocolType: 'WEBSOCKET' },
    authorizer: { IdentitySource: ['route.request.header.Auth'] },
    route: { RouteKey: '$connect', ...connect },
    more: { Say: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: ref('Api'), RouteKey: 'say', ...more } } },
  })

describe('WebSocket APIs', () => {
  test('DEF-CFN-12 messages of a guarded connection need no confirmation', async () => {
    const { routes, confirmed, stops } = await read(webSocket({}))
    expect({ routes, confirmed, stops }).toEqual({
      routes: ['$connect -> Auth', 'say -> NONE'],
      confirmed: [],
      stops: [],
    })
  })

  test('DEF-CFN-12 without a guard at $connect every route has to be confirmed', async () => {
    const open = { AuthorizationType: 'NONE', AuthorizerId: NO_VALUE }
    expect((await read(webSocket(open))).confirmed).toEqual(['$connect', 'say'])
    expect((await read(webSocket({ ...open, RouteKey: 'other' }))).confirmed).toEqual(['other', 'say'])
  })

  test('DEF-CFN-12 an authorizer at another route is invalid', async () => {
    const { stops } = await read(webSocket({}, { AuthorizationType: 'CUSTOM', AuthorizerId: ref('Auth') }))
    expect(stops).toEqual(['DEF-CFN-12 invalid'])
  })

  test('DEF-CFN-12 an undecided $connect stops', async () => {
    const { routes, stops } = await read(doubtful(webSocket({ AuthorizationType: ref('Region') })))
    expect({ routes, stops }).toEqual({ routes: ['$connect -> ?', 'say -> NONE'], stops: ['DEF-RES-01 unresolved'] })
  })
})
