/** Routes from events, and where their `Auth` has no effect. */
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

test('DEF-SAM-01 events of functions and state machines add routes to the API that they name', async () => {
  const machine = {
    Type: 'AWS::Serverless::StateMachine',
    Properties: { Events: { s: event({ Path: '/run/', Method: 'POST' }) } },
  }
  const { routes, stops } = await read(
    templateOf({
      X: { Type: 'AWS::Serverless::Api', Properties: { StageName: 's', Auth: GUARDED } },
      F: functionOf({
        a: event({ RestApiId: 'X' }),
        b: event({ Method: 'any', Path: '/files/{proxy+}' }),
        q: { Type: 'SQS', Properties: { Queue: 'q' } },
      }),
      M: machine,
    }),
  )
  expect(routes).toEqual(['ANY /files/{proxy+} -> A', 'GET /p -> A', 'POST /run -> A'])
  expect(stops).toEqual([])
})

test('DEF-SAM-01 events without an API belong to the implicit ones, with their stages', async () => {
  const { apis, routes } = await read(
    templateOf({
      F: functionOf({
        a: { Type: 'Api', Properties: { Path: '/a', Method: 'get' } },
        b: { Type: 'HttpApi', Properties: { Path: '/b', Method: 'get' } },
        c: { Type: 'HttpApi' },
      }),
    }),
  )
  expect(routes).toEqual(['$default -> NONE', 'GET /b -> NONE', 'GET /a -> NONE'])
  expect(apis.map(({ name, protocol, stage }) => [name, protocol, stage])).toEqual([
    ['ServerlessHttpApi', 'HTTP', '$default'],
    ['ServerlessRestApi', 'REST', 'Prod'],
  ])
})

test('DEF-SAM-01 a declared resource with the name of the implicit API stops, because SAM replaces it', async () => {
  const { stops, routes } = await read(
    templateOf({
      ServerlessRestApi: { Type: 'AWS::Serverless::Api', Properties: { StageName: 's', Auth: GUARDED } },
      F: functionOf({ a: { Type: 'Api', Properties: { Path: '/a', Method: 'get' } } }),
    }),
  )
  expect(routes).toEqual(['GET /a -> NONE'])
  expect(stops).toEqual(['DEF-SAM-01 ignored-protection GET /a'])
})

test.each([
  ['another stack', { 'Fn::ImportValue': 'api' }, ['DEF-RES-01 external GET /p']],
  ['a parameter', { Ref: 'P' }, ['DEF-RES-01 unresolved GET /p']],
  ['an ID', 'abc123', ['DEF-SAM-01 external GET /p']],
  ['a function', { Ref: 'F' }, ['DEF-SAM-01 invalid GET /p']],
  ['a map', { a: 1 }, ['DEF-SAM-01 external GET /p']],
])('DEF-SAM-01 an event that names %s as its API stops', async (_, RestApiId, expected) => {
  const parameters = { P: { Type: 'String', Default: 'X' } }
  const { stops } = await read(rest({ Auth: GUARDED }, { e: event({ RestApiId }) }, { Parameters: parameters }))
  expect(stops.filter((each) => !each.endsWith('nothing-found'))).toEqual(expected)
})

test.each([
  ['no path', { Path: undefined }],
  ['no method', { Method: undefined }],
  ['a list as path', { Path: ['/p'] }],
  ['a path of another stack', { Path: { 'Fn::ImportValue': 'path' } }],
  ['a method of null', { Method: null }],
])('DEF-SAM-01 an event with %s stops, because it may lie over a guarded route', async (_, properties) => {
  const { stops, routes } = await read(rest({ Auth: GUARDED }, { e: event(properties), f: event({ Path: '/q' }) }))
  expect(routes).toEqual(['GET /q -> A'])
  expect(stops).toContain('DEF-SAM-01 invalid')
})

test('DEF-SAM-01 a route that several events declare stops', async () => {
  const { stops } = await read(rest({ Auth: GUARDED }, { e: event(), f: event({ Method: 'GET' }) }))
  expect(stops).toEqual(['DEF-SAM-01 conflict GET /p'])
  const different = await read(rest({ Auth: GUARDED }, { e: event(), f: event({ Auth: { Authorizer: 'NONE' } }) }))
  expect(different.routes).toEqual(['GET /p -> ?'])
})

