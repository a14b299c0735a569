/** Paths, routes, query parameters and ARNs of HTTP APIs in both payload formats (AWS-EVT-45 to 50, 62, 66, AWS-ARN, AWS-GOT-18). */
import { expect, test } from 'vitest'
import { API, BAD_REQUEST, event1, event2, httpApi, httpBench } from './harness.ts'

const HEAD = 'arn:aws:execute-api:us-east-1:123456789012:abcdef123'
const on = (stage?: string, more: object = {}) => {
  const { stage: _, ...rest } = API
  return { api: { ...rest, ...(stage !== undefined && { stage }), ...more } }
}
const DOMAIN = { domainName: 'api.example.com' }

const STAGES: readonly [rule: string, title: string, options: object, line: string, path: string, arn: string][] = [
  ['AWS-GOT-18', 'a named stage', on('dev'), 'GET /pets', '/dev/pets', '/dev/GET/pets'],
  ['AWS-ARN-12', 'a named stage at the root', on('dev'), 'GET /', '/dev/', '/dev/GET/'],
  ['AWS-ARN-06', 'stage $default', on('$default'), 'GET /x', '/x', '/$default/GET/x'],
  ['AWS-ARN-06', 'no stage option', on(), 'POST /x', '/x', '/$default/POST/x'],
  ['AWS-EVT-48', 'a trailing slash', on('dev'), 'GET /pets/', '/dev/pets/', '/dev/GET/pets/'],
  ['AWS-EVT-50', 'an escape', on('dev'), 'GET /a%2Fb%20c', '/dev/a%2Fb%20c', '/dev/GET/a%2Fb%20c'],
  ['AWS-ARN-07', 'a query', on('dev'), 'GET /a?b=/c', '/dev/a', '/dev/GET/a'],
  ['AWS-ARN-08', 'a base path', on('dev', { ...DOMAIN, basePath: 'v1' }), 'GET /v1/a', '/v1/a', '/dev/GET/a'],
  [
    'AWS-ARN-08',
    'a base path on $default',
    on('$default', { basePath: 'v1' }),
    'GET /v1/a',
    '/v1/a',
    '/$default/GET/a',
  ],
  ['AWS-ARN-04', 'another method', on('dev'), 'PATCH /a', '/dev/a', '/dev/PATCH/a'],
]

test.each(STAGES)('%s path and ARN are correct for %s', async (_, _title, options, line, path, arn) => {
  const two = await event2(line, {}, options)
  expect(two).toMatchObject({ rawPath: path, routeArn: HEAD + arn, requestContext: { http: { path } } })
  const one = await event1(line, {}, options)
  expect(one).toMatchObject({ path, methodArn: HEAD + arn, requestContext: { path } })
})

test.each(['1.0', '2.0'])('AWS-EVT-44 protocol is HTTP/1.1 for a client of HTTP/%s', async (httpVersion) => {
  expect((await event2('GET /', { httpVersion })).requestContext.http.protocol).toBe('HTTP/1.1')
  expect((await event1('GET /', { httpVersion })).requestContext.protocol).toBe('HTTP/1.1')
})

const ROUTES = ['GET /pets/{id}', 'ANY /pets', '/files/{path+}', 'GET /users/{user}/notes/{note}', 'ANY /{proxy+}']
type Parameters = Readonly<Record<string, string>>
const MATCHES: readonly [rule: string, line: string, key: string, path: string, parameters: Parameters][] = [
  ['AWS-EVT-62', 'GET /pets/7', 'GET /pets/{id}', '/pets/{id}', { id: '7' }],
  ['AWS-EVT-62', 'GET /pets/7/', 'GET /pets/{id}', '/pets/{id}', { id: '7' }],
  ['AWS-EVT-62', 'PUT /pets', 'ANY /pets', '/pets', {}],
  ['AWS-EVT-62', 'DELETE /pets/7', 'ANY /{proxy+}', '/{proxy+}', { proxy: 'pets/7' }],
  ['AWS-EVT-62', 'GET /files/a/b', 'ANY /files/{path+}', '/files/{path+}', { path: 'a/b' }],
  ['AWS-EVT-48', 'GET /files/a/b/', 'ANY /files/{path+}', '/files/{path+}', { path: 'a/b' }],
  ['AWS-EVT-50', 'GET /pets/a%20b%2Fc', 'GET /pets/{id}', '/pets/{id}', { id: 'a b/c' }],
  ['AWS-EVT-50', 'GET /pets/a+b', 'GET /pets/{id}', '/pets/{id}', { id: 'a+b' }],
  [
    'AWS-EVT-50',
    'GET /users/%C3%A4/notes/1',
    'GET /users/{user}/notes/{note}',
    '/users/{user}/notes/{note}',
    { user: 'ä', note: '1' },
  ],
  ['AWS-EVT-46', 'GET /', 'ANY /{proxy+}', '/{proxy+}', { proxy: '' }],
]

