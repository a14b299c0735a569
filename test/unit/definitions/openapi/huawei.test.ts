import { describe, expect, test } from 'vitest'
import { documentOf, FRONTEND, huawei, read } from './read.ts'

const frontend = async (change: object, scheme: object = {}) => {
  const result = await read(documentOf({ a: { ...huawei({ ...FRONTEND, ...change }), ...scheme } }))
  return { ...result, a: result.api.authorizers['a'] }
}
const operation = (more: object, root: object = {}) =>
  read(documentOf({ a: huawei() }, { security: [{ a: [] }], ...more }, root))

describe('authorizers', () => {
  test('DEF-HWO-01 defaults are those of the manual', async () => {
    const { a, api, stops } = await frontend({ ttl: null, identities: null })
    expect(api.protocol).toBe('HUAWEI')
    expect(a).toMatchObject({ kind: 'FRONTEND', ttl: 0, needBody: false, identities: [], function: 'auth' })
    expect(stops).toEqual([])
  })

  test('DEF-HWO-01 settings are read', async () => {
    const identities = [
      { location: 'header', name: 'X-Token', validation: null },
      { location: 'QUERY', name: 'tenant', validation: '[a-z]+' },
    ]
    const { a } = await frontend({
      ttl: '60',
      need_body: true,
      timeout: 5000,
      user_data: 'x',
      identities,
      retry_attempts: 1,
    })
    expect(a).toMatchObject({
      ttl: 60,
      needBody: true,
      timeoutMs: 5000,
      userData: 'x',
      identities: [
        { location: 'HEADER', name: 'X-Token' },
        { location: 'QUERY', name: 'tenant', validation: '[a-z]+' },
      ],
    })
  })

  test('DEF-HWO-01 security of the document guards operations without their own', async () => {
    const { routes, reports } = await read(documentOf({ a: huawei() }, {}, { security: [{ a: [] }] }))
    expect(routes).toEqual(['GET /p -> a'])
    expect(reports).toContain('DEF-OAS-10 differs')
  })

  test.each([
    ['another location', { identities: [{ location: 'COOKIE', name: 'x' }] }],
    ['no name', { identities: [{ location: 'HEADER' }] }],
    ['text', { identities: ['X-Token'] }],
    ['a map', { identities: { location: 'HEADER', name: 'x' } }],
    ['null', { identities: [null] }],
  ])('DEF-HWO-01 an identity with %s is invalid', async (_, change) => {
    const { routes, stops } = await frontend(change)
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-HWO-01 invalid'])
  })

  test('DEF-HWO-01 cached results need an identity', async () => {
    expect((await frontend({ identities: [] })).stops).toEqual(['DEF-DEF-05 invalid'])
  })

  test.each([
    ['another type', { type: 'OTHER' }],
    ['no type', { type: null }],
  ])('DEF-HWO-01 %s is an unknown authorizer', async (_, change) => {
    const { routes, stops } = await frontend(change)
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-HWO-01 unknown-authorizer'])
  })

  test('DEF-HWO-01 AUTHORIZER without settings is an unknown authorizer', async () => {
    const a = { type: 'apiKey', in: 'header', name: 'x', 'x-apigateway-auth-type': 'AUTHORIZER' }
    expect((await read(documentOf({ a }))).stops).toEqual(['DEF-HWO-01 unknown-authorizer'])
  })

  test.each([
    ['AppSigv1', 'APP'],
    ['IAM', 'IAM'],
    ['IAM_NONE', 'IAM'],
    ['LDAP', 'OTHER'],
    [undefined, 'OTHER'],
  ])('DEF-HWO-02 %s is protection without a function', async (type, kind) => {
    const a = { type: 'apiKey', in: 'header', name: 'x-api-key', 'x-apigateway-auth-type': type }
    const { routes, stops, api } = await read(documentOf({ a }, undefined, { 'x-apigateway-responses': {} }))
    expect(routes).toEqual(['GET /p -> a'])
    expect(stops).toEqual(['DEF-DEF-05 unsupported-authorizer'])
    expect(api.authorizers['a']?.kind).toBe(kind)
  })

  test('DEF-HWO-02 an operation without security is open', async () => {
    const { routes, confirmed } = await read(documentOf({ a: huawei() }, {}))
    expect(routes).toEqual(['GET /p -> NONE'])
    expect(confirmed).toEqual(['GET /p'])
  })

  test('DEF-HWO-04 an authorizer that is no function is unsupported, and a BACKEND authorizer is invalid', async () => {
    const other = await frontend({ authorizer_type: 'LD' })
    expect(other.routes).toEqual(['GET /p -> a'])
    expect(other.stops).toEqual(['DEF-DEF-05 unsupported-authorizer'])
    expect((await frontend({ type: 'BACKEND' })).stops).toEqual(['DEF-HWO-04 invalid'])
  })

  test('DEF-HWO-04 an authorizer of the backend is external', async () => {
    const { stops } = await operation({
      'x-apigateway-backend': { type: 'HTTP', httpEndpoints: { address: 'a.test', authorizer_id: '0123' } },
    })
    expect(stops).toEqual(['DEF-HWO-04 external'])
  })

  test.each([
    [true, ['DEF-HWO-05 fail-open'], 'a'],
    ['true', ['DEF-HWO-05 fail-open'], 'a'],
    [false, [], 'a'],
    ['${relaxed}', ['DEF-RES-01 unresolved'], '?'],
    ['perhaps', ['DEF-GEN-15 invalid'], '?'],
  ])('DEF-HWO-05 auth_downgrade_enabled: %j', async (value, stops, guard) => {
    const result = await frontend({ auth_downgrade_enabled: value })
    expect(result.stops).toEqual(stops)
    expect(result.routes).toEqual([`GET /p -> ${guard}`])
  })
})