test.each([
  ['misspelt', { Auth: { Authoriser: 'A' } }, {}],
  ['of the API', { Auth: { DefaultAuthorizer: 'A' } }, {}],
  ['beside the properties', {}, { Auth: { Authorizer: 'A' } }],
])(
  'DEF-GEN-10 DEF-SAM-06 an authorizer that is %s in an event stops: SAM ignores it',
  async (_, properties, beside) => {
    const { stops, confirmed } = await read(
      rest({ Auth: { Authorizers: { A: TOKEN } } }, { e: { ...event(properties), ...beside } }),
    )
    expect(stops).toEqual(['DEF-GEN-10 misplaced GET /p'])
    expect(confirmed).toEqual(['GET /p'])
  },
)

test('DEF-GEN-10 a property that SAM rejects stops', async () => {
  const { stops } = await read(rest({ Auth: { Authorizers: { A: TOKEN } } }, { e: event({ Authorizer: 'A' }) }))
  expect(stops).toEqual(['DEF-GEN-10 invalid GET /p'])
})

test('DEF-SAM-06 the Auth of an event that a function makes stops: SAM ignores it and deploys the route without', async () => {
  const Auth = { 'Fn::If': ['C', { Authorizer: 'A' }, { Authorizer: 'NONE' }] }
  const { stops, routes } = await read(
    rest(
      { Auth: { Authorizers: { A: TOKEN } } },
      { e: event({ Auth }) },
      { Conditions: { C: { 'Fn::Equals': ['a', 'a'] } } },
    ),
  )
  expect(routes).toEqual(['GET /p -> ?'])
  expect(stops).toEqual(['DEF-SAM-06 ignored-protection GET /p'])
})

test('DEF-SAM-08 the Auth of an event has no effect beside a body', async () => {
  const DefinitionBody = bodyOf({ '/p': { get: {} }, '/q': { get: { security: [{ A: [] }] } } })
  const { routes, stops, reports } = await read(
    rest(
      { Auth: { Authorizers: { A: TOKEN } }, DefinitionBody },
      {
        e: event({ Auth: { Authorizer: 'A' } }),
        f: event({ Path: '/q', Auth: { Authorizer: 'A' } }),
        g: event({ Path: '/r' }),
      },
    ),
  )
  expect(routes).toEqual(['GET /p -> NONE', 'GET /q -> A'])
  expect(stops).toEqual(['DEF-SAM-08 ignored-protection GET /p'])
  expect(reports).toEqual(expect.arrayContaining(['DEF-SAM-08 ignored GET /q', 'DEF-SAM-08 ignored GET /r']))
})

test('DEF-SAM-08 an API key that an event requires beside a body stops', async () => {
  const { stops } = await read(
    rest(
      { Auth: GUARDED, DefinitionBody: bodyOf({ '/p': { get: {} } }) },
      { e: event({ Auth: { ApiKeyRequired: true } }) },
    ),
  )
  expect(stops).toEqual(['DEF-SAM-08 ignored-protection GET /p'])
})

const override = (more: object): object => event({ Auth: { OverrideApiAuth: true, ...more } })

test('DEF-SAM-08 OverrideApiAuth replaces the default, needs something to override, and an operation', async () => {
  const DefinitionBody = bodyOf({ '/p': { get: {} } })
  const Auth = { DefaultAuthorizer: 'A', Authorizers: { A: TOKEN, B: TOKEN } }
  const good = await read(rest({ Auth, DefinitionBody }, { e: override({ Authorizer: 'B' }) }))
  expect(good.routes).toEqual(['GET /p -> B'])
  expect(good.stops).toEqual([])
  const empty = await read(rest({ Auth, DefinitionBody }, { e: override({}) }))
  expect(empty.stops).toEqual(['DEF-SAM-06 invalid GET /p'])
  const missing = await read(
    rest({ Auth, DefinitionBody }, { e: event({ Path: '/q', Auth: { OverrideApiAuth: true, Authorizer: 'B' } }) }),
  )
  expect(missing.stops).toEqual(['DEF-SAM-08 invalid GET /q'])
})

