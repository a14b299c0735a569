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

const withMapping = (mapping: object, more: object = {}): string => {
  const template = JSON.parse(cloudFormation([])) as { Resources: Record<string, unknown> }
  template.Resources['Mapping'] = mapping
  return JSON.stringify({ ...template, ...more })
}

const CONDITIONS = {
  Parameters: { Stage: { Type: 'String' }, Mode: { Type: 'String', Default: 'off line' } },
  Conditions: {
    Undecided: { 'Fn::Equals': [{ Ref: 'Stage' }, 'live'] },
    Assumed: { 'Fn::Equals': [{ Ref: 'Mode' }, 'mapped'] },
  },
}

const mapped = { ApiId: { Ref: 'Api' }, ApiMappingKey: 'v1' }

const mappedUnder = (Condition: string): string =>
  withMapping({ Type: 'AWS::ApiGatewayV2::ApiMapping', Condition, Properties: mapped }, CONDITIONS)

const mappingOf = (ApiId: unknown): string =>
  withMapping({ Type: 'AWS::ApiGatewayV2::ApiMapping', Properties: { ...mapped, ApiId } }, CONDITIONS)

const mappedFor = (owner: string): string =>
  terraform(['"v1"']).replace('api_id = aws_apigatewayv2_api.api.id\n api_mapping', `api_id = ${owner}\n api_mapping`)

const samWithDomain = (Domain: unknown): string => {
  const template = JSON.parse(sam([])) as { Resources: { Api: { Properties: Record<string, unknown> } } }
  template.Resources.Api.Properties['Domain'] = Domain
  return JSON.stringify({ ...template, ...CONDITIONS })
}

