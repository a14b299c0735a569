/**
 * Authorizers made of authorizers. Members keep their semantics, caches and decisions; what is added is how their
 * outcomes become one. No gateway has this.
 * @module
 */
import type { Authorizer, InvalidateSelector } from './authorizer.ts'
import { isRecord, optionError } from './check.ts'
import { AuthorizedContext, type AuthorizerContext, type AuthorizerResult } from './context.ts'
import type { GatewayResponseType } from './gateway-response.ts'
import type { Denied, DenialReason, Outcome } from './outcome.ts'
import type { GatewayRequest } from './request.ts'

type Evaluated = Outcome | Promise<Outcome>
type Options = { readonly signal?: AbortSignal } | undefined
type ContextsOf<T extends readonly Authorizer<unknown>[]> = {
  [K in keyof T]: T[K] extends Authorizer<infer C> ? C : never
}
type Intersection<T> = (T extends unknown ? (each: T) => void : never) extends (each: infer U) => void ? U : never

/** Continues with an outcome, now if it is there and later if it is not. */
const andThen = (outcome: Evaluated, next: (outcome: Outcome) => Evaluated): Evaluated =>
  // oxlint-disable-next-line no-callback-in-promise -- it is the continuation
  outcome instanceof Promise ? outcome.then(next) : next(outcome)

const checkMembers = (where: string, members: readonly Authorizer<unknown>[]): readonly Authorizer[] => {
  for (const member of members) {
    if (!isRecord(member) || typeof member.evaluate !== 'function') {
      throw optionError(where, member, 'authorizers, as createAuthorizer returns them')
    }
  }
  if (members.length === 0) throw optionError(where, members, 'at least one authorizer')
  return members as unknown as readonly Authorizer[]
}

const FAULTS: ReadonlySet<GatewayResponseType> = new Set([
  'AUTHORIZER_CONFIGURATION_ERROR',
  'AUTHORIZER_FAILURE',
  'OVERLOADED',
])

/**
 * How much a refusal says. A fault outranks a denial, and a denial outranks "who are you?": an outage must not look like a
 * bad credential. A bad credential outranks none at all. Asked of the type: a status may have been customized.
 */
const rankOf = ({ type, reason }: Denied): number => {
  if (FAULTS.has(type)) return 3
  if (type !== 'UNAUTHORIZED') return 2
  return reason === 'IDENTITY_SOURCE_MISSING' ? 0 : 1
}

/** The refusal that says more; the earlier one among equals. */
const worse = (earlier: Denied | undefined, later: Denied): Denied =>
  earlier === undefined || rankOf(later) > rankOf(earlier) ? later : earlier

// Every member forgets what it can, whatever becomes of the others; then the first failure is heard of.
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

const compose = (
  name: string,
  members: readonly Authorizer[],
  evaluate: (request: GatewayRequest, options: Options) => Evaluated,
): Authorizer => ({
  name,
  evaluate,
  invalidate: (selector: InvalidateSelector) => forAll(members, (member) => member.invalidate(selector)),
  invalidateAll: () => forAll(members, (member) => member.invalidateAll()),
  report: (kind, message) => members[0]?.report?.(kind, message),
  refuse: (request: GatewayRequest, reason: DenialReason, authorizer?: AuthorizerContext, problem?: string) =>
    (members[0] as Authorizer).refuse(request, reason, authorizer, problem),
})

const nameOf = (kind: string, members: readonly Authorizer[]): string =>
  `${kind}(${members.map(({ name }) => name).join(',')})`

/**
 * The request may go on if any member allows it. Members are asked in order until one does; its answer is the answer.
 * If all refuse, the client sees a fault before a denial before a bad credential before a missing one, and among equals
 * the first.
 */
export const anyOf = <const T extends readonly Authorizer<unknown>[]>(
  ...members: T
): Authorizer<ContextsOf<T>[number]> => {
  const checked = checkMembers('anyOf', members)
  const ask = (request: GatewayRequest, options: Options, index: number, worst: Denied | undefined): Evaluated =>
    andThen((checked[index] as Authorizer).evaluate(request, options), (outcome) => {
      if (outcome.allowed) return outcome
      const refusal = worse(worst, outcome)
      return index + 1 < checked.length ? ask(request, options, index + 1, refusal) : refusal
    })
  const composed = compose(nameOf('anyOf', checked), checked, (request, options) => ask(request, options, 0, undefined))
  return composed as unknown as Authorizer<ContextsOf<T>[number]>
}

/**
 * The first member that knows the caller decides alone. Members are asked in order; one that does not know the caller (its
 * gateway response is `UNAUTHORIZED`) passes the request on, any other outcome is final. If none knows the caller, the
 * client sees the first bad credential, else the first refusal.
 */
