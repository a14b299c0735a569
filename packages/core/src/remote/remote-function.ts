/** The handler that every function elsewhere is to its contract. @module */
import { AuthorizerError } from '../index.ts'
import { type FunctionIdentity, identifyFunction, identityHeadersOf, GatewayRequest } from '../contract.ts'
import { Calls } from './remote-caller.ts'
import { forwarding } from './forwarding.ts'
import type { RemoteFunction, RemoteOptions } from './options.ts'
import type { Outcome } from './remote-result.ts'

/** Sends an event, as JSON text, and reads what comes back. */
export type Ask = (payload: string, signal: AbortSignal) => Promise<Outcome>

export const remoteFunction = (
  where: string,
  options: Readonly<Partial<RemoteOptions>>,
  ask: Ask,
  identity: FunctionIdentity,
): RemoteFunction<unknown> => {
  const toSend = forwarding(options.forwardHeaders)
  const calls = new Calls(where, options)
  const handler: RemoteFunction<unknown> = async (event, context) => {
    // It has no members of its own: what would be sent is an empty object, and the answer the same for everybody.
    if (event instanceof GatewayRequest)
      throw new AuthorizerError(
        'ERR_OPTION',
        `${where}: found the request of the native contract; allowed: a contract that makes an event, such as aws.token()`,
      )
    const payload = JSON.stringify(toSend(event, identityHeadersOf(context)))
    return calls.run(context, (signal) => ask(payload, signal))
  }
  // What logs call an authorizer that has no other name.
  return identifyFunction(Object.defineProperty(handler, 'name', { value: where }), identity)
}
