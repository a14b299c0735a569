/** Functions that SAM does not evaluate: what it tests itself is not what CloudFormation makes of it. */
import { expect, test } from 'vitest'
import {
  bodyOf,
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

const NO_VALUE = { Ref: 'AWS::NoValue' }

const MOCK = { 'x-amazon-apigateway-integration': { type: 'mock' } }

/** A condition that is decided without any parameter. */
const MORE = {
  Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] } },
  Mappings: { M: { a: { yes: 'true', name: 'A' } } },
  Parameters: { Yes: { Type: 'String' }, Name: { Type: 'String' }, Names: { Type: 'CommaDelimitedList' } },
}
const OPTIONS = { parameters: { Yes: 'true', Name: 'A', Names: 'A,B' } }

const either = (value: unknown, other: unknown = NO_VALUE): object => ({ 'Fn::If': ['Yes', value, other] })

const withAuthorizer = (settings: unknown): object =>
  rest({ Auth: { ...GUARDED, Authorizers: { A: settings } } }, undefined, MORE)
const withHttpAuthorizer = (settings: unknown): object =>
  http({ Auth: { ...HTTP_GUARDED, Authorizers: { A: settings } } }, undefined, MORE)
const withAuth = (settings: object): object => rest({ Auth: { ...GUARDED, ...settings } }, undefined, MORE)
const withHttpAuth = (settings: object): object => http({ Auth: { ...HTTP_GUARDED, ...settings } }, undefined, MORE)
const withEvent = (properties: object): object => rest({ Auth: GUARDED }, { e: event(properties) }, MORE)
const withHttpEvent = (properties: object): object => http({ Auth: HTTP_GUARDED }, { e: httpEvent(properties) }, MORE)

test.each([
  ['ApiKeyRequired of an API by Fn::If', withAuth({ ApiKeyRequired: either(false, true) })],
  ['ApiKeyRequired of an API that is removed', withAuth({ ApiKeyRequired: NO_VALUE })],
  ['ApiKeyRequired of an API by Fn::Sub', withAuth({ ApiKeyRequired: { 'Fn::Sub': '${Yes}' } })],
  ['ApiKeyRequired of an API by Fn::FindInMap', withAuth({ ApiKeyRequired: { 'Fn::FindInMap': ['M', 'a', 'yes'] } })],
  ['ApiKeyRequired of an event by Fn::If', withEvent({ Auth: { ApiKeyRequired: either(false) } })],
  ['ApiKeyRequired of an event by Ref', withEvent({ Auth: { ApiKeyRequired: { Ref: 'Yes' } } })],
  ['Identity by Fn::If', withAuthorizer({ ...TOKEN, Identity: either({ Header: 'X-Key' }) })],
  [
    'a list of sources by Ref',
    withAuthorizer({ ...TOKEN, FunctionPayloadType: 'REQUEST', Identity: { Headers: { Ref: 'Names' } } }),
  ],
  [
    'a source by Fn::If',
    withAuthorizer({ ...TOKEN, FunctionPayloadType: 'REQUEST', Identity: { Headers: ['X', either('Y')] } }),
  ],
  ['Header that may be removed', withAuthorizer({ ...TOKEN, Identity: { Header: either('X-Key') } })],
  ['an authorizer by Fn::If', withAuthorizer(either(TOKEN))],
  ['Authorizers by Fn::If', withAuth({ Authorizers: either({ A: TOKEN }) })],
  ['Auth by Fn::If', rest({ Auth: either(GUARDED) }, undefined, MORE)],
  ['DefaultAuthorizer by Fn::If', withAuth({ DefaultAuthorizer: either('A') })],
  ['DefaultAuthorizer that is removed', withAuth({ DefaultAuthorizer: NO_VALUE })],
  ['DefaultAuthorizer by Fn::Sub', withAuth({ DefaultAuthorizer: { 'Fn::Sub': '${Name}' } })],
  ['DefaultAuthorizer of an HTTP API by Ref', withHttpAuth({ DefaultAuthorizer: { Ref: 'Name' } })],
  ['Identity of an HTTP API by Fn::If', withHttpAuthorizer({ ...HTTP_LAMBDA, Identity: either({ Headers: ['X'] }) })],
  [
    'JwtConfiguration by Fn::If',
    withHttpAuthorizer({
      IdentitySource: '$request.header.A',
      JwtConfiguration: either({ issuer: 'https://a.example', audience: ['b'] }),
    }),
  ],
  ['the authorizer of an event by Fn::If', withEvent({ Auth: { Authorizer: either('NONE') } })],
  ['the authorizer of an event by Ref', withHttpEvent({ Auth: { Authorizer: { Ref: 'Name' } } })],
  ['scopes of an event by Fn::If', withEvent({ Auth: { Authorizer: 'A', AuthorizationScopes: either(NO_VALUE, []) } })],
  [
    'the properties of an API by Fn::If',
    templateOf({ ...resourcesOf(either({ StageName: 's', Auth: GUARDED })) }, MORE),
  ],
  ['ApiKeyRequired in Globals', rest({}, undefined, { ...MORE, Globals: globals({ ApiKeyRequired: either(false) }) })],
  [
    'Identity in Globals, beside one of the API',
    rest({ Auth: { Authorizers: { A: { Identity: { Header: 'X' } } } } }, undefined, {
      ...MORE,
      Globals: globals({ Authorizers: { A: { ...TOKEN, Identity: either({ ReauthorizeEvery: 0 }) } } }),
    }),
  ],
  [
    'Identity of an API, beside one in Globals',
    rest({ Auth: { Authorizers: { A: { Identity: either({ Header: 'X' }) } } } }, undefined, {
      ...MORE,
      Globals: globals({ Authorizers: { A: { ...TOKEN, Identity: { Header: 'Y' } } } }),
    }),
  ],
  [
    'MergeDefinitions by Fn::If',
    rest({ Auth: GUARDED, MergeDefinitions: either(false), DefinitionBody: bodyOf({ '/p': { get: {} } }) }, {}, MORE),
  ],
  [
    'security of a body by Fn::If',
    rest({ Auth: GUARDED, DefinitionBody: bodyOf({ '/p': { get: { security: either([{ NONE: [] }]) } } }) }, {}, MORE),
  ],
])('DEF-SAM-19 %s leaves the route undecided', async (_, template) => {
  const { routes, stops } = await read(template, OPTIONS)
  expect(routes).toEqual(['GET /p -> ?'])
  expect(stops.some((each) => each.endsWith('GET /p'))).toBe(true)
})

