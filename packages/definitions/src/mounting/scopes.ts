/** Whether a caller has a scope that a route requires. @module */
import type { AuthorizerContext } from '@custom-authorizer/core'
import { resultOfContext, scopesOf } from '@custom-authorizer/core/contract'

/** Whether the result has one of the scopes, as on the gateway (AWS-JWT-04). */
export const holdsScope = (authorizer: AuthorizerContext, scopes: readonly string[]): boolean => {
  const result = resultOfContext(authorizer)
  if (result === undefined) return false
  const held = new Set(scopesOf(result))
  return scopes.some((each) => held.has(each))
}
