/** Reads templates that a test writes as objects, and parts of templates. @module */
import { type ApiDefinition, type Finding, readDefinition, type ReadOptions } from '@custom-authorizer/definitions'
import { notationOf } from '../notation.ts'

export interface ReadSummary {
  /** Routes of all APIs, as `GET /pets -> Auth`. */
  readonly routes: readonly string[]
  /** `CODE class`, each once. */
  readonly stops: readonly string[]
  readonly reports: readonly string[]
  readonly confirmed: readonly string[]
  readonly findings: readonly Finding[]
  readonly apis: readonly ApiDefinition[]
}

const labels = (findings: readonly Finding[], severity: Finding['severity']): readonly string[] => [
  ...new Set(findings.filter((each) => each.severity === severity).map((each) => `${each.code} ${each.class}`)),
]

/** Reads text or files. */
export const readFiles = async (
  files: Parameters<typeof readDefinition>[0],
  options?: ReadOptions,
): Promise<ReadSummary> => {
  const { definition, findings } = await readDefinition(files, options)
  return {
    routes: definition.apis.flatMap((api) => api.routes.map(notationOf)),
    stops: labels(findings, 'stop'),
    reports: labels(findings, 'report'),
    confirmed: findings.filter((each) => each.severity === 'confirm').flatMap((each) => each.routes),
    findings,
    apis: definition.apis,
  }
}

export const readText = (text: string, options?: ReadOptions): Promise<ReadSummary> =>
  readFiles({ name: 'template.yaml', text }, options)

/** A template, or the resources of one. */
export const read = (template: object, options?: ReadOptions): Promise<ReadSummary> =>
  readText(JSON.stringify('Resources' in template ? template : { Resources: template }), options)

export const URI =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations'

export const ref = (name: string): object => ({ Ref: name })
export const root = { 'Fn::GetAtt': ['Api', 'RootResourceId'] }

/** A REST API with an authorizer and the route `GET /pets`; `properties` and `authorizer` replace what they have. */
export const rest = ({
  method = {},
  authorizer = {},
  api = {},
  more = {},
}: {
  readonly method?: object
  readonly authorizer?: object
  readonly api?: object
  readonly more?: object
} = {}): object => ({
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'pets', ...api } },
  Auth: {
    Type: 'AWS::ApiGateway::Authorizer',
    Properties: {
      RestApiId: ref('Api'),
      Type: 'TOKEN',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerUri: URI,
      ...authorizer,
    },
  },
  Pets: {
    Type: 'AWS::ApiGateway::Resource',
    Properties: { RestApiId: ref('Api'), ParentId: root, PathPart: 'pets' },
  },
  GetPets: {
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: ref('Api'),
      ResourceId: ref('Pets'),
      HttpMethod: 'GET',
      AuthorizationType: 'CUSTOM',
      AuthorizerId: ref('Auth'),
      ...method,
    },
  },
  ...more,
})

/** An HTTP API with a request authorizer and the route `GET /pets`. */
export const http = ({
  route = {},
  authorizer = {},
  api = {},
  more = {},
}: {
  readonly route?: object
  readonly authorizer?: object
  readonly api?: object
  readonly more?: object
} = {}): object => ({
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'pets', ProtocolType: 'HTTP', ...api } },
  Auth: {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    Properties: {
      ApiId: ref('Api'),
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      IdentitySource: ['$request.header.Authorization'],
      AuthorizerUri: URI,
      ...authorizer,
    },
  },
  GetPets: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: ref('Api'),
      RouteKey: 'GET /pets',
      AuthorizationType: 'CUSTOM',
      AuthorizerId: ref('Auth'),
      ...route,
    },
  },
  ...more,
})

/** Parameters and conditions that no test decides: `Stage` and `Prod` by a default, `Region` and `East` not at all. */
export const DOUBTS = {
  Parameters: {
    Stage: { Type: 'String', Default: 'dev' },
    Mode: { Type: 'String', Default: 'NONE' },
    Region: { Type: 'String' },
  },
  Conditions: {
    Prod: { 'Fn::Equals': [ref('Stage'), 'prod'] },
    Dev: { 'Fn::Equals': [ref('Stage'), 'dev'] },
    East: { 'Fn::Equals': [ref('Region'), 'east'] },
    Always: { 'Fn::Equals': ['a', 'a'] },
  },
}

/** The resources of a template with the conditions of {@link DOUBTS}. */
export const doubtful = (resources: object): object => ({ ...DOUBTS, Resources: resources })
export const either = (condition: string, whenTrue: unknown, whenFalse: unknown): object => ({
  'Fn::If': [condition, whenTrue, whenFalse],
})
export const NO_VALUE = ref('AWS::NoValue')
