/** What of an event is sent (SEC-84). @module */
import { asciiLower } from '../index.ts'

/** Headers for the next hop only (RFC 9110, section 7.6.1). */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Anything else in a name, such as the underscore of `X_Forwarded_Proto`, is a hyphen to some function's framework. */
const PLAIN_NAME = /^[\da-z-]+$/

/** Stands in a list for all headers that are sent when there is no list. */
export const USUAL = '*'

type Forwards = (name: string) => boolean

/** The names that a `Connection` header declares to be for the next hop, too. */
const connectionOptions = (headers: object): ReadonlySet<string> => {
  const value: unknown = Object.entries(headers).find(([name]) => asciiLower(name) === 'connection')?.[1]
  return new Set((typeof value === 'string' ? value.split(',') : []).map((each) => asciiLower(each.trim())))
}

const only = (members: object, forwards: Forwards): object =>
  Object.fromEntries(Object.entries(members).filter(([name]) => forwards(asciiLower(name))))

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Makes the copy of an event that is sent, from the names that may be. */
export const forwarding = (listed: readonly string[] = [USUAL]): ((event: object) => object) => {
  const names = new Set(listed.map((each) => asciiLower(each)))
  return (event) => {
    const { headers, multiValueHeaders, cookies } = event as Readonly<Record<string, unknown>>
    const hops = isMap(headers) ? connectionOptions(headers) : new Set<string>()
    const forwards: Forwards = (name) =>
      names.has(name) ||
      (names.has(USUAL) && PLAIN_NAME.test(name) && name !== 'cookie' && !HOP_BY_HOP.has(name) && !hops.has(name))
    return {
      ...event,
      ...(isMap(headers) && { headers: only(headers, forwards) }),
      ...(isMap(multiValueHeaders) && { multiValueHeaders: only(multiValueHeaders, forwards) }),
      // The cookies of an HTTP API's event, which stand outside its headers.
      ...(Array.isArray(cookies) && { cookies: names.has('cookie') ? cookies : undefined }),
    }
  }
}
