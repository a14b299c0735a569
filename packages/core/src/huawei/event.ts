/** The events of FunctionGraph functions (HW-FE-01 to HW-FE-21, HW-BE-01, HW-BE-02). @module */
import type { GatewayRequest } from '../index.ts'
import { asciiLower, headerSource, type IdentitySource, type RouteTable } from '../contract.ts'
import { type Api, requestIdOf } from './api.ts'

/** Event of a frontend authorizer. */
export interface FrontendEvent {
  /** Empty unless `needBody` is `true` (HW-FE-10). */
  body: string
  requestContext: { apiId: string; requestId: string; stage: string }
  /** The last value of a repeated parameter (HW-FE-07). */
  queryStringParameters: Record<string, string>
  httpMethod: string
  pathParameters: Record<string, string>
  /** Names in lower case; repeated headers are joined (HW-FE-04, HW-FE-06). */
  headers: Record<string, string>
  /** Without the query; percent-decoded unless `api_uri_no_escape` is `true` (HW-FE-17, HW-FE-18). */
  path: string
  isBase64Encoded: boolean
  user_data: string
}

/** Event of a backend authorizer. */
export interface BackendEvent {
  user_data: string
}

/** The configuration that events depend on. */
export interface EventOptions {
  readonly api: Api
  readonly userData: string
  readonly routes: RouteTable | undefined
  readonly base64: boolean
  readonly keepsEscapes: boolean
  /** Names of the identity sources if the event contains nothing else (HW-FE-05). */
  readonly only: { readonly headers: ReadonlySet<string>; readonly query: ReadonlySet<string> } | undefined
}

// For names that the client chooses. The map has no prototype, and JSON turns it into a plain object (SEC-29).
const createMap = (): Record<string, string> => Object.create(null) as Record<string, string>

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const forwardedFor = (request: GatewayRequest): string | undefined => {
  const hops = [...request.headerValues('x-forwarded-for'), ...(request.peer === undefined ? [] : [request.peer])]
  return hops.length > 0 ? hops.join(', ') : undefined
}

/** Headers that the gateway sets; a client's header of the same name is replaced (HW-FE-14). */
const SET_BY_GATEWAY: ReadonlyMap<string, (request: GatewayRequest) => string | undefined> = new Map([
  ['x-forwarded-for', forwardedFor],
  ['x-forwarded-host', (request: GatewayRequest) => request.authority],
  ['x-forwarded-port', () => '443'],
  ['x-forwarded-proto', () => 'https'],
  ['x-real-ip', (request: GatewayRequest) => request.sourceIp],
  ['x-request-id', requestIdOf],
])

/**
 * Creates an identity source that reads a header as the event contains it. A header that the gateway sets has one value, even
 * if the client sent several lines.
 */
export const eventHeaderSource = (name: string): IdentitySource => {
  const source = headerSource(name)
  const lower = asciiLower(name)
  const set = SET_BY_GATEWAY.get(lower)
  if (set !== undefined) return { ...source, read: set }
  // An HTTP/2 client may send `:authority` only.
  return lower === 'host'
    ? { ...source, read: (request, clock) => source.read(request, clock) ?? request.authority }
    : source
}

const headersOf = (request: GatewayRequest, { only }: EventOptions): Record<string, string> => {
  const headers = createMap()
  const isIncluded = (lower: string): boolean => only === undefined || only.headers.has(lower)
  for (const [name, value] of request.headers) {
    const lower = asciiLower(name)
    if (SET_BY_GATEWAY.has(lower) || !isIncluded(lower)) continue
    const before = headers[lower]
    headers[lower] = before === undefined ? value : `${before}${lower === 'cookie' ? '; ' : ', '}${value}`
  }
  if (isIncluded('host') && request.authority !== undefined) headers['host'] ??= request.authority
  for (const [lower, valueOf] of SET_BY_GATEWAY) {
    const value = isIncluded(lower) ? valueOf(request) : undefined
    if (value !== undefined) headers[lower] = value
  }
  return headers
}

const queryOf = (request: GatewayRequest, { only }: EventOptions): Record<string, string> => {
  const query = createMap()
  for (const { name, value } of request.queryParameters) {
    if (name !== undefined && value !== undefined && (only === undefined || only.query.has(name))) query[name] = value
  }
  return query
}

const parametersOf = (request: GatewayRequest, { routes, keepsEscapes }: EventOptions): Record<string, string> => {
  const route =
    routes === undefined ? request.route : routes.match(request.method, request.path, request.routing.caseSensitive)
  const parameters = createMap()
  for (const [name, value] of Object.entries(route?.parameters ?? {})) {
    parameters[name] = keepsEscapes ? value : decoded(value)
  }
  return parameters
}

interface Encoder {
  from(bytes: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string }
}
// `Buffer` is many times faster than `btoa`, but not available on every runtime.
const { Buffer: encoder } = globalThis as { Buffer?: Encoder }

/** Bytes per `btoa` call; a multiple of three, so that only the last part is padded. */
const PART_BYTES = 8190

const base64Of = (bytes: Uint8Array): string => {
  if (encoder !== undefined) return encoder.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
  let text = ''
  for (let at = 0; at < bytes.length; at += PART_BYTES)
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + PART_BYTES)))
  return text
}

// Only JSON may be delivered without Base64 (HW-CFG-21).
const isJson = (request: GatewayRequest): boolean =>
  /^application\/json\s*(?:;|$)/i.test(request.header('content-type') ?? '')

export const frontendEvent = (
  options: EventOptions,
  request: GatewayRequest,
  body: Uint8Array | undefined,
): FrontendEvent => {
  const { api, userData, keepsEscapes } = options
  const base64 = options.base64 || (body !== undefined && !isJson(request))
  return {
    body:
      body === undefined ? '' : base64 ? base64Of(body) : new TextDecoder('utf-8', { ignoreBOM: true }).decode(body),
    requestContext: { apiId: api.apiId, requestId: requestIdOf(request), stage: api.stage },
    queryStringParameters: queryOf(request, options),
    httpMethod: request.method,
    pathParameters: parametersOf(request, options),
    headers: headersOf(request, options),
    path: keepsEscapes ? request.path : decoded(request.path),
    isBase64Encoded: base64,
    user_data: userData,
  }
}
