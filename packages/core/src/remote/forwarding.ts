/** What of an event is sent (SEC-84). @module */
import { asciiLower, headersFor } from '../contract.ts'

const HOP_BY_HOP = headersFor('hop-by-hop')

/** Some frameworks read any other character of a name as a hyphen: `X_Forwarded_Proto` as `X-Forwarded-Proto`. */
const PLAIN_NAME = /^[\da-z-]+$/

/** In a list of names: all headers that are sent by default. */
export const USUAL = '*'

type Forwards = (name: string) => boolean

const isUsual: Forwards = (name) => PLAIN_NAME.test(name) && name !== 'cookie' && !HOP_BY_HOP.has(name)

const only = (members: object, forwards: Forwards): object =>
  Object.fromEntries(Object.entries(members).filter(([name]) => forwards(asciiLower(name))))

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Returns a function that copies an event with only the headers that may be sent: those in the list, and the identity
 * sources of the contract, given as lower-case names. The client has no say in it.
 */
export const forwarding = (
  listed: readonly string[] = [USUAL],
): ((event: object, identityHeaders?: readonly string[]) => object) => {
  const names = new Set(listed.map((each) => asciiLower(each)))
  const sendsUsual = names.has(USUAL)
  return (event, identityHeaders = []) => {
    const { headers, multiValueHeaders, cookies } = event as Readonly<Record<string, unknown>>
    const isNamed: Forwards = (name) => names.has(name) || identityHeaders.includes(name)
    const forwards: Forwards = (name) => isNamed(name) || (sendsUsual && isUsual(name))
    return {
      ...event,
      ...(isMap(headers) && { headers: only(headers, forwards) }),
      ...(isMap(multiValueHeaders) && { multiValueHeaders: only(multiValueHeaders, forwards) }),
      // The cookies of an HTTP API's event, which are outside its headers.
      ...(Array.isArray(cookies) && { cookies: isNamed('cookie') ? cookies : undefined }),
    }
  }
}
