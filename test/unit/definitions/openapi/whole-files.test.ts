/** Files as teams have them, with the routes that the gateway would deploy. */
import { join } from 'node:path'
import { readDefinition, type ReadOptions } from '@custom-authorizer/definitions'
import { expect, test } from 'vitest'
import { root } from '../../../support/root.ts'
import { notationOf } from '../notation.ts'

const readFile = async (name: string, options: ReadOptions = {}) => {
  const { definition, findings } = await readDefinition(join(root, 'test/corpus/definitions/openapi', name), options)
  expect(definition.apis).toHaveLength(1)
  const [api] = definition.apis
  const labels = (severity: string): readonly string[] =>
    findings
      .filter((each) => each.severity === severity)
      .map((each) => `${each.code} ${each.class} ${each.routes.join(', ')}`.trim())
  return { api, routes: api?.routes.map(notationOf), stops: labels('stop'), reports: labels('report'), findings }
}

test('DEF-OAS-01 DEF-OAS-14 DEF-OAS-16 DEF-OAS-20 the export of a REST API', async () => {
  const { api, routes, stops, reports, findings } = await readFile('rest-export.yaml')
  expect(routes).toEqual([
    'GET /books -> lambda-token +key',
    'OPTIONS /books -> NONE',
    'POST /books -> lambda-request',
    'DELETE /books/{isbn} -> pool [library/write]',
    'GET /books/{isbn} -> lambda-token +key',
    'OPTIONS /books/{isbn} -> NONE',
    'PUT /books/{isbn} -> lambda-request',
    'GET /books/{isbn}/cover -> NONE',
    'GET /health -> NONE',
    'GET /internal/metrics -> AWS_IAM',
    'GET /members -> iam',
    'POST /members -> lambda-token',
    'GET /members/{id}/loans -> lambda-token',
    'POST /members/{id}/loans -> lambda-token +key',
    'ANY /partners/{proxy+} -> NONE +key',
    'HEAD /partners/{proxy+} -> lambda-token',
  ])
  expect(stops).toEqual([
    'DEF-OAS-16 ambiguous POST /members',
    'DEF-DEF-05 unsupported-authorizer GET /internal/metrics',
    'DEF-DEF-05 unsupported-authorizer DELETE /books/{isbn}',
    'DEF-DEF-05 unsupported-authorizer GET /members',
  ])
  expect(reports.toSorted()).toEqual([
    'DEF-OAS-14 differs GET /books',
    'DEF-OAS-14 differs GET /books/{isbn}',
    'DEF-OAS-24 ignored',
    'DEF-OAS-25 not-carried',
    'DEF-OAS-26 not-carried POST /books',
    'DEF-STOP-03 api-key GET /books, GET /books/{isbn}, POST /members/{id}/loans, ANY /partners/{proxy+}',
  ])
  expect(findings.filter((each) => each.severity === 'confirm').flatMap((each) => each.routes)).toEqual([
    'OPTIONS /books',
    'OPTIONS /books/{isbn}',
    'GET /books/{isbn}/cover',
    'GET /health',
    'ANY /partners/{proxy+}',
  ])
  expect(api).toMatchObject({
    name: 'library',
    protocol: 'REST',
    endpointType: 'REGIONAL',
    apiKeySource: 'HEADER',
    gatewayResponses: { UNAUTHORIZED: { statusCode: 401 }, DEFAULT_5XX: {} },
    authorizers: {
      'lambda-token': { kind: 'TOKEN', function: 'token-auth', authorizerResultTtlInSeconds: 120 },
      'lambda-request': {
        identitySource: ['method.request.header.X-Tenant', 'method.request.querystring.key'],
        authorizerResultTtlInSeconds: 0,
      },
    },
  })
})

