/** HTTP APIs and WebSocket APIs of the AWS provider (DEF-TF-05, DEF-TF-07, DEF-CFN-10, DEF-CFN-12). @module */
import type { RouteGuard } from '../../building/api-builder.ts'
import { methodName, routeKey } from '../../building/paths.ts'
import type { CorsDefinition, Protocol } from '../../definition.ts'
import { isAbsent, member, type Node } from '../../document/node.ts'
import { v2Authorizer } from './aws-authorizers.ts'
import { apiKeyRequired, authorizerGuard, iamGuard, scopesOf } from './aws-guards.ts'
import { readBody } from './body.ts'
import type { Api, Reading } from './reading.ts'
import type { Resource } from './resource.ts'

export const V2 = {
  api: 'aws_apigatewayv2_api',
  route: 'aws_apigatewayv2_route',
  authorizer: 'aws_apigatewayv2_authorizer',
} as const

/** Reads all HTTP and WebSocket APIs. */
export const readV2Apis = (reading: Reading): void => {
  const { inventory } = reading
  reading.countLabels(V2.api, V2.authorizer)
  for (const resource of inventory.of(V2.api)) readApi(reading, resource)
  const authorizers = new Map<string, Api | undefined>()
  for (const resource of inventory.of(V2.authorizer)) {
    const api = ownerOf(reading, resource, 'HTTP')
    const found = v2Authorizer(reading, resource, api.builder.protocol)
    authorizers.set(resource.address, found === undefined ? undefined : api)
    if (found !== undefined) api.builder.addAuthorizer(found, 'DEF-TF-09')
  }
  for (const resource of inventory.of(V2.route)) readRoute(reading, resource, authorizers)
}

const ownerOf = (reading: Reading, resource: Resource, protocol: Protocol): Api =>
  reading.apiOf(resource, { attribute: 'api_id', types: [V2.api], protocol })

const readApi = (reading: Reading, resource: Resource): void => {
  const { context } = reading
  const { attributes, address, origin } = resource
  const type = reading.guarding(member(attributes, 'protocol_type'), { what: `protocol_type of ${address}` })
  const protocol = typeof type === 'object' && type.text === 'WEBSOCKET' ? 'WEBSOCKET' : 'HTTP'
  if (type === 'absent' || (typeof type === 'object' && type.text !== protocol)) {
    const message = `protocol_type of ${address} is neither HTTP nor WEBSOCKET`
    reading.stop('invalid', 'DEF-TF-02', resource, { message, advice: 'Set it.' })
  }
  const api = reading.addApi(resource, protocol)
  if (protocol === 'WEBSOCKET') {
    const wanted = { role: 'decides', what: `api_key_selection_expression of ${address}` } as const
    const selection = context.values.text(member(attributes, 'api_key_selection_expression'), wanted)
    if (selection === '$context.authorizer.usageIdentifierKey') api.builder.settings.apiKeySource = 'AUTHORIZER'
  } else {
    const cors = corsOf(reading, resource)
    if (cors !== undefined) api.builder.settings.cors = cors
  }
  const body = member(attributes, 'body')
  if (!reading.isUnset(body) && reading.areCertain([resource], [])) readBody(api.builder, body as Node, context)
  if (!reading.isUnset(member(attributes, 'target'))) {
    // Quick create makes one route without authorization.
    const wanted = { what: `route_key of ${address}`, routes: ['$default'] }
    const key = reading.guarding(member(attributes, 'route_key'), wanted)
    const route = parsedKey(typeof key === 'object' ? key.text : '$default', protocol) ?? { path: '$default' }
    const isCertain = key !== 'undecided' && reading.areCertain([resource], [routeKey(route)])
    api.builder.addRoute({ ...route, origin, guard: isCertain ? { open: 'omitted' } : 'undecided' })
  }
}

/** The settings of `cors_configuration`, as far as they are known. */
const corsOf = (reading: Reading, { attributes, address }: Resource): CorsDefinition | undefined => {
  const configuration = member(attributes, 'cors_configuration')
  const block = configuration?.kind === 'list' ? configuration.items[0] : configuration
  if (block === undefined || isAbsent(block)) return undefined
  const { values } = reading.context
  const wanted = { role: 'informs', what: `cors_configuration of ${address}` } as const
  if (values.known(block, wanted) === undefined) return undefined
  const list = (name: string): readonly string[] | undefined => {
    const found = values.texts(member(block, name), wanted)
    return found === undefined || found.length === 0 ? undefined : found
  }
  const lists = {
    allowOrigins: list('allow_origins'),
    allowMethods: list('allow_methods'),
    allowHeaders: list('allow_headers'),
    exposeHeaders: list('expose_headers'),
    allowCredentials: values.flag(member(block, 'allow_credentials'), wanted),
  }
  const age = member(block, 'max_age')
  const maxAge = reading.isUnset(age) ? 0 : values.integer(age, wanted, { fallback: 0, unresolved: 0, max: 86_400 })
  const given = Object.fromEntries(Object.entries(lists).filter(([, value]) => value !== undefined))
  return { ...given, ...(maxAge > 0 && { maxAge }) }
}

