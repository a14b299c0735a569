/** The options of the inspector. @module */
import type { Authorizer, Clock } from '@custom-authorizer/core'
import { check, type Checks, isAuthorizer, unsafeOption, type UnsafeOptions } from '@custom-authorizer/core/contract'
import type { PlannedAuthorizer } from '@custom-authorizer/core/usage-plan'

/** Options of `inspector`. */
export interface InspectorOptions {
  /**
   * The secret in the address of the page: 32 to 256 letters, digits, `-` and `_`. Default: 32 random bytes, which change with
   * each start.
   */
  readonly token?: string
  /** Where the page is mounted. Default `/__authorizer`. */
  readonly basePath?: string
  /** Number of decisions that are kept, 1 to 10,000. Each keeps its request in memory. Default 500. */
  readonly maxDecisions?: number
  /** A usage plan, to look up what a key has used. Default: none. */
  readonly usage?: Pick<PlannedAuthorizer<unknown>, 'usageOf'>
  /** Shows the values of contexts, and headers and bodies of responses to test requests. Default false. */
  readonly showContext?: boolean
  /** Serves peers other than this machine, and requests through proxies. They need the token. Default false. */
  readonly allowRemote?: boolean
  /** Names in `Host`, without a port, that are accepted besides `localhost`, `127.0.0.1` and `[::1]`. Default: none. */
  readonly hosts?: readonly string[]
  /** The source of time. Default: the system's clock. */
  readonly clock?: Clock
  /** Returns random bytes. Default: `randomBytes` of `node:crypto`. */
  readonly random?: (bytes: number) => Uint8Array
}

const flag = check.oneOf(true, false)

const CHECKS: Checks<InspectorOptions> = {
  token: check.text(/^[\w-]{32,256}$/, '32 to 256 letters, digits, "-" and "_"'),
  basePath: (value) =>
    typeof value === 'string' && /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/.test(value) && value.length <= 200
      ? undefined
      : 'a path such as "/__authorizer", of letters, digits and "._~-", without a slash at the end',
  maxDecisions: check.integer(1, 10_000, 'decisions'),
  usage: check.instance('what usagePlan returns', 'usageOf'),
  showContext: flag,
  allowRemote: flag,
  hosts: check.listOf(
    check.text(/^[a-z\d.-]{1,253}$|^\[[\da-f:.]+\]$/, 'a host name in lower case, without a port'),
    50,
  ),
  clock: check.instance('a Clock with now(), monotonic() and setTimeout()', 'now', 'monotonic', 'setTimeout'),
  random: check.callable,
}

/** Values that relax a rule. They are reported when the inspector is created. */
export const INSPECTOR_UNSAFE_OPTIONS: UnsafeOptions = {
  showContext: unsafeOption(true, ['SEC-143'], 'context values, and what functions chose for responses, are shown'),
  allowRemote: unsafeOption(true, ['SEC-140'], 'everyone in the network who has the token can use the inspector'),
}

/**
 * Checks the options.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const checkInspectorOptions = (options: InspectorOptions): Readonly<Partial<InspectorOptions>> =>
  check.checkOptions<InspectorOptions>('inspector', options, CHECKS)

/**
 * Checks one authorizer, or a list.
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const checkInspected = (
  inspected: Authorizer<unknown> | readonly Authorizer<unknown>[],
): readonly Authorizer<unknown>[] => {
  const list: readonly unknown[] = Array.isArray(inspected) ? [...(inspected as readonly unknown[])] : [inspected]
  const allowed = '1 to 50 authorizers, as createAuthorizer returns them'
  if (list.length === 0 || list.length > 50) throw check.optionError('inspector', inspected, allowed)
  for (const each of list) if (!isAuthorizer(each)) throw check.optionError('inspector', each, allowed)
  return list as readonly Authorizer<unknown>[]
}
