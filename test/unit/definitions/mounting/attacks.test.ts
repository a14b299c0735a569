/** Requests and definitions that passed a guard in an earlier version. */
import { allow, type GatewayRequest } from '@custom-authorizer/core'
import { guardApi, type GuardApiOptions, readDefinition } from '@custom-authorizer/definitions'
import { describe, expect, test } from 'vitest'
import { authorizerNamed, definitionOf } from '../../../support/definition.ts'
import { gatewayRequest, LOOSE, type RequestParts } from '../../../support/request.ts'

const handler = async ({ authorizationToken }: { authorizationToken: string }) => ({
  principalId: authorizationToken,
  policyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
  },
  context: { scope: authorizationToken },
})

const statusOf = async (
  definition: Parameters<typeof guardApi>[0],
  line: string,
  { parts = {}, ...options }: GuardApiOptions & { parts?: RequestParts } = {},
): Promise<number | 'allowed'> => {
  const api = guardApi(definition, {
    authorizers: { auth: handler as never },
    open: 'as-declared',
    logger: null,
    ...options,
  })
  const outcome = await api.evaluate(gatewayRequest(line, { routing: LOOSE, ...parts }))
  return outcome.allowed ? 'allowed' : outcome.response.status
}
const as = (token: string): RequestParts => ({ headers: { Authorization: token } })

describe('a template without the method does not hide one that the router serves', () => {
  const definition = definitionOf([
    'GET /{tenant}/invoices -> auth',
    'POST /acme/invoices -> auth',
    'ANY /{proxy+} -> NONE',
  ])

  test.each(['GET', 'HEAD'])('SEC-11 %s /acme/invoices is guarded', async (method) => {
    expect(await statusOf(definition, `${method} /acme/invoices`)).toBe(401)
    expect(await statusOf(definition, `${method} /acme/invoices`, { unmatched: 'next' })).toBe(401)
  })
})

describe('escapes that file servers and proxies decode', () => {
  const definition = definitionOf(['GET /assets/@private/{proxy+} -> auth', 'GET /assets/{proxy+} -> NONE'])

  test.each(['%40', '%2540'])('SEC-06 SEC-07 /assets/%sprivate is judged by what it is decoded to', async (escape) => {
    expect(await statusOf(definition, `GET /assets/${escape}private/a.txt`)).toBe(escape === '%40' ? 401 : 'allowed')
  })

  test('SEC-06 a path whose decoded slashes lead out of the API is rejected', async () => {
    const files = definitionOf(['GET /{file} -> NONE', 'GET /{folder}/{file} -> auth'])
    expect(await statusOf(files, 'GET /a%2Fb%2Fsecret.txt')).toBe(403)
    expect(await statusOf(files, 'GET /a%2Fsecret.txt')).toBe(401)
    expect(await statusOf(files, 'GET /a.txt')).toBe('allowed')
  })
})

test('SEC-11 the path above a greedy template is guarded like what is below it', async () => {
  const definition = definitionOf(['ANY /admin/{proxy+} -> auth', 'ANY /{proxy+} -> NONE'])
  expect(await statusOf(definition, 'GET /admin')).toBe(401)
  expect(await statusOf(definition, 'GET /admin/')).toBe(401)
  const own = definitionOf(['ANY /admin/{proxy+} -> auth', 'GET /admin -> NONE'])
  expect(await statusOf(own, 'GET /admin')).toBe('allowed')
})

