/** Identity sources: the parts of a request that say who is calling. All of them, or nothing (SEC-57). @module */
import { asciiLower } from '../util/ascii.ts'
import { optionError } from '../util/check.ts'
import type { Clock } from '../util/clock.ts'
import { type GatewayRequest, REPEATED } from './gateway-request.ts'

/** Where a caller's identity is read from. */
export interface IdentitySource {
  /** The words of the manual: `header`, `querystring`, `context`, `stageVariables`. */
  readonly location: 'header' | 'querystring' | 'context' | 'stageVariables'
  /** Header name (case-insensitive), parameter name (case-sensitive) or variable name. */
  readonly name: string
  /**
   * The value, `undefined` when absent, {@link REPEATED} when the client sent it more than once. It has to be the value that
   * the event shows, and the same each time it is read for one request. Default clock: the system's.
   */
  read(request: GatewayRequest, clock?: Clock): string | undefined | typeof REPEATED
}

export { REPEATED }

/** What is wrong with the identity that a request carries. */
export type IdentityProblem = 'IDENTITY_SOURCE_MISSING' | 'IDENTITY_SOURCE_REPEATED' | 'IDENTITY_SOURCE_INVALID'

/** At most 8 sources (SEC-95). */
export const MAX_SOURCES = 8

/** How long identity values may be (SEC-95). */
export interface IdentityLimits {
  /** Maximum length of one value in characters; in a header a character is a byte. */
  readonly valueCharacters: number
  /** Maximum length of all values together in characters. */
  readonly totalCharacters: number
  /** The option that raises the limits, for messages. */
  readonly option?: string
}

const IDENTITY_LIMITS: IdentityLimits = Object.freeze({ valueCharacters: 8192, totalCharacters: 16_384 })

export const headerSource = (name: string): IdentitySource => {
  const lower = asciiLower(name)
  return {
    location: 'header',
    name,
    read: (request) => request.headerOnce(lower),
  }
}

/** Stands for bytes that are no text: no identity may hold this character, so it is refused as invalid (SEC-55). */
const UNREADABLE = '\u0000'

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

/** The names that identity sources may have (AWS-KIND-25). */
export const SOURCE_NAME: RegExp = /^[a-zA-Z0-9._$-]+$/

// Tab is allowed inside a header value (RFC 9110, section 5.5); nothing else below space is.
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
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

/** Whether identity values are text. Asked when nothing is cached for them: what is cached has passed before. */
export const isText = (values: readonly string[]): boolean => !values.some((value) => FORBIDDEN.test(value))

/** The state of one source in a request, without its value. */
export interface IdentitySourceState {
  readonly location: IdentitySource['location']
  readonly name: string
  /**
   * `missing`: absent or blank. `tooLong`: longer than one value, or all of them together, may be. `notText`: not UTF-8, or
   * with control characters. `mismatched`: does not match the validation expression of the source.
   */
  readonly state: 'present' | 'missing' | 'repeated' | 'tooLong' | 'notText' | 'mismatched'
}

const STATES = {
  IDENTITY_SOURCE_MISSING: 'missing',
  IDENTITY_SOURCE_REPEATED: 'repeated',
  IDENTITY_SOURCE_INVALID: 'tooLong',
} as const

/** For explanations: the state of each source. `mismatched`: positions of those that their expressions do not match. */
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
 * Whether the client sent anything that one of these sources reads: a header or a parameter that is not blank. Variables of
 * the gateway, such as the source address, are there for every request and are no credentials.
 */
export const hasCredential = (sources: readonly IdentitySource[], request: GatewayRequest): boolean =>
  sources.some(
    (source) =>
      (source.location === 'header' || source.location === 'querystring') &&
      problemOf(source.read(request), IDENTITY_LIMITS) !== 'IDENTITY_SOURCE_MISSING',
  )

/** The values of all sources in the configured order, or what is wrong with the first that is not usable. */
export const readIdentity = (
  sources: readonly IdentitySource[],
  request: GatewayRequest,
  clock?: Clock,
  limits: IdentityLimits = IDENTITY_LIMITS,
): readonly string[] | IdentityProblem => {
  const values: string[] = []
  let total = 0
  for (const source of sources) {
    const value = source.read(request, clock)
    const problem = problemOf(value, limits)
    if (problem !== undefined) return problem
    values.push(value as string)
    total += (value as string).length
  }
  return total > limits.totalCharacters ? 'IDENTITY_SOURCE_INVALID' : values
}

/** Which limit an identity exceeds, for the developer: the source and the option, never the value. */
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
 * The identity as a cache key: each value with its length before it, so that no two lists share a key (SEC-54). A single
 * value needs no length: an authorizer always has the same number of sources.
 */
export const identityKey = (values: readonly string[]): string => {
  if (values.length === 1) return values[0] as string
  let key = ''
  for (const value of values) key += `${value.length}:${value}`
  return key
}

const EXPRESSION = /^\$request\.(header|querystring)\.(.*)$/

/** Parses `$request.header.NAME` and `$request.querystring.NAME`, the notation of the native contract. */
export const parseIdentitySource = (where: string, expression: string): IdentitySource => {
  const [, location, name] = EXPRESSION.exec(expression) ?? []
  if (location === undefined || name === undefined || !SOURCE_NAME.test(name)) {
    throw optionError(where, expression, '"$request.header.NAME" or "$request.querystring.NAME"')
  }
  return location === 'header' ? headerSource(name) : querySource(name)
}