/** The route of a key; `undefined` if no API of this kind accepts it. */
const parsedKey = (
  text: string,
  protocol: Protocol,
): { readonly method?: string; readonly path: string } | undefined => {
  if (protocol === 'WEBSOCKET' || text === '$default') return { path: text }
  const [, method, path] = /^([A-Za-z]+) (\/\S*)$/.exec(text) ?? []
  return method === undefined || path === undefined ? undefined : { method: methodName(method), path }
}

const readRoute = (reading: Reading, resource: Resource, authorizers: ReadonlyMap<string, Api | undefined>): void => {
  const { context } = reading
  const { attributes, address, origin } = resource
  const key = reading.guarding(member(attributes, 'route_key'), { what: `route_key of ${address}` })
  if (typeof key === 'string') {
    const message = `the route of ${address} is not known`
    const advice = 'Give the values that route_key depends on, or the output of terraform show -json.'
    reading.stop(key === 'absent' ? 'invalid' : 'unresolved', 'DEF-CFN-06', resource, { message, advice })
    return
  }
  const api = ownerOf(reading, resource, isWebSocketKey(key.text) ? 'WEBSOCKET' : 'HTTP')
  const { protocol } = api.builder
  const route = parsedKey(key.text, protocol)
  if (route === undefined) {
    const message = `route_key of ${address} is neither "$default" nor a method and a path`
    reading.stop('invalid', 'DEF-CFN-10', resource, { message, advice: 'Correct it.', routes: [key.text] })
    return
  }
  const name = routeKey(route)
  if (api.resource === undefined) {
    const message = `the API of ${address} is not in the input, and its other routes are not known`
    const advice = 'Give the files, or the state, that declare the API.'
    context.findings.stop('external', 'DEF-TF-02', resource, { message, advice, routes: [name] })
  }
  const isCertain = reading.areCertain([resource, api.resource], [name])
  const guard = guardOf(reading, resource, { key: name, api, authorizers })
  const needsKey =
    protocol === 'WEBSOCKET' ? apiKeyRequired(reading, member(attributes, 'api_key_required'), address, name) : {}
  api.builder.addRoute({ ...route, origin, ...needsKey, guard: isCertain ? guard : 'undecided' })
}

/** Whether only WebSocket APIs have such a key; used if the API is not in the input. */
const isWebSocketKey = (text: string): boolean => text !== '$default' && !/^[A-Za-z]+ \//.test(text)

const guardOf = (
  reading: Reading,
  resource: Resource,
  { key, api, authorizers }: { key: string; api: Api; authorizers: ReadonlyMap<string, Api | undefined> },
): RouteGuard => {
  const { attributes, address } = resource
  const routes = [key]
  const type = reading.guarding(member(attributes, 'authorization_type'), {
    what: `authorization_type of ${key}`,
    routes,
  })
  if (type === 'undecided') return type
  if (type === 'absent' || type.text === 'NONE') {
    if (!reading.isUnset(member(attributes, 'authorizer_id'))) {
      const message = `${address} has an authorizer_id, but its authorization_type is ${type === 'absent' ? 'not set' : '"NONE"'}`
      const advice = 'Set authorization_type to "CUSTOM" or "JWT", or remove authorizer_id.'
      return reading.stop('ambiguous', 'DEF-CFN-05', resource, { message, advice, routes })
    }
    if (type !== 'absent') return { open: 'declared' }
    const isMessage = api.builder.protocol === 'WEBSOCKET' && key !== '$connect'
    if (!isMessage) reportOmission(reading, resource, key)
    return { open: 'omitted' }
  }
  if (api.builder.protocol === 'WEBSOCKET' && key !== '$connect') {
    const message = `${address} has an authorizer, which only the route $connect of a WebSocket API can have`
    const advice = 'Move authorization_type and authorizer_id to the route $connect.'
    return reading.stop('misplaced', 'DEF-CFN-12', resource, { message, advice, routes })
  }
  if (type.text === 'AWS_IAM') return iamGuard(api, resource)
  if (type.text === 'CUSTOM' || (type.text === 'JWT' && api.builder.protocol === 'HTTP'))
    return authorizerGuard(reading, resource, {
      key,
      api,
      kinds: type.text === 'JWT' ? ['JWT'] : ['REQUEST'],
      type: V2.authorizer,
      authorizers,
      scopes: () => scopesOf(reading, resource, { key, haveEffect: type.text === 'JWT' }),
    })
  const message = `authorization_type of ${address} is not known`
  return reading.stop('unknown-authorizer', 'DEF-TF-02', resource, { message, advice: 'Correct it.', routes })
}

const reportOmission = (reading: Reading, resource: Resource, key: string): void => {
  const message = `${resource.address} has no authorization_type: the route is open`
  const advice = 'Set authorization_type to "NONE" if that is intended.'
  reading.context.findings.report('open-by-omission', 'DEF-CFN-05', resource, { message, advice, routes: [key] })
}
