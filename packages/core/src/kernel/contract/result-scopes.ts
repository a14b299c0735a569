/** Reads the scopes of a result. @module */
import type { AuthorizerResult } from './context.ts'

/** Context members that may have scopes, in order: space-separated text, or an array (RFC 8693, RFC 9068). */
const SCOPE_KEYS = ['scope', 'scp', 'scopes'] as const

/** The scopes that the contract has set, else those of the first context member that has scopes. */
export const scopesOf = ({
  heldScopes,
  context,
}: Pick<AuthorizerResult, 'heldScopes' | 'context'>): readonly string[] => {
  if (heldScopes !== undefined) return heldScopes
  for (const key of SCOPE_KEYS) {
    const value: unknown = Object.hasOwn(context, key) ? context[key] : undefined
    if (typeof value === 'string') return value.split(' ')
    if (Array.isArray(value)) return value.filter((each) => typeof each === 'string')
  }
  return []
}
