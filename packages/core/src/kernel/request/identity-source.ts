/** Identity sources: the parts of a request that identify the caller. Every configured source must be present (SEC-57). @module */
import { asciiLower } from '../util/ascii.ts'
import type { Clock } from '../util/clock.ts'
import type { GatewayRequest } from './gateway-request.ts'
import { REPEATED } from './headers.ts'

/** Where a caller's identity is read from. */
export interface IdentitySource {
  /** The terms of the AWS manual. */
  readonly location: 'header' | 'querystring' | 'context' | 'stageVariables' | CredentialLocation
  /** Header name (case-insensitive), parameter name (case-sensitive) or variable name. */
  readonly name: string
  /**
   * The value; `undefined` if it is absent, {@link REPEATED} if the client sent it more than once. It has to be the value that
   * the event has, and the same each time it is read for one request. Default clock: the system's.
   */
  read(request: GatewayRequest, clock?: Clock): string | undefined | typeof REPEATED
  /**
   * Whether the value comes from a credential that browsers attach to requests by themselves, such as a cookie. Any site can
   * cause such requests, so they have to come from the same origin (SEC-122). Default: never.
   */
  isAmbient?(request: GatewayRequest): boolean
}

/** Sources that no gateway has: a cookie, an entry of `Sec-WebSocket-Protocol`, and a function that reads the request. */
type CredentialLocation = 'cookie' | 'subprotocol' | 'function'

/** The sources that are credentials of the client. The others are variables, which exist for every request. */
const CREDENTIALS: ReadonlySet<IdentitySource['location']> = new Set([
  'header',
  'querystring',
  'cookie',
  'subprotocol',
  'function',
])

/** Why a request has no usable identity. */
export type IdentityProblem = 'IDENTITY_SOURCE_MISSING' | 'IDENTITY_SOURCE_REPEATED' | 'IDENTITY_SOURCE_INVALID'

/** Maximum number of identity sources (SEC-95). */
export const MAX_SOURCES = 8

/** Maximum lengths of identity values (SEC-95). */
export interface IdentityLimits {
  /** Maximum length of one value in characters. In a header, a character is a byte. */
  readonly valueCharacters: number
  /** Maximum length of all values together in characters. */
  readonly totalCharacters: number
  /** The option that raises the limits, for messages. */
  readonly option?: string
}

const IDENTITY_LIMITS: IdentityLimits = Object.freeze({ valueCharacters: 8192, totalCharacters: 16_384 })

/** An identity source that reads a header. */
export const headerSource = (name: string): IdentitySource => {
  const lower = asciiLower(name)
  return {
    location: 'header',
    name,
    read: (request) => request.headerOnce(lower),
  }
}

/** Placeholder for bytes that are not text. This character is rejected in identities (SEC-55). */
const UNREADABLE = '\u0000'

/** An identity source that reads a query parameter. */
export const querySource = (name: string): IdentitySource => ({
  location: 'querystring',
  name,
  read: (request) => {
    let found: string | undefined
    for (const parameter of request.queryParameters) {
      if (parameter.name !== name) continue
      if (found !== undefined) return REPEATED
      found = parameter.value ?? UNREADABLE
    }
    return found
  },
})

/** Allowed names of identity sources (AWS-KIND-25). */
export const SOURCE_NAME: RegExp = /^[a-zA-Z0-9._$-]+$/

// A tab is the only control character that a header value may have (RFC 9110, section 5.5).
// oxlint-disable-next-line no-control-regex -- finds control characters
const FORBIDDEN = /[\u0000-\u0008\u000a-\u001f\u007f]/
const isBlank = (value: string): boolean => {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index)
    if (code !== 0x20 && code !== 0x09) return false
  }
  return true
}

const problemOf = (
  value: string | undefined | typeof REPEATED,
  { valueCharacters }: IdentityLimits,
): IdentityProblem | undefined => {
  if (value === undefined) return 'IDENTITY_SOURCE_MISSING'
  if (value === REPEATED) return 'IDENTITY_SOURCE_REPEATED'
  if (isBlank(value)) return 'IDENTITY_SOURCE_MISSING'
  return value.length > valueCharacters ? 'IDENTITY_SOURCE_INVALID' : undefined
}

/** Whether identity values are text. Checked on a cache miss only: cached identities have passed this check. */
export const isText = (values: readonly string[]): boolean => !values.some((value) => FORBIDDEN.test(value))