test('DEF-OAS-10 DEF-OAS-21 DEF-OAS-27 the template of an HTTP API', async () => {
  const options = {
    variables: { name: 'shop', pool: 'eu-west-1_abc', client: 'web', session_uri: ':function:session/invocations' },
    parameters: { 'AWS::Region': 'eu-west-1' },
  }
  const { api, routes, stops, reports } = await readFile('http-template.json', options)
  expect(routes).toEqual([
    '$default -> session',
    'DELETE /carts/{id}/items -> session',
    'GET /carts/{id}/items -> jwt [shop/read]',
    'POST /carts/{id}/items -> session',
    'POST /login -> NONE',
    'GET /orders -> jwt [shop/read]',
    'POST /orders -> jwt [shop/write]',
    'DELETE /orders/{id} -> session',
    'GET /orders/{id} -> jwt [shop/read]',
    'PATCH /orders/{id} -> jwt [shop/write]',
    'GET /orders/{id}/ -> jwt [shop/read]',
    'GET /reports -> sigv4',
    'POST /webhooks/{provider} -> webhook',
  ])
  expect(stops).toEqual(['DEF-DEF-05 unsupported-authorizer GET /reports'])
  expect(reports.map((each) => each.split(' ').slice(0, 2).join(' ')).toSorted()).toEqual([
    'DEF-OAS-10 differs',
    'DEF-OAS-25 cors-preflight',
  ])
  expect(api).toMatchObject({
    name: 'shop',
    protocol: 'HTTP',
    cors: { allowOrigins: ['https://shop.test'], maxAge: 300 },
    authorizers: {
      jwt: {
        jwtConfiguration: { issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc', audience: ['web'] },
      },
      session: { function: 'session', authorizerPayloadFormatVersion: '2.0', authorizerResultTtlInSeconds: 60 },
      webhook: { function: 'webhook', authorizerPayloadFormatVersion: '1.0', authorizerResultTtlInSeconds: 0 },
    },
  })
})

test('DEF-OAS-27 without its variables, the routes of the template are undecided', async () => {
  const { api, stops } = await readFile('http-template.json')
  expect(api?.name).toMatch(/http-template\.json$/)
  const undecided = api?.routes.filter((each) => each.authorizer === undefined).map((each) => each.path)
  expect(new Set(undecided)).toEqual(new Set(['/carts/{id}/items', '/orders', '/orders/{id}', '/orders/{id}/']))
  expect(stops.filter((each) => each.startsWith('DEF-RES-01 unresolved'))).toHaveLength(2)
})

test('DEF-HWO-01 DEF-HWO-03 DEF-HWO-06 DEF-HWO-08 an API group of Huawei Cloud APIG', async () => {
  const { api, routes, stops, reports } = await readFile('apig-group.yaml')
  expect(routes).toEqual([
    'GET /v1/apps -> apig-auth-app',
    'POST /v1/apps -> apig-auth-iam',
    'GET /v1/devices -> tokenAuth',
    'POST /v1/devices -> tokenAuth',
    'DELETE /v1/devices/{id} -> adminAuth',
    'GET /v1/devices/{id} -> tokenAuth',
    'PUT /v1/devices/{id} -> tokenAuth',
    'GET /v1/devices/{id}/shadow -> tokenAuth',
    'ANY /v1/firmware -> tokenAuth ~prefix',
    'GET /v1/firmware -> NONE ~prefix',
    'GET /v1/status -> NONE',
  ])
  expect(stops).toEqual([
    'DEF-HWO-06 resource-policy DELETE /v1/devices/{id}',
    'DEF-DEF-05 unsupported-authorizer GET /v1/apps',
    'DEF-DEF-05 unsupported-authorizer POST /v1/apps',
  ])
  expect(reports).toContain('DEF-HWO-06 cors-preflight ANY /v1/firmware')
  expect(api).toMatchObject({
    name: 'APIGroup_devices',
    protocol: 'HUAWEI',
    gatewayResponses: { ACCESS_DENIED: { statusCode: 403 }, AUTHORIZER_FAILURE: { statusCode: 401 } },
    authorizers: {
      tokenAuth: { kind: 'FRONTEND', function: 'device-auth', ttl: 30, needBody: false, timeoutMs: 5000 },
      adminAuth: { kind: 'FRONTEND', function: 'admin-auth', ttl: 0, needBody: true, identities: [] },
    },
  })
  expect(api?.routes.find((each) => each.path === '/v1/devices/{id}/shadow')?.backendParameters).toEqual([
    { name: 'tenant', location: 'HEADER', value: '$context.authorizer.frontend.tenant' },
  ])
})
