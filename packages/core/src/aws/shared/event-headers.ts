/** The headers of an event: those that the client sent, without those that the gateway drops, with those that it adds. @module */
import type { Clock, GatewayRequest } from '../../index.ts'
import { asciiLower, headerSource, type IdentitySource, systemClock } from '../../contract.ts'
import { randomHex } from './ids.ts'

/** Headers that never reach an event (AWS-EVT-15). */
const DROPPED: ReadonlySet<string> = new Set(
  'connection content-length content-md5 expect max-forwards proxy-authenticate server te transfer-encoding trailer upgrade www-authenticate'.split(
    ' ',
  ),
)

const TRACE = /^[\w-]+=[\w:.-]+(?:;[\w-]+=[\w:.-]+)*;?$/

/** A header that the gateway adds, unless its value is `undefined`. */
export interface AddedHeader {
  readonly name: string
  readonly value: (request: GatewayRequest, clock?: Clock) => string | undefined
}

const byName = (...headers: readonly AddedHeader[]): ReadonlyMap<string, AddedHeader> =>
  new Map(headers.map((header) => [asciiLower(header.name), header]))

/** Computes a value once per request, so that identity sources, event and explanation have the same one. */
const oncePerRequest = (make: AddedHeader['value']): AddedHeader['value'] => {
  const values = new WeakMap<GatewayRequest, string | undefined>()
  return (request, clock) => {
    if (!values.has(request)) values.set(request, make(request, clock))
    return values.get(request)
  }
}

const traceOf = (request: GatewayRequest, clock: Clock = systemClock): string => {
  const sent = request.header('x-amzn-trace-id')
  return sent !== undefined && TRACE.test(sent)
    ? sent
    : `Root=1-${Math.floor(clock.now() / 1000).toString(16)}-${randomHex(24)}`
}

const forwardedFor = (request: GatewayRequest): string | undefined => {
  const hops = [...request.headerValues('x-forwarded-for'), ...(request.peer === undefined ? [] : [request.peer])]
  return hops.length > 0 ? hops.join(', ') : undefined
}

/** Headers that the gateway sets; a client's header of the same name is replaced (AWS-EVT-14). */
const SET_BY_GATEWAY = byName(
  { name: 'X-Amzn-Trace-Id', value: oncePerRequest(traceOf) },
  { name: 'X-Forwarded-For', value: forwardedFor },
  { name: 'X-Forwarded-Port', value: () => '443' },
  { name: 'X-Forwarded-Proto', value: () => 'https' },
)

/** Headers that the gateway adds if the client sent none: an HTTP/2 client may send `:authority` only. */
const DEFAULTS = byName({ name: 'Host', value: (request) => request.authority })

/** Added if the client sent no `Content-Length` (AWS-EVT-43, AWS-EVT-82). */
export const DEFAULT_CONTENT_LENGTH: ReadonlyMap<string, AddedHeader> = byName({
  name: 'content-length',
  value: () => '0',
})

/** Headers that CloudFront adds on edge-optimized endpoints (AWS-EVT-13). */
export const CLOUDFRONT: ReadonlyMap<string, AddedHeader> = byName(
  { name: 'CloudFront-Forwarded-Proto', value: () => 'https' },
  { name: 'CloudFront-Is-Desktop-Viewer', value: () => 'true' },
  { name: 'CloudFront-Is-Mobile-Viewer', value: () => 'false' },
  { name: 'CloudFront-Is-SmartTV-Viewer', value: () => 'false' },
  { name: 'CloudFront-Is-Tablet-Viewer', value: () => 'false' },
  { name: 'CloudFront-Viewer-ASN', value: () => '64496' },
  { name: 'CloudFront-Viewer-Country', value: () => 'US' },
  { name: 'Via', value: () => '2.0 cloudfront.net (CloudFront)' },
  { name: 'X-Amz-Cf-Id', value: oncePerRequest(() => randomHex(32)) },
)

/** A header of an event: its name as the event spells it, and the value of each header line. */
export interface EventHeader {
  readonly name: string
  readonly values: string[]
}

/** How a kind of API transforms headers. The maps have lower-case names as keys. */
export interface HeaderShape {
  /** Returns the name for the event, given the name in lower case and as received. */
  readonly spell: (lower: string, received: string) => string
  /** Headers that REST APIs drop and this kind of API does not. Default: none. */
  readonly keeps?: ReadonlySet<string>
  /** Headers that this kind of API sets in addition. Default: none. */
  readonly sets?: ReadonlyMap<string, AddedHeader>
  /** Headers that this kind of API adds if the client sent none. Default: none. */
  readonly defaults?: ReadonlyMap<string, AddedHeader>
}

const NONE: ReadonlyMap<string, AddedHeader> = new Map()

const isDropped = (lower: string, { keeps }: HeaderShape): boolean => DROPPED.has(lower) && keeps?.has(lower) !== true

/** Collects the headers of an event by lower-case name. */
export const collectHeaders = (request: GatewayRequest, shape: HeaderShape, clock: Clock): Map<string, EventHeader> => {
  const { spell, sets = NONE, defaults = NONE } = shape
  const collected = new Map<string, EventHeader>()
  const add = (name: string, value: string): void => {
    const key = asciiLower(name)
    const header = collected.get(key)
    if (header === undefined) collected.set(key, { name: spell(key, name), values: [value] })
    else header.values.push(value)
  }
  for (const [name, value] of request.headers) {
    const key = asciiLower(name)
    if (!isDropped(key, shape) && !SET_BY_GATEWAY.has(key) && !sets.has(key)) add(name, value)
  }
  for (const added of [DEFAULTS, SET_BY_GATEWAY, sets, defaults]) {
    for (const [key, { name, value }] of added) {
      const text = collected.has(key) ? undefined : value(request, clock)
      if (text !== undefined) add(name, text)
    }
  }
  return collected
}

/**
 * Creates identity sources that read a header as the event of this kind of API contains it (AWS-ID-20). A header that the
 * gateway sets has one value, even if the client sent several lines; a header that the gateway drops counts as missing.
 */
export const headerSourcesOf =
  (shape: HeaderShape) =>
  (name: string): IdentitySource => {
    const source = headerSource(name)
    const lower = asciiLower(name)
    const set = shape.sets?.get(lower) ?? SET_BY_GATEWAY.get(lower)
    if (set !== undefined) return { ...source, read: set.value }
    if (isDropped(lower, shape)) return { ...source, read: () => undefined }
    const added = shape.defaults?.get(lower) ?? DEFAULTS.get(lower)
    return added === undefined
      ? source
      : { ...source, read: (request, clock) => source.read(request, clock) ?? added.value(request, clock) }
  }

/** A map for names that the client chooses. It has no prototype, and JSON turns it into a plain object (SEC-29). */
export const createMap = <T>(): Record<string, T> => Object.create(null) as Record<string, T>

/** The headers of an event that has each header twice: with its last value, and with all values. */
export interface HeaderMembers {
  readonly headers: Record<string, string>
  readonly multiValueHeaders: Record<string, string[]>
}

export const headerMembers = (request: GatewayRequest, shape: HeaderShape, clock: Clock): HeaderMembers => {
  const headers = createMap<string>()
  const multiValueHeaders = createMap<string[]>()
  for (const { name, values } of collectHeaders(request, shape, clock).values()) {
    headers[name] = values.at(-1) as string
    multiValueHeaders[name] = values
  }
  return { headers, multiValueHeaders }
}
