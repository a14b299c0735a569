/** The query parameters of an event that has each parameter twice: with one value, and with all values. @module */
import type { GatewayRequest } from '../../index.ts'
import { createMap } from './event-headers.ts'

export interface QueryMembers {
  readonly queryStringParameters: Record<string, string>
  readonly multiValueQueryStringParameters: Record<string, string[]>
}

/** @param single which value of a repeated parameter `queryStringParameters` has */
export const queryMembers = (request: GatewayRequest, single: 'first' | 'last'): QueryMembers => {
  const queryStringParameters = createMap<string>()
  const multiValueQueryStringParameters = createMap<string[]>()
  for (const { name, value } of request.queryParameters) {
    if (name === undefined || value === undefined) continue
    if (single === 'last') queryStringParameters[name] = value
    else queryStringParameters[name] ??= value
    ;(multiValueQueryStringParameters[name] ??= []).push(value)
  }
  return { queryStringParameters, multiValueQueryStringParameters }
}
