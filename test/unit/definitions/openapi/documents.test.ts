import type { ReadOptions } from '@custom-authorizer/definitions'
import { describe, expect, test } from 'vitest'
import { authorizer, documentOf, JWT, read, readText, TOKEN } from './read.ts'

const GUARDED = { security: [{ a: [] }] }
const paths = (items: unknown, more: object = {}, options: ReadOptions = {}) =>
  read({ ...documentOf(options.protocol === 'HTTP' ? { j: JWT } : { a: TOKEN }), paths: items, ...more }, options)

const request = (more: object): object => authorizer({ type: 'request', authorizerResultTtlInSeconds: 0, ...more })

const server = (url: string, variables = {}): object => ({ servers: [{ url, variables }] })

describe('versions', () => {
  test.each([
    ['3.0.0', []],
    ['3.0', []],
    ['3.1.0', ['DEF-OAS-01 differs']],
    ['3.2.0', ['DEF-OAS-01 differs']],
  ])('DEF-OAS-01 OpenAPI %s is read', async (openapi, reports) => {
    const result = await read(documentOf({ a: TOKEN }, GUARDED, { openapi }))
    expect(result.routes).toEqual(['GET /p -> a'])
    expect(result.reports).toEqual(reports)
  })

  test('DEF-OAS-01 a version of Swagger may be a number', async () => {
    const { routes } = await readText('swagger: 2.0\npaths: {/p: {get: {}}}')
    expect(routes).toEqual(['GET /p -> NONE'])
  })

  test.each([
    ['another version', { openapi: '4.0' }],
    ['null', { openapi: null }],
    ['a map', { openapi: {} }],
    ['another version of Swagger', { openapi: undefined, swagger: '1.2' }],
    ['both', { swagger: '2.0' }],
  ])('DEF-OAS-01 a document with %s is invalid and gives no API', async (_, change) => {
    const { stops, api } = await read(documentOf({ a: TOKEN }, GUARDED, change))
    expect(api.name).toBe('none')
    expect(stops.every((each) => each.endsWith('invalid'))).toBe(true)
    expect(stops).not.toEqual([])
  })

  test('DEF-OAS-01 an HTTP API needs OpenAPI 3.0', async () => {
    const document = { swagger: '2.0', paths: { '/p': { get: GUARDED } }, securityDefinitions: { a: JWT } }
    expect((await read(document)).stops).toEqual(['DEF-OAS-01 invalid'])
  })

  test.each([
    ['no paths', undefined],
    ['empty paths', {}],
    ['null', null],
  ])('DEF-GEN-02 a document with %s has nothing to guard', async (_, items) => {
    expect((await paths(items)).stops).toEqual(['DEF-GEN-02 nothing-found'])
  })
})

