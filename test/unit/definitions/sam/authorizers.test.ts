/** Authorizers of SAM APIs, and which of them guards a route. */
import { expect, test } from 'vitest'
import {
  event,
  FUNCTION_ARN,
  functionOf,
  GUARDED,
  http,
  HTTP_GUARDED,
  HTTP_LAMBDA,
  httpEvent,
  read,
  rest,
  templateOf,
  TOKEN,
} from './read.ts'

const restAuthorizer = (settings: object): object =>
  rest({ Auth: { DefaultAuthorizer: 'A', Authorizers: { A: settings } } })
const httpAuthorizer = (settings: object): object =>
  http({ Auth: { DefaultAuthorizer: 'A', Authorizers: { A: settings } } })

test.each([
  ['TOKEN', TOKEN, { kind: 'TOKEN', function: 'Authorize', authorizerResultTtlInSeconds: 300 }],
  [
    'TOKEN with settings',
    { ...TOKEN, Identity: { Header: 'X-Key', ValidationExpression: '^k.*', ReauthorizeEvery: '0' } },
    {
      kind: 'TOKEN',
      identitySource: ['method.request.header.X-Key'],
      identityValidationExpression: '^k.*',
      authorizerResultTtlInSeconds: 0,
    },
  ],
  [
    'REQUEST without caching and source',
    { ...TOKEN, FunctionPayloadType: 'REQUEST', Identity: { ReauthorizeEvery: 0 } },
    { kind: 'REQUEST', identitySource: [], authorizerResultTtlInSeconds: 0 },
  ],
])('DEF-SAM-02 DEF-SAM-03 a REST authorizer: %s', async (_, settings, expected) => {
  const { api, stops, routes } = await read(restAuthorizer(settings))
  expect(api.authorizers['A']).toMatchObject(expected)
  expect(routes).toEqual(['GET /p -> A'])
  expect(stops).toEqual([])
})

test('DEF-SAM-02 a user pool needs a guard of the caller', async () => {
  const { api, stops } = await read(restAuthorizer({ UserPoolArn: 'arn:aws:cognito-idp:eu-west-1:1:userpool/p' }))
  expect(api.authorizers['A']).toMatchObject({ kind: 'COGNITO_USER_POOLS' })
  expect(stops).toEqual(['DEF-DEF-05 unsupported-authorizer GET /p'])
})

test('DEF-SAM-02 JwtConfiguration of an HTTP API is read in any letter case', async () => {
  const { api, stops, routes } = await read(
    httpAuthorizer({
      AuthorizationScopes: ['a', 'b'],
      IdentitySource: '$request.header.Authorization',
      JwtConfiguration: { Issuer: 'https://issuer.example', AUDIENCE: ['x'] },
    }),
  )
  expect(stops).toEqual([])
  expect(routes).toEqual(['GET /p -> A [a,b]'])
  expect(api.authorizers['A']).toMatchObject({
    kind: 'JWT',
    jwtConfiguration: { issuer: 'https://issuer.example', audience: ['x'] },
  })
})

test.each([
  ['AuthorizerResultTtlInSeconds', restAuthorizer({ ...TOKEN, AuthorizerResultTtlInSeconds: 5 })],
  ['EnableSimpleResponses', restAuthorizer({ ...TOKEN, EnableSimpleResponses: true })],
  ['Identity.Headers of a TOKEN authorizer', restAuthorizer({ ...TOKEN, Identity: { Headers: ['X'] } })],
  ['a misspelt member of Identity', restAuthorizer({ ...TOKEN, Identity: { header: 'X' } })],
])('DEF-SAM-03 %s has no effect and is reported', async (_, template) => {
  const { api, reports } = await read(template)
  expect(reports).toEqual(['DEF-SAM-03 ignored'])
  expect(api.authorizers['A']).toMatchObject({
    identitySource: ['method.request.header.Authorization'],
    authorizerResultTtlInSeconds: 300,
  })
})

const REQUEST = { ...TOKEN, FunctionPayloadType: 'REQUEST' }
const JWT = { IdentitySource: '$request.header.A', JwtConfiguration: { issuer: 'https://i.example', audience: ['x'] } }

