/** Merges the results of several authorizers into one. @module */
import type { AuthorizerResult } from '../contract/context.ts'
import { scopesOf } from '../contract/result-scopes.ts'

/** Compares JSON values; the order of members does not matter. */
export const sameJson = (a: unknown, b: unknown): boolean => {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) =>
        Object.hasOwn(b, key) && sameJson((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  )
}

const CONFLICT: unique symbol = Symbol('conflict')

type Merge<T> = (first: AuthorizerResult, second: AuthorizerResult) => T | typeof CONFLICT

/** How to merge each member of two results. A member that is missing here does not compile. */
const MERGES: { readonly [K in keyof Required<AuthorizerResult>]: Merge<AuthorizerResult[K]> } = {
  principalId: ({ principalId: first }, { principalId: second }) => {
    if (first === '') return second
    return second === '' || first === second ? first : CONFLICT
  },
  context: (first, second) => {
    const context: Record<string, AuthorizerResult['context'][string]> = { ...first.context }
    for (const [key, value] of Object.entries(second.context)) {
      if (Object.hasOwn(context, key) && !sameJson(context[key], value)) return CONFLICT
      context[key] = value
    }
    return context
  },
  // A usage plan counts a request once, under the first key.
  usageIdentifierKey: (first, second) => first.usageIdentifierKey ?? second.usageIdentifierKey,
  // Without `heldScopes`, scopes would be read from the text of the merged context, where some of them may be missing.
  heldScopes: (first, second) =>
    first.heldScopes === undefined && second.heldScopes === undefined
      ? undefined
      : [...new Set([...scopesOf(first), ...scopesOf(second)])],
  expiresAt: ({ expiresAt: first }, { expiresAt: second }) =>
    first === undefined || second === undefined ? (first ?? second) : Math.min(first, second),
  responseHeaders: ({ responseHeaders: first }, { responseHeaders: second }) =>
    first === undefined || second === undefined ? (first ?? second) : [...first, ...second],
}

/** Merges two results; `undefined` if they have conflicting values. */
export const mergeResults = (first: AuthorizerResult, second: AuthorizerResult): AuthorizerResult | undefined => {
  const merged: Record<string, unknown> = {}
  for (const [member, mergeMember] of Object.entries(MERGES)) {
    const value = mergeMember(first, second)
    if (value === CONFLICT) return undefined
    if (value !== undefined) merged[member] = value
  }
  return merged as unknown as AuthorizerResult
}
