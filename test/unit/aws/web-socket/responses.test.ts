/** The response of a WebSocket API to each type of denial (AWS-WS-01 to AWS-WS-09). */
import type { GatewayResponseType } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { systemClock } from '@custom-authorizer/core/contract'
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

const RESPONSES: Readonly<Record<GatewayResponseType, readonly [status: number, message: string]>> = {
  UNAUTHORIZED: [401, 'Unauthorized'],
  ACCESS_DENIED: [403, 'User is not authorized to access this resource'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, 'Internal server error'],
  AUTHORIZER_FAILURE: [500, 'Internal server error'],
  INVALID_API_KEY: [403, 'Forbidden'],
  THROTTLED: [429, 'Too Many Requests'],
  QUOTA_EXCEEDED: [429, 'Limit Exceeded'],
  MISSING_AUTHENTICATION_TOKEN: [404, 'Not Found'],
  BAD_REQUEST: [400, 'Bad Request'],
  URI_TOO_LONG: [414, 'Request URI too long'],
  REQUEST_TOO_LARGE: [413, 'Request Too Long'],
  REQUEST_TIMEOUT: [408, 'Request Timeout'],
  OVERLOADED: [503, 'Service Unavailable'],
}

test.each(Object.entries(RESPONSES))(
  'AWS-WS-09 a denial of type %s gets the response %j',
  (type, [status, message]) => {
    const response = aws.webSocket().respond({
      type: type as GatewayResponseType,
      reason: 'DENIED',
      request: gatewayRequest(),
      clock: systemClock,
    })
    expect([response.status, response.body]).toEqual([status, JSON.stringify({ message })])
    const retryAfter = response.headers.find(([name]) => name === 'Retry-After')?.[1]
    expect(retryAfter).toBe(type === 'OVERLOADED' ? '1' : undefined)
  },
)
