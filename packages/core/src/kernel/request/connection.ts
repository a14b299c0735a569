/**
 * Checks the `Connection` header. A proxy behind the guard drops every header that it names, so a client could use it to
 * remove a header that the guard has set (SEC-23, RFC 9110, section 7.6.1).
 * @module
 */
import { asciiLower } from '../util/ascii.ts'
import { headersFor } from '../util/http-headers.ts'

/** Connection options that a client may send: either not header names, or headers for one hop only. */
const OPTIONS: ReadonlySet<string> = new Set(['close', ...headersFor('connection-option')])

const isSpace = (char: string | undefined): boolean => char === ' ' || char === '\t'

/** Removes optional whitespace, which is spaces and tabs only (RFC 9110, section 5.6.3), in linear time. */
const trimmed = (text: string): string => {
  let [start, end] = [0, text.length]
  while (start < end && isSpace(text[start])) start++
  while (end > start && isSpace(text[end - 1])) end--
  return text.slice(start, end)
}

/** Whether every option in one `Connection` line is allowed. Empty list elements are ignored (RFC 9110, section 5.6.1). */
export const namesHopByHopOnly = (value: string): boolean => {
  return value.split(',').every((element) => {
    const option = asciiLower(trimmed(element))
    return option === '' || OPTIONS.has(option)
  })
}
