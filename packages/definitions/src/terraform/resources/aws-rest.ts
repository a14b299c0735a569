/** REST APIs of the AWS provider: methods, their paths and their authorizers (DEF-TF-02). @module */
import type { RouteGuard } from '../../building/api-builder.ts'
import { methodName, routeKey } from '../../building/paths.ts'
import { member, type Node } from '../../document/node.ts'
import { restAuthorizer } from './aws-authorizers.ts'
import { apiKeyRequired, authorizerGuard, iamGuard, scopesOf } from './aws-guards.ts'
import { modeInParameters } from '../../openapi/base-path.ts'
import { readBody } from './body.ts'
import { PathReader } from './aws-paths.ts'
import { readPolicy } from './aws-policy.ts'
import type { Api, Reading } from './reading.ts'
import type { Resource } from './resource.ts'

export const REST = {
  api: 'aws_api_gateway_rest_api',
  resource: 'aws_api_gateway_resource',
  method: 'aws_api_gateway_method',
  authorizer: 'aws_api_gateway_authorizer',
  policy: 'aws_api_gateway_rest_api_policy',
} as const

const OWNER = { attribute: 'rest_api_id', types: [REST.api], protocol: 'REST' } as const

/** Reads all REST APIs. */
export const readRestApis = (reading: Reading): void => {
  const { inventory, context } = reading
  reading.countLabels(REST.api, REST.authorizer)
  for (const resource of inventory.of(REST.api)) readApi(reading, resource)
  for (const { attributes } of inventory.of(REST.policy)) readPolicy(member(attributes, 'policy'), context)
  const authorizers = new Map<string, Api | undefined>()
  for (const resource of inventory.of(REST.authorizer)) {
    const api = reading.apiOf(resource, OWNER)
    const found = restAuthorizer(reading, resource)
    authorizers.set(resource.address, found === undefined ? undefined : api)
    if (found !== undefined) api.builder.addAuthorizer(found, 'DEF-TF-09')
  }
  const paths = new PathReader(reading)
  for (const resource of inventory.of(REST.method)) readMethod(reading, resource, { paths, authorizers })
}

const readApi = (reading: Reading, resource: Resource): void => {
  const { context } = reading
  const { attributes, address } = resource
  const api = reading.addApi(resource, 'REST')
  const keySource = context.values.text(member(attributes, 'api_key_source'), {
    role: 'decides',
    what: `api_key_source of ${address}`,
  })
  if (keySource === 'HEADER' || keySource === 'AUTHORIZER') api.builder.settings.apiKeySource = keySource
  const endpoint = member(attributes, 'endpoint_configuration')
  const types = member(endpoint?.kind === 'list' ? endpoint.items[0] : endpoint, 'types')
  const [type] = context.values.texts(types, { role: 'informs', what: `the endpoint types of ${address}` }) ?? []
  if (type === 'REGIONAL' || type === 'EDGE' || type === 'PRIVATE') api.builder.settings.endpointType = type
  if (type === 'PRIVATE') {
    const message = `${address} is a private API, which only its VPC endpoints reach`
    const advice = 'Protect the network of the service in the same way.'
    context.findings.report('not-carried', 'DEF-CFN-18', resource, { message, advice })
  }
  readPolicy(member(attributes, 'policy'), context)
  const body = member(attributes, 'body')
  if (reading.isUnset(body) || !reading.areCertain([resource], [])) return
  readBody(api.builder, body as Node, context, modeInParameters(member(attributes, 'parameters'), address, context))
}

interface MethodState {
  readonly paths: PathReader
  readonly authorizers: ReadonlyMap<string, Api | undefined>
}

const readMethod = (reading: Reading, resource: Resource, { paths, authorizers }: MethodState): void => {
  const { attributes, address, origin } = resource
  const { context } = reading
  const api = reading.apiOf(resource, OWNER)
  const found = paths.of(member(attributes, 'resource_id'), resource, api)
  if (found === undefined) return
  const any = [`ANY ${found.path}`]
  const wanted = { what: `http_method of ${address}`, routes: any }
  const httpMethod = reading.guarding(member(attributes, 'http_method'), wanted)
  if (httpMethod === 'absent') {
    const message = `${address} has no http_method`
    reading.stop('invalid', 'DEF-TF-02', resource, { message, advice: 'Set http_method.', routes: any })
  }
  // A method that is not known may be any: the route stays undecided for all of them.
  const method = typeof httpMethod === 'object' ? methodName(httpMethod.text) : 'ANY'
  const route = { method, path: found.path, origin }
  const key = routeKey(route)
  if (api.resource === undefined) {
    const message = `the API of ${address} is not in the input, and its other routes are not known`
    const advice = 'Give the files, or the state, that declare the API.'
    context.findings.stop('external', 'DEF-TF-02', resource, { message, advice, routes: [key] })
  }
  const isCertain = reading.areCertain([resource, api.resource, ...found.resources], [key])
  const guard = guardOf(reading, resource, { key, api, authorizers })
  api.builder.addRoute({
    ...route,
    ...apiKeyRequired(reading, member(attributes, 'api_key_required'), address, key),
    guard: isCertain && typeof httpMethod === 'object' ? guard : 'undecided',
  })
}

const guardOf = (
  reading: Reading,
  resource: Resource,
  { key, api, authorizers }: { key: string; api: Api; authorizers: ReadonlyMap<string, Api | undefined> },
): RouteGuard => {
  const { attributes, address } = resource
  const routes = [key]
  const id = member(attributes, 'authorizer_id')
  const type = reading.guarding(member(attributes, 'authorization'), { what: `authorization of ${key}`, routes })
  if (type === 'undecided') return type
  if (type === 'absent') {
    const message = `${address} has no authorization, which is required`
    return reading.stop('invalid', 'DEF-TF-02', resource, { message, advice: 'Set authorization.', routes })
  }
  if (type.text === 'NONE') {
    if (reading.isUnset(id)) return { open: 'declared' }
    const message = `${address} has authorization "NONE" and an authorizer_id`
    const advice = 'Set authorization to "CUSTOM", or remove authorizer_id.'
    return reading.stop('ambiguous', 'DEF-CFN-05', resource, { message, advice, routes })
  }
  if (type.text === 'AWS_IAM') return iamGuard(api, resource)
  if (type.text === 'CUSTOM' || type.text === 'COGNITO_USER_POOLS') {
    const kinds = type.text === 'CUSTOM' ? (['TOKEN', 'REQUEST'] as const) : (['COGNITO_USER_POOLS'] as const)
    return authorizerGuard(reading, resource, {
      key,
      api,
      kinds,
      type: REST.authorizer,
      authorizers,
      scopes: () => scopesOf(reading, resource, { key, haveEffect: type.text === 'COGNITO_USER_POOLS' }),
    })
  }
  const message = `authorization of ${address} is not known`
  const advice = 'Set it to NONE, AWS_IAM, CUSTOM or COGNITO_USER_POOLS.'
  return reading.stop('unknown-authorizer', 'DEF-TF-02', resource, { message, advice, routes })
}
