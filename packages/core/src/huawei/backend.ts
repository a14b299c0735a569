/** The contract of backend custom authentication: values for the backend, independent of the caller. @module */
import type { AnyFunction, Contract } from '../index.ts'
import { checkGroupedOptions } from '../contract.ts'
import type { BackendEvent } from './event.ts'
import type { FunctionGraphHandler } from './function-graph.ts'
import type { FunctionResult } from './result.ts'
import { COMMON_CHECKS, COMMON_COMPATIBILITY_CHECKS, commonMembers, type CommonOptions } from './common-contract.ts'

/** Options of {@link backend}. There are no identity sources: they have no effect on the gateway either (HW-CFG-10). */
export type BackendOptions = CommonOptions

/**
 * Creates the contract of a backend authorizer. The function only receives `{ user_data }` and returns the same result as a
 * frontend authorizer (developer guide: "Creating a Function for Backend Custom Authentication"). With a `ttl`, all requests
 * share one cached result (HW-CACHE-06).
 *
 * @throws {AuthorizerError} `ERR_OPTION`
 */
export const backend = (options: BackendOptions = {}): Contract<FunctionGraphHandler<BackendEvent>, 'typed'> => {
  const checked = checkGroupedOptions<BackendOptions, 'compatibility'>('huawei.backend', options, COMMON_CHECKS, {
    compatibility: COMMON_COMPATIBILITY_CHECKS,
  })
  const { api: _, ...common } = commonMembers('backend', checked)
  const userData = checked.userData ?? ''
  const contract: Contract<AnyFunction, 'typed', FunctionResult> = {
    ...common,
    identitySources: [],
    sharedByAllCallers: true,
    toEvent: (): BackendEvent => ({ user_data: userData }),
  }
  return contract
}
