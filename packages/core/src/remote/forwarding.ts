/** Selects the headers of an event that are sent to a remote function (SEC-84). @module */
import { asciiLower, check, headersFor } from '../contract.ts'

const HOP_BY_HOP = headersFor('hop-by-hop')

/** Some frameworks read any other character of a name as a hyphen: `X_Forwarded_Proto` as `X-Forwarded-Proto`. */
const PLAIN_NAME = /^[\da-z-]+$/

/** In `forwardHeaders`: all headers that are sent by default. */
export const DEFAULT_HEADERS = '*'

/** Whether a header, named in lower case, is sent. */
export type HeaderFilter = (name: string) => boolean

const isDefault: HeaderFilter = (name) => PLAIN_NAME.test(name) && name !== 'cookie' && !HOP_BY_HOP.has(name)

const only = (members: object, isForwarded: HeaderFilter): object =>
  Object.fromEntries(Object.entries(members).filter(([name]) => isForwarded(asciiLower(name))))

/** Selects the listed headers; `'*'` stands for all that are sent by default. */
export const listedHeaders = (listed: readonly string[] = [DEFAULT_HEADERS]): HeaderFilter => {
  const names = new Set(listed.map((each) => asciiLower(each)))
  const sendsDefault = names.has(DEFAULT_HEADERS)
  return (name) => names.has(name) || (sendsDefault && isDefault(name))
}

/**
 * Returns a function that copies an event with only the headers that may be sent: those in the list, and the identity
 * sources of the contract, given as lower-case names. The client cannot influence the selection.
 */
export const forwarding = (
  listed?: readonly string[],
): ((event: object, identityHeaders?: readonly string[]) => object) => {
  const isListed = listedHeaders(listed)
  return (event, identityHeaders = []) => {
    const { headers, multiValueHeaders, cookies } = event as Readonly<Record<string, unknown>>
    const isForwarded: HeaderFilter = (name) => isListed(name) || identityHeaders.includes(name)
    return {
      ...event,
      ...(check.isRecord(headers) && { headers: only(headers, isForwarded) }),
      ...(check.isRecord(multiValueHeaders) && { multiValueHeaders: only(multiValueHeaders, isForwarded) }),
      // HTTP API events carry cookies outside their headers.
      ...(Array.isArray(cookies) && { cookies: isForwarded('cookie') ? cookies : undefined }),
    }
  }
}
