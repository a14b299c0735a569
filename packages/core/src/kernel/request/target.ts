/**
 * Parses the request target without resolving it as a URL reference. A spelling that two layers may read differently is
 * rejected before anything else reads it (SEC-02 to SEC-10, SEC-15).
 * @module
 */

/** Why a request is rejected with 400. `ambiguousTargets: 'allow'` accepts the first six. */
export type RequestProblem =
  | 'EMPTY_SEGMENT'
  | 'DOT_SEGMENT'
  | 'BACKSLASH'
  | 'FRAGMENT'
  | 'CONTROL_CHARACTER'
  | 'MALFORMED_ESCAPE'
  | 'ENCODED_SLASH'
  | 'DOUBLE_ENCODING'
  | 'TARGET_FORM'
  | 'UNEXPLAINED_TARGET'
  | 'METHOD'
  | 'AUTHORITY'
  | 'HTTP_VERSION'
  | 'CONNECTION_HEADER'
  | 'HEADER_LINES'

const RELAXABLE: ReadonlySet<RequestProblem> = new Set([
  'EMPTY_SEGMENT',
  'DOT_SEGMENT',
  'BACKSLASH',
  'FRAGMENT',
  'CONTROL_CHARACTER',
  'MALFORMED_ESCAPE',
])

/** A parsed request target. */
export interface Target {
  /** The canonical path: needlessly encoded unreserved characters decoded once, other escapes in upper case. */
  readonly path: string
  /** Everything after the first `?`, as received; `''` if there is none. */
  readonly queryString: string
  /** The authority of an absolute-form target, lower case, without the scheme's default port. */
  readonly authority: string | undefined
  readonly problem: RequestProblem | undefined
  /** The path of the target before it was made canonical. */
  readonly rawPath: string
  /** Whether two layers may read the target differently, also if that is allowed. */
  readonly ambiguous: boolean
}

/** Options of {@link parseTarget}. */
export interface TargetOptions {
  /** Accepts targets that two layers may read differently. Default `false`. */
  readonly allowAmbiguous?: boolean
  /** `'reject'` reports `%2F`, and `%25` before two hexadecimal digits, as problems. Default `'data'` (SEC-06, SEC-07). */
  readonly encodedSlash?: 'reject' | 'data' | undefined
}

const ENCODED_SLASH = /%2F/gi

/** Whether a path has an encoded slash, which routers read as data and file servers as a separator. */
export const hasEncodedSlash = (path: string): boolean => path.includes('%2F') || path.includes('%2f')

/** Whether a path has an escaped escape, such as `%252F`, which a second decoding turns into a character. */
export const isDoublyEncoded = (path: string): boolean => path.includes('%25') && /%25[\dA-Fa-f]{2}/.test(path)

/** The path as read by a layer that decodes before it splits: each `%2F` becomes `/`. */
export const decodeSlashes = (path: string): string => path.replace(ENCODED_SLASH, '/')

const SLASH = 0x2f
const DOT = 0x2e
const QUESTION_MARK = 0x3f

