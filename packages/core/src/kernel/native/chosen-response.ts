/** Responses and response headers that a native authorizer chooses, and their checks. @module */
import {
  GATEWAY_RESPONSES,
  type GatewayResponse,
  isResponseHeaderName,
  isResponseHeaderValue,
  REPRESENTATION_HEADERS,
} from '../contract/gateway-response.ts'
import { asciiLower } from '../util/ascii.ts'
import { isRecord } from '../util/check.ts'
import { JsonProblem, memberPath, toJson } from '../util/json.ts'

/** Header lines in the order in which they are sent. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]

/** What is wrong with a value: names and kinds, never values. */
export type ChoiceProblem = string

// Gateway responses may have Latin-1 header values. Clients read these as different texts, so functions may not set them.
const NOT_ASCII = /[^\t\x20-\x7e]/
const MAX_LINES = 100

/** Whether a denial may have this status. */
export const isDenialStatus = (status: unknown): boolean =>
  Number.isInteger(status) && (status as number) >= 400 && (status as number) <= 599

const REDIRECT_STATUSES: ReadonlySet<unknown> = new Set([302, 303, 307])

/** Whether header lines set a cookie. */
export const setsCookie = (lines: HeaderLines): boolean => lines.some(([name]) => asciiLower(name) === 'set-cookie')

const readLines = (headers: unknown, where: string): [string, string][] | ChoiceProblem => {
  if (!isRecord(headers)) return `${where} is not an object`
  const lines: [string, string][] = []
  for (const [name, given] of Object.entries(headers)) {
    if (!isResponseHeaderName(name)) return `${memberPath(where, name)} is not a header that can be set`
    const values: readonly unknown[] = Array.isArray(given) ? given : [given]
    // By index, because `for … of` and `every` treat the holes of a sparse array differently.
    for (let index = 0; index < values.length; index++) {
      const value = values[index]
      if (!isResponseHeaderValue(value) || NOT_ASCII.test(value))
        return `${memberPath(where, name)} is not printable text, or an array of printable texts`
      if (lines.push([name, value]) > MAX_LINES) return `${where} has more than ${MAX_LINES} lines`
    }
  }
  return lines
}

/** The headers that describe a body. The handler of an allowed request writes the body, so only it may set them. */
const OF_THE_BODY: ReadonlySet<string> = new Set([...REPRESENTATION_HEADERS, 'content-type', 'content-length'])

/** Checks `responseHeaders` of a result that allows the request. */
export const readResponseHeaders = (headers: unknown): HeaderLines | ChoiceProblem => {
  const lines = readLines(headers, 'responseHeaders')
  if (typeof lines === 'string') return lines
  const forbidden = lines.find(([name]) => OF_THE_BODY.has(asciiLower(name)))
  return forbidden === undefined
    ? lines
    : `${memberPath('responseHeaders', forbidden[0])} describes the body, which the handler writes`
}

const unknownMember = (value: object, where: string, known: readonly string[]): ChoiceProblem | undefined => {
  const unknown = Object.keys(value).find((key) => !known.includes(key))
  return unknown === undefined ? undefined : `${memberPath(where, unknown)} is an unknown member`
}

const withDefaults = (lines: readonly [string, string][], type: string): HeaderLines => {
  const has = (name: string): boolean => lines.some(([each]) => asciiLower(each) === name)
  return [
    ...(has('content-type') ? [] : [['Content-Type', type] as const]),
    ...lines,
    ...(has('cache-control') ? [] : [['Cache-Control', 'no-store'] as const]),
  ]
}

/** Checks `response` of a denial. `status` is the default. */
export const readDenialResponse = (value: unknown, status: 401 | 403): GatewayResponse | ChoiceProblem => {
  if (!isRecord(value)) return 'response is not an object'
  const unknown = unknownMember(value, 'response', ['status', 'body', 'headers'])
  if (unknown !== undefined) return unknown
  const chosen = value['status'] ?? status
  if (!isDenialStatus(chosen)) return 'response.status is not a whole number from 400 to 599'
  const body = value['body'] === undefined ? undefined : toJson(value['body'], 'response.body')
  if (body instanceof JsonProblem) return body.problem
  const lines = readLines(value['headers'] ?? {}, 'response.headers')
  if (typeof lines === 'string') return lines
  const { message } = GATEWAY_RESPONSES[status === 401 ? 'UNAUTHORIZED' : 'ACCESS_DENIED']
  return {
    status: chosen as number,
    headers: withDefaults(lines, typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json'),
    body: typeof body === 'string' ? body : JSON.stringify(body ?? { message }),
  }
}

/** Printable ASCII without space and backslash, which the URL parser of a browser strips or rewrites. */
const LOCATION = /^[\x21-\x5b\x5d-\x7e]{1,8192}$/
/** Only a base for relative locations; no request is sent to it. */
const BASE = 'https://redirect.invalid'

/**
 * Whether a client stays on this site or goes to one of `origins` if it follows a location (SEC-126). A relative location has
 * to start with exactly one slash; an absolute one with the text of an origin, so that no parser reads another host.
 */
const isRedirectTarget = (location: unknown, origins: readonly string[]): location is string => {
  if (typeof location !== 'string' || !LOCATION.test(location)) return false
  let url: URL
  try {
    url = new URL(location, BASE)
  } catch {
    return false
  }
  if (location.startsWith('/'))
    return !location.startsWith('//') && url.origin === BASE && !url.pathname.startsWith('//')
  return origins.some(
    (origin) =>
      url.origin === origin &&
      url.username === '' &&
      url.password === '' &&
      location.startsWith(origin) &&
      /^(?:$|[/?#])/.test(location.slice(origin.length)),
  )
}

/** Checks `redirect` of a result. */
export const readRedirect = (value: unknown, origins: readonly string[]): GatewayResponse | ChoiceProblem => {
  if (!isRecord(value)) return 'redirect is not an object'
  const unknown = unknownMember(value, 'redirect', ['location', 'status', 'headers'])
  if (unknown !== undefined) return unknown
  const { location, status = 302, headers = {} } = value
  if (!isRedirectTarget(location, origins))
    return 'redirect.location is neither a path that starts with one slash, nor a URL of an origin in native.redirectOrigins'
  if (!REDIRECT_STATUSES.has(status)) return 'redirect.status is not 302, 303 or 307'
  const lines = readLines(headers, 'redirect.headers')
  if (typeof lines === 'string') return lines
  if (lines.some(([name]) => ['location', 'refresh'].includes(asciiLower(name))))
    return 'redirect.headers contains Location or Refresh, which redirect sets itself'
  return {
    status: status as number,
    headers: [['Location', location], ...withDefaults(lines, 'application/json')],
    body: JSON.stringify({ message: GATEWAY_RESPONSES.UNAUTHORIZED.message }),
  }
}
