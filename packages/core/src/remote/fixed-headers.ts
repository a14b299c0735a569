/** Checks headers that are sent with every call of a remote function. @module */
import { type Check, check, FIELD_NAME, headersFor } from '../contract.ts'

/** Headers that the HTTP client or this function sets. */
export const TRANSPORT_HEADERS: ReadonlySet<string> = headersFor('hop-by-hop', 'transport')

/** Accepts header names and values. Messages leave out the values, which are secrets. */
export const fixedHeaders: Check = (value) => {
  if (!check.isRecord(value)) return 'an object of header names and values'
  for (const [index, [name, text]] of Object.entries(value).entries()) {
    if (!FIELD_NAME.test(name) || name.length > 128) return `header names as member names (member ${index} is not)`
    if (TRANSPORT_HEADERS.has(name.toLowerCase()))
      return `headers that the transport does not set itself (it sets ${name})`
    if (typeof text !== 'string' || !/^[\x21-\x7e](?:[\t\x20-\x7e]{0,8190}[\x21-\x7e])?$/.test(text))
      return `header values of printable ASCII, without leading or trailing spaces (member ${index} has another)`
  }
  return undefined
}