/** 1 for each character that RFC 3986 allows in a segment (pchar), except `%`. */
const PCHAR = Uint8Array.from({ length: 0x80 }, (_, code) =>
  /[\w.~!$&'()*+,;=:@-]/.test(String.fromCharCode(code)) ? 1 : 0,
)

/**
 * The length of a path that needs no further parsing, which nearly every path is; -1 for others. Each segment starts with a
 * character that is not a dot, so there are neither empty segments nor dot segments. Nothing is encoded. A loop, because the
 * first use of a regular expression in a request takes 0.7 µs more.
 */
const plainLength = (raw: string): number => {
  if (raw.charCodeAt(0) !== SLASH) return -1
  let isStart = true
  for (let index = 1; index < raw.length; index++) {
    const code = raw.charCodeAt(index)
    if (code === SLASH) {
      if (isStart) return -1
      isStart = true
      continue
    }
    if (code === QUESTION_MARK) return index
    if (PCHAR[code] !== 1 || (isStart && code === DOT)) return -1
    isStart = false
  }
  return raw.length
}

const UNRESERVED = /[A-Za-z0-9._~-]/
// Printable ASCII that RFC 3986 does not allow in a path. Clients send it raw or encoded; both mean the same character.
const ENCODE = /["<>^`{|}]/g

/** Splits and canonicalises a request target (RFC 9112, section 3.2). Never throws. */
export const parseTarget = (method: string, raw: string, options: TargetOptions = NO_OPTIONS): Target => {
  const end = plainLength(raw)
  if (end === raw.length)
    return { path: raw, queryString: '', authority: undefined, problem: undefined, rawPath: raw, ambiguous: false }
  if (end < 0) return parseUnusual(method, raw, options)
  const queryString = raw.slice(end + 1)
  if (queryString.includes('#') || !isWellFormed(queryString)) return parseUnusual(method, raw, options)
  const path = raw.slice(0, end)
  return { path, queryString, authority: undefined, problem: undefined, rawPath: path, ambiguous: false }
}

const NO_OPTIONS: TargetOptions = Object.freeze({})

// A function of its own, because its closure would take memory for every request.
const parseUnusual = (
  method: string,
  raw: string,
  { allowAmbiguous = false, encodedSlash = 'data' }: TargetOptions,
): Target => {
  const mark = raw.indexOf('?')
  let path = mark < 0 ? raw : raw.slice(0, mark)
  let queryString = mark < 0 ? '' : raw.slice(mark + 1)
  let authority: string | undefined
  let problem: RequestProblem | undefined
  let ambiguous = false
  const report = (found: RequestProblem): void => {
    ambiguous = true
    if (!(allowAmbiguous && RELAXABLE.has(found))) problem ??= found
  }

  const hash = raw.indexOf('#')
  if (hash >= 0) {
    report('FRAGMENT')
    if (mark < 0 || hash < mark) {
      path = raw.slice(0, hash)
      queryString = ''
    } else queryString = raw.slice(mark + 1, hash)
  }
  // Some layers drop such a parameter, others keep it as it is.
  if (!isWellFormed(queryString)) report('MALFORMED_ESCAPE')
  if (!path.startsWith('/')) {
    if (path === '*' && method === 'OPTIONS') return { path, queryString, authority, problem, rawPath: path, ambiguous }
    const absolute = /^(https?):\/\/([^/]*)(.*)$/is.exec(path)
    if (absolute === null)
      return { path: '/', queryString, authority, problem: problem ?? 'TARGET_FORM', rawPath: path, ambiguous: true }
    authority = canonicalAuthority(absolute[2] ?? '', absolute[1]?.toLowerCase() === 'https' ? '443' : '80')
    if (authority === undefined) report('AUTHORITY')
    path = absolute[3] || '/'
  }
  const canonical = canonicalPath(path, report)
  if (canonical.includes('%2')) {
    // A layer that decodes before it splits must not find a path that is rejected in plain text.
    if (hasEncodedSlash(canonical)) checkSegments(decodeSlashes(canonical).split('/'), report)
    if (encodedSlash === 'reject') {
      if (hasEncodedSlash(canonical)) report('ENCODED_SLASH')
      if (isDoublyEncoded(canonical)) report('DOUBLE_ENCODING')
    }
  }
  return { path: canonical, queryString, authority, problem, rawPath: path, ambiguous }
}

const canonicalPath = (path: string, report: (problem: RequestProblem) => void): string => {
  if (path === '/') return path
  const segments = path.split('/')
  for (let index = 1; index < segments.length; index++)
    segments[index] = canonicalSegment(segments[index] ?? '', report)
  checkSegments(segments, report)
  return segments.join('/')
}

/** Reports empty segments before the end, and dot segments. Element 0 is the empty text before the first slash. */
const checkSegments = (segments: readonly string[], report: (problem: RequestProblem) => void): void => {
  for (let index = 1; index < segments.length; index++) {
    const segment = segments[index] as string
    if (segment === '' && index < segments.length - 1) report('EMPTY_SEGMENT')
    // Java servers drop everything after `;`, which must not hide a dot segment (SEC-09).
    if (/^\.{1,2}(?:;|%3B|$)/.test(segment)) report('DOT_SEGMENT')
  }
}

const canonicalSegment = (raw: string, report: (problem: RequestProblem) => void): string => {
  // oxlint-disable-next-line no-control-regex -- finds control characters
  if (/[\u0000-\u0020\u007f]/.test(raw)) report('CONTROL_CHARACTER')
  // Bytes above ASCII arrive as Latin-1 text, and layers disagree on their meaning.
  // oxlint-disable-next-line no-control-regex -- finds characters outside of ASCII
  if (/[^\u0000-\u007f]/.test(raw)) report('MALFORMED_ESCAPE')
  if (raw.includes('\\')) report('BACKSLASH')
  const encoded = raw.replace(ENCODE, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  if (!encoded.includes('%')) return encoded
  let wellFormed = true
  const decoded = encoded.replace(/%(.{0,2})/gs, (escape, digits: string) => {
    if (!/^[\dA-Fa-f]{2}$/.test(digits)) {
      wellFormed = false
      return escape
    }
    const code = Number.parseInt(digits, 16)
    if (code < 0x20 || code === 0x7f) report('CONTROL_CHARACTER')
    if (code === 0x5c) report('BACKSLASH')
    const char = String.fromCharCode(code)
    return code < 0x80 && UNRESERVED.test(char) ? char : escape.toUpperCase()
  })
  if (!wellFormed || !isUtf8(encoded)) report('MALFORMED_ESCAPE')
  return decoded
}

const isUtf8 = (encoded: string): boolean => {
  try {
    // The result is used because bundlers remove an unused call, although it may throw.
    return decodeURIComponent(encoded) !== ''
  } catch {
    return false
  }
}

// RFC 3986 host[:port]; no user information, no list of hosts.
const AUTHORITY = /^(\[[\da-f:.]+\]|[a-z\d._~!$&'()*+;=-]+|[a-z\d._~-]*%[a-z\d._~%-]*)(?::(\d{0,5}))?$/i

/** Whether all escapes of a query are valid and form UTF-8. Separators are ASCII, so the query is valid if all its parts are. */
const isWellFormed = (queryString: string): boolean => !queryString.includes('%') || isUtf8(queryString)

/** Lower-cases a `Host` or `:authority` value and drops a default port; `undefined` if it is not host[:port]. */
export const canonicalAuthority = (value: string, defaultPort: string): string | undefined => {
  const match = AUTHORITY.exec(value)
  if (match === null) return undefined
  const host = (match[1] ?? '').toLowerCase()
  const port = match[2]
  return port === undefined || port === '' || port === defaultPort ? host : `${host}:${port}`
}

/** Whether a target in absolute form names the host of `Host`. Other targets name none. */
export const namesHost = ({ authority }: Pick<Target, 'authority'>, target: string, host: string): boolean =>
  authority === undefined || authority === canonicalAuthority(host, /^https:/i.test(target) ? '443' : '80')

// Nearly all requests of a process have the same host.
let lastHost = ''
let lastAuthority: string | undefined

/** {@link canonicalAuthority} of a `Host` header. Caches the last one. */
export const authorityOf = (host: string): string | undefined => {
  if (host !== lastHost) {
    lastAuthority = canonicalAuthority(host, '')
    lastHost = host
  }
  return lastAuthority
}
