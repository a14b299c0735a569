/** Responses of an HTTP API to denials (AWS-HTTP-01 to AWS-HTTP-15). @module */
import type { GatewayResponse } from '../../index.ts'
import { type Denial, GATEWAY_RESPONSES } from '../../contract.ts'
import { createExtendedRequestId } from '../shared/ids.ts'

export const respondAsHttpApi = ({ type }: Denial): GatewayResponse => {
  const { status, message } = GATEWAY_RESPONSES[type]
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['apigw-requestid', createExtendedRequestId()],
    ['cache-control', 'no-store'],
  ]
  if (type === 'OVERLOADED') headers.push(['retry-after', '1'])
  return { status, headers, body: JSON.stringify({ message }) }
}
