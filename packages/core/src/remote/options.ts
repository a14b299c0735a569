/** What all functions elsewhere have in common, for those who call them. @module */
import type { Clock } from '../index.ts'
import { type Check, check, type Checks, SOURCE_NAME } from '../contract.ts'
import { USUAL } from './forwarding.ts'

/** As much of a handler's second argument as counts here: the deadline of either cloud, or of the native contract. */
export interface RemoteContext {
  getRemainingTimeInMillis?(): number
  getRemainingTimeInMilliSeconds?(): number
  readonly signal?: AbortSignal | undefined
}

/**
 * A handler that calls a remote function; for any contract that makes an event. In its response an integer beyond ±(2^53−1) is
 * a `JsonNumber`, an object whose `text` has all digits; every other number is a number.
 *
 * It rejects with an {@link AuthorizerError}: `ERR_REMOTE_OVERLOADED` when the function was not asked,
 * `ERR_REMOTE_UNREACHABLE` when it could not be asked or broke off, `ERR_REMOTE_RESPONSE` when what came back is no answer;
 * and with `Error('Unauthorized')`, which contracts of API Gateway take for 401, when the function has said so.
 */
export type RemoteFunction<TAnswer> = (event: object, context?: RemoteContext) => Promise<TAnswer>

/** When calls are no longer made because they would fail. */
export interface BreakerOptions {
  /** The circuit opens when more than this share of the latest calls has failed, between 0 and 1. Default 0.5. */
  failureShare?: number
  /** How many of the latest calls are looked at; as long as there were fewer, it stays closed. Default 20. */
  minimumCalls?: number
  /** How long it stays open before one call is tried, and between tries, in milliseconds. Default 1000. */
  openMs?: number
}

/** Options of every function elsewhere. */
export interface RemoteOptions {
  /**
   * Deadline of a call in milliseconds, from the wait for its turn to the last byte; at most 10000. The time that the
   * contract has left counts when it is less. Nothing is tried twice. Default 3000 (SEC-80).
   */
  timeoutMs?: number
  /**
   * Largest answer in bytes, after decompression. Default 1 MiB; an answer for API Gateway never needs more than 8192 for
   * the policy and as much for the context (SEC-81).
   */
  maxResponseBytes?: number
  /** Most calls that are outstanding at a time. Default 256 (SEC-86). */
  maxConcurrency?: number
  /** How long a call waits for its turn, in milliseconds; at most as many calls wait as may be outstanding. Default 100. */
  queueTimeoutMs?: number
  /**
   * Opens after no connection, no answer in time, and the statuses 502, 503 and 504. What a function says about one request
   * does not count, its own crash (status 500) included: a caller could bring that about, and must not shut out others.
   */
  breaker?: BreakerOptions
  /**
   * Names of the headers to send, of those in the event's `headers` and `multiValueHeaders`. Default `['*']`: all that a
   * function behind a gateway gets, except `Cookie` (and the event's `cookies`), hop-by-hop headers (`Connection`, `TE`,
   * `Upgrade`, `Proxy-Authorization`, …), and names with anything but letters, digits and hyphens (some frameworks read
   * `X_Forwarded_Proto` as `X-Forwarded-Proto`). `['*', 'cookie']` adds to the default, `['authorization']` replaces it.
   * Headers that are identity sources of the contract are always sent. The client's `Connection` header has no effect.
   * Everything else in the event is sent as it is (SEC-84).
   */
  forwardHeaders?: readonly string[]
  /** Time, for tests. */
  clock?: Clock
}

const share: Check = (value) =>
  typeof value === 'number' && value > 0 && value < 1 ? undefined : 'a number between 0 and 1, without these'

const BREAKER_CHECKS: Checks<BreakerOptions> = {
  failureShare: share,
  minimumCalls: check.integer(1, 1000),
  openMs: check.integer(1, 60_000, 'milliseconds'),
}

const forwardHeaders: Check = check.listOf(
  (value) =>
    value === USUAL || (typeof value === 'string' && SOURCE_NAME.test(value))
      ? undefined
      : `the name of a header or "${USUAL}"`,
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
 * Checks options against a table, and what is inside of them.
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