const samWithBoth = (domain: object): string => {
  const template = JSON.parse(samWithDomain(domain)) as { Resources: Record<string, unknown> }
  const Properties = { RestApiId: { Ref: 'Api' }, BasePath: 'v2' }
  template.Resources['Mapping'] = { Type: 'AWS::ApiGateway::BasePathMapping', Properties }
  return JSON.stringify(template)
}

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

  test('a mapping that may not exist stops', async () => {
    expect(await read('t.json', mappedUnder('Undecided'))).toEqual({
      basePath: undefined,
      stops: ['unresolved DEF-RES-01'],
    })
    expect(await read('t.json', mappedUnder('Undecided'), { parameters: { Stage: 'live' } })).toEqual({
      basePath: '/v1',
      stops: [],
    })
    expect(await read('t.json', mappedUnder('Assumed'))).toEqual({
      basePath: undefined,
      stops: ['unresolved DEF-RES-05'],
    })
    expect(await read('t.json', mappedUnder('Assumed'), { useDefaults: true })).toEqual({
      basePath: undefined,
      stops: [],
    })
    const counted = `variable "off" {\n default = 0\n}\n${terraform(['"v1"']).replace('api_mapping_key', 'count = var.off\n api_mapping_key')}`
    expect(await read('main.tf', counted)).toMatchObject({ basePath: undefined, stops: ['unresolved DEF-RES-05'] })
    expect(await read('main.tf', counted, { useDefaults: true })).toEqual({ basePath: undefined, stops: [] })
    const unknown = counted.replace(' default = 0\n', '')
    expect(await read('main.tf', unknown)).toMatchObject({ basePath: undefined, stops: ['dynamic DEF-TF-04'] })
  })

  test('a mapping whose API is not known stops, and one of another stack does not', async () => {
    const either = { 'Fn::If': ['Undecided', { Ref: 'Api' }, 'other'] }
    expect(await read('t.json', mappingOf(either))).toEqual({ basePath: undefined, stops: ['unresolved DEF-RES-01'] })
    expect(await read('t.json', mappingOf({ Ref: 'Stage' }))).toEqual({
      basePath: undefined,
      stops: ['unresolved DEF-RES-01'],
    })
    expect(await read('t.json', mappingOf({ 'Fn::ImportValue': 'x' }))).toEqual({ basePath: undefined, stops: [] })
    expect(await read('t.json', mappingOf('a1b2c3'))).toEqual({ basePath: undefined, stops: [] })
    for (const owner of ['one([aws_apigatewayv2_api.api.id])', 'aws_apigatewayv2_api.api[*].id[0]', 'var.api'])
      expect(await read('main.tf', `variable "api" {}\n${mappedFor(owner)}`)).toEqual({
        basePath: undefined,
        stops: ['unresolved DEF-RES-01'],
      })
    expect(await read('main.tf', mappedFor('"a1b2c3"'))).toEqual({ basePath: undefined, stops: [] })
  })

  test('a mapping whose properties are not known stops', async () => {
    const Properties = { 'Fn::If': ['Undecided', mapped, { ...mapped, ApiMappingKey: 'v2' }] }
    const text = withMapping({ Type: 'AWS::ApiGatewayV2::ApiMapping', Properties }, CONDITIONS)
    expect(await read('t.json', text)).toEqual({ basePath: undefined, stops: ['unresolved DEF-RES-01'] })
  })

  test('BasePathMappingV2 maps REST APIs', async () => {
    const Resources = {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'shop' } },
      Mapping: {
        Type: 'AWS::ApiGateway::BasePathMappingV2',
        Properties: { RestApiId: { Ref: 'Api' }, BasePath: 'v1', DomainNameArn: 'x', Stage: 's' },
      },
    }
    expect(await read('t.json', JSON.stringify({ Resources }))).toMatchObject({ basePath: '/v1', stops: [] })
  })

  test('a domain of SAM that is not known stops', async () => {
    const v1 = { DomainName: 'a.example', BasePath: ['v1'] }
    const none = { Ref: 'AWS::NoValue' }
    expect(await read('t.json', samWithDomain(v1))).toEqual({ basePath: '/v1', stops: [] })
    const undecided = samWithDomain({ 'Fn::If': ['Undecided', v1, none] })
    expect(await read('t.json', undecided)).toEqual({ basePath: undefined, stops: ['unresolved DEF-RES-01'] })
    expect(await read('t.json', undecided, { parameters: { Stage: 'live' } })).toEqual({ basePath: '/v1', stops: [] })
    const assumed = samWithDomain({ 'Fn::If': ['Assumed', v1, none] })
    expect(await read('t.json', assumed)).toEqual({ basePath: undefined, stops: ['unresolved DEF-RES-05'] })
    expect(await read('t.json', assumed, { useDefaults: true })).toEqual({ basePath: undefined, stops: [] })
  })

  test.each(['v1//x', 'a?b', 'a b', '/v1/%2e'])('a base path like %j stops', async (path) => {
    expect(await read('t.json', cloudFormation([path]))).toMatchObject({ stops: ['invalid DEF-CFN-16'] })
  })

  test.each([
    ['an attribute of another resource', { 'Fn::GetAtt': ['Other', 'Value'] }],
    ['an output of a nested stack', { 'Fn::GetAtt': ['Stack', 'Outputs.Api'] }],
    ['a dynamic reference', '{{resolve:ssm:/api}}'],
  ])('a mapping whose API is %s stops', async (_, ApiId) => {
    const template = JSON.parse(mappingOf(ApiId)) as { Resources: Record<string, unknown> }
    template.Resources['Other'] = { Type: 'AWS::SSM::Parameter', Properties: { Value: { Ref: 'Api' } } }
    template.Resources['Stack'] = { Type: 'AWS::CloudFormation::Stack', Properties: {} }
    expect(await read('t.json', JSON.stringify(template))).toEqual({
      basePath: undefined,
      stops: ['unresolved DEF-RES-01'],
    })
  })

  test.each([
    'data.aws_apigatewayv2_api.api.id',
    'data.aws_ssm_parameter.p.value',
    'terraform_data.p.output',
    'aws_apigatewayv2_stage.s.api_id',
  ])('a mapping of Terraform whose api_id is %s stops', async (owner) => {
    const { basePath, stops } = await read('main.tf', mappedFor(owner))
    expect(basePath).toBeUndefined()
    expect(stops).toEqual([expect.stringMatching(/^(?:unresolved|external) DEF-RES-01$/)])
  })

  test('a text with an API alone is the API', async () => {
    expect(await read('t.json', mappingOf({ 'Fn::Sub': '${Api}' }))).toEqual({ basePath: '/v1', stops: [] })
  })

  test('SAM keeps letters and digits of the base path of a REST API', async () => {
    expect(await read('t.json', sam(['my-api']))).toEqual({ basePath: '/myapi', stops: [] })
    expect(await read('t.json', sam(['/v1/pets_2/']))).toEqual({ basePath: '/v1pets2', stops: [] })
    const exact = { DomainName: 'a.example', BasePath: ['my-api'], NormalizeBasePath: false }
    expect(await read('t.json', samWithDomain(exact))).toEqual({ basePath: '/my-api', stops: [] })
    const unknown = { ...exact, NormalizeBasePath: { Ref: 'Stage' } }
    expect(await read('t.json', samWithDomain(unknown))).toMatchObject({ stops: ['unresolved DEF-RES-01'] })
  })

  test('a domain of SAM and a mapping of the same API are two base paths', async () => {
    const domain = { DomainName: 'a.example' }
    for (const each of [domain, { ...domain, BasePath: [] }, { ...domain, BasePath: ['v1'] }])
      expect(await read('t.json', samWithBoth(each))).toMatchObject({ stops: ['ambiguous DEF-CFN-16'] })
    expect(await read('t.json', samWithBoth({ ...domain, BasePath: 'v2' }))).toEqual({ basePath: '/v2', stops: [] })
  })

  test('a value that another stack exports may be one of the input', async () => {
    const imported = { 'Fn::ImportValue': 'api' }
    const assumed = { 'Fn::If': ['Assumed', { Ref: 'Api' }, imported] }
    expect(await read('t.json', mappingOf(assumed))).toMatchObject({ stops: ['unresolved DEF-RES-05'] })
    const first = { name: 'a.json', text: cloudFormation([]) }
    const { findings } = await readDefinition([first, { name: 'b.json', text: mappingOf(imported) }])
    expect(findings.filter(({ severity }) => severity === 'stop').map(({ code }) => code)).toEqual(['DEF-RES-01'])
  })

  test.each<[string, object, string]>([
    ['BasePath by a function', { BasePath: { 'Fn::Join': ['', ['v', '1']] } }, 'unresolved DEF-RES-01'],
    ['BasePath by Fn::Split', { BasePath: { 'Fn::Split': [',', 'v1'] } }, 'unresolved DEF-RES-01'],
    ['the text false', { BasePath: 'v-1', NormalizeBasePath: 'false' }, 'ambiguous DEF-SAM-14'],
    [
      'NormalizeBasePath by a function',
      { NormalizeBasePath: { 'Fn::If': ['Assumed', true, false] } },
      'unresolved DEF-RES-01',
    ],
  ])('a domain of SAM with %s stops, because SAM reads it otherwise', async (_, domain, expected) => {
    expect(await read('t.json', samWithDomain({ DomainName: 'a.example', ...domain }))).toMatchObject({
      stops: [expected],
    })
  })
})
