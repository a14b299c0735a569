/** The base path of an API: the path of its domain below which it is served (DEF-CFN-16). @module */
import { IMPORT_VALUE, isAbsent, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { ApiBuilder } from './api-builder.ts'
import type { Placed } from './findings.ts'

/** A base path in a file. */
export interface DeclaredBasePath {
  /** What sets it, such as `the mapping Pets`. */
  readonly what: string
  /** `undefined` if {@link owner} names no API of the file. */
  readonly api: ApiBuilder | undefined
  /** The value that names the API; absent if it is known. */
  readonly owner?: Node | undefined
  /** What its existence depends on; absent if it is certain. */
  readonly exists?: Node | undefined
  /** `undefined` for the root of the domain. */
  readonly path: Node | undefined
  readonly place: Placed
}

/** Characters that the gateway allows in a base path, between slashes. */
const BASE_PATH = /^[\w$.+!*'()-]+(?:\/[\w$.+!*'()-]+)*$/

/** Whether a value is one that a stack outside of the input exports. */
const isImported = (node: Node | undefined, { options, isOnlyFile }: ReadContext): boolean =>
  node?.kind === 'unknown' &&
  node.text === IMPORT_VALUE &&
  isOnlyFile &&
  (node.assumed === undefined || options.useDefaults === true)

/** The API that a base path belongs to, if it is one of the file, and the base path exists. */
const ownerOf = (
  { what, api, owner, exists, place }: DeclaredBasePath,
  context: ReadContext,
): ApiBuilder | undefined => {
  const { values, findings } = context
  if (exists !== undefined && !values.exists(exists, what)) return undefined
  if (api !== undefined) return api
  // An ID, and what another stack exports. Any other value may be that of an API of this file.
  if (isImported(owner, context) || values.text(owner, { role: 'decides', what: `the API of ${what}` }) !== undefined) {
    const message = `${what} belongs to an API that is not in this file`
    const advice = 'Nothing has to be done if that API is not imported.'
    findings.report('not-carried', 'DEF-CFN-16', place, { message, advice })
  }
  return undefined
}

/**
 * Sets the base paths of APIs. A base path decides which route a request has, so a stop is added if it is not certain that it
 * exists, what it is or which API it belongs to, and if an API has several.
 */
export const setBasePaths = (declared: readonly DeclaredBasePath[], context: ReadContext): void => {
  const { values, findings } = context
  for (const each of declared) {
    const { path, place } = each
    const api = ownerOf(each, context)
    if (api === undefined) continue
    const text = values.text(path, { role: 'decides', what: `the base path of ${api.name}` })
    if (text === undefined && path !== undefined && !isAbsent(path)) continue
    const basePath = text === undefined || text === '(none)' ? '' : text.replaceAll(/^\/+|\/+$/g, '')
    if (basePath !== '' && !BASE_PATH.test(basePath)) {
      const message = `the base path of ${api.name} has characters or empty parts that a base path cannot have`
      findings.stop('invalid', 'DEF-CFN-16', place, { message, advice: 'Correct it.' })
    }
    if (basePath !== '') api.settings.basePath = `/${basePath}`
    api.basePaths.add(basePath)
    if (api.basePaths.size === 1) continue
    const message = `the API ${api.name} has several base paths, of which one can be mounted`
    const advice = 'Mount one guard for each: set basePath of guardApi, and accept this finding.'
    findings.stop('ambiguous', 'DEF-CFN-16', place, { message, advice })
  }
}

/** Adds a stop for a routing rule, which selects the API of a request in another way than by base paths. */
export const stopAtRoutingRule = (name: string, rule: Placed, { findings }: ReadContext): void => {
  const message = `the routing rule ${name} selects APIs by path or header, and is not evaluated`
  const advice = 'Mount the API below the path that the rule has: set basePath of guardApi, and accept this finding.'
  findings.stop('ambiguous', 'DEF-CFN-16', rule, { message, advice })
}
