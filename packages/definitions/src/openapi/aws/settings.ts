/** Settings of an API in extensions of Amazon API Gateway (DEF-OAS-25). @module */
import type { ApiBuilder } from '../../building/api-builder.ts'
import { checkResourcePolicy } from '../../building/resource-policy.ts'
import { gatewayResponseOf } from '../../building/gateway-responses.ts'
import { isResponseType } from '../../mounting/gateway-responses.ts'
import type { CorsDefinition, GatewayResponseEntry, Protocol } from '../../definition.ts'
import type { ReportClass } from '../../finding.ts'
import { entriesOf, isAbsent, member, type Node, textOf } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'

type Read = (node: Node, api: ApiBuilder, context: ReadContext) => void

const report = (kind: ReportClass, node: Node, { findings }: ReadContext, message: string, advice: string): void =>
  findings.report(kind, 'DEF-OAS-25', node, { message, advice })

const informs = (what: string): { role: 'informs'; what: string } => ({ role: 'informs', what })

const policy: Read = (node, _, context) => {
  const text = textOf(node)?.trim()
  const source = { name: node.origin.file, text: text ?? '' }
  const isJson = text?.startsWith('{') === true
  const parsed = isJson ? context.attempt(() => context.parse(source)) : node
  if (parsed === undefined) return
  checkResourcePolicy({ ...parsed, origin: node.origin }, 'DEF-OAS-25', context.findings)
}

const KEY_SOURCES = new Set(['HEADER', 'AUTHORIZER'])

const keySource: Read = (node, api, context) => {
  const source = context.values.text(node, { role: 'decides', what: 'the source of API keys' })?.toUpperCase()
  if (source === undefined) return
  if (KEY_SOURCES.has(source)) api.settings.apiKeySource = source as 'HEADER' | 'AUTHORIZER'
  else {
    const details = { message: 'the source of API keys is not HEADER or AUTHORIZER', advice: 'Correct it.' }
    context.findings.stop('invalid', 'DEF-OAS-25', node, details)
  }
}

const RESPONSE_NAMES = {
  statusCode: 'statusCode',
  responseParameters: 'responseParameters',
  responseTemplates: 'responseTemplates',
}

const gatewayResponses: Read = (node, api, context) => {
  const found = new Map<string, GatewayResponseEntry>()
  for (const [type, response] of entriesOf(context.values.known(node, informs('the gateway responses')))) {
    const what = `the gateway response ${JSON.stringify(type)}`
    const known = context.values.known(response, informs(what))
    if (!isResponseType(type, 'REST') || known?.kind !== 'map') {
      report('not-carried', response, context, `${what} is not one that guards send`, 'Nothing has to be done.')
      continue
    }
    found.set(type, gatewayResponseOf(known, RESPONSE_NAMES, context))
  }
  if (found.size > 0) api.settings.gatewayResponses = { ...api.settings.gatewayResponses, ...Object.fromEntries(found) }
}

const ENDPOINTS = new Set(['REGIONAL', 'EDGE', 'PRIVATE'])

const endpoint: Read = (node, api, context) => {
  const settings = context.values.known(node, informs('the endpoint configuration'))
  const [type] = context.values.texts(member(settings, 'types'), informs('the type of endpoint')) ?? []
  const name = type?.toUpperCase()
  if (name !== undefined && ENDPOINTS.has(name)) api.settings.endpointType = name as 'REGIONAL' | 'EDGE' | 'PRIVATE'
  const isDisabled = textOf(member(settings, 'disableExecuteApiEndpoint'))?.toLowerCase() === 'true'
  const isPrivate = name === 'PRIVATE' || !isAbsent(member(settings, 'vpcEndpointIds'))
  const advice = 'Restrict access in front of this service.'
  if (isPrivate) report('not-carried', node, context, 'a private endpoint, which only VPC endpoints reach', advice)
  if (isDisabled) report('not-carried', node, context, 'the default endpoint is disabled', advice)
}

const LISTS = ['allowOrigins', 'allowMethods', 'allowHeaders', 'exposeHeaders'] as const

const cors: Read = (node, api, context) => {
  const { values } = context
  const settings = values.known(node, informs('the CORS settings'))
  if (settings?.kind !== 'map') return
  const lists = LISTS.map((key) => [key, values.texts(member(settings, key), informs(key))] as const)
  const allowCredentials = values.flag(member(settings, 'allowCredentials'), informs('allowCredentials'))
  const age = member(settings, 'maxAge')
  const maxAge = values.integer(age, informs('maxAge'), { fallback: 0, unresolved: 0, max: 86_400 })
  api.settings.cors = {
    ...(Object.fromEntries(lists.filter(([, texts]) => texts !== undefined)) as CorsDefinition),
    ...(allowCredentials !== undefined && { allowCredentials }),
    ...(!isAbsent(age) && { maxAge }),
  }
  report('cors-preflight', node, context, 'the gateway answers preflights', 'Let guardApi or your framework do so.')
}

const notCarried =
  (what: string): Read =>
  (node, _, context) =>
    report('not-carried', node, context, `${what} are not carried over`, 'Configure them in your service.')

/** One row per extension of the document; an extension of the other kind of API is reported. */
const EXTENSIONS: readonly (readonly [key: string, protocols: readonly Protocol[], read: Read])[] = [
  ['x-amazon-apigateway-policy', ['REST'], policy],
  ['x-amazon-apigateway-api-key-source', ['REST'], keySource],
  ['x-amazon-apigateway-gateway-responses', ['REST'], gatewayResponses],
  ['x-amazon-apigateway-endpoint-configuration', ['REST', 'HTTP'], endpoint],
  ['x-amazon-apigateway-cors', ['HTTP'], cors],
  ['x-amazon-apigateway-request-validators', ['REST'], notCarried('request validators')],
  ['x-amazon-apigateway-minimum-compression-size', ['REST'], notCarried('settings of compression')],
  ['x-amazon-apigateway-binary-media-types', ['REST'], notCarried('binary media types')],
]

/** Reads the settings of an API. */
export const readAwsSettings = (api: ApiBuilder, document: Node, context: ReadContext): void => {
  for (const [key, protocols, read] of EXTENSIONS) {
    const node = member(document, key)
    if (node === undefined) continue
    if (protocols.includes(api.protocol)) read(node, api, context)
    // A policy is written to protect, so that it is never ignored silently.
    else if (key === 'x-amazon-apigateway-policy') {
      const message = `${api.protocol} APIs have no resource policy`
      const details = { message, advice: 'Remove it, or use a REST API.' }
      context.findings.stop('ignored-protection', 'DEF-OAS-25', node, details)
    } else report('ignored', node, context, `${key} has no effect on ${api.protocol} APIs`, 'Remove it.')
  }
}
