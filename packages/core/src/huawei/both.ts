/** A frontend authorizer, backend policies and a backend authorizer in the order of APIG (HW-GEN-05, HW-GEN-06). @module */
import type { Allowed, Authorizer, AuthorizerContext, GatewayRequest, Outcome } from '../index.ts'
import {
  check,
  type Checks,
  composeAuthorizers,
  createContext,
  resultOfContext,
  markAnonymous,
  isAuthorizer,
  isAnonymous,
  andThen,
} from '../contract.ts'
import { compileExpression } from './linear-regexp.ts'
import { rememberFrontend } from './gateway-responses.ts'
import { textOf } from './result.ts'

/** A condition on the frontend authorizer's context (HW-CTX-13), named as in the API reference. */
export interface PolicyCondition {
  conditionOrigin: 'frontend_authorizer'
  /** `$context.authorizer.frontend.KEY`. */
  frontendAuthorizerParamName: string
  /** Whether `conditionValue` is one text, a list separated by commas, or a regular expression for the whole value. */
  conditionType: 'exact' | 'enum' | 'pattern'
  /** Booleans are compared as `true` and `false`. */
  conditionValue: string
}

/** A backend policy: applies to the requests that meet its conditions. */
export interface BackendPolicy {
  /** Name of the policy, passed to handlers as `policy`. */
  name: string
  conditions: readonly PolicyCondition[]
  /** Whether all conditions have to be met, or one of them. Default `'ALL'`. */
  effectMode?: 'ALL' | 'ANY'
  /** Authorizer of this policy's backend. Default: none. */
  backend?: Authorizer<unknown>
}

/** Options of {@link both}. */
export interface BothOptions<TFrontend, TBackend> {
  frontend: Authorizer<TFrontend>
  /** Authorizer of the default backend. Default: none. */
  backend?: Authorizer<TBackend>
  /** Backend policies; the first one whose conditions are met applies. Default: none. */
  policies?: readonly BackendPolicy[]
}

/** The context of {@link both}: one member per authorizer (HW-GEN-04). */
export interface BothContext<TFrontend, TBackend> {
  frontend: TFrontend
  /** Absent if the chosen backend has no authorizer. */
  backend?: TBackend
  /** Name of the backend policy, if one was chosen. */
  policy?: string
}

const WHERE = 'huawei.both'
const POLICY = '{ name, conditions: at least one, effectMode, backend }'
const AUTHORIZER = 'an authorizer that createAuthorizer returned'
const authorizerOption: check.Check = (value) => (isAuthorizer(value) ? undefined : AUTHORIZER)
const CHECKS: Checks<BothOptions<unknown, unknown>> = {
  frontend: authorizerOption,
  backend: authorizerOption,
  policies: (value) => (Array.isArray(value) ? undefined : 'an array of backend policies'),
}
const PARAMETER = /^\$context\.authorizer\.frontend\.([\w-]+)$/

const CONDITION_MEMBERS = ['conditionOrigin', 'frontendAuthorizerParamName', 'conditionType', 'conditionValue']

const rejectUnknown = (where: string, rest: object, allowed: readonly string[]): void => {
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw check.unknownOption(where, unknown, allowed)
}

type ContextTest = (context: Readonly<Record<string, unknown>>) => boolean

const compileCondition = (where: string, condition: unknown): ContextTest => {
  const allowed =
    '{ conditionOrigin: "frontend_authorizer", frontendAuthorizerParamName: "$context.authorizer.frontend.KEY", conditionType: "exact", "enum" or "pattern", conditionValue: text }'
  if (!check.isRecord(condition)) throw check.optionError(where, condition, allowed)
  const {
    conditionOrigin,
    frontendAuthorizerParamName: name,
    conditionType: type,
    conditionValue: value,
    ...rest
  } = condition
  rejectUnknown(where, rest, CONDITION_MEMBERS)
  const key = typeof name === 'string' ? PARAMETER.exec(name)?.[1] : undefined
  if (conditionOrigin !== 'frontend_authorizer' || key === undefined || typeof value !== 'string') {
    throw check.optionError(where, condition, allowed)
  }
  const matches = valueTest(where, type, value)
  return (context) => {
    const found = Object.hasOwn(context, key) ? textOf(context[key]) : undefined
    return found !== undefined && matches(found)
  }
}

const valueTest = (where: string, type: unknown, value: string): ((text: string) => boolean) => {
  if (type === 'exact') return (text) => text === value
  if (type === 'enum') {
    const values = new Set(value.split(',').map((each) => each.trim()))
    return (text) => values.has(text)
  }
  if (type !== 'pattern') throw check.optionError(`${where}.conditionType`, type, '"exact", "enum" or "pattern"')
  return compileExpression(`${where}.conditionValue`, value, 'whole')
}

interface CompiledPolicy {
  readonly name: string
  readonly backend: Authorizer | undefined
  readonly applies: ContextTest
}

