/** The event that an authorizer function receives for a request. @module */
import type { AnyFunction, Clock, Contract, Decision } from '../index.ts'
import { createAuthorizer } from '../index.ts'
import type { GatewayRequest } from '../contract.ts'
import { explanationOf } from './decision-text.ts'
import { type TestRequestInit, toRequest } from './request.ts'

/** What {@link eventFor} may use besides contract and request. */
export interface EventOptions {
  /** Source of time, for events that contain the time of the request. Default: the system clock. */
  readonly clock?: Clock
}

/** Why the function is not called: the reason, and the sources without a usable value. */
const whyNot = (decision: Decision | undefined): string => {
  if (decision === undefined) return 'the contract failed'
  const { identitySources, problem } = explanationOf(decision)
  const states = identitySources
    .filter(({ state }) => state !== 'present')
    .map(({ location, name, state }) => `${location} ${name}: ${state}`)
  return [decision.reason, ...states, ...(problem === undefined ? [] : [problem])].join('; ')
}

/**
 * Returns the event that an authorizer function of this contract receives for a request: the first argument, as a guard passes
 * it. Identity sources, checks of the request, body and preparation are those of the contract.
 *
 * @throws {Error} if a guard would deny the request without calling the function; names the identity sources that are missing,
 *   never a value
 * @example
 * const event = await eventFor(aws.token(), { path: '/pets', headers: { authorization: 'Bearer ann' } })
 */
export const eventFor = async <TAuthorize extends AnyFunction>(
  contract: Contract<TAuthorize>,
  request: GatewayRequest | TestRequestInit = {},
  { clock }: EventOptions = {},
): Promise<Parameters<TAuthorize>[0]> => {
  const events: unknown[] = []
  let decision: Decision | undefined
  const authorize: AnyFunction = async (event: unknown) => {
    events.push(event)
  }
  const authorizer = createAuthorizer({
    authorize,
    contract: contract as Contract,
    logger: null,
    ...(clock && { clock }),
  })
  await authorizer.evaluate(toRequest(request), { onDecision: (made) => (decision = made) })
  if (events.length === 0) throw new Error(`eventFor: ${contract.name} does not call the function: ${whyNot(decision)}`)
  return events[0]
}
