/** Parses the query string, because frameworks and their versions disagree (SEC-111). @module */

/** One parameter; a part that is not valid percent-encoded UTF-8 is `undefined`. */
export interface QueryParameter {
  readonly name: string | undefined
  readonly value: string | undefined
}

/** Decodes `application/x-www-form-urlencoded` as the gateway does: `+` is a space, `?a` equals `?a=` (AWS-EVT-23, 24). */
export const parseQuery = (queryString: string): readonly QueryParameter[] => {
  const parameters: QueryParameter[] = []
  for (const part of queryString.split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    parameters.push(
      Object.freeze({
        name: decode(equals < 0 ? part : part.slice(0, equals)),
        value: equals < 0 ? '' : decode(part.slice(equals + 1)),
      }),
    )
  }
  return Object.freeze(parameters)
}

/** Maximum number of brackets read in a name. Deeper names are compared up to this depth only (SEC-95). */
const MAX_DEPTH = 8

/**
 * The path in an object at which parsers store a parameter: `a[b]` is member `b` of `a`. At least one of the parsers that
 * Express and Koa use reads `a`, `a[]`, `a[0]`, `[a]` and `?a` as the same name.
 */
const placeOf = (name: string): readonly string[] => {
  const parts = name
    .replace(/^\?+/, '')
    // `qs` ignores text between a closing and an opening bracket.
    .replace(/\][^[]*/g, ']')
    .split(/[[\]]/, MAX_DEPTH * 2 + 1)
    .filter((part) => part !== '')
  return parts.filter((part, index) => index === 0 || !/^\d+$/.test(part)).slice(0, MAX_DEPTH)
}

/** Whether a query has two parameters that at least one of the usual parsers reads as one. */
export const repeatsParameter = (parameters: readonly QueryParameter[]): boolean => {
  const [names, parents] = [new Set<string>(), new Set<string>()]
  for (const { name = '' } of parameters) {
    let place = ''
    for (const part of placeOf(name)) {
      if (place !== '') {
        if (names.has(place)) return true
        parents.add(place)
      }
      place += `${part.length}:${part}`
    }
    if (names.has(place) || parents.has(place)) return true
    names.add(place)
  }
  return false
}

const decode = (text: string): string | undefined => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return undefined
  }
}
