/**
 * Authorizers made of authorizers. Members keep their semantics, caches and decisions; what is added is how their
 * outcomes become one. No gateway has this.
 *
 * A caller is anonymous only without any credential: a request with a credential that any member reads, good or bad, is
 * never one that `optional` lets pass, however the composition is nested.
 * @module
 */
import type { Authorizer } from './authorizer.ts'
import { isRecord } from '../util/check.ts'
import {
  andThen,
  markAnonymous,
  checkAuthorizers,
  composeAuthorizers,
  createContext,
  type Evaluated,
  isAnonymous,
  resultOfContext,
} from './composite.ts'
import type { AuthorizerContext, AuthorizerResult } from '../contract/context.ts'
import type { GatewayResponseType } from '../contract/gateway-response.ts'
import type { Denied, Outcome } from '../contract/outcome.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { scopesOf } from '../contract/result-scopes.ts'

type Options = { readonly signal?: AbortSignal } | undefined
type ContextsOf<T extends readonly Authorizer<unknown>[]> = {
  [K in keyof T]: T[K] extends Authorizer<infer C> ? C : never
}
type Intersection<T> = (T extends unknown ? (each: T) => void : never) extends (each: infer U) => void ? U : never

const FAULTS: ReadonlySet<GatewayResponseType> = new Set([
  'AUTHORIZER_CONFIGURATION_ERROR',
  'AUTHORIZER_FAILURE',
  'OVERLOADED',
])

/**
 * Precedence of a denial when several members deny. A failure outranks a denial, and a denial outranks "who are you?": an
 * outage must not look like a bad credential. A bad credential outranks none at all. It depends on the type: a status may
 * have been customized.
 */
const rankOf = ({ type, reason }: Denied): number => {
  if (FAULTS.has(type)) return 3
  if (type !== 'UNAUTHORIZED') return 2
  return reason === 'IDENTITY_SOURCE_MISSING' ? 0 : 1
}

/** The denial with the higher precedence; the earlier one among equals. */
const worse = (earlier: Denied | undefined, later: Denied): Denied =>
  earlier === undefined || rankOf(later) > rankOf(earlier) ? later : earlier

/** What the members that have been called so far came to. */
interface Progress {
  readonly index: number
  readonly denied: Denied | undefined
  /** The first anonymous pass. */
  readonly pass: Outcome | undefined
}

const START: Progress = { index: 0, denied: undefined, pass: undefined }

/**
 * Calls members in order until an outcome is final. An anonymous pass counts only when no later member allows, and when
 * the request carries no credential of any member.
 */
const firstFinal = (members: readonly Authorizer[], isFinal: (denied: Denied) => boolean): Authorizer['evaluate'] => {
  const ask = (request: GatewayRequest, options: Options, { index, denied, pass }: Progress): Evaluated => {
    const member = members[index]
    if (member === undefined) {
      if (pass === undefined) return denied as Denied
      return denied === undefined || !members.some((each) => each.hasCredential(request)) ? pass : denied
    }
    return andThen(member.evaluate(request, options), (outcome) => {
      const next = { index: index + 1, denied, pass }
      if (isAnonymous(outcome)) return ask(request, options, { ...next, pass: pass ?? outcome })
      if (outcome.allowed || isFinal(outcome)) return outcome
      return ask(request, options, { ...next, denied: worse(denied, outcome) })
    })
  }
  return (request, options) => ask(request, options, START)
}

/**
 * The request may go on if any member allows it. Members are called in order until one does; its result counts. If all
 * deny, the client gets a failure before a denial before a bad credential before a missing one, and among equals the
 * first. The anonymous pass of an {@link optional} member counts last, and only for requests without any credential.
 */
export const anyOf = <const T extends readonly Authorizer<unknown>[]>(
  ...members: T
): Authorizer<ContextsOf<T>[number]> => {
  const checked = checkAuthorizers('anyOf', members)
  const composed = composeAuthorizers(
    'anyOf',
    checked,
    firstFinal(checked, () => false),
  )
  return composed as unknown as Authorizer<ContextsOf<T>[number]>
}

/**
 * The first member that knows the caller decides alone. Members are called in order; one that does not know the caller (its
 * gateway response is `UNAUTHORIZED`) passes the request on, any other outcome is final. If none knows the caller, the
 * client gets the first bad credential, else the first denial. The anonymous pass of an {@link optional} member counts
 * last, and only for requests without any credential.
 */
export const firstOf = <const T extends readonly Authorizer<unknown>[]>(
  ...members: T
): Authorizer<ContextsOf<T>[number]> => {
  const checked = checkAuthorizers('firstOf', members)
  const composed = composeAuthorizers(
    'firstOf',
    checked,
    firstFinal(checked, ({ type }) => type !== 'UNAUTHORIZED'),
  )
  return composed as unknown as Authorizer<ContextsOf<T>[number]>
}

