/** The API, routes and `$context` variables of an HTTP API. @module */
import type { GatewayRequest, Route } from '../../index.ts'
import { RouteTable } from '../../contract.ts'
import { type Api, type ApiOptions, belowBasePath, domainNameOf, domainPrefixOf, resolveApi } from '../shared/api.ts'
import { createMap } from '../shared/event-headers.ts'

/** The configuration of an HTTP API. */
export interface HttpApi {
  readonly api: Api
  readonly stageVariables: Readonly<Record<string, string>>
  readonly routes: RouteTable | undefined
}

interface HttpRoute {
  /** `GET /pets/{id}`, `ANY /{proxy+}` or `$default`. */
  readonly key: string
  /** `/pets/{id}` or `$default`. */
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
}

/** The route of a request: from the option `routes`, else as matched by the framework, else `$default`. */
export const httpRouteOf = ({ api, routes }: HttpApi, request: GatewayRequest): HttpRoute => {
  const path = belowBasePath(api, request.path, request.routing.caseSensitive)
  const matchAs = (method: string): Route | undefined => routes?.match(method, path, request.routing.caseSensitive)
  // Routers serve HEAD with the route for GET; a route table need not list HEAD.
  const found =
    routes === undefined
      ? request.route
      : (matchAs(request.method) ?? (request.method === 'HEAD' ? matchAs('GET') : undefined))
  if (found === undefined) return { key: '$default', path: '$default', parameters: {} }
  // A framework's route belongs to the method that it was matched with.
  const method = found.method ?? (routes === undefined ? request.method : 'ANY')
  return { key: `${method} ${found.template}`, path: found.template, parameters: found.parameters }
}

/** The path with the stage in front, except for the stage `$default` and on custom domains (AWS-GOT-18). */
export const stagedPath = ({ api }: HttpApi, request: GatewayRequest): string =>
  api.stage === '$default' || api.customDomain ? request.path : `/${api.stage}${request.path}`

/** HTTP APIs decode path parameters, REST APIs do not (AWS-EVT-50). */
export const decodedParameters = (parameters: Readonly<Record<string, string>>): Record<string, string> => {
  const decoded = createMap<string>()
  for (const [name, value] of Object.entries(parameters)) {
    try {
      decoded[name] = decodeURIComponent(value)
    } catch {
      decoded[name] = value
    }
  }
  return decoded
}

type ReadVariable = (http: HttpApi, request: GatewayRequest) => string | undefined

/** Variables of `$context.X` on HTTP APIs (AWS-ID-15). */
export const HTTP_CONTEXT_VARIABLES: ReadonlyMap<string, ReadVariable> = new Map<string, ReadVariable>([
  ['accountId', ({ api }) => api.accountId],
  ['apiId', ({ api }) => api.apiId],
  ['domainName', ({ api }, request) => domainNameOf(api, request)],
  ['domainPrefix', ({ api }, request) => domainPrefixOf(api, request)],
  ['httpMethod', (_, request) => request.method],
  ['identity.sourceIp', (_, request) => request.sourceIp],
  ['identity.userAgent', (_, request) => request.header('user-agent')],
  ['path', stagedPath],
  ['protocol', () => 'HTTP/1.1'],
  // If the route is unknown, each path has its own key, so that two routes never share a cached result.
  [
    'routeKey',
    (http, request) =>
      http.routes === undefined && request.route === undefined
        ? `${request.method} ${request.path}`
        : httpRouteOf(http, request).key,
  ],
  ['stage', ({ api }) => api.stage],
])

interface HttpApiParts {
  readonly api?: ApiOptions
  readonly stageVariables?: Readonly<Record<string, string>>
  readonly routes?: readonly string[]
}

/** @throws {AuthorizerError} `ERR_OPTION` */
export const resolveHttpApi = (where: string, { api, stageVariables, routes }: HttpApiParts): HttpApi =>
  Object.freeze({
    api: resolveApi(where, { stage: '$default', ...api }),
    stageVariables: Object.freeze({ ...stageVariables }),
    routes: routes === undefined ? undefined : new RouteTable(`${where}.routes`, routes, { greedyRoot: true }),
  })
