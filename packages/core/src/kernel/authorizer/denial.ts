/** Builds denials: the contract's response, with the headers that the library adds to it. @module */
import type { Contract, Denial } from '../contract/contract.ts'
import { type DenialRow, DENIALS } from '../contract/denials.ts'
import { type GatewayResponse, readGatewayResponse } from '../contract/gateway-response.ts'
import type { Denied } from '../contract/outcome.ts'
import { asciiLower } from '../util/ascii.ts'
import { withCors } from './cors.ts'
import type { DenialCors } from './options.ts'

interface Settings {
  /** The response that the function chose. Default: that of the contract. */
  readonly custom: GatewayResponse | undefined
  readonly cors: DenialCors | undefined
}

const RETRY_AFTER = 'Retry-After'

/** Adds `Retry-After`, unless the contract has sent it. */
const withRetryAfter = (response: GatewayResponse, seconds: number): GatewayResponse =>
  response.headers.some(([name]) => asciiLower(name) === asciiLower(RETRY_AFTER))
    ? response
    : { ...response, headers: [...response.headers, [RETRY_AFTER, String(seconds)]] }

/**
 * Builds a denial.
 *
 * @throws {TypeError} if the contract returned a reason that does not exist, or a response that cannot be written
 */
export const denialOf = (contract: Contract, denial: Omit<Denial, 'type'>, { custom, cors }: Settings): Denied => {
  const { reason, request, retryAfterSeconds } = denial
  // A contract that is not written in TypeScript may return a reason that does not exist.
  const row: DenialRow | undefined = DENIALS[reason]
  if (row === undefined) throw new TypeError('the contract returned an unknown reason')
  const { type } = row
  const chosen = readGatewayResponse(custom ?? contract.respond({ ...denial, type }))
  const timed =
    chosen && retryAfterSeconds !== undefined ? readGatewayResponse(withRetryAfter(chosen, retryAfterSeconds)) : chosen
  const response = timed && cors ? readGatewayResponse(withCors(timed, cors, request)) : timed
  if (response === undefined) throw new TypeError('the contract returned a response that cannot be written')
  return { allowed: false, reason, type, response }
}