describe('routes', () => {
  test.each([
    ['NORMAL', 'a', []],
    ['swa', 'a ~prefix', []],
    ['EXACT', '?', ['DEF-HWO-03 invalid']],
    [['SWA'], '?', ['DEF-GEN-15 invalid']],
    ['${mode}', '?', ['DEF-RES-01 unresolved']],
  ])('DEF-HWO-03 the match mode %j', async (mode, guard, stops) => {
    const result = await operation({ 'x-apigateway-match-mode': mode })
    expect(result.routes).toEqual([`GET /p -> ${guard}`])
    expect(result.stops).toEqual(stops)
  })

  test.each([
    ['x-apigateway-access-control', 'office'],
    ['x-apigateway-plugins', ['third_auth']],
  ])('DEF-HWO-06 %s may reject requests and stops', async (key, value) => {
    const { routes, stops } = await operation({ [key]: value })
    expect(routes).toEqual(['GET /p -> a'])
    expect(stops).toEqual(['DEF-HWO-06 resource-policy'])
  })

  test('DEF-HWO-06 empty access controls and plug-ins are none', async () => {
    expect((await operation({ 'x-apigateway-access-control': '', 'x-apigateway-plugins': [] })).stops).toEqual([])
  })

  test('DEF-HWO-06 ANY, preflights, throttling and the encoding of bodies', async () => {
    const any = { security: [{ a: [] }], 'x-apigateway-cors': true, 'x-apigateway-ratelimit': 'r' }
    const { routes, stops, reports } = await read({
      ...documentOf({ a: huawei() }),
      paths: { '/p': { 'x-apigateway-any-method': { ...any, 'x-apigateway-is-send-fg-body-base64': false } } },
    })
    expect(routes).toEqual(['ANY /p -> a'])
    expect(stops).toEqual([])
    expect(reports.toSorted()).toEqual(['DEF-HWO-06 cors-preflight', 'DEF-HWO-06 not-carried', 'HW-CFG-20 not-carried'])
  })

  const responses = {
    'x-apigateway-responses': {
      default: { ACCESS_DENIED: { status: 403, body: { 'application/json': '{"a":1}' } } },
      other: { AUTHORIZER_FAILURE: { status: '401', headers: [{ key: 'a', value: 'b' }] } },
    },
  }

  test('DEF-HWO-06 the gateway responses that operations name are carried', async () => {
    const { api, reports } = await operation({}, responses)
    expect(api.gatewayResponses).toEqual({
      ACCESS_DENIED: { statusCode: 403, responseTemplates: { 'application/json': '{"a":1}' } },
    })
    expect(reports).toEqual(['DEF-HWO-06 not-carried'])
    const named = await operation({ 'x-apigateway-response': 'other' }, responses)
    expect(named.api.gatewayResponses).toEqual({
      AUTHORIZER_FAILURE: { statusCode: 401, responseParameters: { a: 'b' } },
    })
  })

  test('DEF-HWO-06 gateway responses that guards do not send are reported', async () => {
    const set = { default: { AUTH_FAILURE: { status: 401 }, constructor: {}, throttled: null } }
    const { api, reports } = await operation({}, { 'x-apigateway-responses': set })
    expect(api.gatewayResponses).toEqual({ THROTTLED: {} })
    expect(reports).toEqual(['DEF-HWO-06 not-carried'])
  })

  test('DEF-HWO-06 backend parameters from the authorizer are carried', async () => {
    const parameters = [
      { name: 'x-user', in: 'header', origin: 'SYSTEM', value: '$context.authorizer.frontend.user' },
      { name: 'id', in: 'path', origin: 'REQUEST', value: 'id' },
      null,
    ]
    const { api } = await operation({ 'x-apigateway-backend': { type: 'HTTP', parameters } })
    expect(api.routes[0]?.backendParameters).toEqual([
      { name: 'x-user', location: 'HEADER', value: '$context.authorizer.frontend.user' },
    ])
  })

  test.each(['/users/prefix-{id}', '/users/{id}suffix', '/a//b'])('DEF-HWO-07 %s is no frontend path', async (path) => {
    const document = { ...documentOf({ a: huawei() }), paths: { [path]: { get: { security: [{ a: [] }] } } } }
    expect((await read(document)).stops).toEqual(['DEF-GEN-13 invalid'])
  })

  test('DEF-HWO-08 the base path of Swagger 2.0 precedes each path, and servers do not', async () => {
    const swagger = {
      swagger: '2.0',
      basePath: '/v1/',
      paths: { '/p': { get: { security: [{ a: [] }] } } },
      securityDefinitions: { a: huawei() },
    }
    expect((await read(swagger)).routes).toEqual(['GET /v1/p -> a'])
    expect((await operation({}, { servers: [{ url: 'https://a.test/v1' }] })).routes).toEqual(['GET /p -> a'])
  })
})
