/** Options that all remote functions share. @module */
import type { Clock } from '../index.ts'
import { type Check, check, type Checks, SOURCE_NAME } from '../contract.ts'
import { DEFAULT_HEADERS } from './forwarding.ts'

/** The members of a handler's second argument that are used: the remaining time and the signal of the contract. */
export interface RemoteContext {
  getRemainingTimeInMillis?(): number
  getRemainingTimeInMilliSeconds?(): number
  readonly signal?: AbortSignal | undefined
}

/**
 * A handler that calls a remote function, for every contract except the native one. In its result, an integer outside
 * ±(2^53−1) is a `JsonNumber`, an object whose `text` has all digits; every other number is a number.
 *
 * It rejects with an `AuthorizerError`: `ERR_REMOTE_OVERLOADED` if the function was not called because of the limits,
 * `ERR_REMOTE_UNREACHABLE` if the call failed or timed out, `ERR_REMOTE_RESPONSE` if the response is invalid. If the function
 * rejects the caller, it rejects with `Error('Unauthorized')`, for which contracts of API Gateway return 401.
 */
export type RemoteFunction<TAnswer> = (event: object, context?: RemoteContext) => Promise<TAnswer>

/** When the circuit breaker stops calls to a function that keeps failing. */
export interface BreakerOptions {
  /** The circuit opens if more than this share of the latest calls failed, between 0 and 1. Default 0.5. */
  failureShare?: number
  /** Number of latest calls that count, 1 to 1000. The circuit stays closed until there have been that many. Default 20. */
  minimumCalls?: number
  /** While the circuit is open, one call is made every `openMs` milliseconds as a probe, 1 to 60,000. Default 1000. */
  openMs?: number
}

/** Options of every remote function. */
export interface RemoteOptions {
  /**
   * Deadline of a call in milliseconds, including the wait for a free slot and the transfer of the response; 1 to 10,000. The
   * time that the contract has left applies if it is shorter. Calls are never repeated. Default 3000 (SEC-80).
   */
  timeoutMs?: number
  /**
   * Maximum size of the response in bytes, after decompression, up to 16 MiB. Default 1 MiB. A result for API Gateway needs
   * at most 8192 for the policy and as much for the context (SEC-81).
   */
  maxResponseBytes?: number
  /** Maximum number of concurrent calls, 1 to 10,000. Default 256 (SEC-86). */
  maxConcurrency?: number
  /**
   * How long a call waits for a free slot, in milliseconds, 0 to 10,000. At most `maxConcurrency` calls wait. Default 100.
   */
  queueTimeoutMs?: number
  /**
   * Circuit breaker. It counts failed connections, timeouts, and the statuses 502, 503 and 504. Other results do not count, not
   * even a crash of the function (status 500): a caller who can cause one must not lock out others.
   */
  breaker?: BreakerOptions
  /**
   * Names of the headers to send, from the event's `headers` and `multiValueHeaders`. Default `['*']`: all headers of the event
   * except `Cookie` (and the event's `cookies`), hop-by-hop headers (`Connection`, `TE`, `Upgrade`, `Proxy-Authorization`, …),
   * and names with characters other than letters, digits and hyphens (some frameworks read `X_Forwarded_Proto` as
   * `X-Forwarded-Proto`). `['*', 'cookie']` adds to the default, `['authorization']` replaces it. Headers that are identity
   * sources of the contract are always sent. The client's `Connection` header has no effect. The rest of the event is sent
   * unchanged (SEC-84).
   */
  forwardHeaders?: readonly string[]
  /** Clock for deadlines and the circuit breaker, for tests. Default: the system clock. */
  clock?: Clock
}

const share: Check = (value) =>
  typeof value === 'number' && value > 0 && value < 1 ? undefined : 'a number greater than 0 and less than 1'

const BREAKER_CHECKS: Checks<BreakerOptions> = {
  failureShare: share,
  minimumCalls: check.integer(1, 1000),
  openMs: check.integer(1, 60_000, 'milliseconds'),
}

export const forwardHeaders: Check = check.listOf(
  (value) =>
    value === DEFAULT_HEADERS || (typeof value === 'string' && SOURCE_NAME.test(value))
      ? undefined
      : `a header name or "${DEFAULT_HEADERS}"`,
  100,
)

export const REMOTE_CHECKS: Checks<RemoteOptions> = {
  timeoutMs: check.integer(1, 10_000, 'milliseconds'),
  maxResponseBytes: check.integer(1, 16_777_216, 'bytes'),
  maxConcurrency: check.integer(1, 10_000),
  queueTimeoutMs: check.integer(0, 10_000, 'milliseconds'),
  breaker: (value) => (check.isRecord(value) ? undefined : 'an object with failureShare, minimumCalls, openMs'),
  forwardHeaders,
  clock: check.instance('an object with now, monotonic and setTimeout', 'now', 'monotonic', 'setTimeout'),
}

/**
 * Checks the options against a table, including the members of `breaker`.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const resolveRemote = <T extends RemoteOptions>(
  where: string,
  options: unknown,
  checks: Checks<T>,
): Readonly<Partial<T>> => {
  const checked = check.checkOptions<T>(where, options, checks)
  const breaker = check.checkOptions<BreakerOptions>(`${where}.breaker`, checked.breaker, BREAKER_CHECKS)
  return Object.freeze({ ...checked, breaker })
}
