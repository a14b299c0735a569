/** The APIs of a definition that are mounted, and whether a definition is one (DEF-GEN-11). @module */
import { AuthorizerError } from '@custom-authorizer/core'
import { check } from '@custom-authorizer/core/contract'
import { pathProblem, routeKey } from '../building/paths.ts'
import type { ApiDefinition, AuthorizerDefinition, Definition, RouteDefinition } from '../definition.ts'
import type { GuardApiOptions } from './options.ts'

const PROTOCOLS: ReadonlySet<unknown> = new Set(['REST', 'HTTP', 'WEBSOCKET', 'HUAWEI'])

const problem = (message: string): AuthorizerError => new AuthorizerError('ERR_DEFINITION', `guardApi: ${message}`)

/** Checks what the types promise, because a definition may come from a file. */
const checkApi = (api: ApiDefinition): void => {
  const { name, protocol, routes, authorizers } = api
  if (!PROTOCOLS.has(protocol)) throw problem(`the API ${JSON.stringify(name)} has an unknown protocol`)
  if (!Array.isArray(routes) || !check.isRecord(authorizers))
    throw problem(`the API ${JSON.stringify(name)} is incomplete`)
  const keys = new Set<string>()
  for (const route of routes) {
    const { method, path, authorizer, backendAuthorizer } = route
    const isText = typeof path === 'string' && (method === undefined || typeof method === 'string')
    const wrong = isText ? pathProblem(path, protocol) : 'is not text'
    if (wrong !== undefined) throw problem(`the path of the route ${JSON.stringify(path)} ${wrong}`)
    const key = routeKey(route)
    if (keys.has(key)) throw problem(`the route ${key} is declared twice`)
    keys.add(key)
    for (const each of [authorizer, backendAuthorizer])
      if (each !== undefined && each !== null && !Object.hasOwn(authorizers, each))
        throw problem(`the route ${key} names an authorizer that the definition does not have`)
  }
}

/** Routes of one path and method, with `ANY` for every method. */
const overlaps = (a: RouteDefinition, b: RouteDefinition): boolean =>
  a.path === b.path && (a.method === b.method || a.method === 'ANY' || b.method === 'ANY')

const settingsOf = (authorizer: AuthorizerDefinition): string => JSON.stringify({ ...authorizer, origin: undefined })

/** Checks whether the second API can be joined to the first one. */
const checkPair = (a: ApiDefinition, b: ApiDefinition, isBelowOneBase: boolean): void => {
  const pair = `${JSON.stringify(a.name)} and ${JSON.stringify(b.name)}`
  if (a.protocol !== b.protocol) throw problem(`${pair} are of different kinds, and cannot be joined`)
  if (isBelowOneBase || (a.basePath ?? '') === (b.basePath ?? '')) {
    const repeated = a.routes.find((route) => b.routes.some((other) => overlaps(route, other)))
    if (repeated !== undefined) throw problem(`${pair} have the route ${routeKey(repeated)}, and cannot be joined`)
  }
  for (const [name, authorizer] of Object.entries(a.authorizers)) {
    const other = Object.hasOwn(b.authorizers, name) ? b.authorizers[name] : undefined
    if (other !== undefined && settingsOf(other) !== settingsOf(authorizer))
      throw problem(`${pair} have different authorizers named ${JSON.stringify(name)}, and cannot be joined`)
  }
}

const checkJoined = (apis: readonly ApiDefinition[], basePath: string | undefined): void => {
  for (const [index, api] of apis.entries())
    for (const other of apis.slice(index + 1)) checkPair(api, other, basePath !== undefined)
}

/** @throws {AuthorizerError} `ERR_DEFINITION` if the value is no definition, or the API is not clear */
export const chooseApis = (
  definition: Definition,
  { api, basePath }: Readonly<GuardApiOptions>,
): readonly ApiDefinition[] => {
  if (!check.isRecord(definition) || !Array.isArray(definition.apis) || !Array.isArray(definition.stops))
    throw problem('not a definition; pass the member `definition` of what readDefinition returns')
  const { apis } = definition
  const names = apis.map(({ name }) => JSON.stringify(name)).join(', ')
  const wanted = typeof api === 'string' ? [api] : api
  const chosen = wanted === undefined ? apis : apis.filter(({ name }) => wanted.includes(name))
  // What stops is reported first: without an API there is something that could not be read.
  if (apis.length === 0) return []
  if (wanted === undefined && apis.length > 1) throw problem(`the definition has several APIs: ${names}; set api`)
  const missing = wanted?.find((name) => !apis.some((each) => each.name === name))
  if (missing !== undefined) throw problem(`api: no API ${JSON.stringify(missing)}; the definition has ${names}`)
  for (const each of chosen) checkApi(each)
  checkJoined(chosen, basePath)
  return chosen
}
