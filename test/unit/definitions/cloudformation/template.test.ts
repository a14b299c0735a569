import { describe, expect, test } from 'vitest'
import { doubtful, DOUBTS, either, http, NO_VALUE, read, readText, ref, rest } from './read.ts'

const GUARDED = 'GET /pets -> Auth'
const conditional = (id: string, Condition: unknown): object => {
  const resources = rest() as Record<string, object>
  return doubtful({ ...resources, [id]: { ...resources[id], Condition } })
}

const of = async (Conditions: object, name: string): Promise<unknown> => {
  const method = { AuthorizationType: either(name, 'CUSTOM', 'NONE') }
  const { routes, stops } = await read({ Conditions, Resources: rest({ method }) })
  return { routes, stops }
}

describe('conditions', () => {
  test.each([
    ['Always', [GUARDED], []],
    ['Never', [], []],
    ['Dev', ['GET /pets -> ?'], ['DEF-RES-05 unresolved']],
    ['Prod', ['GET /pets -> ?'], ['DEF-RES-05 unresolved']],
    ['East', ['GET /pets -> ?'], ['DEF-RES-01 unresolved']],
    ['Nothing', ['GET /pets -> ?'], ['DEF-RES-01 unresolved']],
    [['Always'], ['GET /pets -> ?'], ['DEF-RES-01 unresolved']],
  ])('DEF-CFN-07 a method with the condition %j', async (Condition, routes, stops) => {
    const document = conditional('GetPets', Condition) as typeof DOUBTS
    const Conditions = { ...DOUBTS.Conditions, Never: { 'Fn::Not': [{ Condition: 'Always' }] } }
    expect(await read({ ...document, Conditions })).toMatchObject({ routes, stops })
  })

  test.each([
    ['Api', 'DEF-RES-05 unresolved'],
    ['Auth', undefined],
  ])('DEF-CFN-07 a condition of %s by default opens no route', async (id, expected) => {
    const { routes, stops } = await read(conditional(id, 'Dev'))
    expect(stops).toEqual(expected === undefined ? [] : [expected])
    expect(routes).toEqual([GUARDED])
  })

  test('DEF-CFN-07 a method without its authorizer, whose condition is false, is undecided', async () => {
    const { routes, stops } = await read({ ...conditional('Auth', 'Dev') }, { parameters: { Stage: 'prod' } })
    expect({ routes, stops }).toEqual({ routes: ['GET /pets -> ?'], stops: ['DEF-CFN-03 unresolved'] })
  })

  test('DEF-CFN-07 DependsOn, DeletionPolicy and Metadata have no effect', async () => {
    const resources = rest() as Record<string, object>
    const GetPets = { ...resources['GetPets'], DependsOn: 'Auth', DeletionPolicy: 'Retain', Metadata: { a: 1 } }
    expect(await read({ ...resources, GetPets })).toMatchObject({ routes: [GUARDED], stops: [] })
  })

  test.each<[string, object, boolean | undefined]>([
    ['equal texts', { 'Fn::Equals': ['a', 'a'] }, true],
    ['a boolean and its text', { 'Fn::Equals': [true, 'true'] }, true],
    ['different texts', { 'Fn::Equals': ['a', 'b'] }, false],
    ['three operands', { 'Fn::Equals': ['a', 'a', 'a'] }, undefined],
    ['words of YAML 1.1', { 'Fn::Equals': ['yes', 'true'] }, undefined],
    ['not', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }, true],
    ['not of two', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }, { 'Fn::Equals': ['a', 'a'] }] }, undefined],
    ['and, with one that is false', { 'Fn::And': [{ Condition: 'East' }, { 'Fn::Equals': ['a', 'b'] }] }, false],
    ['and, with one that is not known', { 'Fn::And': [{ Condition: 'East' }, { Condition: 'Always' }] }, undefined],
    ['or, with one that is true', { 'Fn::Or': [{ Condition: 'East' }, { Condition: 'Always' }] }, true],
    ['or of nothing', { 'Fn::Or': [] }, undefined],
    ['two functions', { 'Fn::Equals': ['a', 'a'], 'Fn::Not': [] }, undefined],
    ['a function that is none', { 'Fn::Xor': [] }, undefined],
    ['text', 'true' as unknown as object, undefined],
  ])('DEF-RES-02 a condition of %s is %3$s', async (_, X, holds) => {
    const AuthorizationType = either('X', 'CUSTOM', 'OTHER')
    const document = doubtful(rest({ method: { AuthorizationType } })) as typeof DOUBTS
    const { stops, routes } = await read({ ...document, Conditions: { ...DOUBTS.Conditions, X } })
    const expected = { true: [], false: ['DEF-CFN-05 invalid'], undefined: ['DEF-RES-01 unresolved'] }
    expect(stops).toEqual(expected[`${holds}`])
    expect(routes).toEqual([holds === true ? GUARDED : 'GET /pets -> ?'])
  })

  test('DEF-IN-05 conditions in a cycle, or in a chain of thousands, stop', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 15_000 }, (_, index) => [`C${index}`, { Condition: `C${index + 1}` }]),
    )
    expect(await of({ A: { Condition: 'B' }, B: { 'Fn::Not': [{ Condition: 'A' }] } }, 'A')).toEqual({
      routes: [],
      stops: ['DEF-IN-05 malformed'],
    })
    expect(await of(chain, 'C0')).toEqual({ routes: [], stops: ['DEF-IN-05 hostile'] })
  })
})

