/** Plans and keys as users configure them, and the checks of a configuration. Names as in the AWS manual. @module */
import { AuthorizerError } from '../index.ts'
import { check, type Check, type Checks, JsonProblem, ownMember, toJson } from '../contract.ts'
import type { QuotaPeriod } from './counting/window.ts'
import type { QuotaSettings, ThrottleSettings } from './store.ts'

/** A stage of an API that a plan applies to. */
export interface ApiStage {
  readonly apiId: string
  readonly stage: string
  /** Additional buckets by `{resourcePath}/{METHOD}`, such as `/pets/{id}/GET` (AWS-UP-09). Default: none. */
  readonly throttle?: Readonly<Record<string, ThrottleSettings>>
}

/** A usage plan. */
export interface UsagePlan {
  readonly id: string
  readonly name?: string
  readonly description?: string
  /** Default: no rate is enforced. */
  readonly throttle?: ThrottleSettings
  /** Default: requests are not limited per period. */
  readonly quota?: QuotaSettings
  /** The stages that the plan applies to. Default: the API of the option `api`, without method throttles. */
  readonly apiStages?: readonly ApiStage[]
}

/** An API key. */
export interface ApiKey {
  readonly id: string
  /** What clients send: 20 to 128 visible ASCII characters (AWS-UP-06). */
  readonly value: string
  readonly name?: string
  readonly description?: string
  /** Default true. A disabled key counts as unknown. */
  readonly enabled?: boolean
  /** IDs of the plans of this key, in addition to `usagePlanKeys`. At most one of them per stage. Default: none. */
  readonly usagePlanIds?: readonly string[]
}

/** Puts a key into a plan. */
export interface UsagePlanKey {
  readonly usagePlanId: string
  readonly keyId: string
  readonly keyType?: 'API_KEY'
}

/** Plans and keys. Replaced as a whole. */
export interface PlanConfiguration {
  readonly plans: readonly UsagePlan[]
  /** Default: none. */
  readonly keys?: readonly ApiKey[]
  /** Default: none. */
  readonly usagePlanKeys?: readonly UsagePlanKey[]
}

/** The stage of an API that a plan is applied in. */
export interface PlanApi {
  readonly apiId: string
  readonly stage: string
}

const ID: Check = (value) =>
  typeof value === 'string' && /^[\x21-\x7e]{1,256}$/.test(value)
    ? undefined
    : 'an ID of 1 to 256 visible ASCII characters'
const KEY_VALUE = /^[\x21-\x7e]{20,128}$/

/** Whether a text can be the value of a key. Others are not looked up. */
export const isKeyValue = (value: string): boolean => KEY_VALUE.test(value)

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
/** Highest offset of each period (AWS-UP-13). */
const MAX_OFFSETS: Readonly<Record<QuotaPeriod, number>> = { DAY: 0, WEEK: 6, MONTH: 27 }
const MAX_METHOD_THROTTLES = 20
const METHOD_KEY = /^(\/.*?)\/([A-Z]+(?:-[A-Z]+)*)$/

/** Members of the manual that a pasted configuration may have, and that have no effect here. */
const IGNORED: ReadonlySet<string> = new Set([
  'tags',
  'productCode',
  'customerId',
  'createdDate',
  'lastUpdatedDate',
  'stageKeys',
])

/** Check for `{ rateLimit, burstLimit }`. */
export const throttle: Check = (value) => {
  const allowed = '{ rateLimit, burstLimit }: a number from 0 and a whole number from 0'
  if (!check.isRecord(value) || Object.keys(value).some((name) => name !== 'rateLimit' && name !== 'burstLimit'))
    return allowed
  const { rateLimit, burstLimit } = value
  return isNumber(rateLimit) && rateLimit >= 0 && Number.isSafeInteger(burstLimit) && (burstLimit as number) >= 0
    ? undefined
    : allowed
}

const quota: Check = (value) => {
  const allowed =
    '{ limit, period, offset }: a whole number from 0; "DAY", "WEEK" or "MONTH"; 0 for DAY, 0 to 6 for WEEK, 0 to 27 for MONTH'
  if (!check.isRecord(value) || Object.keys(value).some((name) => !['limit', 'period', 'offset'].includes(name)))
    return allowed
  const { limit, period, offset = 0 } = value
  if (typeof period !== 'string' || !Object.hasOwn(MAX_OFFSETS, period)) return allowed
  const isOffset =
    Number.isInteger(offset) && (offset as number) >= 0 && (offset as number) <= MAX_OFFSETS[period as QuotaPeriod]
  return Number.isSafeInteger(limit) && (limit as number) >= 0 && isOffset ? undefined : allowed
}

/** Splits `{resourcePath}/{METHOD}`; `undefined` if it has another form. The root is `//GET`. */
export const splitMethodKey = (key: string): { readonly path: string; readonly method: string } | undefined => {
  const [, path, method] = METHOD_KEY.exec(key) ?? []
  return path === undefined || method === undefined ? undefined : { path, method }
}

const methodThrottles: Check = (value) => {
  const allowed = `a map with at most ${MAX_METHOD_THROTTLES} members from "{resourcePath}/{METHOD}", such as "/pets/{id}/GET", to { rateLimit, burstLimit }`
  if (!check.isRecord(value)) return allowed
  const entries = Object.entries(value)
  return entries.length <= MAX_METHOD_THROTTLES &&
    entries.every(([key, each]) => splitMethodKey(key) !== undefined && throttle(each) === undefined)
    ? undefined
    : allowed
}

