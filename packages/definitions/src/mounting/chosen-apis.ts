/** The APIs of a definition that are mounted, and whether a definition is one (DEF-GEN-11). @module */
import { AuthorizerError } from '@custom-authorizer/core'
import { check } from '@custom-authorizer/core/contract'
import { pathProblem, routeKey } from '../building/paths.ts'
import type { ApiDefinition, Definition } from '../definition.ts'
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

const checkJoined = (apis: readonly ApiDefinition[]): void => {
  if (new Set(apis.map(({ protocol }) => protocol)).size > 1) throw problem('APIs of different kinds cannot be joined')
  const keys = apis.flatMap(({ routes }) => routes.map(routeKey))
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index)
  if (repeated !== undefined) throw problem(`two of the APIs have the route ${repeated}, and cannot be joined`)
}

/** @throws {AuthorizerError} `ERR_DEFINITION` if the value is no definition, or the API is not clear */
export const chooseApis = (definition: Definition, { api }: Readonly<GuardApiOptions>): readonly ApiDefinition[] => {
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
  checkJoined(chosen)
  return chosen
}
