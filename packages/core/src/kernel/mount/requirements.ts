/** `requireContext` and `requireScopes`: route checks on the authorizer's result. @module */
import { attachmentOf, type CurrentRequest } from './attachment.ts'
import { isRecord, memberOf, optionError } from '../util/check.ts'
import { AuthorizedContext, type AuthorizerContext, type AuthorizerResult } from '../contract/context.ts'
import { reportProblem } from '../decision/problems.ts'
import { GATEWAY_RESPONSES, jsonResponse } from '../contract/gateway-response.ts'
import { consoleLogger } from '../util/logger.ts'
import type { Denied, DenialReason } from '../contract/outcome.ts'
import { scopesOf } from '../contract/result-scopes.ts'
import { isThenable } from '../util/thenable.ts'

/** A value, several allowed values, or a test. Values are compared exactly, without conversion. */
export type Expected =
  | string
  | number
  | boolean
  | readonly (string | number | boolean)[]
  | ((value: unknown) => boolean)

/** What `requireContext` requires: expected values by context key, or a test of the principal ID and the whole context. */
export type ContextRequirement =
  | Readonly<Record<string, Expected>>
  | ((authorizer: Pick<AuthorizerContext, 'principalId' | 'context'>) => boolean)

/** What `requireScopes` requires: all scopes that are listed, or `anyOf` or `allOf` several scopes. */
export type ScopeRequirement = string | { readonly anyOf: readonly string[] } | { readonly allOf: readonly string[] }

/** Checks the framework's request object. Returns the denial, or `undefined` if the request may pass. */
export type Requirement = (carrier: object, current: CurrentRequest) => Denied | undefined

type CheckedResult = Pick<AuthorizerResult, 'principalId' | 'context' | 'heldScopes'>

const requirementOf = (
  name: string,
  reason: DenialReason,
  isMet: (result: CheckedResult) => boolean,
  requiredScopes?: readonly string[],
): Requirement => {
  return (carrier, current) => {
    const attached = attachmentOf(carrier, current)
    if (attached === undefined) return notGuarded(name)
    // The result itself is checked, because handlers may have changed their copy of it.
    const result = AuthorizedContext.resultOf(attached.context)
    if (result === undefined) return notGuarded(name)
    let met: unknown
    try {
      met = withoutRejection(isMet(result))
    } catch {
      met = false
    }
    if (met === true) return undefined
    return attached.authorizer.deny(attached.request, reason, attached.context, undefined, requiredScopes)
  }
}

const notGuarded = (name: string): Denied => {
  const message = `${name} was reached by a request that no authorizer has allowed, or whose method or path has changed since; mount customAuthorizer before it`
  reportProblem(consoleLogger, { authorizer: name, kind: 'NOTE', message })
  const { status, message: text } = GATEWAY_RESPONSES.AUTHORIZER_CONFIGURATION_ERROR
  return {
    allowed: false,
    reason: 'NOT_GUARDED',
    type: 'AUTHORIZER_CONFIGURATION_ERROR',
    response: jsonResponse(status, JSON.stringify({ message: text })),
  }
}

/** Returns the value. If it is a promise, its rejection is handled, so that it does not end the process. */
const withoutRejection = (value: unknown): unknown => {
  if (isThenable(value)) Promise.resolve(value).then(undefined, () => undefined)
  return value
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)
const isExpected = (value: unknown): boolean =>
  isScalar(value) || typeof value === 'function' || (Array.isArray(value) && value.length > 0 && value.every(isScalar))

const meets = (value: unknown, expected: Expected): boolean => {
  // Only `true` lets a request pass, not a promise of `true`.
  if (typeof expected === 'function') return withoutRejection(expected(value)) === true
  return Array.isArray(expected) ? expected.includes(value) : value === expected
}

/**
 * Builds a requirement on context values, once for all requests.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if the arguments are invalid
 */
export const contextRequirement = (requirement: ContextRequirement): Requirement => {
  if (typeof requirement === 'function') return requirementOf('requireContext', 'CONTEXT_MISMATCH', requirement)
  const allowed =
    'an object from context key to a value, an array of values or a function, with at least one key; or a function'
  if (!isRecord(requirement)) throw optionError('requireContext', requirement, allowed)
  const entries = Object.entries(requirement).map(
    ([key, each]) => [key, Array.isArray(each) ? [...each] : each] as [string, Expected],
  )
  if (entries.length === 0) throw optionError('requireContext', requirement, allowed)
  for (const [key, expected] of entries)
    if (!isExpected(expected)) throw optionError(memberOf('requireContext', key), expected, allowed)
  return requirementOf('requireContext', 'CONTEXT_MISMATCH', ({ context }) =>
    entries.every(([key, expected]) => Object.hasOwn(context, key) && meets(context[key], expected)),
  )
}

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/**
 * Builds a requirement on scopes, once for all requests.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if the arguments are invalid
 */
export const scopeRequirement = (requirements: readonly ScopeRequirement[]): Requirement => {
  const allowed = 'scope names (all are needed), or one of { anyOf: [...] } and { allOf: [...] }'
  const first = requirements[0]
  const names =
    typeof first === 'object' && first !== null ? ('anyOf' in first ? first.anyOf : first.allOf) : requirements
  const single = typeof first !== 'object' || (requirements.length === 1 && Object.keys(first ?? {}).length === 1)
  if (
    !single ||
    !Array.isArray(names) ||
    names.length === 0 ||
    !names.every((each) => typeof each === 'string' && SCOPE.test(each))
  ) {
    throw optionError('requireScopes', requirements.length === 1 ? first : requirements, allowed)
  }
  const required = [...(names as readonly string[])]
  const any = typeof first === 'object' && first !== null && 'anyOf' in first
  const isMet = (result: CheckedResult): boolean => {
    const granted = new Set(scopesOf(result))
    return any ? required.some((each) => granted.has(each)) : required.every((each) => granted.has(each))
  }
  return requirementOf('requireScopes', 'INSUFFICIENT_SCOPE', isMet, required)
}
