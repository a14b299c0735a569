import { describe, expect, test } from 'vitest'
import { authorizer, documentOf, JWT, KEY, read, TOKEN } from './read.ts'

const BEARER = { type: 'http', scheme: 'bearer' }
const SCHEMES = {
  a: TOKEN,
  b: TOKEN,
  k: KEY,
  bearer: BEARER,
  iam: { ...KEY, 'x-amazon-apigateway-authtype': 'awsSigv4' },
}
const operation = (security: unknown, more: object = {}, root: object = {}) =>
  read(documentOf(SCHEMES, { security, ...more }, root))

const auth = (type: unknown): object => ({ 'x-amazon-apigateway-auth': type })

describe('security of the document', () => {
  test('DEF-OAS-10 another list at the operation replaces it whole, scopes included', async () => {
    const { routes, reports } = await read({
      openapi: '3.0.1',
      security: [{ j: ['read'] }],
      paths: { '/p': { get: {}, put: { security: [{ j: ['write'] }] }, post: { security: [] } } },
      components: { securitySchemes: { j: JWT } },
    })
    expect(routes).toEqual(['GET /p -> j [read]', 'POST /p -> NONE', 'PUT /p -> j [write]'])
    expect(reports).toContain('DEF-OAS-10 differs')
  })

  test('DEF-OAS-10 an empty list opens operations that say nothing', async () => {
    const { routes, api } = await read(documentOf(SCHEMES, {}, { security: [] }))
    expect(routes).toEqual(['GET /p -> NONE'])
    expect(api.routes[0]?.open).toBe('declared')
  })

  test('DEF-OAS-11 Swagger 2.0 is guarded too, and every route is named', async () => {
    const { routes, findings } = await read({
      swagger: '2.0',
      security: [{ a: [] }],
      paths: { '/p': { get: {}, put: null } },
      securityDefinitions: { a: TOKEN },
    })
    expect(routes).toEqual(['GET /p -> a', 'PUT /p -> a'])
    expect(findings.find((each) => each.class === 'differs')?.routes).toEqual(['GET /p', 'PUT /p'])
  })
})

describe('requirements', () => {
  test.each([
    ['http', BEARER],
    ['oauth2', { type: 'oauth2', flows: {} }],
    ['openIdConnect', { type: 'openIdConnect', openIdConnectUrl: 'https://i.test' }],
    ['mutualTLS', { type: 'mutualTLS' }],
    ['a cookie', { type: 'apiKey', in: 'cookie', name: 'session' }],
    ['a key in the query', { type: 'apiKey', in: 'query', name: 'x-api-key' }],
    ['a header without an authorizer', { type: 'apiKey', in: 'header', name: 'Authorization' }],
    ['an empty scheme', {}],
  ])('DEF-OAS-12 %s is protection without a function, and a guard can be bound to its name', async (_, a) => {
    const { routes, stops, findings, api } = await read(documentOf({ a }))
    expect(routes).toEqual(['GET /p -> a'])
    expect(stops).toEqual(['DEF-DEF-05 unsupported-authorizer'])
    expect(findings[0]?.routes).toEqual(['GET /p'])
    expect(api.authorizers['a']?.kind).toBe('OTHER')
  })

  test.each([null, 'text', 1, []])('DEF-OAS-12 the scheme %j is invalid', async (a) => {
    const { routes, stops } = await read(documentOf({ a }))
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-OAS-12 invalid'])
  })

  test('DEF-OAS-12 schemes in the place of another version are not declared', async () => {
    const { routes, stops } = await read({ ...documentOf({}), securityDefinitions: { a: TOKEN } })
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-OAS-12 unknown-authorizer'])
  })

  test.each([
    ['null', null],
    ['text', 'a'],
    ['a map', { a: [] }],
    ['a number', 1],
    ['true', true],
    ['a list of texts', ['a']],
    ['a list with null', [null]],
    ['scopes as text', [{ a: 'read' }]],
    ['scopes with a map', [{ a: [{}] }]],
    ['scopes with null', [{ a: [null] }]],
  ])('DEF-OAS-12 security that is %s is invalid, and the route is undecided', async (_, security) => {
    const { routes, stops, findings } = await operation(security)
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops.every((each) => each.endsWith('invalid'))).toBe(true)
    expect(findings[0]?.routes).toEqual(['GET /p'])
  })

  test.each([
    ['two authorizers', [{ a: [], b: [] }]],
    ['two alternatives', [{ a: [] }, { b: [] }]],
    ['the same authorizer twice', [{ a: [] }, { a: [] }]],
    ['an authorizer and a bearer token', [{ a: [], bearer: [] }]],
    ['an authorizer or a bearer token', [{ a: [] }, { bearer: [] }]],
    ['an empty alternative', [{ a: [] }, {}]],
    ['only an empty alternative', [{}]],
    ['a key or nothing', [{ k: [] }, {}]],
  ])('DEF-OAS-13 %s is ambiguous', async (_, security) => {
    const { routes, stops, findings } = await operation(security)
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-OAS-13 ambiguous'])
    expect(findings[0]?.routes).toEqual(['GET /p'])
  })

  test('DEF-OAS-14 a key alone leaves the route open to confirm', async () => {
    const { routes, api, confirmed } = await operation([{ k: [] }])
    expect(routes).toEqual(['GET /p -> NONE +key'])
    expect(api.routes[0]?.open).toBe('key-only')
    expect(confirmed).toEqual(['GET /p'])
  })

  test('DEF-OAS-14 an authorizer and a key as alternatives are both required, as in exports of the gateway', async () => {
    const { routes, stops, reports } = await operation([{ a: [] }, { k: [] }])
    expect(routes).toEqual(['GET /p -> a +key'])
    expect(stops).toEqual([])
    expect(reports).toContain('DEF-OAS-14 differs')
  })

  test('DEF-OAS-14 an HTTP API has no API keys', async () => {
    const { routes, stops } = await read(documentOf({ k: KEY }, { security: [{ k: [] }] }), { protocol: 'HTTP' })
    expect(routes).toEqual(['GET /p -> k'])
    expect(stops).toEqual(['DEF-DEF-05 unsupported-authorizer'])
  })

  test('DEF-GEN-10 scopes of an authorizer that does not compare them are ignored protection', async () => {
    const { routes, stops } = await operation([{ a: ['admin'] }])
    expect(routes).toEqual(['GET /p -> a'])
    expect(stops).toEqual(['DEF-GEN-10 ignored-protection'])
  })
})

