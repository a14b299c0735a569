/** `AWS::ApiGateway::RestApi` and `AWS::ApiGatewayV2::Api`. @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { isDeclared } from '../building/declared.ts'
import { checkResourcePolicy } from '../building/resource-policy.ts'
import type { CorsDefinition } from '../definition.ts'
import { at, itemsOf, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { declaredMode, modeInParameters } from '../openapi/base-path.ts'
import { readBody } from './body.ts'
import type { Resource } from './template.ts'

/** Adds a REST API with its settings and its body. */
export const addRestApi = ({ id, properties, origin }: Resource, context: ReadContext): ApiBuilder => {
  const { values, findings } = context
  const api = context.addApi(id, 'REST', origin)
  const source = values.text(member(properties, 'ApiKeySourceType'), {
    role: 'decides',
    what: `ApiKeySourceType of ${id}`,
  })
  if (source === 'HEADER' || source === 'AUTHORIZER') api.settings.apiKeySource = source
  const types = itemsOf(at(properties, 'EndpointConfiguration', 'Types')).map((each) => textOf(each))
  const endpoint = types.find((each) => each === 'EDGE' || each === 'REGIONAL' || each === 'PRIVATE')
  if (endpoint !== undefined) api.settings.endpointType = endpoint
  if (endpoint === 'PRIVATE') {
    const message = `the API ${id} is private: only a VPC endpoint reaches it`
    findings.report(
      'not-carried',
      'DEF-CFN-18',
      { origin },
      { message, advice: 'Keep the service in a private network.' },
    )
  }
  checkResourcePolicy(member(properties, 'Policy'), 'DEF-CFN-17', findings)
  readBody(api, properties, context, modeInParameters(member(properties, 'Parameters'), `the API ${id}`, context))
  return api
}

/** Adds an HTTP or WebSocket API with its settings and its body; `undefined` if its kind is not known. */
export const addHttpApi = ({ id, properties, origin }: Resource, context: ReadContext): ApiBuilder | undefined => {
  const { values, findings } = context
  const type = values.text(member(properties, 'ProtocolType'), { role: 'decides', what: `ProtocolType of ${id}` })
  // A body without a type is that of an HTTP API.
  const protocol = type ?? (isDeclared(member(properties, 'ProtocolType')) ? undefined : 'HTTP')
  if (protocol !== 'HTTP' && protocol !== 'WEBSOCKET') {
    if (type !== undefined)
      findings.stop(
        'invalid',
        'DEF-CFN-10',
        { origin },
        { message: `the API ${id} has an unknown ProtocolType`, advice: 'Set HTTP or WEBSOCKET.' },
      )
    return undefined
  }
  const api = context.addApi(id, protocol, origin)
  const cors = corsOf(member(properties, 'CorsConfiguration'), context)
  if (cors !== undefined) api.settings.cors = cors
  if (
    protocol === 'WEBSOCKET' &&
    textOf(member(properties, 'ApiKeySelectionExpression'))?.includes('usageIdentifierKey') === true
  )
    api.settings.apiKeySource = 'AUTHORIZER'
  readBody(api, properties, context, declaredMode(member(properties, 'BasePath'), `the API ${id}`, context))
  if (isDeclared(member(properties, 'Target'))) {
    const declared = member(properties, 'RouteKey')
    const key = isDeclared(declared) ? textOf(declared) : '$default'
    if (key === '$default') api.addRoute({ path: key, guard: { open: 'omitted' }, origin }, 'DEF-CFN-14')
    else
      findings.stop(
        'unresolved',
        'DEF-CFN-10',
        { origin },
        {
          message: `the API ${id} is created with the route ${JSON.stringify(key ?? '?')}`,
          advice: 'Declare the route as a resource.',
        },
      )
  }
  return api
}

/** CORS of an HTTP API. */
export const corsOf = (node: Node | undefined, { values }: ReadContext): CorsDefinition | undefined => {
  const known = values.map(node, { role: 'informs', what: 'the CORS configuration' })
  if (known === undefined) return undefined
  const list = (name: string): readonly string[] | undefined =>
    values.texts(member(known, name), { role: 'informs', what: name })
  const allowOrigins = list('AllowOrigins')
  const allowMethods = list('AllowMethods')
  const allowHeaders = list('AllowHeaders')
  const exposeHeaders = list('ExposeHeaders')
  const allowCredentials = values.flag(member(known, 'AllowCredentials'), { role: 'informs', what: 'AllowCredentials' })
  const maxAge = Number(textOf(member(known, 'MaxAge')) ?? 'none')
  return {
    ...(allowOrigins && { allowOrigins }),
    ...(allowMethods && { allowMethods }),
    ...(allowHeaders && { allowHeaders }),
    ...(exposeHeaders && { exposeHeaders }),
    ...(allowCredentials !== undefined && { allowCredentials }),
    ...(Number.isInteger(maxAge) && { maxAge }),
  }
}
