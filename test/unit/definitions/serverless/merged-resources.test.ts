/** `resources` of a service: the framework merges the parts of a list and the extensions. */
import { describe, expect, test } from 'vitest'
import { read } from './read.ts'

const HEAD = 'service: s\nprovider: {name: aws}\n'
const API = 'Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: n, ProtocolType: HTTP}}'
const route = (properties = '') =>
  `Admin: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: {Ref: Api}, RouteKey: GET /admin${properties}}}`
const parts = (...texts: readonly string[]): string =>
  `${HEAD}resources:\n${texts.map((text) => `  - Resources: {${text}}\n`).join('')}`

const extended = (extension: string) =>
  read(`${HEAD}resources:\n  Resources: {${API}, ${route()}}\n  extensions: {${extension}}\n`)

const conditions = (value: string) => `Conditions: {Live: {"Fn::Equals": ["\${sls:stage}", ${value}]}}`

describe('DEF-SLS-15 merged resources', () => {
  test('a resource of an API in two parts stops', async () => {
    const second = 'Admin: {Properties: {AuthorizationType: CUSTOM, AuthorizerId: {Ref: Auth}}}'
    expect((await read(parts(`${API}, ${route()}`, second))).stops).toContain('DEF-SLS-15 dynamic')
    expect((await read(parts(second, `${API}, ${route()}`))).stops).toContain('DEF-SLS-15 dynamic')
  })

  test('another resource in two parts does not', async () => {
    const table = 'Table: {Type: AWS::DynamoDB::Table, Properties: {}}'
    const { stops, routes } = await read(parts(`${API}, ${route()}, ${table}`, table))
    expect(stops).toEqual([])
    expect(routes).toEqual(['GET /admin -> NONE'])
  })

  test('an extension of a resource of an API stops', async () => {
    expect((await extended('Admin: {Properties: {AuthorizationType: AWS_IAM}}')).stops).toContain('DEF-SLS-15 dynamic')
    expect((await extended('Admin: {DependsOn: [Api]}')).stops).toEqual([])
    expect((await extended('Table: {Properties: {}}')).stops).toEqual([])
  })

  test('resources of one part may refer to an API of another', async () => {
    const mapping =
      'Map: {Type: AWS::ApiGatewayV2::ApiMapping, Properties: {ApiId: {Ref: Api}, DomainName: d, Stage: s, ApiMappingKey: v1}}'
    const { stops, routes, definition } = await read(parts(API, mapping, route()))
    expect(stops).toEqual([])
    expect(routes).toEqual(['GET /admin -> NONE'])
    expect(definition.apis[0]?.basePath).toBe('/v1')
  })

  test.each([
    ['an include', "'Fn::Transform': {Name: AWS::Include, Parameters: {Location: s3://a/b}}", 'DEF-SLS-15 dynamic'],
    [
      'a macro at a resource',
      "M: {Type: AWS::ApiGateway::BasePathMapping, 'Fn::Transform': {Name: AWS::Include}}",
      'DEF-SLS-15 dynamic',
    ],
    ['a macro in place of a resource', "M: {'Fn::Transform': {Name: AWS::Include}}", 'DEF-SLS-15 dynamic'],
    ['a module', 'M: {Type: My::Api::Route::MODULE}', 'DEF-CFN-15 dynamic'],
    ['an unknown type of API Gateway', 'M: {Type: AWS::ApiGateway::Methd}', 'DEF-CFN-08 invalid'],
    [
      'a stack that receives the generated API',
      'S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: s3://a/b, Parameters: {A: {Ref: HttpApi}}}}',
      'DEF-CFN-15 external',
    ],
  ])('%s stops', async (_, resource, expected) => {
    const event = 'functions: {f: {handler: a.f, events: [{httpApi: GET /p}]}}\n'
    expect((await read(`${HEAD}${event}resources: {Resources: {${resource}}}\n`)).stops).toEqual([expected])
  })

  test('conditions of resources are evaluated', async () => {
    const admin = route(', AuthorizationType: {"Fn::If": [Live, AWS_IAM, NONE]}')
    const text = (value: string) => `${HEAD}resources:\n  Resources: {${API}, ${admin}}\n  ${conditions(value)}\n`
    expect((await read(text('prod'), { stage: 'prod' })).routes).toEqual(['GET /admin -> AWS_IAM'])
    expect((await read(text('prod'), { stage: 'test' })).routes).toEqual(['GET /admin -> NONE'])
  })

  test('a macro beside Resources stops', async () => {
    const { stops } = await read(`${HEAD}resources:\n  'Fn::Transform': {Name: AWS::Include}\n  Resources: {${API}}\n`)
    expect(stops).toContain('DEF-SLS-15 dynamic')
  })

  test.each(['apiGateway: {restApiId: abc}', 'httpApi: {id: abc}', 'httpApi: {id: {Ref: Api}}'])(
    'parts of an API beside one that the provider names (%s) stop',
    async (provider) => {
      const head = `service: s\nprovider: {name: aws, ${provider}}\nresources:\n  Resources: `
      expect((await read(`${head}{${API}, ${route()}}\n`)).stops).toContain('DEF-SLS-15 dynamic')
      expect((await read(`${head}{A: {Type: AWS::ApiGateway::Account}}\n`)).stops).not.toContain('DEF-SLS-15 dynamic')
    },
  )
})
