/** What SAM adds to the operations of an API: default authorizers, preflights, keys, `Globals`. */
import { expect, test } from 'vitest'
import {
  bodyOf,
  event,
  functionOf,
  GUARDED,
  http,
  HTTP_GUARDED,
  httpEvent,
  read,
  rest,
  templateOf,
  TOKEN,
} from './read.ts'

test('DEF-SAM-07 Cors adds OPTIONS to every path that has none, beside ANY too, with the default authorizer', async () => {
  const { routes, stops } = await read(
    rest(
      { Auth: GUARDED, Cors: { 'Fn::Sub': "'https://${Domain}'" } },
      {
        a: event({ Path: '/a', Method: 'any' }),
        b: event({ Path: '/b' }),
        c: event({ Path: '/b', Method: 'options', Auth: { Authorizer: 'NONE' } }),
        d: event({ Path: '/a/' }),
      },
    ),
  )
  expect(stops).toEqual([])
  expect(routes).toEqual(['ANY /a -> A', 'GET /a -> A', 'OPTIONS /a -> A *cors', 'GET /b -> A', 'OPTIONS /b -> NONE'])
})

test('DEF-SAM-07 open preflights are confirmed and reported; an empty Cors adds none', async () => {
  const { routes, reports, confirmed, api } = await read(rest({ Auth: { Authorizers: { A: TOKEN } }, Cors: "'*'" }))
  expect(routes).toEqual(['GET /p -> NONE', 'OPTIONS /p -> NONE *cors'])
  expect(api.routes.map(({ open }) => open)).toEqual(['omitted', 'generated'])
  expect(confirmed).toEqual(['GET /p', 'OPTIONS /p'])
  expect(reports).toContain('DEF-SAM-07 cors-preflight OPTIONS /p')
  for (const Cors of ['', {}, null, false])
    expect((await read(rest({ Auth: GUARDED, Cors }))).routes).toEqual(['GET /p -> A'])
})

test('DEF-SAM-07 DEF-SAM-14 keys reach preflights unless AddApiKeyRequiredToCorsPreflight is false', async () => {
  const Auth = { ...GUARDED, ApiKeyRequired: true }
  const { routes } = await read(rest({ Auth, Cors: "'*'" }))
  expect(routes).toEqual(['GET /p -> A +key', 'OPTIONS /p -> A +key *cors'])
  const without = await read(rest({ Auth: { ...Auth, AddApiKeyRequiredToCorsPreflight: false }, Cors: "'*'" }))
  expect(without.routes).toEqual(['GET /p -> A +key', 'OPTIONS /p -> A *cors'])
})

test.each([
  ['of the API', rest({ Auth: { ...GUARDED, ApiKeyRequired: 'false' } })],
  [
    'of an event',
    rest({ Auth: { ...GUARDED, ApiKeyRequired: true } }, { e: event({ Auth: { ApiKeyRequired: 'false' } }) }),
  ],
  [
    'of a parameter',
    rest({ Auth: { ...GUARDED, ApiKeyRequired: { Ref: 'P' } } }, undefined, { Parameters: { P: { Type: 'String' } } }),
  ],
])('DEF-SAM-14 the text false %s has two readings, because SAM takes it for true', async (_, template) => {
  const { routes, stops } = await read(template, { parameters: { P: 'false' } })
  expect([routes, stops]).toEqual([['GET /p -> ?'], ['DEF-SAM-14 ambiguous GET /p']])
})

test('DEF-SAM-09 the default authorizer of a body: integrations, NONE, keys and root security', async () => {
  const paths = {
    '/p': {
      get: {},
      post: { security: [] },
      put: { security: [{ NONE: [] }] },
      delete: { security: [{ api_key: [] }] },
    },
    '/q': { 'x-amazon-apigateway-any-method': {}, get: { 'x-amazon-apigateway-integration': undefined } },
  }
  const more = { components: { securitySchemes: { api_key: { type: 'apiKey', in: 'header', name: 'x-api-key' } } } }
  const { routes, stops, reports } = await read(rest({ Auth: GUARDED, DefinitionBody: bodyOf(paths, more) }, {}))
  expect(stops).toEqual([])
  expect(routes).toEqual([
    'DELETE /p -> A +key',
    'GET /p -> A',
    'POST /p -> A',
    'PUT /p -> NONE',
    'ANY /q -> A',
    'GET /q -> NONE',
  ])
  expect(reports).toContain('DEF-SAM-09 no-integration GET /q')
})

test('DEF-SAM-09 NONE beside an authorizer, and security that is no list, stay undecided', async () => {
  const paths = { '/p': { get: { security: [{ A: [] }, { NONE: [] }] } }, '/q': { get: { security: { A: [] } } } }
  const { routes, stops } = await read(rest({ Auth: GUARDED, DefinitionBody: bodyOf(paths) }, {}))
  expect(routes).toEqual(['GET /p -> ?', 'GET /q -> ?'])
  expect(stops.some((each) => each.includes('GET /p'))).toBe(true)
  expect(stops.some((each) => each.includes('GET /q'))).toBe(true)
})

test('DEF-SAM-09 Swagger 2.0 bodies get the default authorizer, too', async () => {
  const { openapi: _, ...body } = bodyOf({ '/p': { get: {}, post: {} } }) as Record<string, unknown>
  const { routes, stops } = await read(rest({ Auth: GUARDED, DefinitionBody: { swagger: '2.0', ...body } }, {}))
  expect([routes, stops]).toEqual([['GET /p -> A', 'POST /p -> A'], []])
})

