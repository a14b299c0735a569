import { readDefinition } from '@custom-authorizer/definitions'
import { describe, expect, test } from 'vitest'
import { notationOf } from '../notation.ts'
import { read, readEvents, readWith } from './read.ts'

const connect = (authorizer: string): ReturnType<typeof readEvents> =>
  readEvents(`[{websocket: {route: $connect, authorizer: ${authorizer}}}, {websocket: say}]`)

const resources = (text: string): ReturnType<typeof readEvents> =>
  readEvents('[{http: GET p}]', {}, `resources: ${text}\n`)

describe('DEF-SLS-12 WebSocket APIs', () => {
  test.each([
    ['auth', 'auth', ['route.request.header.Auth']],
    ['{name: auth, identitySource: route.request.querystring.t}', 'auth', ['route.request.querystring.t']],
    [
      '{name: auth, identitySource: [route.request.header.A, route.request.header.B]}',
      'auth',
      ['route.request.header.A', 'route.request.header.B'],
    ],
    ['"arn:aws:lambda:r:1:function:x-auth"', 'x-auth', ['route.request.header.Auth']],
    ['{name: n, arn: !GetAtt AuthLambdaFunction.Arn}', 'n', ['route.request.header.Auth']],
  ])('DEF-SLS-12 DEF-GEN-12 reads the authorizer %s', async (text, name, identitySource) => {
    const { routes, stops, open, definition } = await connect(text)
    expect({ routes, stops, open }).toEqual({ routes: [`$connect -> ${name}`, 'say -> NONE'], stops: [], open: [] })
    expect(definition.apis[0]?.authorizers[name]).toMatchObject({ kind: 'REQUEST', identitySource })
  })

  test.each([
    'missing',
    '{}',
    '{arn: !Ref X}',
    '5',
    '""',
    '[auth]',
    '{name: auth, identitySource: {a: b}}',
    '"${ssm:/x}"',
  ])('DEF-SLS-12 the authorizer %s is undecided', async (text) => {
    const { routes, stops } = await connect(text)
    expect(routes[0]).toBe('$connect -> ?')
    expect(stops.length).toBeGreaterThan(0)
  })

  test('DEF-SLS-12 an authorizer of another route than $connect is invalid', async () => {
    expect((await readEvents('[{websocket: {route: say, authorizer: auth}}]')).stops).toEqual(['DEF-SLS-12 invalid'])
  })

  test('DEF-SLS-12 routes are open without a guard of $connect', async () => {
    expect((await readEvents('[{websocket: $connect}, {websocket: say}]')).open).toEqual(['$connect', 'say'])
    expect((await readEvents('[{websocket: {}}]')).stops).toEqual(['DEF-SLS-12 invalid'])
  })
})

