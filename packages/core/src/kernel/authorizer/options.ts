/** Options of `createAuthorizer`, their defaults and their checks. @module */
import { callable, type Check, type Checks, instance, integer, isRecord, text } from '../util/check.ts'
import { FIELD_NAME } from '../util/http-headers.ts'
import { ORIGIN } from '../util/url.ts'
import type { Clock } from '../util/clock.ts'
import type { AnyFunction, Contract, ContextValues } from '../contract/contract.ts'
import type { Decision } from '../decision/decision.ts'
import { MAX_SOURCES } from '../request/identity-source.ts'
import type { Logger } from '../util/logger.ts'
import type { SharedStore } from '../cache/shared-store.ts'
import type { Store } from '../cache/store.ts'

/** Origins that may read denials in a browser. Without this a browser shows them as a network failure (AWS-GOT-21). */
export interface DenialCors {
  /** `'*'`, or the exact origins, such as `https://app.example.com`. */
  allowOrigins: '*' | readonly string[]
  /** Adds `Access-Control-Allow-Credentials: true`; not with `'*'`. Default false. */
  allowCredentials?: boolean
}

/**
 * Limits on requests that wait before their call can run; only running calls count against `maxInFlight` (SEC-64, SEC-99).
 * A request beyond a limit gets 503 with `Retry-After`.
 */
export interface AuthorizerLimits {
  /** Maximum number of request bodies that the authorizer needs and that have not arrived completely. Default 1,000. */
  pendingBodies?: number
  /** Maximum size in bytes of all buffered bodies of undecided requests. Default 64 MiB, or `maxBodyBytes` if that is more. */
  pendingBodyBytes?: number
  /** Time for a request body to arrive, in milliseconds since reading started; after it, the client gets 408. Default 30,000. */
  bodyTimeoutMs?: number
  /** Maximum number of requests in each pool of a contract's `prepare`, such as those that wait for a key. Default 1,000. */
  pendingPreparations?: number
}

/** Options of `createAuthorizer`, and of `customAuthorizer` if its first argument is a function. */
export interface AuthorizerOptions<
  TAuthorize extends AnyFunction,
  TContract extends AnyFunction,
  TValues extends ContextValues,
> {
  /** The authorizer function, in the form that `contract` calls. */
  authorize: TAuthorize
  /** Defines what the function receives and how its result is interpreted. Default `native()`. */
  contract?: Contract<TContract, TValues>
  /** Name for logs, decisions and keys of a shared store. Default: the function's name, else the contract's. */
  name?: string
  /**
   * Version of the function, for keys of a shared store: 1 to 64 printable ASCII characters without spaces. Results of
   * another version are never used, so change it when the function changes. A shared store identifies a function by `name`,
   * `version` and its `FUNCTION_IDENTITY`, never by its code. Default: none.
   */
  version?: string
  /** Deadline of one call in milliseconds, 1 to 900,000. Default: the contract's, 10,000. */
  timeoutMs?: number
  /**
   * The store for results. A `SharedStore`, such as `redisStore()`, shares results and invalidations with other processes, and the
   * authorizer keeps those in use in memory. Default: a `MemoryStore` of this authorizer alone, with `maxEntries`.
   */
  store?: Store | SharedStore
  /** Maximum number of results that the authorizer keeps in memory, unless `store` is a `Store`. Default 10,000. */
  maxEntries?: number
  /**
   * Deadline of one lookup in a store that returns promises, in milliseconds. Default 100. After five consecutive failures,
   * the store is read once per second until a lookup succeeds (SEC-66).
   */
  storeTimeoutMs?: number
  /** Maximum concurrent calls of the function; further requests get 503. Default 1,000 (SEC-64). */
  maxInFlight?: number
  /** Limits on requests that wait before their call can run. */
  limits?: AuthorizerLimits
  /** Adds CORS headers to denials, so that pages can read them and `WWW-Authenticate`. Default: none, as on a gateway. */
  denialCors?: DenialCors
  /**
   * Called once for each decision, after it has been made; exceptions are ignored. If an allowed request then cannot continue
   * (`BAD_MAPPED_VALUE`, `ABORTED`), it is called again with the denial.
   */
  onDecision?: (decision: Decision) => unknown
  /** Called with the error that the authorizer function threw, unchanged: it may contain secrets. */
  onAuthorizerError?: (error: unknown) => unknown
  /** Receives one line for each problem. Default: the console; `null` turns logging off. */
  logger?: Logger | null
  /** Source of time. Default: the system clock. */
  clock?: Clock
}

/** Options of `createAuthorizer` without the function. */
export type KernelOptions<TContract extends AnyFunction, TValues extends ContextValues> = Omit<
  AuthorizerOptions<AnyFunction, TContract, TValues>,
  'authorize'
>

