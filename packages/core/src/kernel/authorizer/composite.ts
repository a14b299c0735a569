/** What authorizers made of authorizers share. For authors of such authorizers. @module */
import type { Authorizer, InvalidateSelector } from './authorizer.ts'
import { isRecord, optionError } from '../util/check.ts'
import { AuthorizedContext, type AuthorizerContext, type AuthorizerResult } from '../contract/context.ts'
import { JsonProblem, toJson } from '../util/json.ts'
import type { DenialReason, Outcome } from '../contract/outcome.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

/** An outcome, or the promise of one. */
export type Evaluated = Outcome | Promise<Outcome>

/** Continues with an outcome, at once if it is available. */
export const andThen = (outcome: Evaluated, next: (outcome: Outcome) => Evaluated): Evaluated =>
  // oxlint-disable-next-line no-callback-in-promise -- it is the continuation
  outcome instanceof Promise ? outcome.then(next) : next(outcome)

/** The functions of an authorizer; a function that is added to the interface and not here does not compile. */
const FUNCTIONS: Readonly<Record<Exclude<keyof Authorizer, 'name' | 'contextType'>, true>> = {
  evaluate: true,
  hasCredential: true,
  invalidate: true,
  invalidateAll: true,
  deny: true,
  report: true,
}

/** Whether a value has every function of an authorizer. */
export const isAuthorizer = (value: unknown): boolean =>
  isRecord(value) && Object.keys(FUNCTIONS).every((name) => typeof value[name] === 'function')

/** @throws {AuthorizerError} `ERR_OPTION` */
export const checkAuthorizers = (where: string, members: readonly unknown[]): readonly Authorizer[] => {
  for (const member of members)
    if (!isAuthorizer(member)) throw optionError(where, member, 'authorizers, as createAuthorizer returns them')
  if (members.length === 0) throw optionError(where, members, 'at least one authorizer')
  return members as readonly Authorizer[]
}

// Every member invalidates what it can even if another one fails; then the first error is thrown.
const forAll = (
  members: readonly Authorizer[],
  act: (member: Authorizer) => void | Promise<void>,
): void | Promise<void> => {
  const failures: unknown[] = []
  const pending: Promise<void>[] = []
  for (const member of members) {
    try {
      const each = act(member)
      if (each instanceof Promise) pending.push(each.catch((failure: unknown) => void failures.push(failure)))
    } catch (failure) {
      failures.push(failure)
    }
  }
  const conclude = (): void => {
    if (failures.length > 0) throw failures[0]
  }
  return pending.length === 0 ? conclude() : Promise.all(pending).then(conclude)
}

/**
 * Makes an authorizer of authorizers from its `evaluate`. It reports and denies as its first member, and carries a
 * credential if any of its members finds one.
 *
 * @param kind the function that the user called, for the name
 */
export const composeAuthorizers = (
  kind: string,
  members: readonly Authorizer[],
  evaluate: Authorizer['evaluate'],
): Authorizer => {
  const first = members[0] as Authorizer
  return {
    name: `${kind}(${members.map(({ name }) => name).join(',')})`,
    evaluate,
    hasCredential: (request: GatewayRequest) => members.some((member) => member.hasCredential(request)),
    invalidate: (selector: InvalidateSelector) => forAll(members, (member) => member.invalidate(selector)),
    invalidateAll: () => forAll(members, (member) => member.invalidateAll()),
    report: (problem, message) => first.report(problem, message),
    deny: (request: GatewayRequest, reason: DenialReason, authorizer?: AuthorizerContext, problem?: string) =>
      first.deny(request, reason, authorizer, problem),
  }
}

/**
 * A context whose result the guards read. Handlers receive copies, so what they write has no effect on a guard.
 *
 * @param requestContext builds `requestContext.authorizer`
 */
export const createContext = (
  result: AuthorizerResult,
  requestContext: () => Readonly<Record<string, unknown>>,
): AuthorizerContext => new AuthorizedContext(result, 0, { requestContext: () => ({ ...requestContext() }) })

/**
 * The context itself if this library made it. A context that an authorizer made by itself is copied, so that nothing that a
 * handler writes into it is read by a guard or by the next request; `undefined` if it is not JSON data.
 */
export const trustedContext = (context: AuthorizerContext): AuthorizerContext | undefined => {
  try {
    if (AuthorizedContext.resultOf(context) !== undefined) return context
    const { principalId, requestContext } = context
    const copy = toJson(context.context, 'context')
    const members = toJson(requestContext.authorizer, 'requestContext.authorizer')
    if (copy instanceof JsonProblem || members instanceof JsonProblem) return undefined
    if (typeof principalId !== 'string' || !isRecord(copy) || !isRecord(members)) return undefined
    return createContext({ principalId, context: copy }, () => members)
  } catch {
    return undefined
  }
}

/** The result of a member's context; `undefined` if the member made it by itself, of anything but JSON data. */
export const resultOfContext = (context: AuthorizerContext): AuthorizerResult | undefined => {
  const own = trustedContext(context)
  return own && AuthorizedContext.resultOf(own)
}

const anonymous = new WeakSet<AuthorizerContext>()

/** Marks a context as that of a caller without any credential, whom `optional` let pass. */
export const markAnonymous = (context: AuthorizerContext): AuthorizerContext => {
  anonymous.add(context)
  return context
}

/** Whether `optional` let the caller pass without any credential. */
export const isAnonymous = (outcome: Outcome): boolean => outcome.allowed && anonymous.has(outcome.authorizer)
