/** The base path of an API decides which route a request has. */
import { readDefinition, type ReadOptions } from '@custom-authorizer/definitions'
import { describe, expect, test } from 'vitest'

const read = async (name: string, text: string, options?: ReadOptions) => {
  const { definition, findings } = await readDefinition({ name, text }, options)
  return {
    basePath: definition.apis[0]?.basePath,
    stops: findings.filter(({ severity }) => severity === 'stop').map((each) => `${each.class} ${each.code}`),
  }
}

const PARAMETER = { Parameters: { Path: { Type: 'String', Default: 'v3' }, Unknown: { Type: 'String' } } }

const cloudFormation = (keys: readonly unknown[]): string =>
  JSON.stringify({
    ...PARAMETER,
    Resources: {
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'shop', ProtocolType: 'HTTP' } },
      Route: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'GET /pets' } },
      ...Object.fromEntries(
        keys.map((key, index) => [
          `Mapping${index}`,
          { Type: 'AWS::ApiGatewayV2::ApiMapping', Properties: { ApiId: { Ref: 'Api' }, ApiMappingKey: key } },
        ]),
      ),
    },
  })

const sam = (keys: readonly unknown[]): string =>
  JSON.stringify({
    ...PARAMETER,
    Transform: 'AWS::Serverless-2016-10-31',
    Resources: {
      Api: {
        Type: 'AWS::Serverless::Api',
        Properties: { StageName: 'live', Domain: { DomainName: 'a.example', BasePath: keys } },
      },
      Pets: {
        Type: 'AWS::Serverless::Function',
        Properties: {
          Handler: 'a.b',
          Events: { Get: { Type: 'Api', Properties: { Method: 'GET', Path: '/pets', RestApiId: { Ref: 'Api' } } } },
        },
      },
    },
  })

const terraform = (keys: readonly string[]): string =>
  [
    'resource "aws_apigatewayv2_api" "api" {\n name = "shop"\n protocol_type = "HTTP"\n}',
    'resource "aws_apigatewayv2_route" "r" {\n api_id = aws_apigatewayv2_api.api.id\n route_key = "GET /pets"\n}',
    'variable "path" {\n default = "v3"\n}',
    ...keys.map(
      (key, index) =>
        `resource "aws_apigatewayv2_api_mapping" "m${index}" {\n api_id = aws_apigatewayv2_api.api.id\n api_mapping_key = ${key}\n}`,
    ),
  ].join('\n')

describe('DEF-CFN-16 DEF-TF-08 base paths', () => {
  test('of CloudFormation', async () => {
    expect(await read('t.json', cloudFormation([]))).toEqual({ basePath: undefined, stops: [] })
    expect(await read('t.json', cloudFormation(['v1']))).toEqual({ basePath: '/v1', stops: [] })
    expect(await read('t.json', cloudFormation(['v1', 'v1']))).toEqual({ basePath: '/v1', stops: [] })
    expect(await read('t.json', cloudFormation(['v1', 'v2']))).toMatchObject({ stops: ['ambiguous DEF-CFN-16'] })
    expect(await read('t.json', cloudFormation(['v1', '']))).toMatchObject({ stops: ['ambiguous DEF-CFN-16'] })
    expect(await read('t.json', cloudFormation([{ Ref: 'Unknown' }]))).toMatchObject({
      stops: ['unresolved DEF-RES-01'],
    })
    expect(await read('t.json', cloudFormation([{ Ref: 'Path' }]))).toMatchObject({ stops: ['unresolved DEF-RES-05'] })
    const options = { useDefaults: true }
    expect(await read('t.json', cloudFormation([{ Ref: 'Path' }]), options)).toEqual({ basePath: '/v3', stops: [] })
  })

  test('of SAM', async () => {
    expect(await read('t.json', sam(['v1']))).toEqual({ basePath: '/v1', stops: [] })
    expect(await read('t.json', sam(['/']))).toEqual({ basePath: undefined, stops: [] })
    expect(await read('t.json', sam(['v1', 'v2']))).toMatchObject({ stops: ['ambiguous DEF-CFN-16'] })
    expect(await read('t.json', sam(['/', 'v1']))).toMatchObject({ stops: ['ambiguous DEF-CFN-16'] })
    expect(await read('t.json', sam([{ Ref: 'Unknown' }]))).toMatchObject({ stops: ['unresolved DEF-RES-01'] })
    expect(await read('t.json', sam([{ Ref: 'Path' }]))).toMatchObject({ stops: ['unresolved DEF-RES-05'] })
  })

  test('of Terraform', async () => {
    expect(await read('main.tf', terraform(['"v1"']))).toEqual({ basePath: '/v1', stops: [] })
    expect(await read('main.tf', terraform(['null']))).toEqual({ basePath: undefined, stops: [] })
    expect(await read('main.tf', terraform(['"v1"', '"v2"']))).toMatchObject({ stops: ['ambiguous DEF-CFN-16'] })
    expect(await read('main.tf', terraform(['aws_vpc.v.id']))).toMatchObject({ stops: ['unresolved DEF-RES-01'] })
    expect(await read('main.tf', terraform(['var.path']))).toMatchObject({ stops: ['unresolved DEF-RES-05'] })
  })

  test('a routing rule stops', async () => {
    const template = JSON.parse(cloudFormation([])) as { Resources: Record<string, unknown> }
    template.Resources['Rule'] = { Type: 'AWS::ApiGatewayV2::RoutingRule', Properties: {} }
    expect(await read('t.json', JSON.stringify(template))).toMatchObject({ stops: ['ambiguous DEF-CFN-16'] })
    const rule = '\nresource "aws_apigatewayv2_routing_rule" "r" {\n priority = 1\n}'
    expect(await read('main.tf', terraform([]) + rule)).toMatchObject({ stops: ['ambiguous DEF-CFN-16'] })
  })
})