export const firstOf = <const T extends readonly Authorizer<unknown>[]>(
  ...members: T
): Authorizer<ContextsOf<T>[number]> => {
  const checked = checkMembers('firstOf', members)
  const ask = (request: GatewayRequest, options: Options, index: number, first: Denied | undefined): Evaluated =>
    andThen((checked[index] as Authorizer).evaluate(request, options), (outcome) => {
      if (outcome.allowed || outcome.type !== 'UNAUTHORIZED') return outcome
      const refusal = worse(first, outcome)
      return index + 1 < checked.length ? ask(request, options, index + 1, refusal) : refusal
    })
  const composed = compose(nameOf('firstOf', checked), checked, (request, options) =>
    ask(request, options, 0, undefined),
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

/** Merges two results; `undefined` when they contradict each other. */
const merge = (first: AuthorizerResult, second: AuthorizerResult): AuthorizerResult | undefined => {
  const context: Record<string, AuthorizerResult['context'][string]> = { ...first.context }
  for (const [key, value] of Object.entries(second.context)) {
    if (Object.hasOwn(context, key) && !sameJson(context[key], value)) return undefined
    context[key] = value
  }
  const { principalId } = first
  if (principalId !== '' && second.principalId !== '' && principalId !== second.principalId) return undefined
  const usageIdentifierKey = first.usageIdentifierKey ?? second.usageIdentifierKey
  return {
    principalId: principalId === '' ? second.principalId : principalId,
    context,
    ...(usageIdentifierKey !== undefined && { usageIdentifierKey }),
  }
}

const resultOf = (context: AuthorizerContext): AuthorizerResult =>
  AuthorizedContext.resultOf(context) ?? {
    principalId: context.principalId,
    context: context.context as AuthorizerResult['context'],
  }

/** `requestContext.authorizer` of merged answers: their members side by side, and the principal that they agree on. */
const merged = (
  contexts: readonly AuthorizerContext[],
  principalId: string,
): { requestContext(): Record<string, unknown> } => ({
  requestContext: () => {
    const members: Record<string, unknown> = {}
    for (const [key, value] of contexts.flatMap(({ requestContext }) => Object.entries(requestContext.authorizer))) {
      const before = members[key]
      members[key] = isRecord(before) && isRecord(value) ? { ...before, ...value } : (value ?? before ?? null)
    }
    return Object.hasOwn(members, 'principalId') ? { ...members, principalId } : members
  },
})

/**
 * The request may go on only if every member allows it. Members are asked in order; the first refusal is final. Contexts
 * are merged; two members that say different things under one key, or name different principals, are a fault (500).
 */
export const allOf = <const T extends readonly Authorizer<unknown>[]>(
  ...members: T
): Authorizer<Intersection<ContextsOf<T>[number]>> => {
  const checked = checkMembers('allOf', members)
  const ask = (
    request: GatewayRequest,
    options: Options,
    index: number,
    before: readonly AuthorizerContext[],
    result: AuthorizerResult | undefined,
  ): Evaluated => {
    const member = checked[index] as Authorizer
    return andThen(member.evaluate(request, options), (outcome) => {
      if (!outcome.allowed) return outcome
      const contexts = [...before, outcome.authorizer]
      const said = resultOf(outcome.authorizer)
      const together = result === undefined ? said : merge(result, said)
      if (together === undefined) {
        return member.refuse(
          request,
          'BAD_RESULT',
          undefined,
          'members of allOf contradict each other about the principal or a context key',
        )
      }
      if (index + 1 < checked.length) return ask(request, options, index + 1, contexts, together)
      return { allowed: true, authorizer: new AuthorizedContext(together, 0, merged(contexts, together.principalId)) }
    })
  }
  const composed = compose(nameOf('allOf', checked), checked, (request, options) =>
    ask(request, options, 0, [], undefined),
  )
  return composed as unknown as Authorizer<Intersection<ContextsOf<T>[number]>>
}

const ANONYMOUS: AuthorizerResult = Object.freeze({ principalId: '', context: Object.freeze({}) })

/** Turns a refusal for want of a credential into an anonymous pass. */
const passAnonymous = (outcome: Outcome): Outcome =>
  !outcome.allowed && outcome.reason === 'IDENTITY_SOURCE_MISSING'
    ? {
        allowed: true,
        authorizer: new AuthorizedContext(ANONYMOUS, 0, { requestContext: () => ({ principalId: '' }) }),
      }
    : outcome

/**
 * Lets callers without a credential pass, with an empty principal and an empty context. A credential that is there is
 * judged as ever: one that is bad, repeated or refused is refused. The member has to have identity sources, which say
 * what "without a credential" means; an authorizer without any never takes a caller for anonymous. A `Cookie` header is a credential to it, whatever is
 * in it: name the cookie's own header or use a native authorizer that looks for the cookie.
 */
export const optional = <TContext>(member: Authorizer<TContext>): Authorizer<Partial<TContext>> => {
  const [checked] = checkMembers('optional', [member]) as [Authorizer]
  const composed = compose(`optional(${checked.name})`, [checked], (request, options) =>
    andThen(checked.evaluate(request, options), passAnonymous),
  )
  return composed as unknown as Authorizer<Partial<TContext>>
}