describe('joined APIs', () => {
  const [shop] = definitionOf(['GET /orders -> auth'], { basePath: '/shop' }).apis
  const [office] = definitionOf(['GET /staff -> auth', 'ANY /{proxy+} -> NONE'], { basePath: '/office' }).apis
  const joined = {
    apis: [
      { ...shop, name: 'shop' },
      { ...office, name: 'office' },
    ],
    stops: [],
  } as never
  const options = { api: ['shop', 'office'] } as const

  test('DEF-GEN-11 each has its own base path', async () => {
    expect(await statusOf(joined, 'GET /shop/orders', { ...options, unmatched: 'next' })).toBe(401)
    expect(await statusOf(joined, 'GET /office/staff', options)).toBe(401)
    expect(await statusOf(joined, 'GET /office/orders', options)).toBe('allowed')
    expect(await statusOf(joined, 'GET /orders', options)).toBe(403)
  })

  test('DEF-GEN-11 the most specific base path decides alone, also without a route', async () => {
    const [inner] = definitionOf(['GET /admin -> auth'], { basePath: '/v1' }).apis
    const [outer] = definitionOf(['ANY /{proxy+} -> NONE'], { basePath: '' }).apis
    const nested = {
      apis: [
        { ...outer, name: 'outer' },
        { ...inner, name: 'inner' },
      ],
      stops: [],
    } as never
    const both = { api: ['outer', 'inner'] } as const
    for (const line of ['POST /v1/admin', 'GET /v1/nope', 'GET /v1', 'GET /V1/nope'])
      expect([line, await statusOf(nested, line, both)]).toEqual([line, 403])
    expect(await statusOf(nested, 'GET /v1/admin', both)).toBe(401)
    expect(await statusOf(nested, 'GET /v2/admin', both)).toBe('allowed')
  })

  test('DEF-GEN-11 different authorizers of one name cannot be joined', () => {
    const other = { ...office, name: 'office', authorizers: { auth: authorizerNamed('auth', { function: 'staff' }) } }
    const different = { apis: [{ ...shop, name: 'shop' }, other], stops: [] } as never
    expect(() => guardApi(different, { ...options, authorizers: { auth: handler as never } })).toThrow(
      'different authorizers named "auth"',
    )
  })

  test('DEF-GEN-11 ANY of one and a method of the other cannot be joined', () => {
    const [any] = definitionOf(['ANY /orders -> auth']).apis
    const [get] = definitionOf(['GET /orders -> NONE']).apis
    const overlapping = {
      apis: [
        { ...any, name: 'shop' },
        { ...get, name: 'office' },
      ],
      stops: [],
    } as never
    expect(() => guardApi(overlapping, { ...options, authorizers: { auth: handler as never } })).toThrow(
      'cannot be joined',
    )
  })
})

test('FLEET-25 a plan that counts by caller does not make API keys unnecessary', async () => {
  const definition = definitionOf(['GET /partners -> NONE +key', 'GET /orders -> auth +key', 'GET /free -> auth'])
  const usagePlan = { subject: 'principalId', plans: [{ id: 'all' }] } as const
  expect(await statusOf(definition, 'GET /partners', { usagePlan })).toBe(403)
  expect(await statusOf(definition, 'GET /orders', { usagePlan, parts: as('ann') })).toBe(403)
  expect(await statusOf(definition, 'GET /free', { usagePlan, parts: as('ann') })).toBe('allowed')
})

const allowing = (scope: string) => ({ authorizers: { auth: (() => allow({ context: { scope } })) as never } })

test('AWS-JWT-04 scopes of a route hold with an authorizer of the caller', async () => {
  const pool = authorizerNamed('auth', { kind: 'COGNITO_USER_POOLS', providerARNs: [] })
  const [api] = definitionOf(['DELETE /admin -> auth', 'GET /read -> auth'], { authorizers: { auth: pool } }).apis
  const scopes: Record<string, string[]> = { '/admin': ['api/admin', 'api/root'], '/read': ['api/read'] }
  const routes = api?.routes.map((route) => ({ ...route, authorizationScopes: scopes[route.path] }))
  const definition = { apis: [{ ...api, routes }], stops: [] } as never
  expect(await statusOf(definition, 'DELETE /admin', { ...allowing('api/read'), parts: as('x') })).toBe(403)
  expect(await statusOf(definition, 'DELETE /admin', { ...allowing('api/other api/root'), parts: as('x') })).toBe(
    'allowed',
  )
  expect(await statusOf(definition, 'GET /read', { ...allowing('api/read'), parts: as('x') })).toBe('allowed')
})

const reading = (header: string) => (request: GatewayRequest) =>
  request.header(header) === undefined ? false : allow({ context: { scope: request.header(header) } })

