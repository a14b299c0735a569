/** Bodies, policies, usage plans and other settings of SAM APIs. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { bodyOf, event, functionOf, GUARDED, read, rest, summaryOf, templateOf, TOKEN } from './read.ts'

const base = mkdtempSync(join(tmpdir(), 'sam-'))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const own = {
  type: 'apiKey',
  in: 'header',
  name: 'X-Own',
  'x-amazon-apigateway-authorizer': { type: 'token', authorizerUri: 'u', authorizerResultTtlInSeconds: 7 },
}

test('DEF-SAM-12 Authorizers of the same name replace schemes of the body', async () => {
  const body = bodyOf({ '/p': { get: { security: [{ A: [] }] } } }, { components: { securitySchemes: { A: own } } })
  const { api, routes, stops } = await read(rest({ Auth: { Authorizers: { A: TOKEN } }, DefinitionBody: body }, {}))
  expect([routes, stops]).toEqual([['GET /p -> A'], []])
  expect(api.authorizers['A']).toMatchObject({
    function: 'Authorize',
    identitySource: ['method.request.header.Authorization'],
    authorizerResultTtlInSeconds: 300,
  })
})

test('DEF-SAM-12 a scheme of the body beside Authorizers is ambiguous; without Authorizers it guards', async () => {
  const body = bodyOf({ '/p': { get: { security: [{ own: [] }] } } }, { components: { securitySchemes: { own } } })
  for (const Auth of [GUARDED, { Authorizers: { A: TOKEN } }]) {
    const { routes, stops } = await read(rest({ Auth, DefinitionBody: body }, {}))
    expect([routes, stops]).toEqual([['GET /p -> ?'], ['DEF-SAM-12 ambiguous GET /p']])
  }
  expect((await read(rest({ DefinitionBody: body }, {}))).routes).toEqual(['GET /p -> own'])
})

test.each([
  ['a list of addresses', { IpRangeBlacklist: ['1.2.3.4/32'] }, ['DEF-SAM-13 resource-policy']],
  ['an intrinsic list', { IntrinsicVpcWhitelist: [{ 'Fn::ImportValue': 'vpc' }] }, ['DEF-SAM-13 resource-policy']],
  [
    'a denying statement',
    { CustomStatements: [{ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }] },
    ['DEF-SAM-13 resource-policy'],
  ],
  [
    'a statement that allows everyone everything',
    {
      CustomStatements: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }],
    },
    [],
  ],
  ['empty lists', { IpRangeWhitelist: [], CustomStatements: [] }, []],
  ['a policy of another stack', { 'Fn::ImportValue': 'policy' }, ['DEF-SAM-13 resource-policy']],
])('DEF-SAM-13 ResourcePolicy of an API or an event: %s', async (_, ResourcePolicy, expected) => {
  expect((await read(rest({ Auth: { ...GUARDED, ResourcePolicy } }))).stops).toEqual(expected)
  expect((await read(rest({ Auth: GUARDED }, { e: event({ Auth: { ResourcePolicy } }) }))).stops).toEqual(expected)
})

test('DEF-SAM-14 usage plans PER_API and SHARED, without values of keys', async () => {
  const UsagePlan = {
    CreateUsagePlan: 'PER_API',
    Throttle: { RateLimit: 10, BurstLimit: 20 },
    Quota: { Limit: 5, Period: 'DAY' },
  }
  const { api } = await read(rest({ Auth: { ...GUARDED, ApiKeyRequired: true, UsagePlan } }))
  expect(api.usagePlans).toEqual([
    {
      name: 'XUsagePlan',
      keys: ['XApiKey'],
      throttle: { rateLimit: 10, burstLimit: 20 },
      quota: { limit: 5, period: 'DAY' },
    },
  ])
  const shared = await read(rest({ Auth: { ...GUARDED, UsagePlan: { CreateUsagePlan: 'SHARED' } } }))
  expect(shared.api.usagePlans).toEqual([{ name: 'ServerlessUsagePlan', keys: ['ServerlessApiKey'] }])
  expect(
    (await read(rest({ Auth: { ...GUARDED, UsagePlan: { CreateUsagePlan: 'NONE' } } }))).api.usagePlans,
  ).toBeUndefined()
  expect((await read(rest({ Auth: { ...GUARDED, UsagePlan: { CreateUsagePlan: 'ALL' } } }))).stops).toEqual([
    'DEF-SAM-14 invalid',
  ])
})

test('DEF-SAM-14 an event needs the key of its own setting, not of the API', async () => {
  const { routes } = await read(
    rest(
      { Auth: GUARDED },
      {
        a: event({ Auth: { ApiKeyRequired: true } }),
        b: event({ Path: '/q', Auth: { Authorizer: 'NONE', ApiKeyRequired: 'true' } }),
      },
    ),
  )
  expect(routes).toEqual(['GET /p -> A +key', 'GET /q -> NONE +key'])
})

test('DEF-SAM-16 MergeDefinitions joins body and events; the Auth of an event wins', async () => {
  const DefinitionBody = bodyOf({ '/p': { get: { security: [{ NONE: [] }] }, post: {} } })
  const { routes, stops } = await read(
    rest(
      { Auth: { DefaultAuthorizer: 'A', Authorizers: { A: TOKEN, B: TOKEN } }, MergeDefinitions: true, DefinitionBody },
      { e: event({ Auth: { Authorizer: 'B' } }), f: event({ Path: '/q' }) },
    ),
  )
  expect([routes, stops]).toEqual([['GET /p -> B', 'POST /p -> A', 'GET /q -> A'], []])
})

/** An API whose body is included from another file. */
const include = (Location: unknown): object => ({
  Auth: GUARDED,
  DefinitionBody: { 'Fn::Transform': { Name: 'AWS::Include', Parameters: { Location } } },
})

