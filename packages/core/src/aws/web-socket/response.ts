/** Responses of a WebSocket API to denied handshakes (AWS-WS-01 to AWS-WS-09). @module */
import type { GatewayResponse } from '../../index.ts'
import { type Denial, GATEWAY_RESPONSES, jsonResponse } from '../../contract.ts'
import { EXPLICIT_DENY_TEXT, type ExplicitDenyText } from '../rest/gateway-responses.ts'

/**
 * Status and message of each type. A capture shows the texts of REST APIs with a lower-case `message` (AWS-WS-09); types
 * without a capture have the response of an HTTP API.
 */
const RESPONSES: typeof GATEWAY_RESPONSES = {
  ...GATEWAY_RESPONSES,
  ACCESS_DENIED: { status: 403, message: 'User is not authorized to access this resource' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, message: 'Internal server error' },
  AUTHORIZER_FAILURE: { status: 500, message: 'Internal server error' },
}

export const respondAsWebSocketApi = (
  { type, reason }: Denial,
  explicitDenyText: ExplicitDenyText,
): GatewayResponse => {
  const { status, message } = RESPONSES[type]
  const suffix = reason === 'EXPLICIT_DENY' ? EXPLICIT_DENY_TEXT[explicitDenyText] : ''
  return jsonResponse(
    status,
    JSON.stringify({ message: `${message}${suffix}` }),
    type === 'OVERLOADED' ? [['Retry-After', '1']] : [],
  )
}
