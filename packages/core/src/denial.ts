/** Puts a refusal into the words of a contract, and finds words of its own where the contract fails. @module */
import { isRecord } from './check.ts'
import type { GatewayResponse } from './gateway-response.ts'
import { jsonResponse } from './gateway-response.ts'
import type { DenialCors } from './options.ts'
import type { GatewayRequest } from './request.ts'

/** The answer when nothing else can be relied on. */
export const LAST_RESORT: GatewayResponse = Object.freeze(jsonResponse(500, '{"message":"Internal Server Error"}'))

/** Whether a value, from a contract or a store, can be written as an answer. */
export const isGatewayResponse = (value: unknown): value is GatewayResponse =>
  isRecord(value) &&
  Number.isInteger(value['status']) &&
  (value['status'] as number) >= 200 &&
  (value['status'] as number) <= 599 &&
  typeof value['body'] === 'string' &&
  Array.isArray(value['headers']) &&
  value['headers'].every(
    (line) => Array.isArray(line) && line.length === 2 && line.every((part) => typeof part === 'string'),
  )

const GRANTING = /^access-control-allow-(?:origin|credentials)$/i

/** Lets the configured origins read a denial (AWS-GOT-21). */
export const withCors = (
  response: GatewayResponse,
  { allowOrigins, allowCredentials }: DenialCors,
  request: GatewayRequest,
): GatewayResponse => {
  const headers = response.headers.filter(([name]) => !GRANTING.test(name))
  if (allowOrigins === '*') return { ...response, headers: [...headers, ['Access-Control-Allow-Origin', '*']] }
  const origin = request.header('origin')
  if (origin === undefined || !allowOrigins.includes(origin)) {
    return { ...response, headers: [...headers, ['Vary', 'Origin']] }
  }
  const granted: [string, string][] = [
    ['Access-Control-Allow-Origin', origin],
    ['Vary', 'Origin'],
  ]
  if (allowCredentials === true) granted.push(['Access-Control-Allow-Credentials', 'true'])
  return { ...response, headers: [...headers, ...granted] }
}
