/** Builds the request of the test form. @module */
import { check, FIELD_NAME, FIELD_VALUE, GatewayRequest } from '@custom-authorizer/core/contract'

/** Why a request cannot be sent. */
export interface InvalidInput {
  readonly error: string
}

const MAX_HEADERS = 100
const METHOD = /^[A-Za-z][A-Za-z-]{0,31}$/
// What a client can write into a request line.
const TARGET = /^\/[\x21-\x7e]{0,8191}$/

/** Reads lines such as `['Authorization', 'Bearer …']`; a description of what is wrong otherwise. */
const headerLines = (headers: unknown): readonly string[] | string => {
  if (!Array.isArray(headers) || headers.length > MAX_HEADERS) return `headers: at most ${MAX_HEADERS} lines`
  const lines: string[] = []
  for (const [index, line] of headers.entries()) {
    const [name, value]: readonly unknown[] = Array.isArray(line) ? line : []
    if (typeof name !== 'string' || !FIELD_NAME.test(name)) return `headers: line ${index + 1} has no valid name`
    if (typeof value !== 'string' || !FIELD_VALUE.test(value)) return `headers: line ${index + 1} has no valid value`
    lines.push(name, value)
  }
  return lines
}

/**
 * Builds a request from what the form has sent. Its peer is this machine, it has no body, and paths are compared as Express
 * and Koa do by default.
 *
 * @param host value of `Host`, unless the form has one
 */
export const testRequest = (input: unknown, host: string): GatewayRequest | InvalidInput => {
  const method = check.ownMember(input, 'method')
  const target = check.ownMember(input, 'target')
  if (typeof method !== 'string' || !METHOD.test(method)) return { error: 'method: letters, such as GET' }
  if (typeof target !== 'string' || !TARGET.test(target))
    return { error: 'path: begins with "/", visible ASCII characters only; encode others as %XX' }
  const lines = headerLines(check.ownMember(input, 'headers') ?? [])
  if (typeof lines === 'string') return { error: lines }
  const hasHost = lines.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'host')
  return new GatewayRequest({
    method,
    target,
    rawHeaders: hasHost ? lines : ['Host', host, ...lines],
    httpVersion: '1.1',
    peer: () => '127.0.0.1',
    routing: { caseSensitive: false, strict: false },
    body: async () => new Uint8Array(),
  })
}
