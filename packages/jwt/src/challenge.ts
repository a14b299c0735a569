/** The `WWW-Authenticate` challenges of `jwtAuthorizer` (RFC 6750, section 3). @module */
import { asciiLower, check, type Denial, FIELD_NAME } from '@custom-authorizer/core/contract'

/** Parameters of a challenge by name, such as `realm` and `resource_metadata`. */
export type ChallengeParameters = Readonly<Record<string, string>>

/** Parameters that the authorizer sets itself. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set(['error', 'error_description', 'error_uri', 'scope'])

const MAX_PARAMETERS = 16
const name: check.Check = (value) =>
  typeof value === 'string' && value.length <= 64 && FIELD_NAME.test(value) && !OWN_PARAMETERS.has(asciiLower(value))
    ? undefined
    : `a token of RFC 9110 other than ${[...OWN_PARAMETERS].join(', ')}`
// Printable ASCII without the quotation mark and the backslash needs no escapes in a quoted string.
const value: check.Check = check.text(
  /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,1024}$/,
  '1 to 1024 printable ASCII characters without quotation marks and backslashes',
)
const parametersByName = check.mapOf(name, value)

/** Checks the option `challengeParameters`. */
export const challengeParameters: check.Check = (given) => {
  const problem = parametersByName(given)
  if (problem !== undefined) return problem
  const names = Object.keys(given as object).map(asciiLower)
  // The names are case-insensitive, and each may occur once (RFC 9110, section 11.2).
  return names.length <= MAX_PARAMETERS && new Set(names).size === names.length
    ? undefined
    : `at most ${MAX_PARAMETERS} parameters with different names in lower case`
}

const challenge = (own: ChallengeParameters, configured: ChallengeParameters): string => {
  const parameters = Object.entries({ ...own, ...configured }).map(([key, text]) => `${key}="${text}"`)
  return parameters.length === 0 ? 'Bearer' : `Bearer ${parameters.join(', ')}`
}

/** The challenge of a token that does not have the required scopes. */
export const insufficientScope = (scopes: readonly string[], configured: ChallengeParameters): string => {
  const scope: ChallengeParameters = scopes.length === 0 ? {} : { scope: scopes.join(' ') }
  return challenge({ error: 'insufficient_scope', ...scope }, configured)
}

/** The challenge of a denial; `undefined` if it has none. */
export const challengeOf = (
  { reason, type, requiredScopes = [] }: Pick<Denial, 'reason' | 'type' | 'requiredScopes'>,
  configured: ChallengeParameters,
): string | undefined => {
  if (reason === 'INSUFFICIENT_SCOPE') return insufficientScope(requiredScopes, configured)
  if (reason === 'IDENTITY_SOURCE_MISSING') return challenge({}, configured)
  return type === 'UNAUTHORIZED' ? challenge({ error: 'invalid_token' }, configured) : undefined
}
