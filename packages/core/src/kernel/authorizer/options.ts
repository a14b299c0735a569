/** Options of `createAuthorizer`, their defaults and their checks. @module */
import { callable, type Check, type Checks, instance, integer, isRecord, text } from '../util/check.ts'
import { ORIGIN } from '../util/url.ts'
import type { Clock } from '../util/clock.ts'
import type { AnyFunction, Contract, ContextValues } from '../contract/contract.ts'
import type { Decision } from '../decision/decision.ts'
import { MAX_SOURCES } from '../request/identity-source.ts'
import type { Logger } from '../util/logger.ts'
import type { Store } from '../cache/store.ts'

/** Origins that may read denials in a browser. Without this a browser shows them as a network failure (AWS-GOT-21). */
export interface DenialCors {
  /** `'*'`, or the exact origins, such as `https://app.example.com`. */
  allowOrigins: '*' | readonly string[]
  /** Adds `Access-Control-Allow-Credentials: true`; not with `'*'`. Default false. */
  allowCredentials?: boolean
}

/**
 * Bounds on what waits before a call can run; only running calls count against `maxInFlight` (SEC-64, SEC-99). A request
 * beyond a bound gets 503 with `Retry-After`.
 */
export interface AuthorizerLimits {
  /** Request bodies that the authorizer needs and that have not arrived completely. Default 1,000. */
  pendingBodies?: number
  /** Bytes of request bodies that are buffered for undecided requests. Default 64 MiB, or `maxBodyBytes` if that is more. */
  pendingBodyBytes?: number
  /** Time for a request body to arrive, in milliseconds from when reading starts; later 408. Default 30,000. */
  bodyTimeoutMs?: number
  /** Requests that wait in each pool of a contract's `prepare`, such as those for a key. Default 1,000. */
  pendingPreparations?: number
}

/** Options of `createAuthorizer`, and of `customAuthorizer` when it is given a function. */
export interface AuthorizerOptions<
  TAuthorize extends AnyFunction,
  TContract extends AnyFunction,
  TValues extends ContextValues,
> {
  /** The authorizer function, in the form that `contract` calls. */
  authorize: TAuthorize
  /** What the function receives and what its answer means. Default `native()`. */
  contract?: Contract<TContract, TValues>
  /** Name for logs, decisions and keys of a shared store. Default: the function's name, else the contract's. */
  name?: string
  /**
   * Version of the function, for keys of a shared store: 1 to 64 printable ASCII characters without spaces. Results of
   * another version are never used, so change it when the function changes. A store that several processes share knows a
   * function by `name`, `version` and what it contributes itself (`FUNCTION_IDENTITY`), never by its code. Default: none.
   */
  version?: string
  /** Deadline of one call in milliseconds, 1 to 900,000. Default: the contract's, 10,000. */
  timeoutMs?: number
  /** Where results are kept. Default: a `MemoryStore` of its own with `maxEntries`. */
  store?: Store
  /** Most results kept by the default store. Default 10,000. */
  maxEntries?: number
  /**
   * Deadline of one look-up in a store that answers with promises, in milliseconds. Default 100. After five failures in a
   * row the store is asked once a second until it works again (SEC-66).
   */
  storeTimeoutMs?: number
  /** Maximum concurrent calls of the function; further requests get 503. Default 1,000 (SEC-64). */
  maxInFlight?: number
  /** Bounds on requests that wait before their call can run. */
  limits?: AuthorizerLimits
  /** Adds CORS headers to denials. Default: none, as the gateway. */
  denialCors?: DenialCors
  /**
   * Called once for each decision, after it has been made; what it throws has no effect. A request that was allowed and then
   * could not go on (`BAD_MAPPED_VALUE`, `ABORTED`) is told of a second time, as a denial.
   */
  onDecision?: (decision: Decision) => unknown
  /** Called with whatever the authorizer function threw, as it is: it may hold what your code put there. */
  onAuthorizerError?: (error: unknown) => unknown
  /** Receives a line for each problem. Default: the console; `null` for none. */
  logger?: Logger | null
  /** Source of time. Default: the system's. */
  clock?: Clock
}

/** The same without the function. */
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
  const right =
    Array.isArray(allowOrigins) &&
    allowOrigins.length > 0 &&
    allowOrigins.every((each) => typeof each === 'string' && ORIGIN.test(each))
  return right ? undefined : allowed
}

const methods = instance(
  'a contract such as aws.token(), called: aws.token() and not aws.token',
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
} satisfies Record<string, Check>

const contract: Check = (value) => {
  const wrong = methods(value)
  if (wrong !== undefined) return wrong
  const given = value as Readonly<Record<string, unknown>>
  for (const [member, check] of Object.entries(MEMBERS)) {
    const allowed = check(given[member])
    if (allowed !== undefined) return `a contract whose ${member} is ${allowed}`
  }
  const names = (given['identitySources'] as readonly unknown[]).length > 0
  const independent = Object.hasOwn(given, 'sharedByAllCallers') && given['sharedByAllCallers'] === true
  if (independent && names) return 'a contract that is sharedByAllCallers or has identity sources, not both'
  return given['resultTtlSeconds'] !== 0 && !names && !independent
    ? 'a contract with identity sources, or with resultTtlSeconds 0: nothing else says whose result is kept'
    : undefined
}

const STORE = 'a Store with get(), set() and delete() that take a scope and a key; a Map or a Keyv is not a Store'
const hasStoreMethods = instance(STORE, 'get', 'set', 'delete')
/** A Map or a Keyv has the methods of a store, but would take the scope for the key. */
const isKeyValueMap = (value: object): boolean => value instanceof Map || value.constructor?.name === 'Keyv'
const store: Check = (value) => hasStoreMethods(value) ?? (isKeyValueMap(value as object) ? STORE : undefined)
const logger: Check = (value) =>
  value === null ? undefined : instance('a Logger with warn() and error(), or null', 'warn', 'error')(value)

/** One row per member of `limits`. */
export const LIMIT_CHECKS: Checks<AuthorizerLimits> = {
  pendingBodies: integer(1, 1_000_000, 'bodies'),
  pendingBodyBytes: integer(1, 2 ** 40, 'bytes'),
  bodyTimeoutMs: integer(1, 900_000, 'milliseconds'),
  pendingPreparations: integer(1, 1_000_000, 'requests'),
}

/** One row per option of `createAuthorizer` but the function itself. */
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

export const AUTHORIZER_CHECKS: Checks<AuthorizerOptions<AnyFunction, AnyFunction, ContextValues>> = {
  authorize: callable,
  ...KERNEL_CHECKS,
}
