/** Shared parts of authorizers that combine other authorizers. For authors of such authorizers. @module */
import type { Authorizer, InvalidateSelector } from './authorizer.ts'
import { isRecord, optionError, optionProblem } from '../util/check.ts'
import { AuthorizedContext, type AuthorizerContext, type AuthorizerResult } from '../contract/context.ts'
import { JsonProblem, toJson } from '../util/json.ts'
import type { Outcome } from '../contract/outcome.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'

/** An outcome, or the promise of one. */
export type Evaluated = Outcome | Promise<Outcome>

/** Continues with a value, at once if it is available. */
export const andThen = <T>(value: T | Promise<T>, next: (value: T) => Evaluated): Evaluated =>
  // oxlint-disable-next-line no-callback-in-promise -- it is the continuation
  value instanceof Promise ? value.then(next) : next(value)

/** The functions of an authorizer. A function of the interface that is missing here does not compile. */
const FUNCTIONS: Readonly<
  Record<
    Exclude<keyof Authorizer, 'name' | 'contextType' | 'credentialSubprotocols' | 'readsBody' | 'clock' | 'isSourceOf'>,
    true
  >
> = {
  evaluate: true,
  hasCredential: true,
  invalidate: true,
  invalidateAll: true,
  deny: true,
  report: true,
}

/** Property of authorizers that can be no member of another one. Copies of such an authorizer have it too. */
const OUTERMOST: unique symbol = Symbol('custom-authorizer.outermost')

/** Marks an authorizer that counts requests: inside another one, it would miss some and count others that are denied. */
export const markOutermost = (authorizer: object): void => {
  Object.assign(authorizer, { [OUTERMOST]: true })
}

/** Whether an authorizer, or the one that it is a copy of, was marked by {@link markOutermost}. */
export const isOutermost = (authorizer: object): boolean => OUTERMOST in authorizer

/** Whether a value has every function of an authorizer. */
export const isAuthorizer = (value: unknown): boolean =>
  isRecord(value) && Object.keys(FUNCTIONS).every((name) => typeof value[name] === 'function')

/**
 * Checks the members of a combined authorizer.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if there are none, or one is not an authorizer
 */
export const checkAuthorizers = (where: string, members: readonly unknown[]): readonly Authorizer[] => {
  for (const member of members)
    if (!isAuthorizer(member)) throw optionError(where, member, 'authorizers, as createAuthorizer returns them')
  for (const member of members)
    // It would count requests that the composition denies, and miss others (FLEET-39).
    if (isOutermost(member as object)) {
      const allowed = `authorizers without a usage plan: apply usagePlan to what ${where} returns`
      throw optionProblem(where, 'an authorizer with a usage plan', allowed)
    }
  if (members.length === 0) throw optionError(where, members, 'at least one authorizer')
  return members as readonly Authorizer[]
}

// An error of one member must not keep the others from invalidating. The first error is thrown at the end.
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
  const finish = (): void => {
    if (failures.length > 0) throw failures[0]
  }
  return pending.length === 0 ? finish() : Promise.all(pending).then(finish)
}

/**
 * Builds a combined authorizer from its `evaluate`. Its first member builds denials and logs problems. A request has a
 * credential if any member finds one.
 *
 * @param kind name of the function that the user called, such as `anyOf`
 */
export const composeAuthorizers = (
  kind: string,
  members: readonly Authorizer[],
  evaluate: Authorizer['evaluate'],
): Authorizer => {
  const first = members[0] as Authorizer
  return {
    name: `${kind}(${members.map(({ name }) => name).join(',')})`,
    credentialSubprotocols: [...new Set(members.flatMap((member) => member.credentialSubprotocols ?? []))],
    readsBody: members.some((member) => member.readsBody === true),
    ...(first.clock && { clock: first.clock }),
    evaluate,
    hasCredential: (request: GatewayRequest) => members.some((member) => member.hasCredential(request)),
    invalidate: (selector: InvalidateSelector) => forAll(members, (member) => member.invalidate(selector)),
    invalidateAll: () => forAll(members, (member) => member.invalidateAll()),
    report: (problem, message) => first.report(problem, message),
    isSourceOf: (message) => members.some((member) => member.isSourceOf?.(message) === true),
    deny: (...denial: Parameters<Authorizer['deny']>) => first.deny(...denial),
  }
}

/**
 * Creates the context of a result. `requireContext` and `requireScopes` check the result itself, so changes that handlers make
 * to the context have no effect on them.
 *
 * @param requestContext builds `requestContext.authorizer`
 */
export const createContext = (
  result: AuthorizerResult,
  requestContext: () => Readonly<Record<string, unknown>>,
): AuthorizerContext => new AuthorizedContext(result, 0, { requestContext: () => ({ ...requestContext() }) })

/**
 * Returns the context itself if this library created it, otherwise a copy of it, so that changes that a handler makes affect
 * neither `requireContext` nor the next request. Returns `undefined` if the context is not JSON data.
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

/** The result of a context; `undefined` if this library did not create the context and it is not JSON data. */
export const resultOfContext = (context: AuthorizerContext): AuthorizerResult | undefined => {
  const trusted = trustedContext(context)
  return trusted && AuthorizedContext.resultOf(trusted)
}

const anonymous = new WeakSet<AuthorizerContext>()

/** Marks the context of a caller without any credential that `optional` let pass. */
export const markAnonymous = (context: AuthorizerContext): AuthorizerContext => {
  anonymous.add(context)
  return context
}

/** Whether `optional` let the caller pass without any credential. */
export const isAnonymous = (outcome: Outcome): boolean => outcome.allowed && anonymous.has(outcome.authorizer)