const typed = (AuthorizationType: unknown, more: object = {}, options = {}): ReturnType<typeof read> =>
  read({ ...doubtful(rest({ method: { AuthorizationType } })), ...more }, options)

describe('functions', () => {
  test.each([
    ['Ref to a parameter that is given', ref('Region'), { parameters: { Region: 'CUSTOM' } }],
    ['Fn::Sub', { 'Fn::Sub': '${Region}' }, { parameters: { Region: 'CUSTOM' } }],
    ['Fn::Sub with a map', { 'Fn::Sub': ['${A}', { A: 'CUSTOM' }] }, {}],
    ['Fn::Join', { 'Fn::Join': ['', ['CUS', 'TOM']] }, {}],
    ['Fn::Select and Fn::Split', { 'Fn::Select': [1, { 'Fn::Split': [',', 'a,CUSTOM'] }] }, {}],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['M', 'a', 'b'] }, {}],
    ['Fn::If', either('Always', 'CUSTOM', 'NONE'), {}],
    ['a pseudo parameter', { 'Fn::Join': ['', ['CUS', ref('AWS::Region')]] }, { parameters: { 'AWS::Region': 'TOM' } }],
    ['useDefaults', either('Dev', 'CUSTOM', 'NONE'), { useDefaults: true }],
  ])('DEF-RES-02 %s is resolved', async (_, value, options) => {
    const found = await typed(value, { Mappings: { M: { a: { b: 'CUSTOM' } } } }, options)
    expect(found).toMatchObject({ routes: [GUARDED], stops: [] })
  })

  test.each([
    ['a parameter that is not given', ref('Region'), 'DEF-RES-01 unresolved'],
    ['a pseudo parameter that is not given', ref('AWS::Region'), 'DEF-RES-01 unresolved'],
    ['a name that is not declared', ref('constructor'), 'DEF-RES-01 unresolved'],
    ['a dynamic reference', '{{resolve:ssm:/x}}', 'DEF-RES-01 unresolved'],
    ['a dynamic reference in a text', { 'Fn::Join': ['', ['{{resolve:', 'ssm:/x}}']] }, 'DEF-RES-01 unresolved'],
    ['a parameter of SSM', ref('Ssm'), 'DEF-RES-01 unresolved'],
    ['a secret parameter', ref('Secret'), 'DEF-RES-01 unresolved'],
    ['Fn::ImportValue', { 'Fn::ImportValue': 'x' }, 'DEF-RES-01 external'],
    ['Fn::GetAZs', { 'Fn::GetAZs': '' }, 'DEF-RES-01 unresolved'],
    ['Fn::Cidr', { 'Fn::Cidr': [] }, 'DEF-RES-01 unresolved'],
    ['Fn::ToJsonString', { 'Fn::ToJsonString': {} }, 'DEF-RES-01 unresolved'],
    ['Fn::Length', { 'Fn::Length': [] }, 'DEF-RES-01 unresolved'],
    ['Fn::Transform', { 'Fn::Transform': { Name: 'Macro' } }, 'DEF-RES-01 dynamic'],
    ['Fn::ForEach', { 'Fn::ForEach::A': ['X', [], {}] }, 'DEF-RES-01 dynamic'],
    ['a key that is not in a mapping', { 'Fn::FindInMap': ['M', 'a', '__proto__'] }, 'DEF-RES-01 unresolved'],
    ['an index beyond the list', { 'Fn::Select': [1, ['CUSTOM']] }, 'DEF-RES-01 unresolved'],
    ['Fn::If with four members', { 'Fn::If': ['Always', 'CUSTOM', 'CUSTOM', 'NONE'] }, 'DEF-RES-01 unresolved'],
    ['an output of a nested stack', { 'Fn::GetAtt': ['Api', 'Outputs.A'] }, 'DEF-RES-01 unresolved'],
  ])('DEF-RES-01 DEF-RES-03 %s stops where it decides', async (_, value, expected) => {
    const Parameters = {
      ...DOUBTS.Parameters,
      Ssm: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' },
      Secret: { Type: 'String', NoEcho: true },
    }
    const found = await typed(
      value,
      { Parameters, Mappings: { M: { a: { b: 'CUSTOM' } } } },
      { parameters: { Secret: 'CUSTOM', Ssm: 'CUSTOM' } },
    )
    expect(found).toMatchObject({ routes: ['GET /pets -> ?'], stops: [expected] })
  })

  test.each([
    ['a list that a default chooses', { 'Fn::Select': [0, either('Dev', ['CUSTOM'], ['NONE'])] }],
    ['an index by default', { 'Fn::Select': [either('Dev', 0, 1), ['CUSTOM', 'NONE']] }],
    ['a delimiter by default', { 'Fn::Join': [either('Dev', '', '-'), ['CUS', 'TOM']] }],
    ['a joined list by default', { 'Fn::Join': ['', either('Dev', ['CUSTOM'], ['NONE'])] }],
    ['a split text by default', { 'Fn::Select': [0, { 'Fn::Split': [',', either('Dev', 'CUSTOM,a', 'NONE,a')] }] }],
    ['a list parameter', { 'Fn::Select': [0, ref('List')] }],
    ['a key of a mapping by default', { 'Fn::FindInMap': ['M', ref('Stage'), 'b'] }],
    ['a variable of Fn::Sub', { 'Fn::Sub': ['${A}', { A: either('Dev', 'CUSTOM', 'NONE') }] }],
    ['a nested Fn::If', either('Always', either('Dev', 'CUSTOM', 'NONE'), 'NONE')],
  ])('DEF-RES-05 the doubt of %s is not lost', async (_, value) => {
    const Parameters = { ...DOUBTS.Parameters, List: { Type: 'CommaDelimitedList', Default: 'CUSTOM,a' } }
    const found = await typed(value, { Parameters, Mappings: { M: { dev: { b: 'CUSTOM' } } } })
    expect(found).toMatchObject({ routes: ['GET /pets -> ?'], stops: ['DEF-RES-05 unresolved'] })
  })

  test.each([
    ['!Ref Auth', GUARDED],
    ['!GetAtt Auth.AuthorizerId', GUARDED],
    ['!If [Always, !Ref Auth, !Ref Other]', GUARDED],
    ['{ Ref: Auth }', GUARDED],
  ])('DEF-RES-04 the short form %s is read', async (AuthorizerId, expected) => {
    const template = JSON.stringify(doubtful(rest({ method: { AuthorizerId: '%' } })))
    const yaml = template.replace('"%"', `${AuthorizerId} `)
    expect(await readText(yaml)).toMatchObject({ routes: [expected], stops: [] })
  })

  test.each(['!Unknown x', '!!js/function x', '!!binary eA==', '!Ref2 Auth', '!Transform2 { Name: x }'])(
    'DEF-RES-04 DEF-IN-25 the tag of %s is malformed',
    async (value) => {
      const yaml = JSON.stringify(rest({ method: { AuthorizerId: '%' } })).replace('"%"', `${value} `)
      expect((await readText(`{"Resources":${yaml}}`)).stops).toEqual(['DEF-RES-04 malformed'])
    },
  )

  test('DEF-RES-12 a value that is given is text, and no expression', async () => {
    const found = await typed(ref('Region'), {}, { parameters: { Region: '${Mode}' } })
    expect(found.stops).toEqual(['DEF-CFN-05 invalid'])
  })

  test('DEF-GEN-06 the value of a secret parameter is in no finding, and in no definition', async () => {
    const Parameters = { Secret: { Type: 'String', NoEcho: true } }
    const Stage = {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: ref('Api'), StageName: 'live', Variables: { key: ref('Secret'), kind: 'a' } },
    }
    const method = { AuthorizationType: { 'Fn::Sub': 'x-${Secret}-${AWS::Region}' } }
    const found = await read(
      { Parameters, Resources: rest({ method, more: { Stage } }) },
      { parameters: { Secret: 'hunter2' } },
    )
    expect(JSON.stringify(found)).not.toContain('hunter2')
    expect(found.apis[0]).toMatchObject({ stage: 'live', stageVariables: { kind: 'a' } })
  })

  test.each([
    ['text', { 'Fn::Join': ['', Array.from({ length: 2000 }, () => ref('Long'))] }],
    [
      'a list',
      {
        'Fn::Join': [
          '',
          Array.from({ length: 50 }, () => ({ 'Fn::Select': [0, { 'Fn::Split': ['a', ref('Long')] }] })),
        ],
      },
    ],
  ])('DEF-IN-07 a function that generates too much of %s stops', async (_, value) => {
    const Parameters = { Long: { Type: 'String', Default: 'a'.repeat(100_000) } }
    const { routes, stops } = await typed(value, { Parameters })
    expect({ routes, stops }).toEqual({ routes: [], stops: ['DEF-IN-07 hostile'] })
  })
})

