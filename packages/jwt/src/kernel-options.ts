/** Options that are passed to `createAuthorizer`. @module */
import type { AnyFunction, AuthorizerLimits, KernelOptions } from '@custom-authorizer/core'
import { check, type Checks } from '@custom-authorizer/core/contract'

/** The options of `createAuthorizer` that apply to a JWT authorizer. */
export type KernelPassthrough = Pick<
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

const checkedByKernel: check.Check = () => undefined

export const PASSTHROUGH_CHECKS: Checks<KernelPassthrough> = {
  name: checkedByKernel,
  version: checkedByKernel,
  store: checkedByKernel,
  maxEntries: checkedByKernel,
  storeTimeoutMs: checkedByKernel,
  maxInFlight: checkedByKernel,
  denialCors: checkedByKernel,
  onDecision: checkedByKernel,
  onAuthorizerError: checkedByKernel,
  logger: checkedByKernel,
  // Used before the kernel checks it.
  clock: check.instance('a Clock with now(), monotonic() and setTimeout()', 'now', 'monotonic', 'setTimeout'),
}

export const passthroughOf = (checked: Readonly<KernelPassthrough>): KernelPassthrough =>
  Object.fromEntries(Object.entries(checked).filter(([name]) => Object.hasOwn(PASSTHROUGH_CHECKS, name)))

/** Limits on requests that wait for the issuer's keys. */
export interface KeyLimits {
  /**
   * Maximum number of requests per issuer that wait for keys because their `kid` is unknown, 1 to 1,000,000. Further ones get
   * 503 with `Retry-After`. Waiting requests do not count towards `maxInFlight`. The same number of requests with a known key
   * may wait in addition while old keys are renewed. Default 1,000.
   */
  pendingKeys?: number
}

const KEY_LIMIT_CHECKS: Checks<KeyLimits> = { pendingKeys: check.integer(1, 1_000_000, 'requests') }

/** The check of `limits`; {@link kernelLimits} checks its members. */
export const limitsOption: check.Check = (value) => (check.isRecord(value) ? undefined : 'an object with pendingKeys')

/**
 * Translates the limits into those of `createAuthorizer`.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const kernelLimits = (where: string, limits: KeyLimits | undefined): AuthorizerLimits => {
  const { pendingKeys } = check.checkOptions<KeyLimits>(`${where}.limits`, limits, KEY_LIMIT_CHECKS)
  return pendingKeys === undefined ? {} : { pendingPreparations: pendingKeys }
}
