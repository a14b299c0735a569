/** Options of `guardApi`, and their checks. @module */
import type { AnyFunction, Authorizer, Clock, Decision, Logger, SharedStore, Store } from '@custom-authorizer/core'
import type { ApiOptions } from '@custom-authorizer/core/aws'
import { check, type Checks, isAuthorizer } from '@custom-authorizer/core/contract'
import type { ApiOptions as HuaweiApiOptions } from '@custom-authorizer/core/huawei'
import type { KeyPlanOptions, SubjectPlanOptions } from '@custom-authorizer/core/usage-plan'

/**
 * What guards the routes of an authorizer: the function, called as its kind says; or an authorizer that is used as it is, for
 * kinds without a function, such as Cognito, and for settings that the definition does not have.
 */
export type Binding = AnyFunction | Authorizer<never> | Authorizer<unknown>

/** Answers one finding at one place (DEF-STOP-05). */
export interface Acceptance {
  /** The code of the finding, such as `DEF-SAM-08`. */
  readonly code: string
  /** A route that it concerns, such as `GET /admin`; else its place, such as `template.yaml:12`: the end of the path is enough. */
  readonly at: string
}

/** Options of `usagePlan`, except for those that the definition decides. */
export type DefinedPlanOptions = Omit<KeyPlanOptions, 'apiKeyRequired' | 'apiKeySource' | 'routes'> | SubjectPlanOptions

/** Options of `guardApi`. */
export interface GuardApiOptions {
  /** The functions or authorizers, by the names that the definition has for them. JWT authorizers need none. */
  authorizers?: Readonly<Record<string, Binding>>
  /**
   * The routes that stay open: all of them by name, such as `['GET /health']`, or `'as-declared'`. Default: none, so that a
   * definition with open routes is rejected (DEF-GEN-07).
   */
  open?: 'as-declared' | readonly string[]
  /** Findings that stop, and that you have dealt with. An entry that answers none is an error. Default: none. */
  accept?: readonly Acceptance[]
  /**
   * What happens to routes whose guard is not known: `'deny'` denies every request (500); or an authorizer for each of them, by
   * route. Default: the definition is rejected (DEF-DEF-06).
   */
  undecided?: 'deny' | Readonly<Record<string, Binding>>
  /** Name of the API, or names of several of one kind whose routes are joined. Default: the only one (DEF-GEN-11). */
  api?: string | readonly string[]
  /**
   * What happens to requests that match no route: `'deny'` answers as the gateway, `'next'` passes them on without a principal.
   * Default `'deny'` (DEF-GEN-08).
   */
  unmatched?: 'deny' | 'next'
  /** Path below which the service serves the API, such as `/v1`. Default: that of the definition, else none. */
  basePath?: string
  /** Values of ARNs and events: policies with literal ARNs match only those of the API that they were written for. */
  gateway?: ApiOptions | HuaweiApiOptions
  /** API keys, plans and where requests are counted. Default: none, and routes that require a key answer 403. */
  usagePlan?: DefinedPlanOptions
  /** For every authorizer that is created, as in `createAuthorizer`. */
  timeoutMs?: number
  /** For every authorizer that is created, as in `createAuthorizer`. */
  store?: Store | SharedStore
  /** For every authorizer that is created, as in `createAuthorizer`. */
  maxEntries?: number
  /** For every authorizer that is created, and for requests that match no route. */
  onDecision?: (decision: Decision) => unknown
  /** For every authorizer that is created, as in `createAuthorizer`. */
  onAuthorizerError?: (error: unknown) => unknown
  /** For every authorizer that is created, as in `createAuthorizer`. */
  logger?: Logger | null
  /** For every authorizer that is created, as in `createAuthorizer`. */
  clock?: Clock
}

/** Options that are passed on to `createAuthorizer`, which checks them. */
export const KERNEL_OPTIONS = [
  'timeoutMs',
  'store',
  'maxEntries',
  'onDecision',
  'onAuthorizerError',
  'logger',
  'clock',
] as const

const later = (): undefined => undefined
const BINDING = 'a function, or what createAuthorizer returns'
const bindings = check.mapOf(later, (value) =>
  typeof value === 'function' || isAuthorizer(value) ? undefined : BINDING,
)
const routeList = check.listOf(check.text())

const acceptance: check.Check = (value) =>
  check.isRecord(value) &&
  Object.keys(value).toSorted().join() === 'at,code' &&
  Object.values(value).every((each) => typeof each === 'string')
    ? undefined
    : '{ code, at }, two texts'

/** One row per option. */
export const GUARD_CHECKS: Checks<GuardApiOptions> = {
  authorizers: bindings,
  open: (value) => (value === 'as-declared' ? undefined : routeList(value) && `"as-declared", or ${routeList(value)}`),
  accept: check.listOf(acceptance),
  undecided: (value) => (value === 'deny' ? undefined : bindings(value) && `"deny", or ${bindings(value)}`),
  api: (value) =>
    typeof value === 'string' ? undefined : routeList(value) && 'the name of an API, or a list of names',
  unmatched: check.oneOf('deny', 'next'),
  basePath: check.text(/^(?:|\/[A-Za-z0-9_.~/-]*[A-Za-z0-9_.~-])$/, 'a path such as "/v1", or "" for none'),
  gateway: (value) => (check.isRecord(value) ? undefined : 'an object such as { region, accountId, apiId, stage }'),
  usagePlan: (value) => (check.isRecord(value) ? undefined : 'options of usagePlan'),
  timeoutMs: later,
  store: later,
  maxEntries: later,
  onDecision: later,
  onAuthorizerError: later,
  logger: later,
  clock: later,
}