/** The state of one source in a request, without its value. */
export interface IdentitySourceState {
  readonly location: IdentitySource['location']
  readonly name: string
  /**
   * `missing`: absent or blank. `tooLong`: over the limit for one value or for all together. `notText`: not UTF-8, or with
   * control characters. `mismatched`: does not match the validation expression of the source.
   */
  readonly state: 'present' | 'missing' | 'repeated' | 'tooLong' | 'notText' | 'mismatched'
}

const STATES = {
  IDENTITY_SOURCE_MISSING: 'missing',
  IDENTITY_SOURCE_REPEATED: 'repeated',
  IDENTITY_SOURCE_INVALID: 'tooLong',
} as const

/**
 * The state of each source, for explanations.
 *
 * @param options `mismatched`: positions of the sources whose validation expression does not match
 */
export const identityStates = (
  sources: readonly IdentitySource[],
  request: GatewayRequest,
  {
    mismatched = [],
    clock,
    limits = IDENTITY_LIMITS,
  }: {
    readonly mismatched?: readonly number[]
    readonly clock?: Clock
    readonly limits?: IdentityLimits | undefined
  } = {},
): readonly IdentitySourceState[] => {
  let total = 0
  const stateOf = (source: IdentitySource, position: number): IdentitySourceState['state'] => {
    const value = source.read(request, clock)
    const problem = problemOf(value, limits)
    if (problem !== undefined) return STATES[problem]
    if (!isText([value as string])) return 'notText'
    total += (value as string).length
    if (total > limits.totalCharacters) return 'tooLong'
    return mismatched.includes(position) ? 'mismatched' : 'present'
  }
  return sources.map((source, position) => ({
    location: source.location,
    name: source.name,
    state: stateOf(source, position),
  }))
}

/**
 * Whether the client sent a credential that one of these sources reads and that is not blank. Gateway variables, such as the
 * source IP, exist for every request and are not credentials.
 */
export const hasCredential = (sources: readonly IdentitySource[], request: GatewayRequest): boolean =>
  sources.some(
    (source) =>
      CREDENTIALS.has(source.location) &&
      problemOf(source.read(request), IDENTITY_LIMITS) !== 'IDENTITY_SOURCE_MISSING',
  )

const TOO_LONG: IdentityProblem = 'IDENTITY_SOURCE_INVALID'

/** The values of all sources in the configured order, or the problem of the first source that is not usable. */
export const readIdentity = (
  sources: readonly IdentitySource[],
  request: GatewayRequest,
  clock?: Clock,
  limits: IdentityLimits = IDENTITY_LIMITS,
): readonly string[] | IdentityProblem => {
  const values: string[] = []
  let total = 0
  for (let index = 0; index < sources.length; index++) {
    const value = (sources[index] as IdentitySource).read(request, clock)
    const problem = problemOf(value, limits)
    if (problem !== undefined) return problem
    // A list with one element takes less memory than the list that a first `push` makes.
    if (sources.length === 1) return (value as string).length > limits.totalCharacters ? TOO_LONG : [value as string]
    values.push(value as string)
    total += (value as string).length
  }
  return total > limits.totalCharacters ? TOO_LONG : values
}

/** Describes which limit an identity exceeds: names the source and the option, never the value. */
export const lengthProblem = (
  sources: readonly IdentitySource[],
  request: GatewayRequest,
  clock: Clock,
  { valueCharacters, totalCharacters, option }: IdentityLimits = IDENTITY_LIMITS,
): string => {
  const remedy = option === undefined ? '' : `; ${option} raises the limit`
  const long = sources.find((source) => {
    const value = source.read(request, clock)
    return typeof value === 'string' && value.length > valueCharacters
  })
  return long === undefined
    ? `the identity sources are longer than ${totalCharacters} characters together${remedy}`
    : `the identity source ${long.location} ${long.name} is longer than ${valueCharacters} characters${remedy}`
}

/**
 * The identity as part of a cache key. Each value is prefixed with its length, so that different lists have different keys
 * (SEC-54). A single value needs no length, because an authorizer always has the same number of sources.
 */
export const identityKey = (values: readonly string[]): string => {
  if (values.length === 1) return values[0] as string
  let key = ''
  for (const value of values) key += `${value.length}:${value}`
  return key
}
