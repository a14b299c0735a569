/**
 * `anyOf`, `allOf`, `firstOf` and `optional` combine authorizers. Each member keeps its contract, cache and decisions; only
 * their outcomes are combined. Gateways have no equivalent.
 *
 * `optional` lets a request pass as anonymous only if it has no credential that any member reads, valid or not, also in
 * nested compositions.
 * @module
 */
import type { Authorizer } from './authorizer.ts'
import type { EvaluateOptions } from './evaluate-options.ts'
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
import { mergeResults } from './merge-results.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

type Options = EvaluateOptions | undefined
type ContextsOf<T extends readonly Authorizer<unknown>[]> = {
  [K in keyof T]: T[K] extends Authorizer<infer C> ? C : never
}
type Intersection<T> = (T extends unknown ? (each: T) => void : never) extends (each: infer U) => void ? U : never

const FAILURES: ReadonlySet<GatewayResponseType> = new Set([
  'AUTHORIZER_CONFIGURATION_ERROR',
  'AUTHORIZER_FAILURE',
  'OVERLOADED',
])

/**
 * Precedence of a denial if several members deny: a failure, then a denial, then a bad credential, then a missing one. An
 * outage must not look like a bad credential. Based on the response type, because statuses can be customized.
 */
const rankOf = ({ type, reason }: Denied): number => {
  if (FAILURES.has(type)) return 3
  if (type !== 'UNAUTHORIZED') return 2
  return reason === 'IDENTITY_SOURCE_MISSING' ? 0 : 1
}

/** The denial with the higher precedence; the earlier one among equals. */
const worse = (earlier: Denied | undefined, later: Denied): Denied =>
  earlier === undefined || rankOf(later) > rankOf(earlier) ? later : earlier

/** The outcomes of the members that have been called so far. */
interface Progress {
  readonly index: number
  readonly denied: Denied | undefined
  /** The first anonymous pass. */
  readonly pass: Outcome | undefined
}

const START: Progress = { index: 0, denied: undefined, pass: undefined }

/**
 * Calls members in order until an outcome is final. An anonymous pass counts only if no later member allows, and if
 * the request carries no credential of any member.
 */
const firstFinal = (members: readonly Authorizer[], isFinal: (denied: Denied) => boolean): Authorizer['evaluate'] => {
  const evaluateFrom = (request: GatewayRequest, options: Options, { index, denied, pass }: Progress): Evaluated => {
    const member = members[index]
    if (member === undefined) {
      if (pass === undefined) return denied as Denied
      return denied === undefined || !members.some((each) => each.hasCredential(request)) ? pass : denied
    }
    return andThen(member.evaluate(request, options), (outcome) => {
      const next = { index: index + 1, denied, pass }
      if (isAnonymous(outcome)) return evaluateFrom(request, options, { ...next, pass: pass ?? outcome })
      if (outcome.allowed || isFinal(outcome)) return outcome
      return evaluateFrom(request, options, { ...next, denied: worse(denied, outcome) })
    })
  }
  return (request, options) => evaluateFrom(request, options, START)
}

/**
 * Allows the request if any member allows it. Members are called in order until one does; its result counts. If all
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
 * The first member that knows the caller decides alone. Members are called in order. One that does not know the caller (its
 * gateway response is `UNAUTHORIZED`), or does not accept its cookie from this origin, passes the request on; any other
 * outcome is final. If none knows the caller, the client gets the first bad credential, else the first denial. The anonymous
 * pass of an {@link optional} member counts last, and only for requests without any credential.
 */
export const firstOf = <const T extends readonly Authorizer<unknown>[]>(
  ...members: T
): Authorizer<ContextsOf<T>[number]> => {
  const checked = checkAuthorizers('firstOf', members)
  const composed = composeAuthorizers(
    'firstOf',
    checked,
    firstFinal(checked, ({ type, reason }) => type !== 'UNAUTHORIZED' && reason !== 'FOREIGN_ORIGIN'),
  )
  return composed as unknown as Authorizer<ContextsOf<T>[number]>
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
 * Allows the request only if every member allows it. Members are called in order; the first denial is final. Contexts
 * and scopes are merged; two members that return different values under one context key, or name different principals,
 * are an error (500).
 */
export const allOf = <const T extends readonly Authorizer<unknown>[]>(
  ...members: T
): Authorizer<Intersection<ContextsOf<T>[number]>> => {
  const checked = checkAuthorizers('allOf', members)
  const evaluateFrom = (
    request: GatewayRequest,
    options: Options,
    index: number,
    before: readonly Extract<Outcome, { allowed: true }>[],
    result: AuthorizerResult | undefined,
  ): Evaluated => {
    const member = checked[index] as Authorizer
    return andThen(member.evaluate(request, options), (outcome) => {
      if (!outcome.allowed) return outcome
      const current = resultOfContext(outcome.authorizer)
      if (current === undefined)
        return member.deny(
          request,
          'BAD_RESULT',
          undefined,
          'a member of allOf returned a context that is not JSON data',
        )
      const together = result === undefined ? current : mergeResults(result, current)
      if (together === undefined) {
        return member.deny(
          request,
          'BAD_RESULT',
          undefined,
          'members of allOf returned different principals, or different values for a context key',
        )
      }
      const outcomes = [...before, outcome]
      if (index + 1 < checked.length) return evaluateFrom(request, options, index + 1, outcomes, together)
      const contexts = outcomes.map(({ authorizer }) => authorizer)
      const authorizer = createContext(together, () => mergedRequestContext(contexts, together.principalId))
      return { allowed: true, authorizer: outcomes.every(isAnonymous) ? markAnonymous(authorizer) : authorizer }
    })
  }
  const composed = composeAuthorizers('allOf', checked, (request, options) =>
    evaluateFrom(request, options, 0, [], undefined),
  )
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
 * credential of the member, or of any member inside of it, is evaluated as usual: a bad, repeated or denied credential is
 * denied, and so is a request with only one of several required credentials.
 *
 * Identity sources define what a credential is: headers, query parameters, cookies and subprotocols that are not blank;
 * variables such as `context.identity.sourceIp` are not credentials. With an authorizer without such sources no caller is
 * anonymous. A `Cookie` header as identity source counts as present whenever it is sent, even without a session cookie: name the
 * cookie instead, `$request.cookie.session`. Not every member of an `allOf` is evaluated for an anonymous caller: keep members that every
 * request must pass outside, `allOf(addressCheck, optional(token))`.
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
