/** Route templates of API Gateway: matching, precedence, and conversion from framework patterns. */
import { RouteTable, toTemplate } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

const matches: readonly [template: string, path: string, parameters: Record<string, string> | undefined][] = [
  ['/', '/', {}],
  ['/', '/pets', undefined],
  ['/pets', '/pets', {}],
  ['/pets', '/pets/', {}],
  ['/pets', '/Pets', undefined],
  ['/pets', '/pets/7', undefined],
  ['/pets', '/', undefined],
  ['/pets/', '/pets/', {}],
  ['/pets/', '/pets', undefined],
  ['/pets/{id}', '/pets/7', { id: '7' }],
  ['/pets/{id}', '/pets/7/', { id: '7' }],
  ['/pets/{id}', '/pets/', undefined],
  ['/pets/{id}', '/pets', undefined],
  ['/pets/{id}', '/pets/7/toys', undefined],
  ['/pets/{id}', '/pets/a%2Fb', { id: 'a%2Fb' }],
  ['/pets/{id}/toys/{toy}', '/pets/7/toys/ball', { id: '7', toy: 'ball' }],
  ['/{a}/{b}', '/x/y', { a: 'x', b: 'y' }],
  ['/files/{proxy+}', '/files/a', { proxy: 'a' }],
  ['/files/{proxy+}', '/files/a/b/c', { proxy: 'a/b/c' }],
  ['/files/{proxy+}', '/files', undefined],
  ['/files/{proxy+}', '/files/', undefined],
  ['/{proxy+}', '/a/b', { proxy: 'a/b' }],
  ['/{proxy+}', '/', undefined],
  ['/{a.b_c-d$}', '/x', { 'a.b_c-d$': 'x' }],
  ['/{__proto__}', '/x', JSON.parse('{"__proto__":"x"}') as Record<string, string>],
]
test.each(matches.filter(([, , parameters]) => parameters !== undefined))(
  'AWS-EVT-25 the template %s matches the path %s',
  (template, path, parameters) => {
    const route = new RouteTable('routes', [template]).match('GET', path)
    expect(Object.entries(route?.parameters ?? { none: '' })).toEqual(Object.entries(parameters ?? {}))
    expect(route?.template).toBe(template)
  },
)

test.each(matches.filter(([, , parameters]) => parameters === undefined))(
  'AWS-EVT-25 the template %s does not match the path %s',
  (template, path) => {
    expect(new RouteTable('routes', [template]).match('GET', path)).toBeUndefined()
  },
)

test('AWS-EVT-25 the most specific template wins, regardless of the order of declaration', () => {
  const templates = ['/{proxy+}', '/pets/{id}', '/pets/mine', 'GET /pets/{any}', '/{x}/{y}', '/pets/{proxy+}']
  const expected: readonly [string, string, string | undefined][] = [
    ['GET', '/pets/mine', '/pets/mine'],
    ['GET', '/pets/7', '/pets/{any}'],
    ['PUT', '/pets/7', '/pets/{id}'],
    ['GET', '/toys/7', '/{x}/{y}'],
    ['GET', '/pets/7/toys', '/pets/{proxy+}'],
    ['GET', '/toys/7/8', '/{proxy+}'],
    ['GET', '/', undefined],
  ]
  for (const order of [templates, templates.toReversed()]) {
    const table = new RouteTable('routes', order)
    expect(expected.map(([method, path]) => table.match(method, path)?.template)).toEqual(
      expected.map(([, , each]) => each),
    )
  }
})

test('a template with a method matches that method only, ANY matches every method', () => {
  const table = new RouteTable('routes', ['DELETE /pets', 'ANY /toys'])
  expect(table.match('DELETE', '/pets')?.template).toBe('/pets')
  expect(table.match('GET', '/pets')).toBeUndefined()
  expect(table.match('GET', '/toys')?.template).toBe('/toys')
})

test.each([
  'pets',
  '',
  ' /pets',
  'get /pets',
  'GET',
  'GET  /pets',
  '/pets/{id',
  '/pets/id}',
  '/pets/{}',
  '/pets/x{id}',
  '/pets/{id}.json',
  '/pets/{a}{b}',
  '/{proxy+}/x',
  '/pets/{a b}',
  '/pets/{id*}',
])('SEC-105 the template %j is rejected with the name of the option', (template) => {
  expect(() => new RouteTable('aws.request.routes', ['/ok', template])).toThrow(
    expect.objectContaining({
      code: 'ERR_OPTION',
      message: expect.stringMatching(
        /^aws\.request\.routes\[1\]: found .*; allowed: a path template such as/,
      ) as string,
    }),
  )
})

/** Patterns of Express 4 and 5, @koa/router and Hono, with the template of the gateway. */
const patterns: readonly [unknown, string | undefined][] = [
  ['/', '/'],
  ['/pets', '/pets'],
  ['/pets/', '/pets/'],
  ['/pets/:id', '/pets/{id}'],
  ['/pets/:id/toys/:toyId', '/pets/{id}/toys/{toyId}'],
  ['/pets/:id(\\d+)', '/pets/{id}'],
  ['/pets/:id{[0-9]+}', '/pets/{id}'],
  ['/files/*path', '/files/{path+}'],
  ['/*splat', '/{splat+}'],
  ['/a.b/c~d', '/a.b/c~d'],
  ['/files/*', undefined],
  ['*', undefined],
  ['/files/*path/x', undefined],
  ['/pets/:id?', undefined],
  ['/pets/:a-:b', undefined],
  ['/pets/:id.json', undefined],
  ['/pets{/:id}', undefined],
  ['/pe?ts', undefined],
  ['/pe+ts', undefined],
  ['/(pets|toys)', undefined],
  ['/pets/:', undefined],
  ['pets', undefined],
  ['', undefined],
  [/\/pets/, undefined],
  [['/pets'], undefined],
  [undefined, undefined],
  [null, undefined],
]
test.each(patterns.filter(([, template]) => template !== undefined))(
  'AWS-EVT-19 the framework pattern %s is converted to the valid template %s',
  (pattern, template) => {
    expect(toTemplate(pattern)).toBe(template)
    expect(() => new RouteTable('routes', [template as string])).not.toThrow()
  },
)

test.each(patterns.filter(([, template]) => template === undefined))(
  'AWS-EVT-19 the framework pattern %s has no template',
  (pattern) => {
    expect(toTemplate(pattern)).toBeUndefined()
  },
)

describe('request.route', () => {
  test('AWS-EVT-25 the route is the one that the framework matched, with undecoded parameters', () => {
    const request = gatewayRequest('GET /pets/a%20b?x=1', { route: '/pets/{id}' })
    expect(request.route).toEqual({ template: '/pets/{id}', parameters: { id: 'a%20b' } })
  })

  test('the route is undefined if the framework matched none', () => {
    expect(gatewayRequest('GET /pets/7').route).toBeUndefined()
  })
})
