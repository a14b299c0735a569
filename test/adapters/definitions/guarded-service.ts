/** A service with the routes of a definition, guarded by `guardApi`. @module */
import { guardApi, type GuardApiOptions, type GuardedApi } from '@custom-authorizer/definitions'
import type { ApiDefinition, Protocol } from '@custom-authorizer/definitions'
import type { Adapter, Plan, Service } from '../../support/adapters.ts'
import { definitionOf, routeOf } from '../../support/definition.ts'

export interface GuardedService {
  readonly api: GuardedApi
  readonly service: Service
}

export interface ServicePlan extends GuardApiOptions {
  readonly protocol?: Protocol
  /** Members of the API besides its routes. */
  readonly settings?: Partial<ApiDefinition>
  /** Routes of the application in the notation of the framework. Default: those of the definition. */
  readonly application?: Plan['routes']
}

/** Which kinds of function return what: the name of the authorizer as principal if the token is that name. */
const handlers: Readonly<Record<Protocol, (name: string) => (event: never) => unknown>> = {
  REST: (name) => (event: { authorizationToken: string; methodArn: string }) => {
    if (event.authorizationToken !== name) throw new Error('Unauthorized')
    const Statement = [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }]
    return { principalId: name, policyDocument: { Version: '2012-10-17', Statement }, context: { name } }
  },
  HTTP: (name) => (event: { headers: Record<string, string> }) => ({
    isAuthorized: event.headers['authorization'] === name,
    context: { name },
  }),
  WEBSOCKET: () => () => ({}),
  HUAWEI: (name) => (event: { headers: Record<string, string> }) => ({
    statusCode: 200,
    body: JSON.stringify({ status: event.headers['authorization'] === name ? 'allow' : 'deny', context: { name } }),
  }),
}

/** Functions for authorizers of these names: each allows callers whose token is its name. */
const handlersFor = (protocol: Protocol, names: readonly string[]): GuardApiOptions['authorizers'] =>
  Object.fromEntries(names.map((name) => [name, async (event: never) => handlers[protocol](name)(event)]))

const asRoute = (notation: string): NonNullable<Plan['routes']>[number] => {
  const { method, path } = routeOf(notation)
  const route = path === '$default' ? '*' : path.replaceAll(/\{([^}+]+)\}/g, ':$1').replace(/\{[^}]*\+\}$/, '*')
  return {
    method: method === undefined || method === 'ANY' ? 'ALL' : method,
    path: route,
    handle: () => ({ body: notation }),
  }
}

/** The order in which an author registers routes: the most specific path first, and `ANY` after the other methods. */
const rank = (notation: string): string => {
  const { method, path } = routeOf(notation)
  const template = path
    .replaceAll(/\{[^}]*\+\}/g, '~')
    .replaceAll(/\{[^}]*\}/g, '}')
    .replace('$default', '\uffff')
  return `${template} ${method === 'ANY' ? 'ANY' : ''}`
}

/** Serves the routes of a definition: literal paths first, as an author of the application would register them. */
export const serveGuarded = async (
  adapter: Adapter,
  notations: readonly string[],
  { protocol = 'REST', settings = {}, application, ...options }: ServicePlan = {},
): Promise<GuardedService> => {
  const definition = definitionOf(notations, { protocol, ...settings })
  const names = Object.keys(definition.apis[0]?.authorizers ?? {})
  const api = guardApi(definition, { authorizers: handlersFor(protocol, names) ?? {}, logger: null, ...options })
  const routes = application ?? notations.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)).map(asRoute)
  const service = await adapter.serve({ use: [adapter.customAuthorizer(api as never)], routes })
  return { api, service }
}
