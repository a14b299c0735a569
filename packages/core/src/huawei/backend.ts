/** Backend custom authentication: what the code behind is to be told, whoever calls. @module */
import type { AnyFunction, Contract } from '../index.ts'
import { checkGroupedOptions } from '../contract.ts'
import type { BackendEvent } from './event.ts'
import type { FunctionGraphHandler } from './function-graph.ts'
import type { FunctionResult } from './result.ts'
import { COMMON_CHECKS, COMMON_COMPATIBILITY_CHECKS, commonMembers, type CommonOptions } from './common-contract.ts'

/** Options of {@link backend}: no identity sources, which have no effect on the gateway either (HW-CFG-10). */
export type BackendOptions = CommonOptions

/**
 * The contract of a backend authorizer: the function receives `{ user_data }` alone and answers like a frontend
 * authorizer (developer guide: "Creating a Function for Backend Custom Authentication"). With a `ttl`, one result serves
 * all requests (HW-CACHE-06).
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
