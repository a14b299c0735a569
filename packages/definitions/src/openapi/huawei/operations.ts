/** Extensions of Huawei Cloud APIG besides authorizers (DEF-HWO-03, DEF-HWO-06). @module */
import { isResponseType } from '../../mounting/gateway-responses.ts'
import type { ApiBuilder } from '../../building/api-builder.ts'
import { isDeclared } from '../../building/declared.ts'
import type { BackendParameterDefinition, GatewayResponseEntry } from '../../definition.ts'
import { at, entriesOf, isAbsent, itemsOf, member, type Node, textOf } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'

const MATCH_MODES = new Map<string, 'exact' | 'prefix'>([
  ['NORMAL', 'exact'],
  ['SWA', 'prefix'],
])

/** How the path of an operation matches; `undefined` if a finding says that it is not known. */
export const matchOf = (operation: Node, route: string, context: ReadContext): 'exact' | 'prefix' | undefined => {
  const node = member(operation, 'x-apigateway-match-mode')
  if (!isDeclared(node)) return 'exact'
  const routes = [route]
  const text = context.values.text(node, { role: 'decides', what: `the match mode of ${route}`, routes })
  const mode = text === undefined ? undefined : MATCH_MODES.get(text.toUpperCase())
  if (text !== undefined && mode === undefined) {
    const message = `the match mode of ${route} is not NORMAL or SWA`
    context.findings.stop('invalid', 'DEF-HWO-03', node, { message, advice: 'Correct it.', routes })
  }
  return mode
}

/** Extensions of an operation that may reject requests. */
const REJECTING: Readonly<Record<string, string>> = {
  'x-apigateway-access-control': 'an access control policy',
  'x-apigateway-plugins': 'plug-ins',
}

/** Extensions of an operation that are not carried over. */
const NOT_CARRIED: Readonly<Record<string, string>> = {
  'x-apigateway-ratelimit': 'a throttling policy',
  'x-apigateway-request-type': 'the request type',
}

const isEmpty = (node: Node | undefined): boolean =>
  node === undefined || isAbsent(node) || textOf(node) === '' || (node.kind === 'list' && itemsOf(node).length === 0)

/** Adds the findings about the extensions of one operation. */
export const checkHuaweiOperation = (operation: Node, route: string, context: ReadContext): void => {
  const { findings } = context
  const routes = [route]
  for (const [key, what] of Object.entries(REJECTING)) {
    const node = member(operation, key)
    if (node === undefined || isEmpty(node)) continue
    const message = `${route} has ${what}, which may deny requests that would pass here`
    const advice = 'Enforce it in front of this service, or accept the finding by name.'
    findings.stop('resource-policy', 'DEF-HWO-06', node, { message, advice, routes })
  }
  for (const [key, what] of Object.entries(NOT_CARRIED)) {
    const node = member(operation, key)
    if (node === undefined || isEmpty(node)) continue
    const details = { message: `${what} of ${route} is not carried over`, advice: 'Configure it here.', routes }
    findings.report('not-carried', 'DEF-HWO-06', node, details)
  }
  const cors = member(operation, 'x-apigateway-cors')
  if (context.values.flag(cors, { role: 'informs', what: `x-apigateway-cors of ${route}`, routes }) === true) {
    const details = {
      message: `the gateway answers preflights of ${route}`,
      advice: 'Let your framework do so.',
      routes,
    }
    findings.report('cors-preflight', 'DEF-HWO-06', cors ?? operation, details)
  }
  const base64 = member(operation, 'x-apigateway-is-send-fg-body-base64')
  if (textOf(base64)?.toLowerCase() === 'false') {
    const message = `${route} passes JSON bodies to the authorizer function without Base64`
    const details = { message, advice: 'Set isSendFgBodyBase64: false in the contract.', routes }
    findings.report('not-carried', 'HW-CFG-20', base64 ?? operation, details)
  }
  const backend = member(operation, 'x-apigateway-backend')
  const external = entriesOf(backend).find(([, each]) => hasBackendAuthorizer(each))?.[1]
  if (external !== undefined) {
    const message = `the backend of ${route} has an authorizer, which the file names by its ID only`
    const advice = 'Guard the route with the backend authorizer yourself, and accept the finding by name.'
    findings.stop('external', 'DEF-HWO-04', external, { message, advice, routes })
  }
}