test.each([
  ['the path', withEvent({ Path: { Ref: 'Name' } })],
  ['the method', withEvent({ Method: either('get') })],
  ['the API', withEvent({ RestApiId: either({ Ref: 'X' }) })],
  ['an event', rest({ Auth: GUARDED }, { e: either(event()) }, MORE)],
  ['the type', rest({ Auth: GUARDED }, { e: { ...event(), Type: either('Api') } }, MORE)],
  ['all events', rest({ Auth: GUARDED }, either({ e: event() }), MORE)],
  [
    'the properties of a function',
    rest({ Auth: GUARDED }, {}, MORE),
    { Type: 'AWS::Serverless::Function', Properties: either({ Events: { e: event() } }) },
  ],
])('DEF-SAM-19 %s by a function stops, because the route is not known', async (_, template, more?: object) => {
  const whole = template as { Resources: object }
  const { routes, stops } = await read(
    { ...whole, Resources: { ...whole.Resources, ...(more && { G: more }) } },
    OPTIONS,
  )
  expect(routes).toEqual([])
  expect(stops.filter((each) => !each.includes('nothing-found')).length).toBeGreaterThan(0)
})

test('DEF-SAM-19 preflights count AddDefaultAuthorizerToCorsPreflight and Cors as written', async () => {
  const Auth = { ...GUARDED, AddDefaultAuthorizerToCorsPreflight: either(false) }
  const undecided = await read(rest({ Auth, Cors: "'*'" }, undefined, MORE), OPTIONS)
  expect(undecided.routes).toEqual(['GET /p -> A', 'OPTIONS /p -> ? *cors'])
  expect(undecided.stops.some((each) => each.includes('OPTIONS /p'))).toBe(true)
  const { routes, stops } = await read(rest({ Auth: GUARDED, Cors: either(NO_VALUE, "'*'") }, undefined, MORE), OPTIONS)
  expect([routes, stops]).toEqual([['GET /p -> A', 'OPTIONS /p -> A *cors'], []])
})