const cors: Check = (value) => {
  const allowed =
    '{ allowOrigins: "*" or an array of origins such as "https://app.example.com", allowCredentials?: boolean (not with "*") }'
  if (!isRecord(value) || Object.keys(value).some((key) => key !== 'allowOrigins' && key !== 'allowCredentials'))
    return allowed
  const { allowOrigins, allowCredentials = false } = value
  if (typeof allowCredentials !== 'boolean') return allowed
  if (allowOrigins === '*') return allowCredentials ? allowed : undefined
  const isValid =
    Array.isArray(allowOrigins) &&
    allowOrigins.length > 0 &&
    allowOrigins.every((each) => typeof each === 'string' && ORIGIN.test(each))
  return isValid ? undefined : allowed
}

const methods = instance(
  'a contract such as aws.token(): call the function, aws.token alone is not a contract',
  'toEvent',
  'parseResult',
  'decide',
  'respond',
  'requestContext',
)
const NAME = text(/^[\x21-\x7e]{1,64}$/, '1 to 64 printable ASCII characters without spaces')
const MEMBERS = {
  name: NAME,
  fingerprint: (value: unknown) => (typeof value === 'string' ? undefined : 'a string'),
  identitySources: (value: unknown) =>
    Array.isArray(value) && value.length <= MAX_SOURCES
      ? undefined
      : `an array of at most ${MAX_SOURCES} identity sources`,
  resultTtlSeconds: integer(0, 3600, 'seconds'),
  timeoutMs: integer(1, 900_000, 'milliseconds'),
  requestIdHeader: (value: unknown) =>
    value === undefined || (typeof value === 'string' && FIELD_NAME.test(value)) ? undefined : 'the name of a header',
} satisfies Record<string, Check>

const contract: Check = (value) => {
  const wrong = methods(value)
  if (wrong !== undefined) return wrong
  const members = value as Readonly<Record<string, unknown>>
  for (const [member, check] of Object.entries(MEMBERS)) {
    const allowed = check(members[member])
    if (allowed !== undefined) return `a contract whose ${member} is ${allowed}`
  }
  const hasSources = (members['identitySources'] as readonly unknown[]).length > 0
  const isShared = Object.hasOwn(members, 'sharedByAllCallers') && members['sharedByAllCallers'] === true
  if (isShared && hasSources) return 'a contract that is sharedByAllCallers or has identity sources, not both'
  return members['resultTtlSeconds'] !== 0 && !hasSources && !isShared
    ? 'a contract with identity sources, or with resultTtlSeconds 0: a cached result needs an identity'
    : undefined
}

const STORE =
  'a SharedStore with open(), or a Store with get(), set() and delete() that take a scope and a key; ' +
  'a Map or a Keyv is not a Store'
const hasStoreMethods = instance(STORE, 'get', 'set', 'delete')
const isShared = instance(STORE, 'open')
/** A Map or a Keyv has the methods of a store, but would read the scope as the key. */
const isKeyValueMap = (value: object): boolean => value instanceof Map || value.constructor?.name === 'Keyv'
const store: Check = (value) =>
  isShared(value) === undefined
    ? undefined
    : (hasStoreMethods(value) ?? (isKeyValueMap(value as object) ? STORE : undefined))
const logger: Check = (value) =>
  value === null ? undefined : instance('a Logger with warn() and error(), or null', 'warn', 'error')(value)

/** One row per member of `limits`. */
export const LIMIT_CHECKS: Checks<AuthorizerLimits> = {
  pendingBodies: integer(1, 1_000_000, 'bodies'),
  pendingBodyBytes: integer(1, 2 ** 40, 'bytes'),
  bodyTimeoutMs: integer(1, 900_000, 'milliseconds'),
  pendingPreparations: integer(1, 1_000_000, 'requests'),
}

/** One row per option of `createAuthorizer`, without the function. */
export const KERNEL_CHECKS: Checks<KernelOptions<AnyFunction, ContextValues>> = {
  contract,
  name: NAME,
  version: NAME,
  timeoutMs: integer(1, 900_000, 'milliseconds'),
  store,
  maxEntries: integer(1, 10_000_000, 'entries'),
  storeTimeoutMs: integer(1, 10_000, 'milliseconds'),
  maxInFlight: integer(1, 1_000_000, 'calls'),
  limits: (value) => (isRecord(value) ? undefined : `an object with ${Object.keys(LIMIT_CHECKS).join(', ')}`),
  denialCors: cors,
  onDecision: callable,
  onAuthorizerError: callable,
  logger,
  clock: instance('a Clock with now(), monotonic() and setTimeout()', 'now', 'monotonic', 'setTimeout'),
}

/** One row per option of `createAuthorizer`. */
export const AUTHORIZER_CHECKS: Checks<AuthorizerOptions<AnyFunction, AnyFunction, ContextValues>> = {
  authorize: callable,
  ...KERNEL_CHECKS,
}
