import { describe, expect, test } from 'vitest'
import { documentOf, read, TOKEN } from './read.ts'

const settings = (more: object, protocol: 'REST' | 'HTTP' = 'REST') =>
  read(documentOf({ a: TOKEN }, { security: [] }, more), { protocol })
const statement = (change: object = {}): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*', ...change }],
})

describe('resource policies', () => {
  test.each([
    ['absent', null],
    ['empty', ''],
  ])('DEF-OAS-25 a policy that is %s is none', async (_, policy) => {
    const { stops, reports } = await settings({ 'x-amazon-apigateway-policy': policy })
    expect(stops).toEqual([])
    expect(reports).toEqual(['DEF-STOP-03 unused-authorizer'])
  })

  test.each([
    ['a map', statement()],
    ['JSON', JSON.stringify(statement())],
  ])('DEF-OAS-25 a policy as %s that allows everything is reported', async (_, policy) => {
    const { stops, reports } = await settings({ 'x-amazon-apigateway-policy': policy })
    expect(stops).toEqual([])
    expect(reports).toContain('DEF-OAS-25 ignored')
  })

  test.each([
    ['a condition', statement({ Condition: { IpAddress: {} } })],
    ['Deny', statement({ Effect: 'Deny' })],
    ['one principal', statement({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } })],
    ['one resource', statement({ Resource: 'execute-api:/*/GET/p' })],
    ['no statement', { Statement: [] }],
    ['text', 'x'],
    ['a list', [1]],
  ])('DEF-OAS-25 a policy with %s stops', async (_, policy) => {
    expect((await settings({ 'x-amazon-apigateway-policy': policy })).stops).toEqual(['DEF-OAS-25 resource-policy'])
  })

  test('DEF-OAS-25 a policy that is not JSON is malformed', async () => {
    expect((await settings({ 'x-amazon-apigateway-policy': '{"Statement": [' })).stops).toEqual(['DEF-IN-04 malformed'])
  })

  test('DEF-OAS-25 a policy of an HTTP API is ignored protection', async () => {
    const { stops } = await settings({ 'x-amazon-apigateway-policy': statement() }, 'HTTP')
    expect(stops).toContain('DEF-OAS-25 ignored-protection')
  })
})

describe('other settings', () => {
  test('DEF-OAS-25 gateway responses are carried, and the status may be a number', async () => {
    const { api, reports } = await settings({
      'x-amazon-apigateway-gateway-responses': {
        UNAUTHORIZED: {
          statusCode: 403,
          responseParameters: { 'gatewayresponse.header.A': "'b'" },
          responseTemplates: { 'application/json': '{}' },
        },
        DEFAULT_4XX: { statusCode: '404', responseTemplates: 'x' },
        REQUEST_TOO_LARGE: {},
        constructor: {},
        THROTTLED: null,
      },
    })
    expect(api.gatewayResponses).toEqual({
      UNAUTHORIZED: {
        statusCode: 403,
        responseParameters: { 'gatewayresponse.header.A': "'b'" },
        responseTemplates: { 'application/json': '{}' },
      },
      DEFAULT_4XX: { statusCode: 404 },
    })
    expect(reports).toContain('DEF-OAS-25 not-carried')
  })

  test.each(['HEADER', 'AUTHORIZER'])('DEF-OAS-25 keys come from %s', async (source) => {
    expect((await settings({ 'x-amazon-apigateway-api-key-source': source })).api.apiKeySource).toBe(source)
  })

  test('DEF-OAS-25 another source of keys is invalid, and one in an operation is ignored', async () => {
    expect((await settings({ 'x-amazon-apigateway-api-key-source': 'QUERY' })).stops).toEqual(['DEF-OAS-25 invalid'])
    const operation = { security: [], 'x-amazon-apigateway-api-key-source': 'AUTHORIZER' }
    const { api, reports } = await read(documentOf({ a: TOKEN }, operation))
    expect(api).not.toHaveProperty('apiKeySource')
    expect(reports).toContain('DEF-OAS-25 ignored')
  })

  test.each([
    [{ types: ['REGIONAL'] }, 'REGIONAL', false],
    [{ types: 'edge' }, 'EDGE', false],
    [{ types: ['PRIVATE'] }, 'PRIVATE', true],
    [{ vpcEndpointIds: ['vpce-1'] }, undefined, true],
    [{ disableExecuteApiEndpoint: true }, undefined, true],
    [{ types: ['OTHER'] }, undefined, false],
    ['x', undefined, false],
  ])('DEF-OAS-25 the endpoint configuration %j', async (configuration, type, isReported) => {
    const { api, reports } = await settings({ 'x-amazon-apigateway-endpoint-configuration': configuration })
    expect(api.endpointType).toBe(type)
    expect(reports.includes('DEF-OAS-25 not-carried')).toBe(isReported)
  })

  test('DEF-OAS-25 CORS of an HTTP API is carried', async () => {
    const cors = { allowOrigins: ['https://a.test'], allowMethods: 'GET', allowCredentials: true, maxAge: 600 }
    const { api, reports } = await settings({ 'x-amazon-apigateway-cors': cors }, 'HTTP')
    expect(api.cors).toEqual({ ...cors, allowMethods: ['GET'] })
    expect(reports).toContain('DEF-OAS-25 cors-preflight')
    expect((await settings({ 'x-amazon-apigateway-cors': cors })).reports).toContain('DEF-OAS-25 ignored')
  })

  test.each(['request-validators', 'minimum-compression-size', 'binary-media-types'])(
    'DEF-OAS-25 %s is reported',
    async (name) => {
      const { reports } = await settings({ [`x-amazon-apigateway-${name}`]: ['x'] })
      expect(reports).toContain('DEF-OAS-25 not-carried')
    },
  )

  test('DEF-OAS-26 parameters from the authorizer are reported with the line that replaces them', async () => {
    const requestParameters = {
      'integration.request.header.x-user': 'context.authorizer.user',
      'integration.request.path.id': 'context.authorizer.id',
      'integration.request.header.x-other': 'method.request.header.x',
    }
    const operation = { security: [], 'x-amazon-apigateway-integration': { requestParameters } }
    const { findings } = await read(documentOf({}, operation))
    const finding = findings.find((each) => each.code === 'DEF-OAS-26')
    expect(finding?.routes).toEqual(['GET /p'])
    expect(finding?.advice).toContain('{ "overwrite:header.x-user": "$context.authorizer.user" }')
  })

  test('DEF-OAS-26 the mapping of an HTTP API is written as it is', async () => {
    const requestParameters = { 'append:header.x-user': '$context.authorizer.claims.sub' }
    const operation = { 'x-amazon-apigateway-integration': { requestParameters } }
    const { findings } = await read(documentOf({}, operation), { protocol: 'HTTP' })
    expect(findings.find((each) => each.code === 'DEF-OAS-26')?.advice).toContain(
      '"append:header.x-user": "$context.authorizer.claims.sub"',
    )
  })

  test('DEF-OAS-26 a route counts without an integration', async () => {
    expect((await read(documentOf({ a: TOKEN }))).routes).toEqual(['GET /p -> a'])
  })

  test('DEF-GEN-12 an API has the title of its document, else the name of the file', async () => {
    expect((await settings({})).api.name).toBe('pets')
    for (const info of [null, {}, { title: [] }, { title: '' }])
      expect((await settings({ info })).api.name).toBe('openapi.yaml')
  })
})
