/** The headers of an event: what the client sent, without what the gateway drops, with what it adds. @module */
import type { Clock, GatewayRequest } from '../../index.ts'
import { asciiLower, headerSource, type IdentitySource, systemClock } from '../../contract.ts'

/** Headers that never reach an event (AWS-EVT-15). */
const DROPPED: ReadonlySet<string> = new Set(
  'connection content-length content-md5 expect max-forwards proxy-authenticate server te transfer-encoding trailer upgrade www-authenticate'.split(
    ' ',
  ),
)

const TRACE = /^[\w-]+=[\w:.-]+(?:;[\w-]+=[\w:.-]+)*;?$/

/** Random hexadecimal digits, at most 32. */
export const hex = (length: number): string => crypto.randomUUID().replaceAll('-', '').slice(0, length)

/** A header that the gateway adds; `undefined` when there is nothing to add. */
export interface AddedHeader {
  readonly name: string
  readonly value: (request: GatewayRequest, clock?: Clock) => string | undefined
}

const byName = (...headers: readonly AddedHeader[]): ReadonlyMap<string, AddedHeader> =>
  new Map(headers.map((header) => [asciiLower(header.name), header]))

/** Makes a value once for each request, so that identity sources, event and explanation show the same one. */
const oncePerRequest = (make: AddedHeader['value']): AddedHeader['value'] => {
  const made = new WeakMap<GatewayRequest, string | undefined>()
  return (request, clock) => {
    if (!made.has(request)) made.set(request, make(request, clock))
    return made.get(request)
  }
}

const traceOf = (request: GatewayRequest, clock: Clock = systemClock): string => {
  const sent = request.header('x-amzn-trace-id')
  return sent !== undefined && TRACE.test(sent)
    ? sent
    : `Root=1-${Math.floor(clock.now() / 1000).toString(16)}-${hex(24)}`
}

const forwardedFor = (request: GatewayRequest): string | undefined => {
  const hops = [...request.headerValues('x-forwarded-for'), ...(request.peer === undefined ? [] : [request.peer])]
  return hops.length > 0 ? hops.join(', ') : undefined
}

/** Headers that the gateway writes itself, whatever the client sent (AWS-EVT-14). */
const WRITTEN = byName(
  { name: 'X-Amzn-Trace-Id', value: oncePerRequest(traceOf) },
  { name: 'X-Forwarded-For', value: forwardedFor },
  { name: 'X-Forwarded-Port', value: () => '443' },
  { name: 'X-Forwarded-Proto', value: () => 'https' },
)

/** Headers that the gateway adds where the client sent none: an HTTP/2 client may send `:authority` only. */
const DEFAULTS = byName({ name: 'Host', value: (request) => request.authority })

/** The body's length where the client sent none (AWS-EVT-43, AWS-EVT-82). */
export const NO_CONTENT: ReadonlyMap<string, AddedHeader> = byName({ name: 'content-length', value: () => '0' })

/** What CloudFront adds on edge-optimized endpoints (AWS-EVT-13). */
export const CLOUDFRONT: ReadonlyMap<string, AddedHeader> = byName(
  { name: 'CloudFront-Forwarded-Proto', value: () => 'https' },
  { name: 'CloudFront-Is-Desktop-Viewer', value: () => 'true' },
  { name: 'CloudFront-Is-Mobile-Viewer', value: () => 'false' },
  { name: 'CloudFront-Is-SmartTV-Viewer', value: () => 'false' },
  { name: 'CloudFront-Is-Tablet-Viewer', value: () => 'false' },
  { name: 'CloudFront-Viewer-ASN', value: () => '64496' },
  { name: 'CloudFront-Viewer-Country', value: () => 'US' },
  { name: 'Via', value: () => '2.0 cloudfront.net (CloudFront)' },
  { name: 'X-Amz-Cf-Id', value: oncePerRequest(() => hex(32)) },
)

/** A header of an event: the spelling of its name, and the value of every line. */
export interface EventHeader {
  readonly name: string
  readonly values: string[]
}

/** How a kind of API shapes headers. The maps have lower-case names as keys. */
export interface HeaderShape {
  /** The spelling of a name, given it in lower case and as received. */
  readonly spell: (lower: string, received: string) => string
  /** Further headers that reach the event although REST drops them. */
  readonly keeps?: ReadonlySet<string>
  /** Further headers that the gateway writes itself. Default: none. */
  readonly writes?: ReadonlyMap<string, AddedHeader>
  /** Further headers that the gateway adds where the client sent none. Default: none. */
  readonly defaults?: ReadonlyMap<string, AddedHeader>
}

const NONE: ReadonlyMap<string, AddedHeader> = new Map()

const isDropped = (lower: string, { keeps }: HeaderShape): boolean => DROPPED.has(lower) && keeps?.has(lower) !== true

/** Collects the headers of an event by lower-case name. */
export const collectHeaders = (request: GatewayRequest, shape: HeaderShape, clock: Clock): Map<string, EventHeader> => {
  const { spell, writes = NONE, defaults = NONE } = shape
  const collected = new Map<string, EventHeader>()
  const add = (name: string, value: string): void => {
    const key = asciiLower(name)
    const held = collected.get(key)
    if (held === undefined) collected.set(key, { name: spell(key, name), values: [value] })
    else held.values.push(value)
  }
  for (const [name, value] of request.headers) {
    const key = asciiLower(name)
    if (!isDropped(key, shape) && !WRITTEN.has(key) && !writes.has(key)) add(name, value)
  }
  for (const added of [DEFAULTS, WRITTEN, writes, defaults]) {
    for (const [key, { name, value }] of added) {
      const text = collected.has(key) ? undefined : value(request, clock)
      if (text !== undefined) add(name, text)
    }
  }
  return collected
}

/**
 * Makes identity sources that read a header as the event of this kind of API shows it (AWS-ID-20). A header that the gateway
 * writes has one value, however many lines the client sent; a header that never reaches the event counts as missing.
 */
export const headerSourcesOf =
  (shape: HeaderShape) =>
  (name: string): IdentitySource => {
    const source = headerSource(name)
    const lower = asciiLower(name)
    const written = shape.writes?.get(lower) ?? WRITTEN.get(lower)
    if (written !== undefined) return { ...source, read: written.value }
    if (isDropped(lower, shape)) return { ...source, read: () => undefined }
    const added = shape.defaults?.get(lower) ?? DEFAULTS.get(lower)
    return added === undefined
      ? source
      : { ...source, read: (request, clock) => source.read(request, clock) ?? added.value(request, clock) }
  }

// Names come from the client: maps without a prototype, which JSON turns into plain objects (SEC-29).
export const createMap = <T>(): Record<string, T> => Object.create(null) as Record<string, T>