const recordOf = (where: string, value: unknown, allowed: string): Readonly<Record<string, unknown>> => {
  if (!check.isRecord(value)) throw check.optionError(where, value, allowed)
  return value
}

const compilePolicy = (policy: BackendPolicy, index: number): CompiledPolicy => {
  const where = `${WHERE}.policies[${index}]`
  const { name, conditions, effectMode = 'ALL', backend, ...rest } = recordOf(where, policy, POLICY)
  rejectUnknown(where, rest, ['name', 'conditions', 'effectMode', 'backend'])
  if (typeof name !== 'string' || name === '' || !Array.isArray(conditions) || conditions.length === 0) {
    throw check.optionError(where, policy, POLICY)
  }
  if (effectMode !== 'ALL' && effectMode !== 'ANY') {
    throw check.optionError(`${where}.effectMode`, effectMode, '"ALL" or "ANY"')
  }
  const tests = conditions.map((each: unknown, at) => compileCondition(`${where}.conditions[${at}]`, each))
  return {
    name,
    backend: backend === undefined ? undefined : checkAuthorizer(`${where}.backend`, backend),
    applies: (context) =>
      effectMode === 'ALL' ? tests.every((test) => test(context)) : tests.some((test) => test(context)),
  }
}

const checkAuthorizer = (where: string, value: unknown): Authorizer => {
  if (!isAuthorizer(value)) throw check.optionError(where, value, AUTHORIZER)
  return value as Authorizer
}

/** The frontend's context by the combined context, for denials by later guards. */
const frontendContexts = new WeakMap<AuthorizerContext, AuthorizerContext>()

const combine = (frontend: Allowed, backend: Allowed | undefined, policy: string | undefined): Outcome | undefined => {
  const result = resultOfContext(frontend.authorizer)
  const second = backend && resultOfContext(backend.authorizer)
  if (result === undefined || (backend !== undefined && second === undefined)) return undefined
  const context = {
    frontend: result.context,
    ...(second && { backend: second.context }),
    ...(policy !== undefined && { policy }),
  }
  const authorizer = createContext({ ...result, context }, () => ({
    ...frontend.authorizer.requestContext.authorizer,
    ...backend?.authorizer.requestContext.authorizer,
  }))
  frontendContexts.set(authorizer, frontend.authorizer)
  // The backend authorizer does not identify the caller, so only the frontend's outcome counts.
  return {
    allowed: true,
    authorizer: isAnonymous(frontend) ? markAnonymous(authorizer) : authorizer,
  }
}

/**
 * Combines a frontend authorizer and backend authorizers. The frontend decides first, its context selects the backend policy,
 * and the authorizer of this backend decides last (HW-GEN-05, HW-GEN-06). The first denial is final.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 * @example
 * const authorizer = huawei.both({
 *   frontend: createAuthorizer({ authorize: identifyCaller, contract: huawei.frontend() }),
 *   backend: createAuthorizer({ authorize: signForBackend, contract: huawei.backend() }),
 * })
 */
export const both = <TFrontend, TBackend = Record<string, unknown>>(
  options: BothOptions<TFrontend, TBackend>,
): Authorizer<BothContext<TFrontend, TBackend>> => {
  const given: BothOptions<unknown, unknown> = check.checkOptions(
    WHERE,
    { ...recordOf(WHERE, options, '{ frontend, backend, policies }') },
    CHECKS,
  ) as never
  const { frontend: front, backend: back, policies = [] } = given
  const frontend = checkAuthorizer(`${WHERE}.frontend`, front)
  const fallback = back === undefined ? undefined : checkAuthorizer(`${WHERE}.backend`, back)
  const compiled = policies.map(compilePolicy)
  const members = [frontend, fallback, ...compiled.map((each) => each.backend)].filter((each) => each !== undefined)

  const evaluate: Authorizer['evaluate'] = (request: GatewayRequest, call) => {
    const conclude = (...parts: Parameters<typeof combine>): Outcome =>
      combine(...parts) ??
      frontend.deny(request, 'BAD_RESULT', undefined, 'an authorizer returned a context that is not JSON data')
    return andThen(frontend.evaluate(request, call), (first) => {
      if (!first.allowed) return first
      const { context } = first.authorizer
      const policy = compiled.find(({ applies }) => applies(context))
      const backend = policy === undefined ? fallback : policy.backend
      if (backend === undefined) return conclude(first, undefined, policy?.name)
      rememberFrontend(request, context)
      return andThen(backend.evaluate(request, call), (second) =>
        second.allowed ? conclude(first, second, policy?.name) : second,
      )
    })
  }

  const authorizer: Authorizer = {
    ...composeAuthorizers('both', members, evaluate),
    // Backend results do not depend on the caller, so there are none to invalidate.
    invalidate: (selector) => frontend.invalidate(selector),
    deny: (request, reason, context, ...details) =>
      frontend.deny(request, reason, context && (frontendContexts.get(context) ?? context), ...details),
  }
  return authorizer as unknown as Authorizer<BothContext<TFrontend, TBackend>>
}
