/** Returns the framework's own request object to native authorizers, with its type. @module */
import type { GatewayRequest } from '../request/gateway-request.ts'
import { AuthorizerError } from '../util/errors.ts'

/**
 * Returns `request.framework` if it is an object of the adapter.
 *
 * @param accessor name of the function that the user called
 * @param members names of members by which the object is recognized
 * @throws {AuthorizerError} `ERR_FRAMEWORK` if the request comes from another adapter
 */
export const frameworkObject = <T extends object>(
  accessor: string,
  { framework }: Pick<GatewayRequest, 'framework'>,
  members: readonly (keyof T & string)[],
): T => {
  if (framework !== undefined && members.every((member) => member in framework)) return framework as T
  const problem = framework === undefined ? 'was built without a framework' : 'comes from another adapter'
  throw new AuthorizerError('ERR_FRAMEWORK', `${accessor}: the request ${problem}`)
}
