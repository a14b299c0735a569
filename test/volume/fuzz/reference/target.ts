/** Reference implementation of request targets (SEC-02 to SEC-10). It finds all problems of a target. @module */
import type { RequestProblem } from '@custom-authorizer/core/adapter'

export interface ReferenceTarget {
  readonly path: string
  readonly queryString: string
  readonly authority: string | undefined
  /** All ambiguities of the target. */
  readonly problems: ReadonlySet<RequestProblem>
}

const UNRESERVED = new Set('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'.split(''))
const HEX = new Set('0123456789abcdefABCDEF'.split(''))
/** The characters that RFC 3986 allows unencoded in a path, besides the unreserved characters. */
const PCHAR = new Set("!$&'()*+,;=:@".split(''))

type Unit = { readonly kind: 'raw' | 'escape' | 'broken'; readonly text: string; readonly code: number }

const units = (segment: string): readonly Unit[] => {
  const found: Unit[] = []
  for (let at = 0; at < segment.length; at++) {
    const char = segment.charAt(at)
    const [high, low] = [segment.charAt(at + 1), segment.charAt(at + 2)]
    if (char !== '%') found.push({ kind: 'raw', text: char, code: char.charCodeAt(0) })
    else if (HEX.has(high) && HEX.has(low)) {
      found.push({ kind: 'escape', text: `%${high}${low}`, code: Number(`0x${high}${low}`) })
      at += 2
    } else found.push({ kind: 'broken', text: char, code: 0x25 })
  }
  return found
}

const decoder = new TextDecoder('utf-8', { fatal: true })
const isUtf8 = (segment: readonly Unit[]): boolean => {
  try {
    decoder.decode(Uint8Array.from(segment, ({ code }) => code))
    return true
  } catch {
    return false
  }
}

const canonicalUnit = ({ kind, text, code }: Unit): string => {
  const char = String.fromCharCode(code)
  if (kind === 'escape') return UNRESERVED.has(char) ? char : text.toUpperCase()
  if (kind === 'broken' || UNRESERVED.has(char) || PCHAR.has(char)) return text
  return code > 0x20 && code < 0x7f && char !== '\\' && !'[]'.includes(char)
    ? `%${code.toString(16).toUpperCase()}`
    : text
}

const problemsOf = (segment: readonly Unit[], last: boolean): readonly RequestProblem[] => {
  const problems: RequestProblem[] = []
  const decoded = segment.map(({ code }) => String.fromCharCode(code)).join('')
  const [beforeSemicolon] = decoded.split(';')
  if (segment.length === 0 && !last) problems.push('EMPTY_SEGMENT')
  if (beforeSemicolon === '.' || beforeSemicolon === '..') problems.push('DOT_SEGMENT')
  if (decoded.includes('\\')) problems.push('BACKSLASH')
  if (segment.some(({ code }) => code < 0x20 || code === 0x7f)) problems.push('CONTROL_CHARACTER')
  if (segment.some(({ kind, code }) => kind === 'raw' && code === 0x20)) problems.push('CONTROL_CHARACTER')
  const raw = segment.some(({ kind, code }) => kind === 'raw' && code > 0x7f)
  if (raw || segment.some(({ kind }) => kind === 'broken') || !isUtf8(segment)) problems.push('MALFORMED_ESCAPE')
  return problems
}

const RELAXABLE = new Set<RequestProblem>([
  'EMPTY_SEGMENT',
  'DOT_SEGMENT',
  'BACKSLASH',
  'FRAGMENT',
  'CONTROL_CHARACTER',
  'MALFORMED_ESCAPE',
])

/** The problems that `ambiguousTargets: 'allow'` still rejects. */
export const strictly = (problems: ReadonlySet<RequestProblem>): ReadonlySet<RequestProblem> =>
  new Set([...problems].filter((each) => !RELAXABLE.has(each)))

const HOST = new Set("abcdefghijklmnopqrstuvwxyz0123456789.-_~!$&'()*+;=%".split(''))
const referenceAuthority = (text: string, defaultPort: string): string | undefined => {
  const lower = text.toLowerCase()
  const end = lower.startsWith('[') ? lower.indexOf(']') + 1 : lower.split(':')[0]?.length
  const host = lower.slice(0, end)
  const rest = lower.slice(end)
  const inBrackets =
    host.startsWith('[') &&
    host.length > 2 &&
    host
      .slice(1, -1)
      .split('')
      .every((char) => HEX.has(char) || char === ':' || char === '.')
  const named = host !== '' && host.split('').every((char) => HOST.has(char))
  // A host name with escapes is accepted only without sub-delimiters.
  const plain = !host.includes('%') || !/[!$&'()*+;=]/.test(host)
  if (!(inBrackets || (named && plain))) return undefined
  if (rest === '' || rest === ':' || rest === `:${defaultPort}`) return host
  const port = rest.slice(1)
  return rest.startsWith(':') && port.length <= 5 && port.split('').every((char) => char >= '0' && char <= '9')
    ? `${host}:${port}`
    : undefined
}

export const referenceTarget = (method: string, raw: string): ReferenceTarget => {
  const problems = new Set<RequestProblem>()
  const [withoutFragment = ''] = raw.split('#')
  if (withoutFragment !== raw) problems.add('FRAGMENT')
  const [beforeQuery = '', ...queries] = withoutFragment.split('?')
  const queryString = queries.join('?')
  const query = units(queryString)
  // Unencoded characters count as ASCII here, so only escapes can make the UTF-8 invalid.
  const bytes = query.map((unit) => (unit.kind === 'raw' ? { ...unit, code: 0x20 } : unit))
  if (query.some(({ kind }) => kind === 'broken') || !isUtf8(bytes)) problems.add('MALFORMED_ESCAPE')
  let path = beforeQuery
  let authority: string | undefined
  if (!path.startsWith('/')) {
    if (path === '*' && method === 'OPTIONS') return { path, queryString, authority, problems }
    const [scheme = '', empty, host = '', ...rest] = path.split('/')
    const lower = scheme.toLowerCase()
    if ((lower !== 'http:' && lower !== 'https:') || empty !== '' || path.split('/').length < 3) {
      problems.add('TARGET_FORM')
      return { path: '/', queryString, authority, problems }
    }
    authority = referenceAuthority(host, lower === 'http:' ? '80' : '443')
    if (authority === undefined) problems.add('AUTHORITY')
    path = rest.length === 0 ? '/' : `/${rest.join('/')}`
  }
  const segments = path.split('/').slice(1).map(units)
  for (const [index, segment] of segments.entries())
    for (const problem of problemsOf(segment, index === segments.length - 1)) problems.add(problem)
  const canonical = segments.map((segment) => `/${segment.map(canonicalUnit).join('')}`).join('')
  // A layer that decodes `%2F` first must not get an empty segment or a dot segment.
  const decodedSegments = canonical.replaceAll('%2F', '/').split('/').slice(1).map(units)
  if (decodedSegments.length > segments.length)
    for (const [index, segment] of decodedSegments.entries())
      for (const problem of problemsOf(segment, index === decodedSegments.length - 1))
        if (problem === 'EMPTY_SEGMENT' || problem === 'DOT_SEGMENT') problems.add(problem)
  return {
    path: canonical,
    queryString,
    authority,
    problems,
  }
}
