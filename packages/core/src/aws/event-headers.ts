/** The headers of an event: what the client sent, without what the gateway drops, with what it adds. @module */
import { asciiLower, type GatewayRequest } from '../index.ts'

/** Headers that never reach an event (AWS-EVT-15). */
const DROPPED: ReadonlySet<string> = new Set(
  'connection content-length content-md5 expect max-forwards proxy-authenticate server te transfer-encoding trailer upgrade www-authenticate'.split(
    ' ',
  ),
)

/** Headers that the gateway writes itself, whatever the client sent (AWS-EVT-14). */
const REWRITTEN: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-amzn-trace-id',
])

const TRACE = /^[\w-]+=[\w:.-]+(?:;[\w-]+=[\w:.-]+)*;?$/

/** A header of an event: the spelling of its name, and the value of every line. */
export interface EventHeader {
  readonly name: string
  readonly values: string[]
}

/** Random hexadecimal digits, at most 32. */
export const hex = (length: number): string => crypto.randomUUID().replaceAll('-', '').slice(0, length)

/** How a kind of API shapes headers. */
export interface HeaderShape {
  /** The spelling of a name, given it in lower case and as received. */
  readonly spell: (lower: string, received: string) => string
  /** Further headers that reach the event although REST drops them. */
  readonly keeps?: ReadonlySet<string>
}

/** Collects the headers of an event by lower-case name. */
export const collectHeaders = (
  request: GatewayRequest,
  { spell, keeps }: HeaderShape,
  now: number,
): Map<string, EventHeader> => {
  const collected = new Map<string, EventHeader>()
  const add = (name: string, value: string): void => {
    const key = asciiLower(name)
    const held = collected.get(key)
    if (held === undefined) collected.set(key, { name: spell(key, name), values: [value] })
    else held.values.push(value)
  }
  for (const [name, value] of request.headers) {
    const key = asciiLower(name)
    if ((!DROPPED.has(key) || keeps?.has(key)) && !REWRITTEN.has(key)) add(name, value)
  }
  if (!collected.has('host') && request.authority !== undefined) add('Host', request.authority)
  const trace = request.header('x-amzn-trace-id')
  add(
    'X-Amzn-Trace-Id',
    trace !== undefined && TRACE.test(trace) ? trace : `Root=1-${Math.floor(now / 1000).toString(16)}-${hex(24)}`,
  )
  const hops = [...request.headerValues('x-forwarded-for'), ...(request.peer === undefined ? [] : [request.peer])]
  if (hops.length > 0) add('X-Forwarded-For', hops.join(', '))
  add('X-Forwarded-Port', '443')
  add('X-Forwarded-Proto', 'https')
  return collected
}

// Names come from the client: maps without a prototype, which JSON turns into plain objects (SEC-29).
export const createMap = <T>(): Record<string, T> => Object.create(null) as Record<string, T>