test.each([
  ['an operation by Fn::If in Fn::If', { '/p': { get: either(either(MOCK, MOCK), MOCK) } }],
  ['an operation by Fn::Select', { '/p': { get: { 'Fn::Select': [0, [MOCK, MOCK]] } } }],
  ['security with a function as its item', { '/p': { get: { ...MOCK, security: [either({ NONE: [] }, { A: [] })] } } }],
])('DEF-SAM-19 %s of a body leaves the route undecided: SAM may deploy it open', async (_, paths) => {
  for (const make of [rest, http]) {
    const Auth = make === rest ? GUARDED : HTTP_GUARDED
    const { routes, stops } = await read(make({ Auth, DefinitionBody: { ...bodyOf({}), paths } }, {}, MORE), OPTIONS)
    expect(routes.filter((each) => each !== 'GET /p -> ?')).toEqual([])
    expect(stops.filter((each) => !each.includes('nothing-found')).length).toBeGreaterThan(0)
  }
})

test.each([
  ['a path by Fn::If in Fn::If', { '/p': either(either({ get: MOCK })) }],
  ['paths by Fn::If', either({ '/p': { get: MOCK } })],
])('DEF-SAM-19 %s of a body stops, as SAM rejects it', async (_, paths) => {
  const { routes, stops } = await read(
    rest({ Auth: GUARDED, DefinitionBody: { ...bodyOf({}), paths } }, {}, MORE),
    OPTIONS,
  )
  expect(routes).toEqual([])
  expect(stops.filter((each) => !each.includes('nothing-found')).length).toBeGreaterThan(0)
})

test('DEF-SAM-19 SAM guards both branches of a path or an operation', async () => {
  const paths = { '/p': either({ get: MOCK }, { post: MOCK }), '/q': { get: either(MOCK) } }
  const { routes, stops } = await read(
    rest({ Auth: GUARDED, DefinitionBody: { ...bodyOf({}), paths } }, {}, MORE),
    OPTIONS,
  )
  expect([routes, stops]).toEqual([['GET /p -> A', 'GET /q -> A'], []])
})

test('DEF-SAM-19 DEF-SAM-09 an integration by a function gets the default authorizer', async () => {
  const get = { 'x-amazon-apigateway-integration': either(NO_VALUE, { type: 'mock' }) }
  const template = rest({ Auth: GUARDED, DefinitionBody: bodyOf({ '/p': { get } }) }, {}, MORE)
  const { routes, confirmed } = await read(template, OPTIONS)
  expect([routes, confirmed]).toEqual([['GET /p -> A'], []])
})

test('DEF-SAM-19 UserPoolArn makes a Cognito authorizer, also if it is removed', async () => {
  const { api, stops } = await read(withAuthorizer({ ...TOKEN, UserPoolArn: either(NO_VALUE, 'arn') }), OPTIONS)
  expect(api.authorizers['A']?.kind).toBe('COGNITO_USER_POOLS')
  expect(stops).toEqual(['DEF-DEF-05 unsupported-authorizer GET /p'])
})

test('DEF-SAM-19 DEF-RES-05 a UserPoolArn that is empty by default stops', async () => {
  const Parameters = { Pool: { Type: 'String', Default: '' } }
  const Auth = { ...GUARDED, Authorizers: { A: { ...TOKEN, UserPoolArn: { Ref: 'Pool' } } } }
  const { stops } = await read(rest({ Auth }, undefined, { Parameters }))
  expect(stops).toContain('DEF-RES-05 unresolved')
  expect((await read(rest({ Auth }, undefined, { Parameters }), { useDefaults: true })).stops).toEqual([])
})

test('DEF-SAM-19 usage plans by a function stop', async () => {
  for (const UsagePlan of [either({ CreateUsagePlan: 'PER_API' }), { CreateUsagePlan: either('PER_API') }]) {
    const { stops } = await read(withAuth({ ApiKeyRequired: true, UsagePlan }), OPTIONS)
    expect(stops).toEqual([expect.stringMatching(/^DEF-RES-01 unresolved/)])
  }
})