describe('resources', () => {
  test.each([
    ['no type', { Properties: {} }, 'DEF-CFN-08 invalid'],
    ['a number as type', { Type: 42 }, 'DEF-CFN-08 invalid'],
    ['a function as type', { Type: { 'Fn::Sub': 'AWS::ApiGateway::Method' } }, 'DEF-CFN-08 invalid'],
    ['a misspelt type', { Type: 'AWS::ApiGateway::Methods' }, 'DEF-CFN-08 invalid'],
    ['text instead of a map', 'x', 'DEF-CFN-08 invalid'],
    ['a module', { Type: 'My::Team::Api::MODULE' }, 'DEF-CFN-15 dynamic'],
    ['a macro', { 'Fn::Transform': { Name: 'Macro' }, Type: 'AWS::SNS::Topic' }, 'DEF-CFN-15 dynamic'],
  ])('DEF-CFN-08 DEF-CFN-15 a resource with %s stops', async (_, Odd, expected) => {
    expect((await read(rest({ more: { Odd } }))).stops).toEqual([expected])
  })

  test.each([
    ['a list', []],
    ['text', 'x'],
    ['a macro', { 'Fn::Transform': { Name: 'Macro' } }],
    ['a condition', either('East', {}, NO_VALUE)],
    ['a default', either('Prod', {}, NO_VALUE)],
  ])('DEF-CFN-04 properties that are %s stop, for an API and for a method', async (_, Properties) => {
    for (const id of ['Api', 'GetPets']) {
      const resources = rest() as Record<string, object>
      const { routes, stops } = await read(doubtful({ ...resources, [id]: { ...resources[id], Properties } }))
      expect(stops).not.toEqual([])
      expect(routes).toEqual([])
    }
  })

  test.each([
    ['a macro', { Transform: 'Macro' }, 'DEF-CFN-15 dynamic'],
    ['an include', { Transform: { Name: 'AWS::Include', Parameters: { Location: 's3://a/b' } } }, 'DEF-CFN-15 dynamic'],
    ['a macro at the top', { 'Fn::Transform': { Name: 'Macro' } }, 'DEF-CFN-15 dynamic'],
    ['harmless extensions', { Transform: ['AWS::LanguageExtensions', 'AWS::SecretsManager-2024-09-16'] }, undefined],
  ])('DEF-CFN-15 a template with %s', async (_, more, expected) => {
    const { routes, stops } = await read({ Resources: rest(), ...more })
    expect({ routes, stops }).toEqual({ routes: [GUARDED], stops: expected === undefined ? [] : [expected] })
  })

  test('DEF-CFN-15 a loop that generates resources stops', async () => {
    const loop = { 'Fn::ForEach::Methods': ['Verb', ['GET'], { 'M${Verb}': {} }] }
    const { stops } = await read({ Transform: 'AWS::LanguageExtensions', Resources: rest({ more: loop }) })
    expect(stops).toEqual(['DEF-CFN-15 dynamic'])
  })

  test.each([
    ['a RestApi', rest({ api: { BodyS3Location: { Bucket: 'a' } } })],
    ['a clone', rest({ api: { CloneFrom: 'abc' } })],
    ['an HTTP API', http({ api: { BodyS3Location: { Bucket: 'a' } } })],
  ])('DEF-CFN-13 %s whose routes are in another place is external', async (_, resources) => {
    expect((await read(resources)).stops).toEqual(['DEF-CFN-13 external'])
  })

  test('DEF-CFN-14 a body and methods add to one API, and a route of both is a conflict', async () => {
    const Body = {
      openapi: '3.0.1',
      info: { title: 'a', version: '1' },
      paths: { '/pets': { get: {} }, '/toys': { get: {} } },
    }
    const { routes, stops } = await read(rest({ api: { Body } }))
    expect({ routes, stops }).toEqual({
      routes: ['GET /pets -> ?', 'GET /toys -> NONE'],
      stops: ['DEF-CFN-14 conflict'],
    })
  })

  test.each([
    ['another guard', { AuthorizationType: 'NONE', AuthorizerId: NO_VALUE }],
    ['an API key', { ApiKeyRequired: true }],
  ])('DEF-CFN-14 two methods of one route, one of them with %s, are a conflict', async (_, method) => {
    const { GetPets } = rest({ method }) as Record<string, unknown>
    const { routes, stops, findings } = await read(rest({ more: { Again: GetPets } }))
    expect({ routes: routes.map((each) => each.replace(' +key', '')), stops }).toEqual({
      routes: ['GET /pets -> ?'],
      stops: ['DEF-CFN-14 conflict'],
    })
    expect(findings[0]?.routes).toEqual(['GET /pets'])
  })

  test('DEF-CFN-03 a route of an API that is not in the file is external', async () => {
    const { Api: _, ...others } = rest() as Record<string, object>
    const { routes, stops } = await read(others)
    expect(routes).toEqual([])
    expect(stops).toContain('DEF-CFN-03 external')
  })

  test('DEF-CFN-03 DEF-RES-05 a method does not belong to an API by default', async () => {
    const more = { Second: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'b' } } }
    const { routes, stops } = await read(
      doubtful(rest({ method: { RestApiId: either('Dev', ref('Second'), ref('Api')) }, more })),
    )
    expect(routes).toEqual([])
    expect(stops).toContain('DEF-RES-05 unresolved')
  })
})