test('AWS-JWT-04 scopes of a route are compared with the result of its own authorizer', async () => {
  const pools = Object.fromEntries(
    ['staff', 'customers'].map((name) => [
      name,
      authorizerNamed(name, { kind: 'COGNITO_USER_POOLS', providerARNs: [] }),
    ]),
  )
  const keys = ['POST /admin -> staff', 'ANY /{proxy+} -> customers']
  const [api] = definitionOf(keys, { authorizers: pools }).apis
  const routes = api?.routes.map((route) => ({
    ...route,
    ...(route.path === '/admin' && { authorizationScopes: ['write'] }),
  }))
  const definition = { apis: [{ ...api, routes }], stops: [] } as never
  const authorizers = { staff: reading('x-staff') as never, customers: reading('x-customer') as never }
  const status = (staff: string, customer: string) =>
    statusOf(definition, 'POST /Admin', {
      authorizers,
      parts: { headers: { 'x-staff': staff, 'x-customer': customer } },
    })
  // The gateway selects the second route, and a router that ignores case the first one.
  expect(await status('read', 'write')).toBe(403)
  expect(await status('read', 'none')).toBe(403)
  expect(await status('write', 'none')).toBe('allowed')
})

const mapping = (id: string): string =>
  `  ${id}: { Type: AWS::ApiGateway::BasePathMapping, Properties: { RestApiId: !Ref Api, BasePath: ${id} } }\n`

const stops = async (name: string, text: string): Promise<readonly string[]> =>
  (await readDefinition({ name, text })).definition.stops.map(({ code }) => code)

const template = (resources: string): string => `Parameters: { P: { Type: String, Default: admin-dev } }
Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: n } }
  Http: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: h, ProtocolType: HTTP } }
${resources}`

describe('definitions', () => {
  test.each([
    '  R: { Type: AWS::ApiGateway::Resource, Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: !Ref P } }\n  M: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !Ref R, HttpMethod: GET, AuthorizationType: NONE } }',
    '  R: { Type: AWS::ApiGatewayV2::Route, Properties: { ApiId: !Ref Http, RouteKey: !Sub "GET /${P}" } }',
    '  M: { Type: AWS::ApiGateway::Method, Properties: { RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: !Ref P, AuthorizationType: NONE } }',
  ])('DEF-RES-05 a default does not decide which path is guarded', async (resources) => {
    expect(await stops('template.yaml', template(resources))).toContain('DEF-RES-05')
  })

  test('DEF-RES-05 nor in SAM, serverless.yml and Terraform', async () => {
    const sam = `Transform: AWS::Serverless-2016-10-31
Parameters: { P: { Type: String, Default: NONE } }
Resources:
  Api: { Type: AWS::Serverless::Api, Properties: { StageName: live, Auth: { DefaultAuthorizer: !Ref P } } }
  F: { Type: AWS::Serverless::Function, Properties: { Handler: a.b, Runtime: nodejs20.x, InlineCode: x, Events: { E: { Type: Api, Properties: { RestApiId: !Ref Api, Path: /pets, Method: get } } } } }
`
    expect(await stops('template.yaml', sam)).toContain('DEF-RES-05')
    const serverless =
      'service: s\nprovider: { name: aws }\nfunctions:\n  f: { handler: a.b, events: [{ http: { path: "/${opt:p, \'dev\'}", method: get } }] }\n'
    expect(await stops('serverless.yml', serverless)).toContain('DEF-RES-05')
    const terraform = `variable "p" { default = "dev" }
resource "aws_apigatewayv2_api" "a" {
  name          = "n"
  protocol_type = "HTTP"
}
resource "aws_apigatewayv2_route" "r" {
  api_id    = aws_apigatewayv2_api.a.id
  route_key = "GET /\${var.p}"
}
`
    expect(await stops('main.tf', terraform)).toContain('DEF-RES-05')
  })

  test('DEF-CFN-10 changes of a quick-created route stop', async () => {
    const text = template(
      '  O: { Type: AWS::ApiGatewayV2::ApiGatewayManagedOverrides, Properties: { ApiId: !Ref Http, Route: { AuthorizationType: JWT } } }',
    )
    expect(await stops('template.yaml', text)).toContain('DEF-CFN-10')
  })

  test('DEF-CFN-16 several base paths of one API stop', async () => {
    expect(await stops('template.yaml', template(mapping('v1') + mapping('v2')))).toContain('DEF-CFN-16')
    expect(await stops('template.yaml', template(mapping('v1')))).not.toContain('DEF-CFN-16')
  })
})
