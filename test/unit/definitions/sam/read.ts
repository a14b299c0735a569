/** Reads SAM templates that a test writes as objects. @module */
import { type ApiDefinition, type Finding, readDefinition, type ReadOptions } from '@custom-authorizer/definitions'
import { notationOf } from '../notation.ts'

export interface ReadSummary {
  readonly routes: readonly string[]
  /** `CODE class routes`, each once. */
  readonly stops: readonly string[]
  readonly reports: readonly string[]
  readonly confirmed: readonly string[]
  readonly findings: readonly Finding[]
  readonly apis: readonly ApiDefinition[]
  /** The first API. */
  readonly api: ApiDefinition
}

const labels = (findings: readonly Finding[], severity: Finding['severity']): readonly string[] => [
  ...new Set(
    findings
      .filter((each) => each.severity === severity)
      .map((each) => `${each.code} ${each.class} ${each.routes.join(', ')}`.trim()),
  ),
]

const NO_API: ApiDefinition = { name: 'none', protocol: 'REST', authorizers: {}, routes: [] }

export const summaryOf = async (
  input: Parameters<typeof readDefinition>[0],
  options: ReadOptions = {},
): Promise<ReadSummary> => {
  const { definition, findings } = await readDefinition(input, options)
  const [api = NO_API] = definition.apis
  return {
    routes: definition.apis.flatMap((each) => each.routes.map(notationOf)),
    stops: labels(findings, 'stop'),
    reports: labels(findings, 'report'),
    confirmed: findings.filter((each) => each.severity === 'confirm').flatMap((each) => each.routes),
    findings,
    apis: definition.apis,
    api,
  }
}

/** Reads a template. */
export const read = (template: object, options?: ReadOptions): Promise<ReadSummary> =>
  summaryOf({ name: 'template.yaml', text: JSON.stringify(template) }, options)

type Values = Readonly<Record<string, unknown>> | object

export const FUNCTION_ARN = { 'Fn::GetAtt': ['Authorize', 'Arn'] }
export const TOKEN = { FunctionArn: FUNCTION_ARN }
export const HTTP_LAMBDA = { FunctionArn: FUNCTION_ARN, AuthorizerPayloadFormatVersion: 2.0 }

/** A function with events. */
export const functionOf = (events: Values, more: Values = {}): object => ({
  Type: 'AWS::Serverless::Function',
  ...more,
  Properties: { Handler: 'index.handler', Runtime: 'nodejs20.x', InlineCode: 'x', Events: events },
})

/** An event of a REST API: `GET /p` of `X`. */
export const event = (properties: Values = {}): object => ({
  Type: 'Api',
  Properties: { RestApiId: { Ref: 'X' }, Path: '/p', Method: 'get', ...properties },
})

/** An event of an HTTP API: `GET /p` of `X`. */
export const httpEvent = (properties: Values = {}): object => ({
  Type: 'HttpApi',
  Properties: { ApiId: { Ref: 'X' }, Path: '/p', Method: 'get', ...properties },
})

/** A template with resources. */
export const templateOf = (resources: Values, more: Values = {}): object => ({
  Transform: 'AWS::Serverless-2016-10-31',
  ...more,
  Resources: { Authorize: functionOf({}), ...resources },
})

/** A template with the REST API `X` and one function. */
export const rest = (properties: Values, events: Values = { e: event() }, more: Values = {}): object =>
  templateOf(
    { X: { Type: 'AWS::Serverless::Api', Properties: { StageName: 's', ...properties } }, F: functionOf(events) },
    more,
  )

/** A template with the HTTP API `X` and one function. */
export const http = (properties: Values, events: Values = { e: httpEvent() }, more: Values = {}): object =>
  templateOf({ X: { Type: 'AWS::Serverless::HttpApi', Properties: properties }, F: functionOf(events) }, more)

/** `Auth` with the default authorizer `A`. */
export const GUARDED = { DefaultAuthorizer: 'A', Authorizers: { A: TOKEN } }
export const HTTP_GUARDED = { DefaultAuthorizer: 'A', Authorizers: { A: HTTP_LAMBDA } }

const MOCK = { 'x-amazon-apigateway-integration': { type: 'mock' } }

/** An OpenAPI body; operations have an integration. */
export const bodyOf = (
  paths: Readonly<Record<string, Readonly<Record<string, object>>>>,
  more: Values = {},
): object => ({
  openapi: '3.0.1',
  info: { title: 't', version: '1' },
  ...more,
  paths: Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [
      path,
      Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, { ...MOCK, ...operation }])),
    ]),
  ),
})