test('DEF-SAM-16 DEF-IN-22 DefinitionUri and AWS::Include read local files below the base directory only', async () => {
  const folder = join(base, 'project')
  mkdirSync(folder)
  writeFileSync(join(base, 'secret.yaml'), JSON.stringify(bodyOf({ '/secret': { get: {} } })))
  writeFileSync(join(folder, 'api.yaml'), JSON.stringify(bodyOf({ '/p': { get: {} } })))
  symlinkSync(join(base, 'secret.yaml'), join(folder, 'link.yaml'))
  const file = join(folder, 'template.yaml')
  const readWith = async (properties: object): Promise<readonly [readonly string[], readonly string[]]> => {
    writeFileSync(file, JSON.stringify(rest(properties, {})))
    const { routes, stops } = await summaryOf(file)
    return [routes, stops]
  }
  expect(await readWith({ DefinitionUri: 'api.yaml' })).toEqual([['GET /p -> NONE'], []])
  expect(await readWith(include('./api.yaml'))).toEqual([['GET /p -> A'], []])
  for (const path of [
    '../secret.yaml',
    'link.yaml',
    join(base, 'secret.yaml'),
    'file:api.yaml',
    's3://bucket/key',
    'none.yaml',
  ]) {
    const [byUri, byInclude] = [await readWith({ DefinitionUri: path }), await readWith(include(path))]
    expect([byUri[0], byInclude[0]]).toEqual([[], []])
    expect([byUri[1][0], byInclude[1][0]]).toEqual([
      expect.stringContaining('external'),
      expect.stringContaining('external'),
    ])
  }
})

test.each([
  ['an S3 object', { DefinitionUri: { Bucket: 'b', Key: 'k' } }, 'DEF-SAM-16 external GET /p'],
  ['both a body and a file', { DefinitionUri: 'a.yaml', DefinitionBody: bodyOf({}) }, 'DEF-SAM-16 invalid GET /p'],
  ['a body of another stack', { DefinitionBody: { 'Fn::ImportValue': 'x' } }, 'DEF-RES-01 external GET /p'],
  ['a macro', { DefinitionBody: { 'Fn::Transform': { Name: 'Own' } } }, 'DEF-RES-01 dynamic GET /p'],
  ['text', { DefinitionBody: 'openapi: 3.0.1' }, 'DEF-GEN-15 invalid GET /p'],
])('DEF-SAM-16 a body that is %s leaves the routes undecided', async (_, properties, expected) => {
  const { routes, stops } = await read(rest(properties))
  expect([routes, stops]).toEqual([['GET /p -> ?'], [expected]])
})

test('DEF-CFN-16 settings of a REST API', async () => {
  const { api, reports } = await read(
    rest({
      Auth: GUARDED,
      ApiKeySourceType: 'AUTHORIZER',
      EndpointConfiguration: { Type: 'PRIVATE' },
      GatewayResponses: {
        UNAUTHORIZED: {
          StatusCode: 418,
          ResponseParameters: { Headers: { 'X-A': "'a'" } },
          ResponseTemplates: { 'application/json': '{}' },
        },
      },
      Variables: { v: 'w' },
      Domain: { BasePath: ['/v1'], MutualTlsAuthentication: { TruststoreUri: 's3://b/k' } },
    }),
  )
  expect(api).toMatchObject({
    stage: 's',
    apiKeySource: 'AUTHORIZER',
    endpointType: 'PRIVATE',
    stageVariables: { v: 'w' },
    basePath: '/v1',
    gatewayResponses: {
      UNAUTHORIZED: {
        responseParameters: { 'gatewayresponse.header.X-A': "'a'" },
        responseTemplates: { 'application/json': '{}' },
      },
    },
  })
  expect(reports.filter((each) => each.startsWith('DEF-CFN-18'))).toHaveLength(1)
})

test('DEF-CFN-14 DEF-CFN-16 CloudFormation resources add to the APIs of SAM', async () => {
  const { api, routes } = await read(
    templateOf({
      X: { Type: 'AWS::Serverless::Api', Properties: { StageName: 's', Auth: GUARDED } },
      F: functionOf({ e: event() }),
      M: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: { Ref: 'X' },
          ResourceId: { 'Fn::GetAtt': ['X', 'RootResourceId'] },
          HttpMethod: 'GET',
          AuthorizationType: 'NONE',
        },
      },
      R: {
        Type: 'AWS::ApiGateway::GatewayResponse',
        Properties: { RestApiId: { Ref: 'X' }, ResponseType: 'ACCESS_DENIED', StatusCode: '404' },
      },
    }),
  )
  expect(routes).toEqual(['GET / -> NONE', 'GET /p -> A'])
  expect(Object.keys(api.gatewayResponses ?? {})).toEqual(['ACCESS_DENIED'])
})