test.each([
  ['REQUEST that is cached without a source', restAuthorizer({ ...REQUEST, Identity: { ReauthorizeEvery: 1 } })],
  ['another FunctionPayloadType', restAuthorizer({ ...TOKEN, FunctionPayloadType: 'JWT' })],
  ['neither a function nor a pool', restAuthorizer({ Identity: { Header: 'X' } })],
  ['a life of two hours', restAuthorizer({ ...TOKEN, Identity: { ReauthorizeEvery: 7200 } })],
  ['no payload version', httpAuthorizer({ FunctionArn: FUNCTION_ARN })],
  ['an unknown payload version', httpAuthorizer({ ...HTTP_LAMBDA, AuthorizerPayloadFormatVersion: '3.0' })],
  ['no function', httpAuthorizer({ AuthorizerPayloadFormatVersion: '2.0' })],
  ['a JWT without IdentitySource', httpAuthorizer({ JwtConfiguration: JWT.JwtConfiguration })],
  ['a JWT without issuer', httpAuthorizer({ ...JWT, JwtConfiguration: { audience: ['x'] } })],
  [
    'a JWT with an empty audience',
    httpAuthorizer({ ...JWT, JwtConfiguration: { issuer: 'https://i.example', audience: [] } }),
  ],
  ['a function beside a JWT', httpAuthorizer({ ...JWT, FunctionArn: FUNCTION_ARN })],
  ['caching without a source on an HTTP API', httpAuthorizer({ ...HTTP_LAMBDA, Identity: { ReauthorizeEvery: 9 } })],
])('DEF-SAM-04 %s stops, and the route is not open', async (_, template) => {
  const { routes, stops } = await read(template)
  expect(stops).toEqual([expect.stringMatching(/ invalid/)])
  expect(routes).toEqual(['GET /p -> A'])
})

test('DEF-SAM-05 an event replaces the default authorizer, its scopes replace those of the authorizer, and NONE opens', async () => {
  const pool = { UserPoolArn: 'arn', AuthorizationScopes: ['own'] }
  const Auth = { DefaultAuthorizer: 'P', Authorizers: { P: pool, B: TOKEN } }
  const { routes, confirmed } = await read(
    rest(
      { Auth },
      {
        a: event({ Path: '/a' }),
        b: event({ Path: '/b', Auth: { Authorizer: 'B' } }),
        c: event({ Path: '/c', Auth: { Authorizer: 'P', AuthorizationScopes: ['x', 'y'] } }),
        d: event({ Path: '/d', Auth: { Authorizer: 'P', AuthorizationScopes: [] } }),
        e: event({ Path: '/e', Auth: { Authorizer: 'NONE' } }),
      },
    ),
  )
  expect(routes).toEqual(['GET /a -> P [own]', 'GET /b -> B', 'GET /c -> P [x,y]', 'GET /d -> P', 'GET /e -> NONE'])
  expect(confirmed).toEqual(['GET /e'])
})

test('DEF-SAM-05 scopes with a Lambda authorizer stop: nothing checks them', async () => {
  const { stops } = await read(
    rest({ Auth: { ...GUARDED, Authorizers: { A: { ...TOKEN, AuthorizationScopes: ['s'] } } } }),
  )
  expect(stops).toEqual(['DEF-SAM-05 ignored-protection GET /p'])
})

test.each([
  ['is not declared', { DefaultAuthorizer: 'B', Authorizers: { A: TOKEN } }, 'DEF-SAM-06 unknown-authorizer GET /p'],
  ['has no Authorizers beside it', { DefaultAuthorizer: 'A' }, 'DEF-SAM-06 unknown-authorizer GET /p'],
  [
    'is a name of Object.prototype',
    { ...GUARDED, DefaultAuthorizer: 'toString' },
    'DEF-SAM-06 unknown-authorizer GET /p',
  ],
  ['is NONE', { ...GUARDED, DefaultAuthorizer: 'NONE' }, 'DEF-SAM-06 unknown-authorizer GET /p'],
  ['is imported', { ...GUARDED, DefaultAuthorizer: { 'Fn::ImportValue': 'a' } }, 'DEF-RES-01 external GET /p'],
  ['is a list', { ...GUARDED, DefaultAuthorizer: ['A'] }, 'DEF-GEN-15 invalid GET /p'],
  ['is a parameter with a default', { ...GUARDED, DefaultAuthorizer: { Ref: 'P' } }, 'DEF-RES-05 unresolved GET /p'],
])('DEF-SAM-06 a DefaultAuthorizer that %s leaves the route undecided', async (_, Auth, expected) => {
  const Parameters = { P: { Type: 'String', Default: 'A' } }
  const { routes, stops } = await read(rest({ Auth }, undefined, { Parameters }))
  expect(routes).toEqual(['GET /p -> ?'])
  expect(stops).toEqual([expected])
})

test.each([
  ['is not declared', { Authorizer: 'B' }, 'DEF-SAM-06 unknown-authorizer GET /p'],
  ['is imported', { Authorizer: { 'Fn::ImportValue': 'a' } }, 'DEF-RES-01 external GET /p'],
  ['is a map', { Authorizer: { A: [] } }, 'DEF-GEN-15 invalid GET /p'],
])('DEF-SAM-06 an authorizer of an event that %s leaves the route undecided', async (_, Auth, expected) => {
  const { routes, stops } = await read(rest({ Auth: GUARDED }, { e: event({ Auth }) }))
  expect(routes).toEqual(['GET /p -> ?'])
  expect(stops).toEqual([expected])
})