describe('resource policies', () => {
  const allow = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }
  test.each<[string, unknown, string[], string[]]>([
    ['empty text', '', [], []],
    ['null', null, [], []],
    ['one that allows everyone everything', { Statement: [allow] }, [], ['DEF-CFN-17 ignored']],
    ['a condition', { Statement: [{ ...allow, Condition: { IpAddress: {} } }] }, ['DEF-CFN-17 resource-policy'], []],
    ['a denial', { Statement: [allow, { ...allow, Effect: 'Deny' }] }, ['DEF-CFN-17 resource-policy'], []],
    ['one principal', { Statement: [{ ...allow, Principal: { AWS: 'arn:x' } }] }, ['DEF-CFN-17 resource-policy'], []],
    [
      'a condition by default',
      { Statement: [{ ...allow, Condition: either('Prod', { IpAddress: {} }, NO_VALUE) }] },
      ['DEF-CFN-17 resource-policy'],
      [],
    ],
    [
      'an effect by default',
      { Statement: [{ ...allow, Effect: either('Dev', 'Allow', 'Deny') }] },
      ['DEF-CFN-17 resource-policy'],
      [],
    ],
    [
      'a statement that is not decided',
      { Statement: [allow, either('East', { ...allow, Effect: 'Deny' }, NO_VALUE)] },
      ['DEF-CFN-17 resource-policy'],
      [],
    ],
    ['one that is absent by default', either('Prod', { Statement: [] }, NO_VALUE), ['DEF-CFN-17 resource-policy'], []],
    ['text', '{"Statement":[]}', ['DEF-CFN-17 resource-policy'], []],
    ['no statements', { Statement: [] }, ['DEF-CFN-17 resource-policy'], []],
  ])('DEF-CFN-17 the policy is %s', async (_, Policy, stops, reports) => {
    expect(await read(doubtful(rest({ api: { Policy } })))).toMatchObject({ stops, reports })
  })
})

