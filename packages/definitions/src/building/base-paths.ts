/** The base path of an API: the path of its domain below which it is served (DEF-CFN-16). @module */
import { isAbsent, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { ApiBuilder } from './api-builder.ts'
import type { Placed } from './findings.ts'

/** A base path in a file. */
export interface DeclaredBasePath {
  readonly api: ApiBuilder
  /** `undefined` for the root of the domain. */
  readonly path: Node | undefined
  readonly place: Placed
}

/**
 * Sets the base paths of APIs. A base path decides which route a request has, so one that is not known stops, and so do several
 * of one API.
 */
export const setBasePaths = (declared: readonly DeclaredBasePath[], { values, findings }: ReadContext): void => {
  const found = new Map<ApiBuilder, string>()
  for (const { api, path, place } of declared) {
    const text = values.text(path, { role: 'decides', what: `the base path of ${api.name}` })
    if (text === undefined && path !== undefined && !isAbsent(path)) continue
    const basePath = text === undefined || text === '(none)' ? '' : text.replaceAll(/^\/+|\/+$/g, '')
    const earlier = found.get(api)
    found.set(api, basePath)
    if (earlier === undefined || earlier === basePath) continue
    const message = `the API ${api.name} has several base paths, of which one can be mounted`
    const advice = 'Mount one guard for each: set basePath of guardApi, and accept this finding.'
    findings.stop('ambiguous', 'DEF-CFN-16', place, { message, advice })
  }
  for (const [api, basePath] of found) if (basePath !== '') api.settings.basePath = `/${basePath}`
}

/** Adds a stop for a routing rule, which selects the API of a request in another way than by base paths. */
export const stopAtRoutingRule = (name: string, rule: Placed, { findings }: ReadContext): void => {
  const message = `the routing rule ${name} selects APIs by path or header, and is not evaluated`
  const advice = 'Mount the API below the path that the rule has: set basePath of guardApi, and accept this finding.'
  findings.stop('ambiguous', 'DEF-CFN-16', rule, { message, advice })
}