test('DEF-SAM-19 SAM replaces Ref of a parameter in the Auth of a REST API', async () => {
  const Auth = { ...GUARDED, DefaultAuthorizer: { Ref: 'Name' }, ApiKeyRequired: { Ref: 'Yes' } }
  const { routes, stops } = await read(rest({ Auth }, undefined, MORE), OPTIONS)
  expect([routes, stops]).toEqual([['GET /p -> A +key'], []])
})

test('DEF-SAM-19 CloudFormation evaluates the values that SAM only copies', async () => {
  const rest$ = await read(
    withAuthorizer({
      FunctionArn: either(FUNCTION_ARN, 'arn'),
      Identity: {
        Header: either('X-Key', 'Y'),
        ValidationExpression: { 'Fn::Sub': '^${Name}$' },
        ReauthorizeEvery: either(60, 300),
      },
    }),
    OPTIONS,
  )
  expect(rest$.stops).toEqual([])
  expect(rest$.api.authorizers['A']).toMatchObject({
    function: 'Authorize',
    identitySource: ['method.request.header.X-Key'],
    identityValidationExpression: '^A$',
    authorizerResultTtlInSeconds: 60,
  })
  const http$ = await read(
    withHttpAuthorizer({
      IdentitySource: either('$request.header.A', 'x'),
      JwtConfiguration: { issuer: { 'Fn::Sub': 'https://${Name}.example' }, audience: [either('b', 'c')] },
    }),
    OPTIONS,
  )
  expect(http$.stops).toEqual([])
  expect(http$.api.authorizers['A']).toMatchObject({
    kind: 'JWT',
    jwtConfiguration: { issuer: 'https://A.example', audience: ['b'] },
  })
})

test('DEF-SAM-19 DEF-SAM-11 a TTL that is removed does not leave the one of Globals', async () => {
  const Identity = { Headers: ['X'], ReauthorizeEvery: 300 }
  const Globals = { HttpApi: { Auth: { ...HTTP_GUARDED, Authorizers: { A: { ...HTTP_LAMBDA, Identity } } } } }
  const Auth = { Authorizers: { A: { Identity: { ReauthorizeEvery: NO_VALUE } } } }
  const { api } = await read(http({ Auth }, undefined, { ...MORE, Globals }), OPTIONS)
  expect(api.authorizers['A']?.kind === 'REQUEST' && api.authorizers['A'].authorizerResultTtlInSeconds).not.toBe(300)
})

test.each([
  ['Auth', { Auth: either({ AuthType: 'CUSTOM', AuthArn: FUNCTION_ARN }) }],
  ['AuthType', { Auth: { AuthType: either('CUSTOM'), AuthArn: FUNCTION_ARN } }],
  ['a route', { Routes: { $connect: either({ FunctionArn: FUNCTION_ARN, ApiKeyRequired: true }) } }],
  ['a key', { Routes: { $connect: { FunctionArn: FUNCTION_ARN, ApiKeyRequired: either(true) } } }],
])('DEF-SAM-19 DEF-SAM-17 %s of a WebSocket API by a function leaves the route undecided', async (_, properties) => {
  const Routes = { $connect: { FunctionArn: FUNCTION_ARN } }
  const X = {
    Type: 'AWS::Serverless::WebSocketApi',
    Properties: { RouteSelectionExpression: '$r', Routes, ...properties },
  }
  const { routes, stops } = await read(templateOf({ X }, MORE), OPTIONS)
  expect(routes).toEqual(['$connect -> ?'])
  expect(stops.some((each) => each.endsWith('$connect'))).toBe(true)
})

test('DEF-SAM-01 the name of ANY in OpenAPI documents is a method, too', async () => {
  const Method = 'X-Amazon-Apigateway-Any-Method'
  expect((await read(withEvent({ Method }))).routes).toEqual(['ANY /p -> A'])
  expect((await read(withHttpEvent({ Method }))).routes).toEqual(['ANY /p -> A'])
})

function globals(auth: object): object {
  return { Api: { Auth: { ...GUARDED, ...auth } } }
}

function resourcesOf(properties: object): object {
  return { X: { Type: 'AWS::Serverless::Api', Properties: properties }, F: functionOf({ e: event() }) }
}