const STAGE_CHECKS: Checks<ApiStage> = { apiId: ID, stage: ID, throttle: methodThrottles }
const anyText: Check = (value) => (typeof value === 'string' ? undefined : 'a string')

const PLAN_CHECKS: Checks<UsagePlan> = {
  id: ID,
  name: anyText,
  description: anyText,
  throttle,
  quota,
  apiStages: () => undefined,
}

const KEY_CHECKS: Checks<ApiKey> = {
  id: ID,
  value: (value) =>
    typeof value === 'string' && isKeyValue(value) ? undefined : 'a text of 20 to 128 visible ASCII characters',
  name: anyText,
  description: anyText,
  enabled: check.oneOf(true, false),
  usagePlanIds: check.listOf(ID),
}

const PLAN_KEY_CHECKS: Checks<UsagePlanKey> = {
  usagePlanId: ID,
  keyId: ID,
  keyType: check.oneOf('API_KEY'),
}

const REQUIRED = ['id', 'value', 'usagePlanId', 'keyId', 'apiId', 'stage'] as const

/** Whether an object has no members but its own: those of a class would be lost in a copy. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/** Values of keys are longer than the names of members; a longer name may be a misplaced key, and is not shown. */
const MAX_NAME = 19

const rejectUnknown = (at: string, given: object, allowed: readonly string[]): void => {
  const unknown = Object.keys(given).find((name) => !IGNORED.has(name) && !allowed.includes(name))
  if (unknown === undefined) return
  if (unknown.length <= MAX_NAME) throw check.unknownOption(at, unknown, allowed)
  throw check.optionProblem(at, 'an unknown member', allowed.join(', '))
}

/** Copies an element, which must be plain JSON. Members are checked before, for the error, and in the copy. */
const copyElement = <T extends object>(at: string, each: unknown, checks: Checks<T>): T => {
  if (!check.isRecord(each)) throw check.optionError(at, each, 'an object')
  if (!isPlain(each)) throw check.optionProblem(at, 'an object of a class', 'a plain object, whose members are its own')
  rejectUnknown(at, each, Object.keys(checks))
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(checks)) {
    const value = ownMember(each, name)
    const allowed = value === undefined ? undefined : checks[name as keyof T](value)
    if (allowed !== undefined) throw check.optionError(`${at}.${name}`, value, allowed)
    const copied = value === undefined ? undefined : toJson(value, 'member')
    if (copied instanceof JsonProblem) throw check.optionError(`${at}.${name}`, value, 'plain JSON, not of a class')
    if (copied !== undefined) copy[name] = copied
  }
  for (const name of REQUIRED)
    if (Object.hasOwn(checks, name) && copy[name] === undefined)
      throw check.optionError(`${at}.${name}`, undefined, 'a value, which is required')
  return check.checkOptions<T>(at, copy, checks) as T
}

const checkList = <T extends object>(where: string, elements: unknown, checks: Checks<T>): readonly T[] => {
  if (!Array.isArray(elements)) throw check.optionError(where, elements, 'a list')
  return elements.map((each: unknown, index) => copyElement(`${where}[${index}]`, each, checks))
}

const list: Check = (value) => (Array.isArray(value) ? undefined : 'a list')
const LISTS: Checks<PlanConfiguration> = { plans: list, keys: list, usagePlanKeys: list }

/**
 * Checks the form of each plan and key.
 *
 * @throws {AuthorizerError} `ERR_OPTION`; never shows the value of a key
 */
export const checkConfiguration = (where: string, given: unknown): Required<PlanConfiguration> => {
  if (!check.isRecord(given)) throw check.optionError(where, given, '{ plans, keys, usagePlanKeys }')
  if (!isPlain(given)) throw check.optionProblem(where, 'an object of a class', 'a plain object')
  rejectUnknown(where, given, Object.keys(LISTS))
  const lists = check.checkOptions<PlanConfiguration>(where, given, LISTS)
  const plans = checkList<UsagePlan>(`${where}.plans`, lists.plans, PLAN_CHECKS)
  for (const [index, { apiStages }] of plans.entries())
    if (apiStages !== undefined) checkList<ApiStage>(`${where}.plans[${index}].apiStages`, apiStages, STAGE_CHECKS)
  return {
    plans,
    keys: checkList<ApiKey>(`${where}.keys`, lists.keys ?? [], KEY_CHECKS),
    usagePlanKeys: checkList<UsagePlanKey>(`${where}.usagePlanKeys`, lists.usagePlanKeys ?? [], PLAN_KEY_CHECKS),
  }
}

/**
 * Checks a key that `findKey` has returned, which has no value.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const checkFoundKey = (where: string, given: unknown): Omit<ApiKey, 'value'> => {
  const { value: _, ...checks } = KEY_CHECKS
  const [found] = checkList<Omit<ApiKey, 'value'>>(where, [given], checks)
  return found as Omit<ApiKey, 'value'>
}

/** What is wrong with a configuration or a key, for a log line. Errors of getters may contain anything, and are not shown. */
export const problemIn = (error: unknown): string =>
  error instanceof AuthorizerError ? error.message : 'it cannot be read'
