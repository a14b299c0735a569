/** Reads OpenAPI documents that a test writes as objects. @module */
import { type ApiDefinition, type Finding, readDefinition, type ReadOptions } from '@custom-authorizer/definitions'
import { notationOf } from '../notation.ts'

export interface ReadSummary {
  readonly routes: readonly string[]
  /** `CODE class`, each once. */
  readonly stops: readonly string[]
  readonly reports: readonly string[]
  readonly confirmed: readonly string[]
  readonly findings: readonly Finding[]
  readonly api: ApiDefinition
}

const labels = (findings: readonly Finding[], severity: Finding['severity']): readonly string[] => [
  ...new Set(findings.filter((each) => each.severity === severity).map((each) => `${each.code} ${each.class}`)),
]

const NO_API: ApiDefinition = { name: 'none', protocol: 'REST', authorizers: {}, routes: [] }

export const readText = async (text: string, options: ReadOptions = {}): Promise<ReadSummary> => {
  const { definition, findings } = await readDefinition({ name: 'openapi.yaml', text }, options)
  const [api = NO_API] = definition.apis
  return {
    routes: api.routes.map(notationOf),
    stops: labels(findings, 'stop'),
    reports: labels(findings, 'report'),
    confirmed: findings.filter((each) => each.severity === 'confirm').flatMap((each) => each.routes),
    findings,
    api,
  }
}

export const read = (document: unknown, options?: ReadOptions): Promise<ReadSummary> =>
  readText(JSON.stringify(document), options)

/** Settings of authorizers, by their type. */
export const URI =
  'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:auth/invocations'

export const authorizer = (settings: object, scheme: object = {}): object => ({
  type: 'apiKey',
  in: 'header',
  name: 'Authorization',
  ...scheme,
  'x-amazon-apigateway-authorizer': settings,
})
export const TOKEN = authorizer({ type: 'token', authorizerUri: URI })
export const KEY = { type: 'apiKey', in: 'header', name: 'x-api-key' }
export const JWT = authorizer({
  type: 'jwt',
  identitySource: '$request.header.Authorization',
  jwtConfiguration: { issuer: 'https://issuer.test', audience: ['app'] },
})

/** A document with the route `GET /p` and the schemes given. */
export const documentOf = (
  schemes: object,
  operation: object = { security: [{ a: [] }] },
  more: object = {},
): object => ({
  openapi: '3.0.1',
  info: { title: 'pets', version: '1' },
  paths: { '/p': { get: operation } },
  components: { securitySchemes: schemes },
  ...more,
})

export const FRONTEND = {
  type: 'FRONTEND',
  authorizer_type: 'FUNC',
  authorizer_uri: 'urn:fss:eu-west-101:0123456789abcdef:function:default:auth',
  ttl: 5,
  identities: [{ location: 'HEADER', name: 'X-Token' }],
}
export const huawei = (settings: object = FRONTEND): object => ({
  type: 'apiKey',
  in: 'header',
  name: 'unused',
  'x-apigateway-auth-type': 'AUTHORIZER',
  'x-apigateway-authorizer': settings,
})