/** The API reference calls it `authorizer_id`, other members of the extension are written with hyphens or in camel case. */
const hasBackendAuthorizer = (endpoint: Node): boolean =>
  [endpoint, ...itemsOf(endpoint)].some((each) =>
    entriesOf(each).some(([key, value]) => /^(?:x-apigateway-)?authorizer[-_]?id$/i.test(key) && !isEmpty(value)),
  )

const DEFAULT = 'default'

const responseOf = (node: Node): GatewayResponseEntry => {
  const status = textOf(member(node, 'status'))
  const body = textOf(at(node, 'body', 'application/json')) ?? textOf(member(node, 'body'))
  const headers = itemsOf(member(node, 'headers')).flatMap((each) => {
    const [key, value] = [textOf(member(each, 'key')), textOf(member(each, 'value'))]
    return key === undefined || value === undefined ? [] : [[key, value] as const]
  })
  return {
    ...(status !== undefined && /^[2-5]\d\d$/.test(status) && { statusCode: Number(status) }),
    ...(headers.length > 0 && { responseParameters: Object.fromEntries(headers) }),
    ...(body !== undefined && { responseTemplates: { 'application/json': body } }),
  }
}

/**
 * Reads the gateway responses that operations name.
 *
 * @param chosen routes by the name of their responses
 */
export const readHuaweiResponses = (
  api: ApiBuilder,
  document: Node,
  chosen: ReadonlyMap<string, readonly string[]>,
  { findings }: ReadContext,
): void => {
  const [only, second] = [...chosen.keys()]
  const carried = only !== undefined && second === undefined ? only : DEFAULT
  for (const [name, responses] of entriesOf(member(document, 'x-apigateway-responses'))) {
    if (name === carried) {
      const types = entriesOf(responses).map(([type, each]) => [type.toUpperCase(), each] as const)
      const sent = types.filter(([type]) => isResponseType(type, 'HUAWEI'))
      const entries = sent.map(([type, each]) => [type, responseOf(each)] as const)
      if (entries.length > 0) api.settings.gatewayResponses = Object.fromEntries(entries)
      const others = types.filter(([type]) => !isResponseType(type, 'HUAWEI')).map(([type]) => JSON.stringify(type))
      const message = `guards do not send the gateway responses ${others.join(', ')}`
      const details = { message, advice: 'Nothing has to be done.' }
      if (others.length > 0) findings.report('not-carried', 'DEF-HWO-06', responses, details)
      continue
    }
    const message = `the gateway responses ${JSON.stringify(name)} are not carried over: an API has one set of them`
    const details = { message, advice: 'Pass gatewayResponses to the contract.', routes: chosen.get(name) ?? [] }
    findings.report('not-carried', 'DEF-HWO-06', responses, details)
  }
}

/** The name of the gateway responses of an operation. */
export const responseNameOf = (operation: Node): string => textOf(member(operation, 'x-apigateway-response')) ?? DEFAULT

const LOCATIONS = new Map<string, BackendParameterDefinition['location']>([
  ['header', 'HEADER'],
  ['query', 'QUERY'],
  ['path', 'PATH'],
])

/** The backend parameters of a Huawei operation that come from the authorizer. */
export const backendParametersOf = (operation: Node): readonly BackendParameterDefinition[] =>
  itemsOf(at(operation, 'x-apigateway-backend', 'parameters')).flatMap((each) => {
    const name = textOf(member(each, 'name'))
    const location = LOCATIONS.get(textOf(member(each, 'in'))?.toLowerCase() ?? '')
    const value = textOf(member(each, 'value'))
    const isContext = value !== undefined && /^\$context\.authorizer\.(?:frontend|backend)\.[\w-]+$/.test(value)
    return name !== undefined && location !== undefined && isContext ? [{ name, location, value }] : []
  })
