/** The scopes of a token, and required scopes. @module */
import { check, ownMember } from '@custom-authorizer/core/contract'
import type { Claims } from './token.ts'

/** `anyOf`: one of the scopes is enough. `allOf`: all of them are required. */
export type RequiredScopes = { readonly anyOf: readonly string[] } | { readonly allOf: readonly string[] }

/** Checks the syntax of a scope (RFC 6749, section 3.3). */
export const scopeName: check.Check = check.text(
  /^[\x21\x23-\x5b\x5d-\x7e]+$/,
  'a scope name without spaces and quotes',
)

const words = (text: string): readonly string[] => text.split(' ').filter((each) => each !== '')

/**
 * The scopes of the first claim that is present: a string of space-separated scopes (RFC 8693), or an array of strings. A
 * claim of another type has no scopes.
 */
export const scopesOf = (claims: Claims, ...names: readonly ('scope' | 'scp')[]): readonly string[] => {
  for (const name of names) {
    const value = ownMember(claims, name)
    if (typeof value === 'string') return words(value)
    if (Array.isArray(value)) return value.every((each) => typeof each === 'string') ? value : []
    if (value !== undefined && value !== null) return []
  }
  return []
}

/** The scopes as an HTTP API reads them: from `scp`, a string or an array, else from `scope`, a string (AWS-JWT-13, AWS-JWT-14). */
export const awsScopesOf = (claims: Claims): readonly string[] => {
  const scp = ownMember(claims, 'scp')
  if (scp !== undefined && scp !== null) return scopesOf(claims, 'scp')
  const scope = ownMember(claims, 'scope')
  return typeof scope === 'string' ? words(scope) : []
}

/** Whether the scopes of a token meet the requirement. Scopes are compared exactly, code unit by code unit. */
export const satisfiesScopes = (held: readonly string[], required: RequiredScopes): boolean =>
  'anyOf' in required
    ? required.anyOf.some((each) => held.includes(each))
    : required.allOf.every((each) => held.includes(each))
