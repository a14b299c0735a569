/** `requireContext` and `requireScopes`: route checks on the authorizer's result. @module */
import { attachmentOf, type AuthorizerReference, type CurrentRequest } from './attachment.ts'
import { isRecord, memberOf, optionError } from '../util/check.ts'
import { AuthorizedContext, type AuthorizerContext, type AuthorizerResult } from '../contract/context.ts'
import { reportProblem } from '../decision/problems.ts'
import { GATEWAY_RESPONSES, jsonResponse } from '../contract/gateway-response.ts'
import { consoleLogger } from '../util/logger.ts'
import type { DenialReason } from '../contract/outcome.ts'
import { type Denying, denyingOf } from './denied-error.ts'
import { scopesOf } from '../contract/result-scopes.ts'
import { withoutRejection } from '../util/thenable.ts'

type Scalar = string | number | boolean

/** A value, several allowed values, or a test. Values are compared exactly, without conversion. */
export type Expected<TValue = Scalar, TActual = unknown> = TValue | readonly TValue[] | ((value: TActual) => boolean)

/**
 * What `requireContext` requires: expected values by context key, or a test of the principal ID and the whole context. The
 * cloud contracts pass booleans and numbers as text, so they have to be required as text: `{ admin: 'true' }`.
 */
export type ContextRequirement<TContext = Record<string, unknown>> =
  | {
      readonly [K in keyof TContext]?: unknown extends TContext[K]
        ? Expected
        : Expected<Extract<TContext[K], Scalar>, TContext[K] | undefined>
    }
  | ((authorizer: Pick<AuthorizerContext<TContext>, 'principalId' | 'context'>) => boolean)

/** What `requireScopes` requires: all scopes that are listed, or `anyOf` or `allOf` several scopes. */
export type ScopeRequirement = string | { readonly anyOf: readonly string[] } | { readonly allOf: readonly string[] }

/** Checks the framework's request object. Returns the denial, or `undefined` if the request may pass. */
export type Requirement = (carrier: object, current: () => CurrentRequest) => Denying | undefined

type CheckedResult = Pick<AuthorizerResult, 'principalId' | 'context' | 'heldScopes'>

/** What a requirement checks. */
interface Condition {
  readonly isMet: (result: CheckedResult) => boolean
  /** A note for the developer about a result that does not meet the requirement, logged once. Names and kinds, never values. */
  readonly hint?: (result: CheckedResult) => string | undefined
  readonly requiredScopes?: readonly string[]
  /** The authorizer whose result is checked. Default: the latest one. */
  readonly reference?: AuthorizerReference<never> | undefined
}

const requirementOf = (
  name: string,
  reason: DenialReason,
  { isMet, hint, requiredScopes, reference }: Condition,
): Requirement => {
  let gaveHint = false
  return (carrier, current) => {
    const attached = attachmentOf(carrier, current, reference)
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
    const advice = gaveHint ? undefined : hint?.(result)
    if (advice !== undefined) {
      gaveHint = true
      attached.mount.authorizer.report('NOTE', advice)
    }
    const { mount, request, context } = attached
    return denyingOf(
      mount.authorizer.deny(request, reason, context, undefined, { requiredScopes }),
      mount.throwsDenials,
    )
  }
}

const notGuarded = (name: string): Denying => {
  const message = `${name} was reached by a request that no authorizer has allowed, or whose method or path has changed since; mount customAuthorizer before it`
  reportProblem(consoleLogger, { authorizer: name, kind: 'NOTE', message })
  const { status, message: text } = GATEWAY_RESPONSES.AUTHORIZER_CONFIGURATION_ERROR
  const response = jsonResponse(status, JSON.stringify({ message: text }))
  const type = 'AUTHORIZER_CONFIGURATION_ERROR'
  return denyingOf({ allowed: false, reason: 'NOT_GUARDED', type, response }, false)
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)
const isExpected = (value: unknown): boolean =>
  isScalar(value) || typeof value === 'function' || (Array.isArray(value) && value.length > 0 && value.every(isScalar))

const meets = (value: unknown, expected: Expected): boolean => {
  // Only `true` lets a request pass, not a promise of `true`.
  if (typeof expected === 'function') return withoutRejection(expected(value)) === true
  return Array.isArray(expected) ? expected.includes(value) : value === expected
}

/** Whether the context has the text of a required value that is not text, which can never be equal. */
const isTextOf = (value: unknown, expected: Expected): boolean =>
  typeof value === 'string' &&
  typeof expected !== 'function' &&
  [expected].flat().some((each) => typeof each !== 'string' && String(each) === value)

/**
 * Builds a requirement on context values, once for all requests.
 *
 * @param reference the authorizer whose context is checked. Default: the latest one
 * @throws {AuthorizerError} `ERR_OPTION` if the arguments are invalid
 */
export const contextRequirement = <TContext = Record<string, unknown>>(
  requirement: ContextRequirement<TContext>,
  reference?: AuthorizerReference<TContext>,
): Requirement => {
  const authorizer = reference as AuthorizerReference<never> | undefined
  if (typeof requirement === 'function') {
    const isMet = requirement as (result: CheckedResult) => boolean
    return requirementOf('requireContext', 'CONTEXT_MISMATCH', { isMet, reference: authorizer })
  }
  const allowed =
    'an object from context key to a value, an array of values or a function, with at least one key; or a function'
  if (!isRecord(requirement)) throw optionError('requireContext', requirement, allowed)
  const entries = Object.entries(requirement).map(
    ([key, each]) => [key, Array.isArray(each) ? [...each] : each] as [string, Expected],
  )
  if (entries.length === 0) throw optionError('requireContext', requirement, allowed)
  for (const [key, expected] of entries)
    if (!isExpected(expected)) throw optionError(memberOf('requireContext', key), expected, allowed)
  return requirementOf('requireContext', 'CONTEXT_MISMATCH', {
    isMet: ({ context }) =>
      entries.every(([key, expected]) => Object.hasOwn(context, key) && meets(context[key], expected)),
    hint: ({ context }) => {
      const [key] = entries.find(([name, expected]) => isTextOf(context[name], expected)) ?? []
      return key === undefined
        ? undefined
        : `requireContext: ${key} is text in the context, so the ${typeof Object.fromEntries(entries)[key]} that is required never matches; require its text instead`
    },
    reference: authorizer,
  })
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
  return requirementOf('requireScopes', 'INSUFFICIENT_SCOPE', { isMet, requiredScopes: required })
}
