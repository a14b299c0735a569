/** Options that are handed on to `createAuthorizer` as they are. @module */
import { type AnyFunction, check, type Checks, type KernelOptions } from '@custom-authorizer/core'

/** The options of `createAuthorizer` that make sense here. */
export type PassedOptions = Pick<
  KernelOptions<AnyFunction, 'typed'>,
  | 'name'
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
