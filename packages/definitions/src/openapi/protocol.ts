/** Which gateway a document is for, and which kind of API (DEF-OAS-23). @module */
import type { Protocol } from '../definition.ts'
import { at, entriesOf, itemsOf, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { OpenApiOperation } from './operations.ts'
import type { References } from './references.ts'
import { schemesOf } from './schemes.ts'

/** Extensions of the document that only REST APIs have. */
const REST_ONLY = [
  'x-amazon-apigateway-api-key-source',
  'x-amazon-apigateway-binary-media-types',
  'x-amazon-apigateway-documentation',
  'x-amazon-apigateway-gateway-responses',
  'x-amazon-apigateway-minimum-compression-size',
  'x-amazon-apigateway-policy',
  'x-amazon-apigateway-request-validator',
  'x-amazon-apigateway-request-validators',
] as const

interface Marks {
  rest: boolean
  http: boolean
  /** What an HTTP API has, and a REST API ignores. */
  likelyHttp: boolean
  aws: boolean
  huawei: boolean
}

const markKeys = (node: Node | undefined, marks: Marks): void => {
  if (node?.kind !== 'map') return
  for (const key of node.entries.keys()) {
    if (key.startsWith('x-amazon-apigateway-')) marks.aws = true
    else if (key.startsWith('x-apigateway-')) marks.huawei = true
  }
}

const markAuthorizer = (settings: Node | undefined, marks: Marks): void => {
  const type = textOf(member(settings, 'type'))?.toLowerCase()
  const source = member(settings, 'identitySource')
  const texts = [textOf(source), ...itemsOf(source).map(textOf)].flatMap((each) => each?.split(',') ?? [])
  if (type === 'token' || type === 'cognito_user_pools') marks.rest = true
  if (type === 'jwt' || member(settings, 'authorizerPayloadFormatVersion') !== undefined) marks.http = true
  if (texts.some((each) => each.trim().startsWith('$'))) marks.http = true
  if (texts.some((each) => each.trim().startsWith('method.'))) marks.rest = true
}

const marksOf = (document: Node, operations: readonly OpenApiOperation[], references: References): Marks => {
  const marks: Marks = { rest: false, http: false, likelyHttp: false, aws: false, huawei: false }
  markKeys(document, marks)
  for (const [, item] of entriesOf(member(document, 'paths'))) markKeys(item, marks)
  for (const { node } of operations) {
    markKeys(node, marks)
    if (textOf(member(node, 'isDefaultRoute'))?.toLowerCase() === 'true') marks.http = true
    if (at(node, 'x-amazon-apigateway-integration', 'payloadFormatVersion') !== undefined) marks.likelyHttp = true
  }
  for (const [, declared] of entriesOf(schemesOf(document))) {
    const scheme = references.resolve(declared)
    markKeys(scheme, marks)
    markAuthorizer(member(scheme, 'x-amazon-apigateway-authorizer'), marks)
  }
  if (REST_ONLY.some((each) => member(document, each) !== undefined)) marks.rest = true
  if (member(document, 'x-amazon-apigateway-cors') !== undefined) marks.likelyHttp = true
  return marks
}

/** The kind of API that a document describes. Contradictions are a finding, and then the result is a REST API. */
export const protocolOf = (
  document: Node,
  operations: readonly OpenApiOperation[],
  references: References,
  { findings }: ReadContext,
): Protocol => {
  const { rest, http, likelyHttp, aws, huawei } = marksOf(document, operations, references)
  const ambiguous = (message: string): void => {
    const details = { message, advice: 'Remove one kind of extensions, or give protocol.' }
    findings.stop('ambiguous', 'DEF-OAS-23', document, details)
  }
  if (huawei && aws) ambiguous('the document has extensions of Amazon API Gateway and of Huawei Cloud APIG')
  else if (huawei) return 'HUAWEI'
  if (rest && http) ambiguous('the document has settings of REST APIs and of HTTP APIs')
  return http || (likelyHttp && !rest) ? (rest ? 'REST' : 'HTTP') : 'REST'
}