describe('operations', () => {
  test('DEF-OAS-20 members of a path that are no methods are none', async () => {
    const { routes, reports } = await paths({
      'x-path': { get: {} },
      '/p': { summary: 'x', description: 'x', servers: [], parameters: [], 'x-y': {}, get: GUARDED },
    })
    expect(routes).toEqual(['GET /p -> a'])
    expect(reports).toEqual([])
  })

  test.each([
    ['a path that is a list', { '/p': [] }],
    ['a path that is text', { '/p': 'x' }],
    ['paths that are a list', [{ get: {} }]],
    ['paths that are text', 'x'],
  ])('DEF-OAS-20 %s is invalid', async (_, items) => {
    expect((await paths(items)).stops).toEqual(['DEF-OAS-20 invalid'])
  })

  test.each([[[]], ['text'], [1], [false]])('DEF-OAS-20 the operation %j is invalid, and undecided', async (get) => {
    const { routes, stops, findings } = await paths({ '/p': { get } }, { security: [{ a: [] }] })
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-OAS-20 invalid'])
    expect(findings[0]?.routes).toEqual(['GET /p'])
  })

  test.each([
    ['security', [{ a: [] }]],
    ['x-amazon-apigateway-auth', { type: 'AWS_IAM' }],
    ['x-amazon-apigateway-authorizer', { type: 'token' }],
  ])('DEF-GEN-10 %s of a path is misplaced', async (key, value) => {
    const { routes, stops } = await paths({ '/p': { [key]: value, get: {} } })
    expect(routes).toEqual(['GET /p -> NONE'])
    expect(stops).toEqual(['DEF-GEN-10 misplaced'])
  })

  test.each(['x-amazon-apigateway-auth', 'x-amazon-apigateway-authorizer'])(
    'DEF-GEN-10 %s of the document is misplaced',
    async (key) => {
      const { stops } = await paths({ '/p': { get: {} } }, { [key]: { type: 'AWS_IAM' } })
      expect(stops).toEqual(['DEF-GEN-10 misplaced'])
    },
  )

  test('DEF-GEN-10 an authorizer in an operation is misplaced', async () => {
    const { stops } = await paths({ '/p': { get: { 'x-amazon-apigateway-authorizer': { type: 'token' } } } })
    expect(stops).toEqual(['DEF-GEN-10 misplaced'])
  })

  test('DEF-OAS-22 unknown verbs and other spellings are routes, with a report', async () => {
    const { routes, reports } = await paths({
      '/p': { trace: GUARDED, GET: GUARDED, link: GUARDED, tags: [], any: GUARDED },
    })
    expect(routes).toEqual(['ANY /p -> a', 'GET /p -> a', 'LINK /p -> a', 'TRACE /p -> a'])
    expect(reports).toContain('DEF-OAS-22 ignored')
  })

  test('DEF-OAS-22 a method in two spellings with different guards is a conflict', async () => {
    const { routes, stops } = await paths({ '/p': { get: {}, GET: GUARDED } })
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-GEN-14 conflict'])
  })

  test('DEF-OAS-22 a key that cannot be a method is invalid', async () => {
    expect((await paths({ '/p': { 'get x': GUARDED } })).stops).toEqual(['DEF-OAS-20 invalid'])
  })

  test('DEF-GEN-14 paths of a REST API that differ in a trailing slash are one route', async () => {
    const { routes, stops } = await paths({ '/p': { get: GUARDED }, '/p/': { get: {} } })
    expect(routes).toEqual(['GET /p -> ?'])
    expect(stops).toEqual(['DEF-GEN-14 conflict'])
  })
})