test('DEF-SAM-10 the default authorizer of an HTTP API does not reach OPTIONS, unless its event has an Auth', async () => {
  const { routes, reports, confirmed, api } = await read(
    http(
      {
        Auth: HTTP_GUARDED,
        CorsConfiguration: { AllowOrigins: ['https://a.example'], AllowHeaders: ['authorization'], MaxAge: 5 },
      },
      {
        a: httpEvent({ Method: 'OPTIONS' }),
        b: httpEvent({ Path: '/b', Method: 'OPTIONS', Auth: { Authorizer: 'A' } }),
        c: httpEvent({ Path: '/c' }),
        d: httpEvent({ Path: '/d', Auth: { Authorizer: 'NONE' } }),
      },
    ),
  )
  expect(routes).toEqual(['OPTIONS /b -> A', 'GET /c -> A', 'GET /d -> NONE', 'OPTIONS /p -> NONE'])
  expect(reports).toContain('DEF-SAM-10 open-options OPTIONS /p')
  expect(confirmed).toEqual(['OPTIONS /p', 'GET /d'])
  expect(api.cors).toEqual({ allowOrigins: ['https://a.example'], allowHeaders: ['authorization'], maxAge: 5 })
  expect((await read(http({ CorsConfiguration: true }))).api.cors).toEqual({ allowOrigins: ['*'] })
})

test('DEF-SAM-11 Globals are merged: maps key by key, lists appended, other values replaced', async () => {
  const Globals = {
    Api: {
      Auth: {
        DefaultAuthorizer: 'A',
        Authorizers: { A: TOKEN, R: { ...TOKEN, FunctionPayloadType: 'REQUEST', Identity: { Headers: ['A'] } } },
      },
      Cors: "'*'",
      Variables: { a: '1', b: '2' },
    },
  }
  const own = {
    Auth: { DefaultAuthorizer: 'R', Authorizers: { R: { Identity: { Headers: ['B'] } } } },
    Variables: { b: '3' },
  }
  const { api, routes } = await read(rest(own, undefined, { Globals }))
  expect(routes).toEqual(['GET /p -> R', 'OPTIONS /p -> R *cors'])
  expect(api.authorizers['R']).toMatchObject({
    kind: 'REQUEST',
    identitySource: ['method.request.header.A', 'method.request.header.B'],
  })
  expect(api.stageVariables).toEqual({ a: '1', b: '3' })
})

test('DEF-IN-07 Globals count for every API that they are merged into', async () => {
  const numbers = Array.from({ length: 700 }, (_, index) => index)
  const Authorizers = Object.fromEntries(numbers.map((index) => [`a${index}`, { FunctionArn: 'x' }]))
  const Resources = Object.fromEntries(
    numbers.map((index) => [`A${index}`, { Type: 'AWS::Serverless::Api', Properties: { StageName: 'p' } }]),
  )
  const Globals = { Api: { Auth: { Authorizers } } }
  const { stops } = await read({ Transform: 'AWS::Serverless-2016-10-31', Globals, Resources })
  expect(stops).toContain('DEF-IN-07 hostile')
})

test('DEF-SAM-11 Globals reach the implicit API; IgnoreGlobals keeps them away; null replaces them', async () => {
  const Globals = { Api: { Auth: GUARDED } }
  const implicit = { F: functionOf({ e: { Type: 'Api', Properties: { Path: '/p', Method: 'get' } } }) }
  expect((await read(templateOf(implicit, { Globals }))).routes).toEqual(['GET /p -> A'])
  const X = { Type: 'AWS::Serverless::Api', Properties: { StageName: 's' } }
  const F = functionOf({ e: event() })
  for (const IgnoreGlobals of ['*', ['Auth']])
    expect((await read(templateOf({ X: { ...X, IgnoreGlobals }, F }, { Globals }))).routes).toEqual(['GET /p -> NONE'])
  const empty = await read(rest({ Auth: null }, undefined, { Globals }))
  expect([empty.routes, empty.confirmed]).toEqual([['GET /p -> NONE'], ['GET /p']])
})

test.each([
  ['that cannot be read', { Api: { 'Fn::ImportValue': 'x' } }, /^DEF-RES-01 external GET \/p$/],
  [
    'with a condition that is not decided',
    { Api: { Auth: { 'Fn::If': ['C', GUARDED, { Ref: 'AWS::NoValue' }] } } },
    /^\S+ unresolved GET \/p$/,
  ],
  ['that are no map', { Api: ['Auth'] }, /^DEF-GEN-15 invalid GET \/p$/],
])('DEF-SAM-11 Globals %s leave the routes undecided', async (_, Globals, expected) => {
  const { routes, stops } = await read(rest({}, undefined, { Globals }))
  expect(routes).toEqual(['GET /p -> ?'])
  expect(stops).toEqual([expect.stringMatching(expected)])
})

test('DEF-SAM-11 a body in Globals stops, as SAM rejects it', async () => {
  const { stops } = await read(rest({ Auth: GUARDED }, undefined, { Globals: { Api: { DefinitionBody: {} } } }))
  expect(stops).toEqual(['DEF-SAM-11 invalid'])
})