test.each([
  [
    'NONE without a default',
    rest({ Auth: { Authorizers: { A: TOKEN } } }, { e: event({ Auth: { Authorizer: 'NONE' } }) }),
  ],
  ['scopes without an authorizer', rest({ Auth: GUARDED }, { e: event({ Auth: { AuthorizationScopes: ['s'] } }) })],
  ['no key where none is needed', rest({ Auth: GUARDED }, { e: event({ Auth: { ApiKeyRequired: false } }) })],
  [
    'an Auth without authorizer and default on an HTTP API',
    http(
      { Auth: { Authorizers: HTTP_GUARDED.Authorizers } },
      { e: httpEvent({ Auth: { AuthorizationScopes: ['s'] } }) },
    ),
  ],
])('DEF-SAM-06 %s stops, as SAM rejects it', async (_, template) => {
  const { stops } = await read(template)
  expect(stops).toEqual(['DEF-SAM-06 invalid GET /p'])
})

test.each([
  ['Auth', { 'Fn::If': ['C', GUARDED, { Ref: 'AWS::NoValue' }] }],
  ['Authorizers', { ...GUARDED, Authorizers: { 'Fn::If': ['C', GUARDED.Authorizers, { Ref: 'AWS::NoValue' }] } }],
  ['one authorizer', { ...GUARDED, Authorizers: { A: { 'Fn::If': ['C', TOKEN, { Ref: 'AWS::NoValue' }] } } }],
  [
    'an identity source',
    { ...GUARDED, Authorizers: { A: { ...TOKEN, Identity: { Header: { 'Fn::ImportValue': 'h' } } } } },
  ],
  ['the default', { ...GUARDED, DefaultAuthorizer: { 'Fn::If': ['C', 'A', { Ref: 'AWS::NoValue' }] } }],
])('DEF-DEF-06 DEF-RES-05 %s that depends on what is not known leaves the route undecided', async (_, Auth) => {
  const Parameters = { Stage: { Type: 'String', Default: 'dev' } }
  const Conditions = { C: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } }
  const { routes, stops } = await read(rest({ Auth }, undefined, { Parameters, Conditions }))
  expect(routes).toEqual(['GET /p -> ?'])
  expect(stops.length).toBeGreaterThan(0)
  expect(stops.some((each) => each.endsWith('GET /p'))).toBe(true)
})

test('DEF-RES-05 useDefaults and given parameters decide', async () => {
  const Parameters = { Stage: { Type: 'String', Default: 'dev' } }
  const Conditions = { C: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } }
  const template = templateOf(
    {
      X: { Type: 'AWS::Serverless::Api', Properties: { StageName: 's', Auth: GUARDED } },
      F: functionOf({ e: event() }, { Condition: 'C' }),
      G: functionOf({ e: event({ Path: '/q' }) }),
    },
    { Parameters, Conditions },
  )
  expect((await read(template, { parameters: { Stage: 'prod' } })).routes).toEqual(['GET /p -> A', 'GET /q -> A'])
  expect((await read(template, { parameters: { Stage: 'dev' } })).routes).toEqual(['GET /q -> A'])
  expect((await read(template, { useDefaults: true })).routes).toEqual(['GET /q -> A'])
})

test('DEF-GEN-10 a member of Auth that SAM rejects stops', async () => {
  const { stops } = await read(rest({ Auth: { DefaultAuthoriser: 'A', Authorizers: { A: TOKEN } } }))
  expect(stops).toEqual(['DEF-GEN-10 invalid GET /p'])
})

test('DEF-SAM-15 AWS_IAM needs a guard of the caller, at the API, at an event, and on HTTP APIs if it is enabled', async () => {
  const iam = ['DEF-DEF-05 unsupported-authorizer GET /p']
  expect((await read(rest({ Auth: { DefaultAuthorizer: 'AWS_IAM', InvokeRole: 'NONE' } }))).stops).toEqual(iam)
  const atEvent = await read(rest({}, { e: event({ Auth: { Authorizer: 'AWS_IAM' } }) }))
  expect([atEvent.routes, atEvent.stops]).toEqual([['GET /p -> AWS_IAM'], iam])
  const enabled = await read(http({ Auth: { EnableIamAuthorizer: true, DefaultAuthorizer: 'AWS_IAM' } }))
  expect([enabled.routes, enabled.stops]).toEqual([['GET /p -> AWS_IAM'], iam])
  const disabled = await read(http({ Auth: { ...HTTP_GUARDED, DefaultAuthorizer: 'AWS_IAM' } }))
  expect([disabled.routes, disabled.stops]).toEqual([['GET /p -> ?'], ['DEF-SAM-06 unknown-authorizer GET /p']])
})

test('DEF-IN-03 names of Object.prototype are names', async () => {
  const Auth = { DefaultAuthorizer: 'constructor', Authorizers: { constructor: TOKEN, toString: TOKEN } }
  const { routes, stops, api } = await read(
    rest({ Auth }, { hasOwnProperty: event({ Auth: { Authorizer: 'toString' } }), valueOf: event({ Path: '/q' }) }),
  )
  expect(stops).toEqual([])
  expect(routes).toEqual(['GET /p -> toString', 'GET /q -> constructor'])
  expect(Object.keys(api.authorizers)).toEqual(['constructor', 'toString'])
})