describe('kind of API', () => {
  test('DEF-OAS-21 /$default of an HTTP API is the default route', async () => {
    const item = { 'x-amazon-apigateway-any-method': { security: [{ j: [] }] } }
    const { routes } = await paths({ '/$default': item }, {}, { protocol: 'HTTP' })
    expect(routes).toEqual(['$default -> j'])
  })

  test.each([
    ['another path', { '/p': { 'x-amazon-apigateway-any-method': { isDefaultRoute: true } } }],
    ['one method', { '/$default': { get: { isDefaultRoute: true } } }],
    ['text', { '/p': { get: { isDefaultRoute: 'perhaps' } } }],
  ])('DEF-OAS-21 a default route with %s is undecided', async (_, items) => {
    const { routes, stops } = await paths(items, {}, { protocol: 'HTTP' })
    expect(routes[0]).toMatch(/ -> \?$/)
    expect(stops).toHaveLength(1)
  })

  test('DEF-OAS-21 a REST API has no default route', async () => {
    const { routes, reports } = await paths({ '/p': { get: { isDefaultRoute: true } } }, {}, { protocol: 'REST' })
    expect(routes).toEqual(['GET /p -> NONE'])
    expect(reports).toContain('DEF-OAS-21 ignored')
  })

  test.each([
    ['nothing', {}, {}, 'REST'],
    ['a token', TOKEN, {}, 'REST'],
    ['a source of REST', request({ identitySource: 'method.request.header.A' }), {}, 'REST'],
    [
      'a source of HTTP',
      request({ identitySource: ['$request.header.A'], authorizerPayloadFormatVersion: 1 }),
      {},
      'HTTP',
    ],
    ['jwt', JWT, {}, 'HTTP'],
    ['a payload version', request({ authorizerPayloadFormatVersion: '2.0' }), {}, 'HTTP'],
    ['CORS', {}, { 'x-amazon-apigateway-cors': {} }, 'HTTP'],
    ['CORS and a token', TOKEN, { 'x-amazon-apigateway-cors': {} }, 'REST'],
    ['gateway responses', {}, { 'x-amazon-apigateway-gateway-responses': {} }, 'REST'],
    ['a Huawei extension', {}, { 'x-apigateway-responses': {} }, 'HUAWEI'],
  ])('DEF-OAS-23 %s makes a %s API', async (_, a, more, protocol) => {
    const { api } = await read(documentOf({ a }, GUARDED, more))
    expect(api.protocol).toBe(protocol)
  })

  test('DEF-OAS-23 the payload version of an integration makes an HTTP API', async () => {
    const { api } = await read(documentOf({}, { 'x-amazon-apigateway-integration': { payloadFormatVersion: '2.0' } }))
    expect(api.protocol).toBe('HTTP')
  })

  test('DEF-OAS-23 settings of both kinds, or of both gateways, are ambiguous', async () => {
    expect((await read(documentOf({ a: TOKEN, j: JWT }))).stops).toContain('DEF-OAS-23 ambiguous')
    const both = { 'x-apigateway-responses': {}, 'x-amazon-apigateway-policy': '' }
    expect((await read(documentOf({ a: TOKEN }, GUARDED, both))).stops).toEqual(['DEF-OAS-23 ambiguous'])
  })

  test('DEF-OAS-23 the protocol can be given', async () => {
    expect((await read(documentOf({}, {}), { protocol: 'HTTP' })).api.protocol).toBe('HTTP')
  })
})

describe('base paths', () => {
  test.each([
    ['a server', server('https://api.test/v1/'), '/v1'],
    ['a relative server', server('/v1'), '/v1'],
    ['a variable', server('https://api.test/{basePath}', { basePath: { default: '/a/b' } }), '/a/b'],
    ['a variable without a slash', server('https://api.test/', { basePath: { default: 'a' } }), '/a'],
    ['basePath', { openapi: undefined, swagger: '2.0', basePath: 'a/b/' }, '/a/b'],
  ])('DEF-OAS-24 the base path of %s is ignored, prepended or split', async (_, more, base) => {
    const document = documentOf({}, {}, more)
    const ignored = await read(document)
    expect(ignored.routes).toEqual(['GET /p -> NONE'])
    expect(ignored.reports).toEqual(['DEF-OAS-24 ignored'])
    expect((await read(document, { basePathMode: 'prepend' })).routes).toEqual([`GET ${base}/p -> NONE`])
    const rest = base
      .split('/')
      .slice(2)
      .map((each) => `/${each}`)
      .join('')
    expect((await read(document, { basePathMode: 'split' })).routes).toEqual([`GET ${rest}/p -> NONE`])
  })

  test.each([
    ['no path', server('https://api.test')],
    ['the root', server('https://api.test/')],
    ['wrong types', { servers: [null, 1, { url: [], variables: 'x' }] }],
    ['no list', { servers: 'x' }],
  ])('DEF-OAS-24 a server with %s has no base path', async (_, more) => {
    const { routes, reports } = await read(documentOf({}, {}, more), { basePathMode: 'prepend' })
    expect(routes).toEqual(['GET /p -> NONE'])
    expect(reports).toEqual([])
  })

  test('DEF-OAS-24 the root is prepended without a slash at the end', async () => {
    const { routes } = await paths({ '/': { get: GUARDED } }, server('/v1'), { basePathMode: 'prepend' })
    expect(routes).toEqual(['GET /v1 -> a'])
  })
})