describe('DEF-SLS-15 resources', () => {
  test.each([
    '{Resources: {ApiGatewayMethodPGet: {Properties: {AuthorizationType: NONE}}}}',
    '{extensions: {ApiGatewayMethodPGet: {Properties: {AuthorizationType: NONE}}}}',
    '{extensions: {AuthApiGatewayAuthorizer: {Properties: {IdentitySource: x}}}}',
    '{extensions: {HttpApiRouteGetP: {Condition: C}}}',
    '{extensions: {ApiGatewayRestApi: {Properties: {Policy: {}}}}}',
    '{extensions: {SconnectWebsocketsRoute: {Properties: {}}}}',
    '{Transform: [Macro]}',
  ])('DEF-SLS-15 %s stops', async (text) => {
    expect((await resources(text)).stops).toEqual(['DEF-SLS-15 dynamic'])
  })

  test('DEF-SLS-15 resources of API Gateway add to the API of the events', async () => {
    const source = {
      name: 'serverless.yml',
      text: `service: s
provider: { name: aws, runtime: nodejs20.x }
functions:
  auth: { handler: a.auth }
  f: { handler: a.f, events: [{ http: { path: /p, method: get, authorizer: auth } }] }
resources:
  Resources:
    Denied: { Type: AWS::ApiGateway::GatewayResponse, Properties: { RestApiId: !Ref ApiGatewayRestApi, ResponseType: ACCESS_DENIED, StatusCode: "404" } }
    Extra: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref ApiGatewayRestApi, ParentId: !GetAtt ApiGatewayRestApi.RootResourceId, PathPart: extra } }
    ExtraGet: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref ApiGatewayRestApi, ResourceId: !Ref Extra, HttpMethod: GET, AuthorizationType: NONE } }
`,
    }
    const { definition } = await readDefinition(source)
    expect(definition.stops).toEqual([])
    expect(definition.apis[0]).toMatchObject({ gatewayResponses: { ACCESS_DENIED: { statusCode: 404 } } })
    expect(definition.apis[0]?.routes.map(notationOf)).toEqual(['GET /extra -> NONE', 'GET /p -> auth'])
  })

  test.each(['AWS::ApiGateway::Method', 'AWS::ApiGatewayV2::Route'])(
    'DEF-SLS-15 %s of another API stops',
    async (type) => {
      expect((await resources(`{Resources: {A: {Type: "${type}"}}}`)).stops).toEqual(['DEF-CFN-03 external'])
    },
  )

  test('DEF-SLS-15 resources that are not known stop', async () => {
    expect((await resources('"${file(resources.js)}"')).stops).toEqual(['DEF-RES-01 unresolved'])
  })

  test.each([
    '{Resources: {T: {Type: "AWS::DynamoDB::Table"}, A: {Type: "AWS::ApiGateway::Account"}}}',
    '{extensions: {FLambdaFunction: {Properties: {}}, ApiGatewayMethodPGet: {DependsOn: [x]}}}',
    '{Outputs: {A: {Value: x}}}',
    '[]',
    'null',
  ])('DEF-SLS-15 %s changes no API', async (text) => {
    expect((await resources(text)).stops).toEqual([])
  })
})

test.each(['[serverless-domain-manager, serverless-offline]', '{modules: [serverless-plugin-split-stacks]}'])(
  'DEF-SLS-16 plugins that change routes are named: %s',
  async (plugins) => {
    const { findings, routes } = await readEvents(
      '[{http: {path: p, method: get, authorizer: auth}}]',
      {},
      `plugins: ${plugins}\ncustom: {serverless-offline: {noAuth: true}}\n`,
    )
    expect(findings.filter((each) => each.code === 'DEF-SLS-16')).toHaveLength(1)
    expect(routes).toEqual(['GET /p -> auth'])
  },
)

describe('DEF-SLS-17 stage and names', () => {
  test.each([
    [{}, 'stage: qa', 'qa'],
    [{}, 'region: x', 'dev'],
    [{ stage: 'prod' }, 'stage: qa', 'prod'],
  ])('DEF-SLS-17 with %j and %s the stage is %s', async (options, provider, stage) => {
    expect((await readWith(provider, '[{http: GET p}]', options)).definition.apis[0]?.stage).toBe(stage)
  })

  test('DEF-SLS-17 DEF-GEN-03 each kind of API of one service is an API of its own', async () => {
    const { definition } = await readEvents('[{http: GET p}, {httpApi: GET /p}, {websocket: say}]')
    expect(definition.apis.map((api) => `${api.name} ${api.protocol}`)).toEqual([
      's REST',
      's-http HTTP',
      's-websocket WEBSOCKET',
    ])
  })

  test('DEF-SLS-17 dashboard parameters are unresolved', async () => {
    const text =
      'service: s\norg: o\napp: a\nprovider: aws\nfunctions: {f: {handler: a.f, events: [{http: {path: p, method: get, authorizer: "${param:who}"}}]}}'
    expect(await read(text, { stage: 'dev' })).toMatchObject({
      routes: ['GET /p -> ?'],
      stops: ['DEF-RES-01 unresolved'],
    })
  })
})
