/** Requests that carry a credential. @module */
import type { GatewayRequest } from '@custom-authorizer/core'
import { gatewayRequest, type RequestParts } from './request.ts'

/** A request with one `Authorization` line. */
export const withToken = (
  token: string,
  line = 'GET /pets',
  parts: Omit<RequestParts, 'headers'> = {},
): GatewayRequest => gatewayRequest(line, { ...parts, headers: { Authorization: token } })
