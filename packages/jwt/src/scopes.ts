/** Scopes of a token and what is asked of them. @module */
import { check } from '@custom-authorizer/core'
import { own } from './strict-json.ts'
import type { Claims } from './token.ts'

/** One scope is enough, or all are needed. */
export type RequiredScopes = { readonly anyOf: readonly string[] } | { readonly allOf: readonly string[] }

/** A scope token (RFC 6749, section 3.3). */
export const scopeName: check.Check = check.text(
  /^[\x21\x23-\x5b\x5d-\x7e]+$/,
  'a scope name without spaces and quotes',
)

/** The scopes of the first claim that is there: a text with spaces between them (RFC 8693), or an array. */
export const scopesOf = (claims: Claims, ...names: readonly ('scope' | 'scp')[]): readonly string[] => {
  for (const name of names) {
    const value = own(claims, name)
    if (typeof value === 'string') return value.split(' ').filter((each) => each !== '')
    if (Array.isArray(value)) return value.filter((each) => typeof each === 'string')
  }
  return []
}

/** Compared exactly, code unit by code unit. */
export const hold = (held: readonly string[], required: RequiredScopes): boolean =>
  'anyOf' in required
    ? required.anyOf.some((each) => held.includes(each))
    : required.allOf.every((each) => held.includes(each))
