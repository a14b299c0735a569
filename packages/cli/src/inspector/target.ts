/** Finds the path of a request below the inspector. @module */

/** A path below the inspector, and its query. */
export interface PageTarget {
  readonly path: string
  readonly query: URLSearchParams
}

/** Splits a request target; `undefined` if it is not below the base path. */
export const targetBelow = (basePath: string, target: string): PageTarget | undefined => {
  const [whole = '', ...rest] = target.split('?')
  if (whole !== basePath && !whole.startsWith(`${basePath}/`)) return undefined
  return { path: whole.slice(basePath.length) || '/', query: new URLSearchParams(rest.join('?')) }
}