test.each(MATCHES)('%s %s matches the route %s', async (_, line, key, path, parameters) => {
  const two = await event2(line, {}, { routes: ROUTES })
  expect(two).toMatchObject({ routeKey: key, requestContext: { routeKey: key } })
  expect(two.pathParameters ?? {}).toEqual(parameters)
  expect('pathParameters' in two).toBe(Object.keys(parameters).length > 0)
  const one = await event1(line, {}, { routes: ROUTES })
  expect(one).toMatchObject({ resource: path, requestContext: { resourceId: key, resourcePath: path } })
  expect(one.pathParameters).toEqual(parameters)
})

test('AWS-EVT-62 a request that matches no route has the route key $default', async () => {
  const options = { routes: ['GET /pets'] }
  const two = await event2('POST /pets', {}, options)
  expect(two).toMatchObject({ routeKey: '$default', requestContext: { routeKey: '$default' } })
  expect(two).not.toHaveProperty('pathParameters')
  expect(await event1('POST /pets', {}, options)).toMatchObject({
    resource: '$default',
    pathParameters: {},
    requestContext: { resourceId: '$default', resourcePath: '$default' },
  })
})

test('AWS-GOT-18 route templates are relative to the base path', async () => {
  const options = { ...on('dev', { ...DOMAIN, basePath: 'v1' }), routes: ['GET /pets/{id}'] }
  expect(await event2('GET /v1/pets/7', {}, options)).toMatchObject({ routeKey: 'GET /pets/{id}' })
})

test('AWS-GOT-18 the route that the framework matched is used unless the contract lists routes', async () => {
  const parts = { route: '/pets/{id}' }
  expect(await event2('GET /pets/7', parts)).toMatchObject({ routeKey: 'GET /pets/{id}', pathParameters: { id: '7' } })
  expect(await event2('GET /pets/7', parts, { routes: ['ANY /pets/{name}'] })).toMatchObject({
    routeKey: 'ANY /pets/{name}',
    pathParameters: { name: '7' },
  })
})

type Query = Record<string, string> | undefined
const QUERIES: readonly [title: string, query: string, two: Query, one: Query, all: Record<string, string[]>][] = [
  ['no query', '', undefined, {}, {}],
  ['one parameter', 'a=1', { a: '1' }, { a: '1' }, { a: ['1'] }],
  ['a repeated parameter', 'a=1&b=x&a=2', { a: '1,2', b: 'x' }, { a: '1', b: 'x' }, { a: ['1', '2'], b: ['x'] }],
  ['a repeated parameter with an empty value', 'a=&a=2', { a: ',2' }, { a: '' }, { a: ['', '2'] }],
  [
    'percent-encoded parameters',
    'a%20b=c+d%2B&%C3%A4=%26',
    { 'a b': 'c d+', ä: '&' },
    { 'a b': 'c d+', ä: '&' },
    { 'a b': ['c d+'], ä: ['&'] },
  ],
  ['parameters without a value', 'a&b=', { a: '', b: '' }, { a: '', b: '' }, { a: [''], b: [''] }],
  ['parameters that differ in letter case', 'a=1&A=2', { a: '1', A: '2' }, { a: '1', A: '2' }, { a: ['1'], A: ['2'] }],
  [
    'parameters named like object members',
    'constructor=1&toString=2',
    { constructor: '1', toString: '2' },
    { constructor: '1', toString: '2' },
    { constructor: ['1'], toString: ['2'] },
  ],
]

test.each(QUERIES)(
  'AWS-EVT-50 AWS-EVT-66 query parameters are delivered in both formats: %s',
  async (_, query, two, one, all) => {
    const line = `GET /${query === '' ? '' : `?${query}`}`
    const second = await event2(line)
    expect(second.rawQueryString).toBe(query)
    expect('queryStringParameters' in second).toBe(two !== undefined)
    expect(second.queryStringParameters).toEqual(two)
    const first = await event1(line)
    expect(first.queryStringParameters).toEqual(one)
    expect(first.multiValueQueryStringParameters).toEqual(all)
  },
)

test.each(['pets', 'get /pets', 'GET pets', 'GET /{a}{b}', 'GET /{a+}/b', '$default', 'GET  /a', ''])(
  'AWS-EVT-62 the route %j is rejected',
  (route) => {
    expect(() => httpApi({ routes: [route] })).toThrow(/routes\[0\]|routes: /)
  },
)

test('SEC-06 an ambiguous target gives 400 before the function is called', async () => {
  const { send, handler } = httpBench(async () => ({}))
  for (const target of ['//a', '/a/../b', '/a\\b', '/a#b']) expect(await send(`GET ${target}`)).toBe(BAD_REQUEST)
  expect(handler).not.toHaveBeenCalled()
})