/** Equality of JSON, whatever the order of members. */
const sameJson = (a: unknown, b: unknown): boolean => {
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

const CONTRADICTION: unique symbol = Symbol('contradiction')

type Merge<T> = (first: AuthorizerResult, second: AuthorizerResult) => T | typeof CONTRADICTION

/** How each member of two results becomes one. A member that is added to results and not here does not compile. */
const MERGES: { readonly [K in keyof Required<AuthorizerResult>]: Merge<AuthorizerResult[K]> } = {
  principalId: ({ principalId: first }, { principalId: second }) => {
    if (first === '') return second
    return second === '' || first === second ? first : CONTRADICTION
  },
  context: (first, second) => {
    const context: Record<string, AuthorizerResult['context'][string]> = { ...first.context }
    for (const [key, value] of Object.entries(second.context)) {
      if (Object.hasOwn(context, key) && !sameJson(context[key], value)) return CONTRADICTION
      context[key] = value
    }
    return context
  },
  // A usage plan counts a request once, for the first key.
  usageIdentifierKey: (first, second) => first.usageIdentifierKey ?? second.usageIdentifierKey,
  // What a contract knows better than the context's text stays known: the text of a merged context would be read instead.
  heldScopes: (first, second) =>
    first.heldScopes === undefined && second.heldScopes === undefined
      ? undefined
      : [...new Set([...scopesOf(first), ...scopesOf(second)])],
  expiresAt: ({ expiresAt: first }, { expiresAt: second }) =>
    first === undefined || second === undefined ? (first ?? second) : Math.min(first, second),
}

/** Merges two results; `undefined` when they contradict each other. */
const merge = (first: AuthorizerResult, second: AuthorizerResult): AuthorizerResult | undefined => {
  const merged: Record<string, unknown> = {}
  for (const [member, mergeMember] of Object.entries(MERGES)) {
    const value = mergeMember(first, second)
    if (value === CONTRADICTION) return undefined
    if (value !== undefined) merged[member] = value
  }
  return merged as unknown as AuthorizerResult
}

/** `requestContext.authorizer` of merged results: their members side by side, and the principal that they agree on. */
const mergedRequestContext = (
  contexts: readonly AuthorizerContext[],
  principalId: string,
): Readonly<Record<string, unknown>> => {
  const members: Record<string, unknown> = {}
  for (const [key, value] of contexts.flatMap(({ requestContext }) => Object.entries(requestContext.authorizer))) {
    const before = members[key]
    members[key] = isRecord(before) && isRecord(value) ? { ...before, ...value } : (value ?? before ?? null)
  }
  return Object.hasOwn(members, 'principalId') ? { ...members, principalId } : members
}

/**
 * The request may go on only if every member allows it. Members are called in order; the first denial is final. Contexts
 * and scopes are merged; two members that return different values under one context key, or name different principals,
 * are an error (500).
 */
export const allOf = <const T extends readonly Authorizer<unknown>[]>(
  ...members: T
): Authorizer<Intersection<ContextsOf<T>[number]>> => {
  const checked = checkAuthorizers('allOf', members)
  const ask = (
    request: GatewayRequest,
    options: Options,
    index: number,
    before: readonly Extract<Outcome, { allowed: true }>[],
    result: AuthorizerResult | undefined,
  ): Evaluated => {
    const member = checked[index] as Authorizer
    return andThen(member.evaluate(request, options), (outcome) => {
      if (!outcome.allowed) return outcome
      const said = resultOfContext(outcome.authorizer)
      if (said === undefined)
        return member.deny(
          request,
          'BAD_RESULT',
          undefined,
          'a member of allOf returned a context that is not JSON data',
        )
      const together = result === undefined ? said : merge(result, said)
      if (together === undefined) {
        return member.deny(
          request,
          'BAD_RESULT',
          undefined,
          'members of allOf contradict each other about the principal or a context key',
        )
      }
      const outcomes = [...before, outcome]
      if (index + 1 < checked.length) return ask(request, options, index + 1, outcomes, together)
      const contexts = outcomes.map(({ authorizer }) => authorizer)
      const authorizer = createContext(together, () => mergedRequestContext(contexts, together.principalId))
      return { allowed: true, authorizer: outcomes.every(isAnonymous) ? markAnonymous(authorizer) : authorizer }
    })
  }
  const composed = composeAuthorizers('allOf', checked, (request, options) => ask(request, options, 0, [], undefined))
  return composed as unknown as Authorizer<Intersection<ContextsOf<T>[number]>>
}

const ANONYMOUS: AuthorizerResult = Object.freeze({ principalId: '', context: Object.freeze({}) })

/** The outcome for a caller without any credential. */
const passAnonymous = (): Outcome => ({
  allowed: true,
  authorizer: markAnonymous(createContext(ANONYMOUS, () => ({ principalId: '' }))),
})

/**
 * Lets callers without any credential pass, with an empty principal and an empty context. A request that carries a
 * credential of the member, or of any member inside of it, is decided as ever: a bad, repeated or denied credential is
 * denied, and so is a request with one of several credentials that are all required.
 *
 * Identity sources define what a credential is: headers and query parameters that are not blank; variables such as
 * `context.identity.sourceIp` are none. An authorizer without such sources never takes a caller for anonymous. A `Cookie`
 * identity source counts as present whenever the header is sent: name the cookie's own header, or use a native authorizer
 * that looks for the cookie. A caller who passes as anonymous may not have been seen by every member of an `allOf`: put a
 * member that everyone must pass outside, `allOf(addressCheck, optional(token))`.
 */
export const optional = <TContext>(member: Authorizer<TContext>): Authorizer<Partial<TContext>> => {
  const [checked] = checkAuthorizers('optional', [member]) as [Authorizer]
  const composed = composeAuthorizers('optional', [checked], (request, options) =>
    andThen(checked.evaluate(request, options), (outcome) =>
      !outcome.allowed && outcome.reason === 'IDENTITY_SOURCE_MISSING' && !checked.hasCredential(request)
        ? passAnonymous()
        : outcome,
    ),
  )
  return composed as unknown as Authorizer<Partial<TContext>>
}
