/** `AWS::ApiGatewayV2::Route` (DEF-CFN-10, DEF-CFN-12). @module */
import { methodName } from '../building/paths.ts'
import type { Protocol } from '../definition.ts'
import { member } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { guardOf, type GuardingApi } from './route-guards.ts'
import type { Resource } from './template.ts'

/** Method and path of a route key; `undefined` if it is not one. */
const parseRouteKey = (
  text: string,
  protocol: Protocol,
): { readonly method?: string; readonly path: string } | undefined => {
  if (protocol === 'WEBSOCKET' || text === '$default') return { path: text }
  const [, method, path] = /^([A-Za-z]+) +(\/\S*)$/.exec(text) ?? []
  return method === undefined || path === undefined ? undefined : { method: methodName(method), path }
}

/** Adds a route of an HTTP or WebSocket API. */
export const addHttpRoute = (
  { id, properties, exists, origin }: Resource,
  guarding: GuardingApi,
  context: ReadContext,
): void => {
  const { api } = guarding
  const { values, findings } = context
  const text = values.text(member(properties, 'RouteKey'), { role: 'decides', what: `RouteKey of ${id}` })
  const parsed = text === undefined ? undefined : parseRouteKey(text, api.protocol)
  if (text === undefined || parsed === undefined) {
    const message = `the key of the route ${id} is not known; it may lie over a guarded route`
    const advice = 'Use a key such as "GET /pets" or "$default", or give the values that it depends on.'
    findings.stop(text === undefined ? 'unresolved' : 'invalid', 'DEF-CFN-10', { origin }, { message, advice })
    return
  }
  const existing = values.flag(exists, { role: 'decides', what: `whether ${text} exists`, routes: [text] })
  if (existing === false) return
  const guard = guardOf({ key: text, properties, origin }, guarding, context)
  if (api.protocol === 'WEBSOCKET' && text !== '$connect' && typeof guard === 'object' && 'authorizer' in guard) {
    const message = `the route ${text} has an authorizer, which only $connect can have`
    findings.stop('invalid', 'DEF-CFN-12', { origin }, { message, advice: 'Move it to $connect.', routes: [text] })
  }
  const apiKeyRequired = values.flag(member(properties, 'ApiKeyRequired'), {
    role: 'decides',
    what: `whether ${text} requires an API key`,
    routes: [text],
  })
  api.addRoute(
    {
      ...parsed,
      guard: existing === undefined ? 'undecided' : guard,
      ...(apiKeyRequired === true && { apiKeyRequired }),
      origin,
    },
    'DEF-CFN-14',
  )
}
