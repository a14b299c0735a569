/** The query string, parsed by us: frameworks and their versions disagree (SEC-111). @module */

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

const decode = (text: string): string | undefined => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  if (!spaced.includes('%')) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return undefined
  }
}
