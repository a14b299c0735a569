/** Builds requests for tests. @module */
import {
  byteLength,
  check,
  type Checks,
  FIELD_NAME,
  FIELD_VALUE,
  GatewayRequest,
  parseAddress,
  RouteTable,
} from '../contract.ts'

/** A request, as a test describes it. */
export interface TestRequestInit {
  /** Default `'GET'`. */
  readonly method?: string
  /** Path from the root, with the query, as a client sends it: `'/pets/1?limit=2'`. Default `'/'`. */
  readonly path?: string
  /** Headers by name; an array is sent as several lines. Default: `Host`, and `Content-Length` if there is a body. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Value of the header `Host`. Default `'api.example.com'`. */
  readonly host?: string
  /** The client's address. Default `'192.0.2.1'`. */
  readonly sourceIp?: string
  /** The body, for contracts whose function receives it. Text is sent as UTF-8. Default: none. */
  readonly body?: string | Uint8Array
  /** Template of the route that the framework has matched, such as `'/pets/{petId}'`. Default: none. */
  readonly route?: string
}

const isValue = (value: unknown): boolean => typeof value === 'string' && FIELD_VALUE.test(value)

const CHECKS: Checks<TestRequestInit> = {
  method: check.text(/^[!#$%&'*+.^`|~\w-]+$/, 'a method such as "GET"'),
  path: check.text(/^\/[\x21-\x7e]*$/, 'a path that begins with "/", with its query, percent-encoded'),
  headers: check.mapOf(
    (name) => (typeof name === 'string' && FIELD_NAME.test(name) ? undefined : 'names of headers'),
    (value) =>
      isValue(value) || (Array.isArray(value) && value.length > 0 && value.every(isValue))
        ? undefined
        : 'an object with one line of text, or an array of lines,',
  ),
  host: check.text(/^[\x21-\x7e]+$/, 'a host such as "api.example.com"'),
  sourceIp: (value) =>
    typeof value === 'string' && parseAddress(value) !== undefined ? undefined : 'an IPv4 or IPv6 address',
  body: (value) => (typeof value === 'string' || value instanceof Uint8Array ? undefined : 'a string or a Uint8Array'),
  route: check.text(/^\//, 'a template such as "/pets/{petId}"'),
}

const EXACT = { caseSensitive: true, strict: true }

const bytesOf = (body: string | Uint8Array): Uint8Array =>
  typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body)

/** Names and values alternating, as `GatewayRequest` reads them. */
const linesOf = ({ headers = {}, host, body }: TestRequestInit): readonly string[] => {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    (typeof value === 'string' ? [value] : value).flatMap((line) => [name, line]),
  )
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  if (names.has('host') && host !== undefined)
    throw check.optionProblem('testRequest.host', 'a header Host as well', 'one of the two')
  const first = names.has('host') ? [] : ['Host', host ?? 'api.example.com']
  const isFramed = body === undefined || names.has('content-length') || names.has('transfer-encoding')
  const length = isFramed ? [] : ['Content-Length', String(typeof body === 'string' ? byteLength(body) : body.length)]
  return [...first, ...lines, ...length]
}

/**
 * Builds a request for a test, as an adapter builds it from what a client sent.
 *
 * @throws {AuthorizerError} `ERR_OPTION` if a member is unknown or invalid; names the member, never a value
 * @example
 * authorizer.evaluate(testRequest({ path: '/pets', headers: { authorization: 'Bearer ann' } }))
 */
export const testRequest = (init: TestRequestInit = {}): GatewayRequest => {
  const checked = check.checkOptions<TestRequestInit>('testRequest', init, CHECKS)
  const { method = 'GET', path = '/', sourceIp = '192.0.2.1', body, route } = checked
  const bytes = body === undefined ? new Uint8Array() : bytesOf(body)
  const request = new GatewayRequest({
    method,
    target: path,
    rawHeaders: linesOf(checked),
    httpVersion: '1.1',
    peer: () => sourceIp,
    routing: EXACT,
    route,
    body: (maxBytes, terms) => {
      if (bytes.length > maxBytes) return Promise.resolve('TOO_LARGE')
      return Promise.resolve(terms?.hold(bytes.length) === false ? 'REFUSED' : bytes)
    },
  })
  if (route !== undefined && new RouteTable('testRequest.route', [route]).match(method, request.path) === undefined)
    throw check.optionProblem('testRequest.route', 'another template', 'a template that matches the path')
  return request
}

/** The request itself, or the one that an init describes. */
export const toRequest = (request: GatewayRequest | TestRequestInit | undefined): GatewayRequest =>
  request instanceof GatewayRequest ? request : testRequest(request)
