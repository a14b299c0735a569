/** Templates as teams have them, with the routes that SAM deploys. */
import { join } from 'node:path'
import type { ReadOptions } from '@custom-authorizer/definitions'
import { expect, test } from 'vitest'
import { root } from '../../../support/root.ts'
import { type ReadSummary, summaryOf } from './read.ts'

const readFile = (name: string, options?: ReadOptions): Promise<ReadSummary> =>
  summaryOf(join(root, 'test/corpus/definitions/sam', name), options)

const ORDERS = [
  'GET /health -> NONE',
  'OPTIONS /health -> NONE *cors',
  'GET /orders -> JwtAuthorizer',
  'OPTIONS /orders -> NONE *cors',
  'POST /orders -> JwtAuthorizer',
  'DELETE /orders/{orderId} -> JwtAuthorizer',
  'GET /orders/{orderId} -> JwtAuthorizer',
  'OPTIONS /orders/{orderId} -> NONE *cors',
  'PUT /orders/{orderId} -> JwtAuthorizer',
  'ANY /partners/{proxy+} -> PartnerAuthorizer +key',
  'OPTIONS /partners/{proxy+} -> NONE *cors',
  'OPTIONS /refunds -> NONE *cors',
  'POST /refunds -> JwtAuthorizer',
  'OPTIONS /webhooks/{source} -> NONE *cors',
  'POST /webhooks/{source} -> WebhookAuthorizer',
]

test('DEF-SAM-01 DEF-SAM-05 DEF-SAM-07 DEF-SAM-11 a REST API with events, Globals, keys and CORS', async () => {
  const prod = await readFile('orders.yaml', { parameters: { StageName: 'prod' } })
  expect(prod.routes).toEqual(ORDERS)
  expect(prod.stops).toEqual([])
  expect(prod.api).toMatchObject({
    name: 'OrdersApi',
    stage: 'prod',
    endpointType: 'REGIONAL',
    stageVariables: { backend: 'prod' },
    authorizers: {
      JwtAuthorizer: {
        kind: 'TOKEN',
        function: 'AuthorizerFunction',
        identityValidationExpression: '^Bearer [-0-9A-Za-z._]+$',
        authorizerResultTtlInSeconds: 120,
      },
      PartnerAuthorizer: {
        kind: 'REQUEST',
        identitySource: ['method.request.header.X-Partner-Id', 'method.request.header.X-Partner-Signature'],
        authorizerResultTtlInSeconds: 0,
      },
      WebhookAuthorizer: {
        kind: 'REQUEST',
        function: 'webhook-authorizer',
        identitySource: ['method.request.querystring.token'],
        authorizerResultTtlInSeconds: 300,
      },
    },
    usagePlans: [{ name: 'OrdersApiUsagePlan', quota: { limit: 10_000, period: 'MONTH' } }],
  })
  expect(Object.keys(prod.api.gatewayResponses ?? {}).toSorted()).toEqual([
    'ACCESS_DENIED',
    'THROTTLED',
    'UNAUTHORIZED',
  ])
})

test('DEF-CFN-07 DEF-RES-05 the debug route exists in other stages, and is undecided without a stage', async () => {
  const dev = await readFile('orders.yaml', { parameters: { StageName: 'dev' } })
  expect(dev.routes).toEqual(['GET /debug -> NONE', 'OPTIONS /debug -> NONE *cors', ...ORDERS])
  const unknown = await readFile('orders.yaml')
  expect(unknown.routes).toEqual(['GET /debug -> ?', 'OPTIONS /debug -> ? *cors', ...ORDERS])
  expect(unknown.stops).toEqual(['DEF-SAM-07 unresolved OPTIONS /debug', 'DEF-RES-05 unresolved GET /debug'])
})

test('DEF-SAM-02 DEF-SAM-10 DEF-SAM-15 DEF-SAM-17 an HTTP API with a WebSocket API beside it', async () => {
  const { routes, stops, confirmed, apis } = await readFile('catalog.yaml')
  expect(routes).toEqual([
    '$default -> OAuth [catalog/read]',
    'POST /internal/export -> AWS_IAM',
    'GET /items -> OAuth [catalog/read]',
    'POST /items -> OAuth [catalog/write]',
    'GET /items/{id} -> OAuth [catalog/read]',
    'PATCH /items/{id} -> OAuth [catalog/write,catalog/admin]',
    'GET /status -> NONE',
    'ANY /tenants/{proxy+} -> Tenant',
    'GET /v0/{proxy+} -> Legacy',
    'OPTIONS /{proxy+} -> NONE',
    '$connect -> FeedConnectAuthorizer',
    '$disconnect -> NONE',
    'subscribe -> NONE',
  ])
  expect(stops).toEqual(['DEF-DEF-05 unsupported-authorizer POST /internal/export'])
  expect(confirmed).toEqual(['OPTIONS /{proxy+}', 'GET /status'])
  expect(apis.map(({ name, stage }) => [name, stage])).toEqual([
    ['CatalogApi', 'v1'],
    ['Feed', 'default'],
  ])
  expect(apis[0]?.authorizers).toMatchObject({
    OAuth: { kind: 'JWT', jwtConfiguration: { audience: ['catalog', 'https://catalog.example.com'] } },
    Tenant: { identitySource: ['$request.header.Authorization', '$context.routeKey'], enableSimpleResponses: true },
    Legacy: { authorizerPayloadFormatVersion: '1.0', authorizerResultTtlInSeconds: 0 },
  })
})

test('DEF-SAM-08 DEF-SAM-09 DEF-SAM-14 a REST API with a body, and an implicit API beside it', async () => {
  const { routes, stops, confirmed, apis } = await readFile('accounts.yaml')
  expect(routes).toEqual([
    'GET /accounts -> Session +key',
    'OPTIONS /accounts -> Session *cors',
    'POST /accounts -> Session +key',
    'DELETE /accounts/{id} -> Admin +key',
    'GET /accounts/{id} -> Session +key',
    'OPTIONS /accounts/{id} -> Session',
    'OPTIONS /accounts/{id}/close -> Session *cors',
    'POST /accounts/{id}/close -> Admin +key',
    'GET /docs -> NONE',
    'OPTIONS /docs -> Session *cors',
    'ANY /files/{proxy+} -> Session +key',
    'OPTIONS /files/{proxy+} -> Session *cors',
    'OPTIONS /login -> Session *cors',
    'POST /login -> NONE +key',
    'GET /ping -> NONE',
  ])
  expect(stops).toEqual(['DEF-SAM-08 ignored-protection POST /login'])
  expect(confirmed).toEqual(expect.arrayContaining(['POST /login', 'GET /docs', 'GET /ping']))
  expect(apis.map(({ name }) => name)).toEqual(['AccountsApi', 'ServerlessRestApi'])
})