test('DEF-SAM-08 OverrideApiAuth has no effect on an operation without integration', async () => {
  const DefinitionBody = bodyOf({ '/p': { get: { 'x-amazon-apigateway-integration': undefined } } })
  const { routes, stops } = await read(rest({ Auth: GUARDED, DefinitionBody }, { e: override({ Authorizer: 'A' }) }))
  expect([routes, stops]).toEqual([['GET /p -> NONE'], ['DEF-SAM-08 ignored-protection GET /p']])
})

test('DEF-SAM-08 the Auth of an event reaches a body, even if the condition of its function is false', async () => {
  const without = { 'x-amazon-apigateway-integration': undefined }
  const DefinitionBody = bodyOf({ '/p': { get: {} }, '/q': { get: without } })
  const X = {
    Type: 'AWS::Serverless::HttpApi',
    Properties: { Auth: { Authorizers: HTTP_GUARDED.Authorizers }, DefinitionBody },
  }
  const events = { e: httpEvent({ Auth: { Authorizer: 'A' } }), f: httpEvent({ Path: '/q' }) }
  const { routes, stops } = await read(
    templateOf({ X, F: functionOf(events, { Condition: 'No' }) }, { Conditions: { No: { 'Fn::Equals': ['a', 'b'] } } }),
  )
  expect([routes, stops]).toEqual([['GET /p -> A'], []])
})

test('DEF-SAM-08 on HTTP APIs the Auth of an event works beside a body, and events add routes', async () => {
  const DefinitionBody = bodyOf({ '/p': { get: {} } })
  const { routes, stops } = await read(
    http(
      { Auth: { Authorizers: HTTP_GUARDED.Authorizers }, DefinitionBody },
      { e: httpEvent({ Auth: { Authorizer: 'A' } }), f: httpEvent({ Path: '/q' }) },
    ),
  )
  expect(routes).toEqual(['GET /p -> A', 'GET /q -> NONE'])
  expect(stops).toEqual([])
})

test('DEF-SAM-08 events of an API that SAM does not write have no effect', async () => {
  const { stops, routes } = await read(
    templateOf({
      X: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'x' } },
      M: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: { Ref: 'X' },
          ResourceId: { 'Fn::GetAtt': ['X', 'RootResourceId'] },
          HttpMethod: 'GET',
          AuthorizationType: 'NONE',
        },
      },
      F: functionOf({ e: event({ Path: '/', Auth: { Authorizer: 'A' } }) }),
    }),
  )
  expect(routes).toEqual(['GET / -> NONE'])
  expect(stops).toEqual(['DEF-SAM-08 ignored-protection GET /'])
})

test('DEF-SAM-18 DEF-CFN-07 events of a function whose condition is false add no route; undecided ones stay undecided', async () => {
  const conditions = { No: { 'Fn::Equals': ['a', 'b'] }, Maybe: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] } }
  const template = (more: object): object =>
    templateOf(
      {
        X: { Type: 'AWS::Serverless::Api', Properties: { StageName: 's', Auth: GUARDED, Cors: "'*'" } },
        F: functionOf({ e: event() }, { Condition: 'No' }),
        G: functionOf({ e: event({ Path: '/q' }) }, { Condition: 'Maybe' }),
      },
      { Conditions: conditions, ...more },
    )
  const open = await read(template({ Parameters: { P: { Type: 'String' } } }))
  expect(open.routes).toEqual(['GET /q -> ?', 'OPTIONS /q -> ? *cors'])
  expect(open.stops).toEqual(['DEF-RES-01 unresolved GET /q', 'DEF-SAM-07 unresolved OPTIONS /q'])
  const byDefault = await read(template({ Parameters: { P: { Type: 'String', Default: 'x' } } }))
  expect(byDefault.stops).toContain('DEF-RES-05 unresolved GET /q')
  const given = await read(template({ Parameters: { P: { Type: 'String' } } }), { parameters: { P: 'x' } })
  expect(given.routes).toEqual(['GET /q -> A', 'OPTIONS /q -> A *cors'])
})
