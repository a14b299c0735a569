/** Options that are handed on to `createAuthorizer` as they are. @module */
import type { AnyFunction, AuthorizerLimits, KernelOptions } from '@custom-authorizer/core'
import { check, type Checks } from '@custom-authorizer/core/contract'

/** The options of `createAuthorizer` that make sense here. */
export type PassedOptions = Pick<
  KernelOptions<AnyFunction, 'typed'>,
  | 'name'
  | 'version'
  | 'store'
  | 'maxEntries'
  | 'storeTimeoutMs'
  | 'maxInFlight'
  | 'denialCors'
  | 'onDecision'
  | 'onAuthorizerError'
  | 'logger'
  | 'clock'
>

/** `createAuthorizer` checks them itself; the clock is used before. */
const later: check.Check = () => undefined

export const PASSED_CHECKS: Checks<PassedOptions> = {
  name: later,
  version: later,
  store: later,
  maxEntries: later,
  storeTimeoutMs: later,
  maxInFlight: later,
  denialCors: later,
  onDecision: later,
  onAuthorizerError: later,
  logger: later,
  clock: check.instance('a Clock with now(), monotonic() and setTimeout()', 'now', 'monotonic', 'setTimeout'),
}

export const passedOptions = (checked: Readonly<PassedOptions>): PassedOptions =>
  Object.fromEntries(Object.entries(checked).filter(([name]) => Object.hasOwn(PASSED_CHECKS, name)))

/** Bounds on requests that wait for the issuer's keys. */
export interface KeyLimits {
  /**
   * Requests per issuer that wait for a fetch of keys because their `kid` is unknown, 1 to 1,000,000; further ones get 503
   * with `Retry-After`. They have no place among `maxInFlight`. As many requests whose key is known may wait beside them
   * while old keys are renewed. Default 1,000.
   */
  pendingKeys?: number
}

const KEY_LIMIT_CHECKS: Checks<KeyLimits> = { pendingKeys: check.integer(1, 1_000_000, 'requests') }

/** The row for `limits`; its members are checked by {@link kernelLimits}. */
export const limitsOption: check.Check = (value) => (check.isRecord(value) ? undefined : 'an object with pendingKeys')

/**
 * The limits under the names that `createAuthorizer` gives them.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const kernelLimits = (where: string, limits: KeyLimits | undefined): AuthorizerLimits => {
  const { pendingKeys } = check.checkOptions<KeyLimits>(`${where}.limits`, limits, KEY_LIMIT_CHECKS)
  return pendingKeys === undefined ? {} : { pendingPreparations: pendingKeys }
}
