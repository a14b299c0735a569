/** The base path of an API: the path of its domain below which it is served (DEF-CFN-16). @module */
import { isAbsent, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { ApiBuilder } from './api-builder.ts'
import type { Placed } from './findings.ts'

/** A base path in a file; `undefined` for the root of the domain. */
export interface DeclaredBasePath {
  readonly path: Node | undefined
  readonly place: Placed
}

/**
 * Sets the base path of an API. It decides which route a request has, so one that is not known stops, and so do several of them.
 */
export const setBasePath = (
  api: ApiBuilder,
  declared: readonly DeclaredBasePath[],
  { values, findings }: ReadContext,
): void => {
  const paths = new Set<string>()
  for (const { path } of declared) {
    const text = values.text(path, { role: 'decides', what: `the base path of ${api.name}` })
    if (text === undefined && path !== undefined && !isAbsent(path)) continue
    paths.add(text === undefined || text === '(none)' ? '' : text.replaceAll(/^\/+|\/+$/g, ''))
  }
  const [only = ''] = paths
  const second = declared[1]
  if (paths.size > 1 && second !== undefined) {
    const message = `the API ${api.name} has several base paths, of which one can be mounted`
    const advice = 'Mount one guard for each: set basePath of guardApi, and accept this finding.'
    findings.stop('ambiguous', 'DEF-CFN-16', second.place, { message, advice })
  } else if (only !== '') api.settings.basePath = `/${only}`
}
