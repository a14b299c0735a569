/** Path and query parameters of REST events (AWS-EVT-22 to 29). */
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { gatewayRequest, LOOSE, type RequestParts } from '../../../support/request.ts'
import { A, allow, bearer, eventFor, requestBench } from '../harness.ts'

test.each<[rule: string, query: string, single: Record<string, string>, multi: Record<string, string[]>]>([
  ['AWS-EVT-22', 'a=1&a=2', { a: '2' }, { a: ['1', '2'] }],
  ['AWS-EVT-22', 'a=1&b=x&a=', { a: '', b: 'x' }, { a: ['1', ''], b: ['x'] }],
  ['AWS-EVT-22', 'a=1&A=2', { a: '1', A: '2' }, { a: ['1'], A: ['2'] }],
  ['AWS-EVT-22', 'a=1,2', { a: '1,2' }, { a: ['1,2'] }],
  ['AWS-EVT-23', 'p=a%2Bb+c', { p: 'a+b c' }, { p: ['a+b c'] }],
  ['AWS-EVT-23', 'p=%E2%82%AC%20', { p: '€ ' }, { p: ['€ '] }],
  ['AWS-EVT-23', 'p=%252B', { p: '%2B' }, { p: ['%2B'] }],
  ['AWS-EVT-23', 'p=a=b&q=%26', { p: 'a=b', q: '&' }, { p: ['a=b'], q: ['&'] }],
  ['AWS-EVT-23', 'na%6De+1=x', { 'name 1': 'x' }, { 'name 1': ['x'] }],
  ['AWS-EVT-23', 'a%5B%5D=1&a[]=2', { 'a[]': '2' }, { 'a[]': ['1', '2'] }],
  ['AWS-EVT-24', 'a', { a: '' }, { a: [''] }],
  ['AWS-EVT-24', 'a=', { a: '' }, { a: [''] }],
  ['AWS-EVT-24', 'a&a=1&a', { a: '' }, { a: ['', '1', ''] }],
  ['AWS-EVT-11', '', {}, {}],
  ['AWS-EVT-11', '&&', {}, {}],
])('%s the query ?%s is parsed into single and multi-value parameters', async (_, query, single, multi) => {
  const event = await eventFor(gatewayRequest(`GET /?${query}`))
  expect(event.queryStringParameters).toStrictEqual(single)
  expect(event.multiValueQueryStringParameters).toStrictEqual(multi)
})

test('AWS-EVT-23 SEC-29 a parameter named __proto__ is an ordinary member', async () => {
  const event = await eventFor(gatewayRequest('GET /?__proto__=x&constructor=y&__proto__=z'))
  expect(Object.entries(event.queryStringParameters)).toEqual([
    ['__proto__', 'z'],
    ['constructor', 'y'],
  ])
  expect(Object.entries(event.multiValueQueryStringParameters)).toEqual([
    ['__proto__', ['x', 'z']],
    ['constructor', ['y']],
  ])
})

interface Row {
  readonly rule: string
  readonly line: string
  readonly routes?: readonly string[]
  readonly parts?: RequestParts
  readonly expected: Partial<Pick<aws.RequestEvent, 'path' | 'resource' | 'pathParameters' | 'methodArn'>>
  readonly contextPath?: string
}

