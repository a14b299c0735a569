/** Reads header lines as they were received, comparing names without Unicode case folding (SEC-16). @module */

/** The value of a source that the client sent more than once, where only one is allowed (SEC-24). */
export const REPEATED: unique symbol = Symbol('repeated')

/** Compares a header name with a lower-case one, folding ASCII letters only. */
export const isHeader = (name: string, lower: string): boolean => {
  if (name.length !== lower.length) return false
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index)
    const wanted = lower.charCodeAt(index)
    if (code !== wanted && (code < 65 || code > 90 || (code | 32) !== wanted)) return false
  }
  return true
}

/** The values of every line of a header, in order. `lower` is a lower-case name. */
export const headerValues = (raw: readonly string[], lower: string): readonly string[] => {
  const values: string[] = []
  for (let index = 0; index < raw.length; index += 2) {
    if (isHeader(raw[index] as string, lower)) values.push(raw[index + 1] as string)
  }
  return values
}

/** The value of a header; several lines are joined with `, ` (RFC 9110, section 5.3). `lower` is a lower-case name. */
export const joinedHeader = (raw: readonly string[], lower: string): string | undefined => {
  let value: string | undefined
  for (let index = 0; index < raw.length; index += 2) {
    if (isHeader(raw[index] as string, lower)) {
      const line = raw[index + 1] as string
      value = value === undefined ? line : `${value}, ${line}`
    }
  }
  return value
}

/** The value of a header with one line; {@link REPEATED} if it has more. `lower` is a lower-case name. */
export const headerOnce = (raw: readonly string[], lower: string): string | undefined | typeof REPEATED => {
  let value: string | undefined
  for (let index = 0; index < raw.length; index += 2) {
    if (!isHeader(raw[index] as string, lower)) continue
    if (value !== undefined) return REPEATED
    value = raw[index + 1] as string
  }
  return value
}

/** Joins the `Cookie` lines that HTTP/2 clients may send in parts (RFC 9113, section 8.2.3). */
export const withWholeCookie = (raw: readonly string[]): readonly string[] => {
  let at = -1
  let lines: string[] | undefined
  for (let index = 0; index < raw.length; index += 2) {
    const [name, value] = [raw[index] as string, raw[index + 1] as string]
    const cookie = name.length === 6 && isHeader(name, 'cookie')
    if (cookie && at >= 0) {
      lines ??= raw.slice(0, index)
      lines[at + 1] += `; ${value}`
    } else {
      if (cookie) at = index
      lines?.push(name, value)
    }
  }
  return lines ?? raw
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09

/**
 * Removes spaces and tabs from both ends. Not `trim()`, which removes more: with it, a cookie whose name starts with a no-break
 * space, which other sites of the domain can set, would be read as one with the prefix `__Host-` (SEC-122).
 */
export const withoutBlanks = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** A cookie's value, undecoded; {@link REPEATED} if it is sent more than once. Names are case-sensitive. */
export const cookieOnce = (lines: readonly string[], name: string): string | undefined | typeof REPEATED => {
  let found: string | undefined
  for (const line of lines) {
    for (const pair of line.split(';')) {
      const equals = pair.indexOf('=')
      if (equals < 0 || withoutBlanks(pair.slice(0, equals)) !== name) continue
      if (found !== undefined) return REPEATED
      found = withoutBlanks(pair.slice(equals + 1))
    }
  }
  return found
}

/** All header lines as `[name, value]`, without the pseudo-headers of HTTP/2. */
export const headerLines = (raw: readonly string[]): readonly (readonly [name: string, value: string])[] => {
  const lines: [string, string][] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string
    if (!name.startsWith(':')) lines.push([name, raw[index + 1] as string])
  }
  return lines
}

/** A cookie's value, undecoded; `undefined` if it is absent or sent more than once. Names are case-sensitive. */
export const cookieValue = (lines: readonly string[], name: string): string | undefined => {
  const found = cookieOnce(lines, name)
  return found === REPEATED ? undefined : found
}