describe('other parts', () => {
  test('DEF-CFN-16 stages, responses, plans, base paths and the source of keys are carried over', async () => {
    const more = {
      Stage: {
        Type: 'AWS::ApiGateway::Stage',
        Properties: { RestApiId: ref('Api'), StageName: 'live', Variables: { a: 'b' } },
      },
      Denied: {
        Type: 'AWS::ApiGateway::GatewayResponse',
        Properties: {
          RestApiId: ref('Api'),
          ResponseType: 'ACCESS_DENIED',
          StatusCode: '404',
          ResponseParameters: { 'gatewayresponse.header.A': "'b'" },
          ResponseTemplates: { 'application/json': '{}' },
        },
      },
      Plan: {
        Type: 'AWS::ApiGateway::UsagePlan',
        Properties: {
          ApiStages: [{ ApiId: ref('Api'), Stage: 'live' }],
          Throttle: { RateLimit: 1.5, BurstLimit: 2 },
          Quota: { Limit: 3, Period: 'DAY', Offset: 0 },
        },
      },
      Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Value: 'hunter2hunter2hunter2' } },
      PlanKey: {
        Type: 'AWS::ApiGateway::UsagePlanKey',
        Properties: { UsagePlanId: ref('Plan'), KeyId: ref('Key'), KeyType: 'API_KEY' },
      },
      Base: { Type: 'AWS::ApiGateway::BasePathMapping', Properties: { RestApiId: ref('Api'), BasePath: 'shop' } },
    }
    const found = await read(
      rest({ api: { ApiKeySourceType: 'AUTHORIZER', EndpointConfiguration: { Types: ['EDGE'] } }, more }),
    )
    expect(found.apis[0]).toMatchObject({
      stage: 'live',
      stageVariables: { a: 'b' },
      basePath: '/shop',
      apiKeySource: 'AUTHORIZER',
      endpointType: 'EDGE',
      gatewayResponses: {
        ACCESS_DENIED: {
          statusCode: 404,
          responseParameters: { 'gatewayresponse.header.A': "'b'" },
          responseTemplates: { 'application/json': '{}' },
        },
      },
      usagePlans: [
        {
          name: 'Plan',
          keys: ['Key'],
          throttle: { rateLimit: 1.5, burstLimit: 2 },
          quota: { limit: 3, period: 'DAY' },
        },
      ],
    })
    expect(JSON.stringify(found)).not.toContain('hunter2')
  })

  test('DEF-CFN-16 a gateway response of an API that is not in the file is reported', async () => {
    const Denied = {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: { RestApiId: 'abc', ResponseType: 'ACCESS_DENIED' },
    }
    expect(await read(rest({ more: { Denied } }))).toMatchObject({ stops: [], reports: ['DEF-CFN-16 not-carried'] })
  })

  test.each([
    ['a web ACL', { more: { Acl: { Type: 'AWS::WAFv2::WebACLAssociation', Properties: {} } } }],
    [
      'mutual TLS',
      {
        more: {
          Domain: {
            Type: 'AWS::ApiGateway::DomainName',
            Properties: { MutualTlsAuthentication: { TruststoreUri: 's3://a' } },
          },
        },
      },
    ],
    ['a private endpoint', { api: { EndpointConfiguration: { Types: ['PRIVATE'] } } }],
    ['a disabled default endpoint', { api: { DisableExecuteApiEndpoint: true } }],
  ])('DEF-CFN-18 %s is reported', async (_, parts) => {
    expect(await read(rest(parts))).toMatchObject({ stops: [], reports: ['DEF-CFN-18 not-carried'] })
  })

  test('DEF-GEN-03 DEF-DEF-04 one file can have several APIs, and reading it again gives the same definition', async () => {
    const other = Object.fromEntries(
      Object.entries(http()).map(([id, each]) => [
        `Http${id}`,
        JSON.parse(JSON.stringify(each).replaceAll(/"Ref":"/g, '"Ref":"Http')),
      ]),
    ) as object
    const document = { ...rest(), ...other }
    const first = await read(document)
    expect(first.apis.map(({ name, protocol }) => `${name} ${protocol}`)).toEqual(['Api REST', 'HttpApi HTTP'])
    expect(first.routes).toEqual([GUARDED, 'GET /pets -> HttpAuth'])
    const reversed = Object.fromEntries(Object.entries(document).toReversed())
    expect((await read(reversed)).routes).toEqual(first.routes)
    expect(JSON.parse(JSON.stringify(first.apis))).toEqual(first.apis)
  })
})
