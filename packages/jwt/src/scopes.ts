/** Scopes of a token and what is asked of them. @module */
import { check } from '@custom-authorizer/core/contract'
import { own } from './strict-json.ts'
import type { Claims } from './token.ts'

/** One scope is enough, or all are needed. */
export type RequiredScopes = { readonly anyOf: readonly string[] } | { readonly allOf: readonly string[] }

/** A scope token (RFC 6749, section 3.3). */
export const scopeName: check.Check = check.text(
  /^[\x21\x23-\x5b\x5d-\x7e]+$/,
  'a scope name without spaces and quotes',
)

const words = (text: string): readonly string[] => text.split(' ').filter((each) => each !== '')

/**
 * The scopes of the first claim that is present: text with spaces between the scopes (RFC 8693), or an array. A claim of
 * another kind holds no scopes.
 */
export const scopesOf = (claims: Claims, ...names: readonly ('scope' | 'scp')[]): readonly string[] => {
  for (const name of names) {
    const value = own(claims, name)
    if (typeof value === 'string') return words(value)
    if (Array.isArray(value)) return value.every((each) => typeof each === 'string') ? value : []
    if (value !== undefined && value !== null) return []
  }
  return []
}

/** The scopes as an HTTP API reads them: `scp`, text or array, before `scope`, text only (AWS-JWT-13, AWS-JWT-14). */
export const awsScopesOf = (claims: Claims): readonly string[] => {
  const scp = own(claims, 'scp')
  if (scp !== undefined && scp !== null) return scopesOf(claims, 'scp')
  const scope = own(claims, 'scope')
  return typeof scope === 'string' ? words(scope) : []
}

/** Compared exactly, code unit by code unit. */
export const hold = (held: readonly string[], required: RequiredScopes): boolean =>
  'anyOf' in required
    ? required.anyOf.some((each) => held.includes(each))
    : required.allOf.every((each) => held.includes(each))
