/** Turns a remote call into a handler for a contract. @module */
import { AuthorizerError } from '../index.ts'
import { check, type FunctionIdentity, identifyFunction, identityHeadersOf, GatewayRequest } from '../contract.ts'
import { forwarding } from './forwarding.ts'
import type { RemoteContext, RemoteFunction, RemoteOptions } from './options.ts'
import { type Invoke, RemoteCaller } from './remote-caller.ts'
import { RemoteFailure, type RemoteResult, UNAUTHORIZED } from './remote-result.ts'

/**
 * The value that the handler returns.
 *
 * @throws {AuthorizerError} `ERR_REMOTE_…`
 * @throws {Error} with the message `Unauthorized`, if the function rejected the caller
 */
const answerOf = (where: string, result: RemoteResult, context: RemoteContext | undefined): unknown => {
  if (result instanceof RemoteFailure)
    throw new AuthorizerError(result.code, `${where}: ${result.problem}`, { isOutage: result.isUnreachable })
  if (result !== UNAUTHORIZED) return result.answer
  // FunctionGraph has no such result: there any exception is a failure, which relaxed mode would allow (HW-RSP-14).
  if (context?.getRemainingTimeInMilliSeconds !== undefined)
    throw new AuthorizerError(
      'ERR_REMOTE_RESPONSE',
      `${where}: returned Unauthorized, which Huawei contracts do not support`,
    )
  // API Gateway requires exactly this message (AWS-REST-07).
  throw new Error('Unauthorized')
}

export const remoteFunction = (
  where: string,
  options: Readonly<Partial<RemoteOptions>>,
  invoke: Invoke,
  identity: FunctionIdentity,
): RemoteFunction<unknown> => {
  const selectHeaders = forwarding(options.forwardHeaders)
  const caller = new RemoteCaller(options, invoke)
  const handler: RemoteFunction<unknown> = async (event, context) => {
    // A GatewayRequest serializes to {}, so that every caller would get the same result.
    if (event instanceof GatewayRequest)
      throw check.optionProblem(
        where,
        'the request of the native contract',
        'a contract with an event, such as aws.token()',
      )
    const payload = JSON.stringify(selectHeaders(event, identityHeadersOf(context)))
    return answerOf(where, await caller.call(payload, context), context)
  }
  // Logs use the name of the function for an authorizer without `name`.
  return identifyFunction(Object.defineProperty(handler, 'name', { value: where }), identity)
}