const rows: readonly Row[] = [
  {
    rule: 'AWS-EVT-25',
    line: 'GET /u/test%2Balias',
    routes: ['/u/{id}'],
    expected: { path: '/u/test%2Balias', pathParameters: { id: 'test%2Balias' } },
  },
  {
    rule: 'AWS-EVT-25',
    line: 'GET /u/x%2Fy',
    routes: ['/u/{id}'],
    expected: { path: '/u/x%2Fy', pathParameters: { id: 'x%2Fy' } },
  },
  { rule: 'AWS-EVT-25', line: 'GET /u/a%20b', expected: { path: '/u/a%20b', pathParameters: { proxy: 'u/a%20b' } } },
  // SEC-07: needless escapes are decoded once.
  {
    rule: 'AWS-EVT-25',
    line: 'GET /u/%62ob%2f',
    routes: ['/u/{id}'],
    expected: { path: '/u/bob%2F', pathParameters: { id: 'bob%2F' } },
  },
  {
    rule: 'AWS-EVT-26',
    line: 'GET /files/a/b',
    routes: ['/files/{proxy+}'],
    expected: { resource: '/files/{proxy+}', pathParameters: { proxy: 'a/b' } },
  },
  { rule: 'AWS-EVT-26', line: 'GET /a/b', expected: { resource: '/{proxy+}', pathParameters: { proxy: 'a/b' } } },
  { rule: 'AWS-EVT-26', line: 'GET /', expected: { resource: '/', pathParameters: {} } },
  {
    rule: 'AWS-EVT-27',
    line: 'GET /p/a/',
    routes: ['/p/{proxy+}'],
    expected: { path: '/p/a/', pathParameters: { proxy: 'a' } },
    contextPath: '/prod/p/a/',
  },
  {
    rule: 'AWS-EVT-27',
    line: 'GET /a/',
    expected: { path: '/a/', pathParameters: { proxy: 'a' } },
    contextPath: '/prod/a/',
  },
  {
    rule: 'AWS-EVT-27',
    line: 'GET /pets/7/',
    routes: ['/pets/{id}'],
    expected: { path: '/pets/7/', pathParameters: { id: '7' } },
    contextPath: '/prod/pets/7/',
  },
  {
    rule: 'AWS-EVT-27',
    line: 'GET /a/',
    parts: { routing: LOOSE },
    expected: { path: '/a/', methodArn: `${A}/GET/a` },
    contextPath: '/prod/a/',
  },
  {
    rule: 'AWS-EVT-28',
    line: 'GET /a//b',
    parts: { ambiguousTargets: 'allow' },
    expected: { path: '/a//b' },
    contextPath: '/prod/a//b',
  },
  {
    rule: 'AWS-EVT-28',
    line: 'GET //x',
    parts: { ambiguousTargets: 'allow' },
    expected: { path: '/x' },
    contextPath: '/prod//x',
  },
  {
    rule: 'AWS-EVT-29',
    line: 'GET /pets/7',
    routes: ['/pets', '/pets/{id}', '/{proxy+}'],
    expected: { resource: '/pets/{id}', path: '/pets/7' },
  },
  {
    rule: 'AWS-EVT-29',
    line: 'GET /pets',
    routes: ['/pets/{id}', '/pets'],
    expected: { resource: '/pets', path: '/pets', pathParameters: {} },
  },
  {
    rule: 'AWS-EVT-29',
    line: 'GET /pets/mine',
    routes: ['/pets/{id}', '/pets/mine'],
    expected: { resource: '/pets/mine', pathParameters: {} },
  },
  {
    rule: 'AWS-EVT-29',
    line: 'GET /a/1/b/2',
    routes: ['/a/{x}/b/{y}'],
    expected: { resource: '/a/{x}/b/{y}', pathParameters: { x: '1', y: '2' } },
  },
  {
    rule: 'AWS-EVT-29',
    line: 'POST /pets/7',
    routes: ['GET /pets/{id}', 'POST /pets/{petId}'],
    expected: { resource: '/pets/{petId}', pathParameters: { petId: '7' } },
  },
  {
    rule: 'AWS-EVT-29',
    line: 'GET /other',
    routes: ['/pets'],
    expected: { resource: '/{proxy+}', pathParameters: { proxy: 'other' } },
  },
  {
    rule: 'AWS-EVT-29',
    line: 'GET /pets/7',
    parts: { route: '/pets/{id}' },
    expected: { resource: '/pets/{id}', pathParameters: { id: '7' } },
  },
  {
    rule: 'AWS-EVT-29',
    line: 'GET /pets/x%2Fy',
    parts: { route: '/pets/{id}' },
    expected: { pathParameters: { id: 'x%2Fy' } },
  },
  {
    rule: 'AWS-EVT-29',
    line: 'GET /pets/7',
    routes: ['/{kind}/{id}'],
    parts: { route: '/pets/{petId}' },
    expected: { resource: '/{kind}/{id}', pathParameters: { kind: 'pets', id: '7' } },
  },
]

test.each(rows.map((row) => [row.rule, row.line, { routes: row.routes, ...row.parts }, row] as const))(
  '%s %s with %j has the expected path, resource and parameters',
  async (_rule, _line, _options, { line, routes, parts, expected, contextPath }) => {
    const event = await eventFor(gatewayRequest(line, parts), routes === undefined ? {} : { routes })
    expect(event).toMatchObject(expected)
    if (expected.pathParameters !== undefined) expect(event.pathParameters).toStrictEqual(expected.pathParameters)
    if (expected.resource !== undefined) expect(event.requestContext.resourcePath).toBe(expected.resource)
    if (contextPath !== undefined) expect(event.requestContext.path).toBe(contextPath)
  },
)

test.each(['GET /a//b', 'GET //x'])('AWS-EVT-28 %s gives 400 unless ambiguousTargets is "allow"', async (line) => {
  const { send, handler } = requestBench(async () => allow())
  expect(await send(line, bearer())).toBe('400 {"message":"Bad Request"}')
  expect(handler).not.toHaveBeenCalled()
})
