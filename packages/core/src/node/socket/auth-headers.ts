/** Maps members of Socket.IO's `auth` payload to request headers, which authorizers read (SEC-125). @module */
import { asciiLower, check, type Check, FIELD_NAME, FIELD_VALUE, headersFor, ownMember } from '../../contract.ts'

/** Texts with one member of the payload in braces, by header name, such as `{ authorization: 'Bearer {token}' }`. */
export type AuthHeaders = Readonly<Record<string, string>>

interface AuthHeader {
  /** In lower case. */
  readonly name: string
  readonly before: string
  readonly member: string
  readonly after: string
}

const MAX_HEADERS = 16
const TEMPLATE = /^([\t\x20-\x7a\x7c\x7e]*)\{([A-Za-z_$][\w$]*)\}([\t\x20-\x7a\x7c\x7e]*)$/

/** Headers that delimit or route a request, or that only browsers and proxies set. */
const RESERVED: ReadonlySet<string> = new Set([
  ...headersFor('framing', 'hop-by-hop', 'browser', 'cors', 'forwarded'),
  'host',
])

const headersByName = check.mapOf(
  (name) =>
    typeof name === 'string' && FIELD_NAME.test(name) && !RESERVED.has(asciiLower(name))
      ? undefined
      : 'names of headers that clients choose, such as "authorization"',
  check.text(TEMPLATE, 'a text with one member of the payload in braces, such as "Bearer {token}"'),
  MAX_HEADERS,
)

/** Checks the option `authHeaders`. */
export const authHeadersOption: Check = (value) => {
  const problem = headersByName(value)
  if (problem !== undefined) return problem
  const names = Object.keys(value as AuthHeaders).map(asciiLower)
  return new Set(names).size === names.length ? undefined : 'each header once, in any letter case'
}

/** Parses the option; its values have been checked. */
export const parseAuthHeaders = (headers: AuthHeaders): readonly AuthHeader[] =>
  Object.entries(headers).map(([name, template]) => {
    const [, before = '', member = '', after = ''] = TEMPLATE.exec(template) ?? []
    return { name: asciiLower(name), before, member, after }
  })

/**
 * Header lines with the members of the payload instead of the client's own headers of these names. A member that is absent sets no
 * header. `undefined` if a member is not a string, or cannot be the value of a header.
 */
export const withAuthHeaders = (
  lines: readonly string[],
  auth: unknown,
  headers: readonly AuthHeader[],
): readonly string[] | undefined => {
  const owned = new Set(headers.map(({ name }) => name))
  const result = lines.flatMap((name, index) =>
    index % 2 === 1 || owned.has(asciiLower(name)) ? [] : [name, lines[index + 1] as string],
  )
  for (const { name, before, member, after } of headers) {
    const value = ownMember(auth, member)
    if (value === undefined) continue
    // Header values have no outer white space.
    if (typeof value !== 'string' || !FIELD_VALUE.test(value) || value.trim() !== value) return undefined
    result.push(name, before + value + after)
  }
  return result
}