describe('IAM', () => {
  test.each(['awsSigv4', 'AWSSIGV4', 'aws_iam'])('DEF-OAS-15 the label %s is IAM authorization', async (label) => {
    const { routes, api } = await read(documentOf({ a: { ...KEY, 'x-amazon-apigateway-authtype': label } }))
    expect(routes).toEqual(['GET /p -> a'])
    expect(api.authorizers['a']?.kind).toBe('AWS_IAM')
  })

  test('DEF-OAS-15 the label of IAM on an authorizer is ambiguous', async () => {
    const a = authorizer({ type: 'token' }, { 'x-amazon-apigateway-authtype': 'awsSigv4' })
    expect((await read(documentOf({ a }))).stops).toEqual(['DEF-OAS-15 ambiguous'])
  })

  test.each([
    ['AWS_IAM on an open route', [], auth({ type: 'aws_iam' }), 'AWS_IAM', ['DEF-DEF-05 unsupported-authorizer']],
    [
      'AWS_IAM beside the scheme of IAM',
      [{ iam: [] }],
      auth({ type: 'AWS_IAM' }),
      'iam',
      ['DEF-DEF-05 unsupported-authorizer'],
    ],
    ['AWS_IAM beside an authorizer', [{ a: [] }], auth({ type: 'AWS_IAM' }), '?', ['DEF-OAS-16 ambiguous']],
    ['NONE beside a key', [{ k: [] }], auth({ type: 'NONE' }), 'NONE +key', []],
    ['NONE beside an authorizer', [{ a: [] }], auth({ type: 'None' }), 'a', ['DEF-OAS-16 ambiguous']],
    ['another type', [], auth({ type: 'CUSTOM' }), '?', ['DEF-OAS-16 unknown-authorizer']],
    ['no type', [], auth({}), '?', ['DEF-OAS-16 unknown-authorizer']],
    ['null', [], auth(null), '?', ['DEF-OAS-16 unknown-authorizer']],
    ['text', [], auth('AWS_IAM'), '?', ['DEF-OAS-16 unknown-authorizer']],
    ['a type that is a list', [], auth({ type: ['NONE'] }), '?', ['DEF-GEN-15 invalid']],
  ])('DEF-OAS-16 %s', async (_, security, more, guard, stops) => {
    const result = await operation(security, more)
    expect(result.routes).toEqual([`GET /p -> ${guard}`])
    expect(result.stops).toEqual(stops)
  })

  test('DEF-OAS-16 NONE beside an authorizer of the document is ambiguous, too', async () => {
    const { routes, stops } = await read(documentOf(SCHEMES, auth({ type: 'NONE' }), { security: [{ a: [] }] }))
    expect(routes).toEqual(['GET /p -> a'])
    expect(stops).toEqual(['DEF-OAS-16 ambiguous'])
  })
})
