/** Options of `usagePlan`, with their checks. @module */
import type { AuthorizerContext, Clock, GatewayRequest } from '../index.ts'
import { check, type Check, type Checks } from '../contract.ts'
import { type PlanApi, type PlanConfiguration, throttle } from './configuration.ts'
import type { FindKey } from './keys/found-keys.ts'
import type { LoadConfiguration } from './keys/loaded-configuration.ts'
import type { ThrottleSettings, UsageStore } from './store.ts'

/** Options of {@link usagePlan} that apply to every kind of plan. */
export interface CommonPlanOptions extends Partial<PlanConfiguration> {
  /** The API and stage that the plans are applied in. Required if a plan has `apiStages`. */
  api?: PlanApi
  /**
   * Returns all plans and keys, in place of `plans`, `keys` and `usagePlanKeys`. It is called by requests, at most once in
   * `loadSeconds`. If it fails or returns an invalid configuration, the last valid one stays active, and the log says so.
   */
  load?: LoadConfiguration
  /** Lifetime of what `load` returned, in seconds. Default 60. */
  loadSeconds?: number
  /** Deadline of `load` in milliseconds. Default 5000. */
  loadTimeoutMs?: number
  /** Where requests are counted. Default: a `MemoryUsageStore` of this plan alone. */
  store?: UsageStore
  /** Deadline of an asynchronous store in milliseconds. Default 100. */
  storeTimeoutMs?: number
  /**
   * What happens while a store that other processes share fails: `'local'`, each process applies the limits of the plan by itself;
   * `'deny'`, requests get 503. A quota that this process knows to be used up stays used up. Default `'local'` (SEC-93).
   */
  onStoreError?: 'local' | 'deny'
  /** The part of each limit that a process applies by itself, such as 0.25 for one of four processes. Default 1. */
  localShare?: number
  /** Whether 429 responses have `Retry-After`, which AWS does not send (FLEET-10). Default true. */
  retryAfter?: boolean
  /**
   * A bucket for each source address, before the authorizer is called (SEC-90): for an IPv4 address, or a /64 of IPv6. It is
   * counted in this process. Requests beyond it get 429. Default: none.
   */
  sourceLimit?: ThrottleSettings
  /** Default: the clock of the authorizer. */
  clock?: Clock
}

/** Options of a plan for API keys. */
export interface KeyPlanOptions extends CommonPlanOptions {
  /**
   * Where the key comes from: `'HEADER'`, the header `x-api-key`; `'AUTHORIZER'`, `usageIdentifierKey` of the result. The other
   * place is not read. Default `'HEADER'` (AWS-UP-01).
   */
  apiKeySource?: 'HEADER' | 'AUTHORIZER'
  /** Whether routes require a key that `routes` does not name. Others are not counted. Default true. */
  apiKeyRequired?: boolean
  /**
   * Routes with a setting of their own, by template: `{ 'GET /health': { apiKeyRequired: false } }`. What holds for GET holds for
   * HEAD. Default: none.
   */
  routes?: Readonly<Record<string, { readonly apiKeyRequired: boolean }>>
  /**
   * Finds a key that is not among `keys`, in a database for example. Its answer is kept for `keySeconds`, or
   * `unknownKeySeconds` if there is no such key. If it fails or takes too long, the last answer stays in use, and without one
   * the request gets 503. Default: all keys are in `keys`.
   */
  findKey?: FindKey
  /** Lifetime of a key that `findKey` returned, in seconds. Default 60. */
  keySeconds?: number
  /** How long `findKey` is not asked again for an unknown key, in seconds. Default 5. */
  unknownKeySeconds?: number
  /** Deadline of `findKey` in milliseconds. Default 1000. */
  findKeyTimeoutMs?: number
}

/** Options of a plan that counts by caller, without API keys (FLEET-25). */
export interface SubjectPlanOptions<TContext = Record<string, unknown>> extends CommonPlanOptions {
  /** Who is counted: the principal ID, or what a function returns for the authorizer context and the request. */
  subject: 'principalId' | ((authorizer: AuthorizerContext<TContext>, request: GatewayRequest) => string | undefined)
  /** ID of the plan for the authorizer context. Default: the only plan. */
  planOf?: (authorizer: AuthorizerContext<TContext>, request: GatewayRequest) => string | undefined
  /** Response if there is no subject or plan: `'error'`, 500; `'deny'`, 403. Default `'error'`. */
  missingSubject?: 'error' | 'deny'
}

/** Options of {@link usagePlan}. */
export type UsagePlanOptions<TContext = Record<string, unknown>> = KeyPlanOptions | SubjectPlanOptions<TContext>

type AllOptions = KeyPlanOptions & Partial<SubjectPlanOptions>

const positive = (max: number, unit: string): Check => check.integer(1, max, unit)

/** Checked with the configuration. */
const later: Check = () => undefined

const routeSettings: Check = (value) =>
  check.isRecord(value) &&
  Object.keys(value).join() === 'apiKeyRequired' &&
  typeof value['apiKeyRequired'] === 'boolean'
    ? undefined
    : '{ apiKeyRequired: boolean }'

const CHECKS: Checks<AllOptions> = {
  plans: later,
  keys: later,
  usagePlanKeys: later,
  api: (value) =>
    check.isRecord(value) &&
    Object.keys(value).sort().join() === 'apiId,stage' &&
    Object.values(value).every((each) => typeof each === 'string' && each !== '')
      ? undefined
      : '{ apiId, stage }, two texts',
  load: check.callable,
  loadSeconds: positive(86_400, 'seconds'),
  loadTimeoutMs: positive(60_000, 'milliseconds'),
  store: check.instance('a UsageStore with take() and read()', 'take', 'read'),
  storeTimeoutMs: positive(60_000, 'milliseconds'),
  onStoreError: check.oneOf('local', 'deny'),
  localShare: (value) =>
    typeof value === 'number' && value > 0 && value <= 1 ? undefined : 'a number greater than 0 and at most 1',
  retryAfter: check.oneOf(true, false),
  sourceLimit: throttle,
  clock: check.instance('a Clock with now(), monotonic() and setTimeout()', 'now', 'monotonic', 'setTimeout'),
  apiKeySource: check.oneOf('HEADER', 'AUTHORIZER'),
  apiKeyRequired: check.oneOf(true, false),
  routes: check.mapOf(() => undefined, routeSettings),
  findKey: check.callable,
  keySeconds: positive(86_400, 'seconds'),
  unknownKeySeconds: positive(3600, 'seconds'),
  findKeyTimeoutMs: positive(60_000, 'milliseconds'),
  subject: (value) =>
    value === 'principalId' || typeof value === 'function' ? undefined : '"principalId", or a function',
  planOf: check.callable,
  missingSubject: check.oneOf('error', 'deny'),
}

const OF_KEYS = [
  'apiKeySource',
  'apiKeyRequired',
  'routes',
  'keys',
  'usagePlanKeys',
  'findKey',
  'keySeconds',
  'unknownKeySeconds',
  'findKeyTimeoutMs',
] as const
const OF_SUBJECTS = ['planOf', 'missingSubject'] as const

/** Options that only have a meaning with another one. */
const NEEDS: readonly (readonly [name: keyof AllOptions, needed: keyof AllOptions])[] = [
  ['loadSeconds', 'load'],
  ['loadTimeoutMs', 'load'],
  ['keySeconds', 'findKey'],
  ['unknownKeySeconds', 'findKey'],
  ['findKeyTimeoutMs', 'findKey'],
]

/**
 * Checks the options of `usagePlan`, without the configuration.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const checkPlanOptions = (given: unknown): Readonly<Partial<AllOptions>> => {
  const options = check.checkOptions<AllOptions>('usagePlan', given, CHECKS)
  const misplaced = (names: readonly (keyof AllOptions)[], allowed: string): void => {
    const name = names.find((each) => Object.hasOwn(options, each))
    if (name !== undefined) throw check.optionError(`usagePlan.${name}`, options[name], allowed)
  }
  if (options.subject === undefined) misplaced(OF_SUBJECTS, 'nothing without subject')
  else misplaced(OF_KEYS, 'nothing with subject, which counts without API keys')
  if (options.load === undefined) {
    if (options.plans === undefined)
      throw check.optionError('usagePlan.plans', undefined, 'a list of plans, or load, which returns them')
  } else misplaced(['plans', 'keys', 'usagePlanKeys'], 'nothing with load, which returns the configuration')
  for (const [name, needed] of NEEDS) if (options[needed] === undefined) misplaced([name], `nothing without ${needed}`)
  return options
}
