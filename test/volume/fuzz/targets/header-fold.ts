/** Reserved headers: their names and their values. @module */
import type { AuthorizerContext } from '@custom-authorizer/core'
import { ContextHeaders } from '@custom-authorizer/core/adapter'
import * as fc from 'fast-check'
import { anyUnit, isText, textOf } from '../request-pieces.ts'
import { agree, fuzzTarget, holds } from '../target.ts'

const from = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

const PREFIXES = ['x-authz-', 'X-Authz-', 'my-', 'x-user-', 'A0-']
const MAPPINGS: readonly Readonly<Record<string, string>>[] = [
  { 'X-User-Id': 'principalId', 'x-role': 'context.role' },
  { 'x-a': 'context.a', 'X-B-C': 'context.b_c' },
  { 'x-proto': 'context.__proto__', 'x-to': 'context.toString' },
]
const OPTIONS = [...PREFIXES, ...MAPPINGS]
const COMPILED = OPTIONS.map((options) => new ContextHeaders(options))

/** Names that some backends treat as equal, and other names. */
const name = fc.oneof(
  fc
    .tuple(
      from('x', 'X', 'my', 'a0', '', 'host', 'content'),
      from('-', '_', '.', ' ', '--', '\u2010', '\u017f', ''),
      from('authz', 'AUTHZ', 'user', 'User', 'role', 'a', 'b', 'length', 'authz\u0131'),
      from('-', '_', '!', '%2d', ':', '\t', ''),
      from('principal-id', 'Id', 'id', 'c', 'C', 'ctx-role', '\u212a', ''),
    )
    .map((parts) => parts.join('')),
  textOf(anyUnit, 12),
)

/** Changes A-Z to lower case, and every character except letters and digits to a hyphen. */
const referenceFold = (text: string): string =>
  text
    .split('')
    .map((char) => {
      const code = char.charCodeAt(0)
      if (code >= 65 && code <= 90) return String.fromCharCode(code + 32)
      return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) ? char : '-'
    })
    .join('')

const referenceCovers = (options: string | Readonly<Record<string, string>>, given: string): boolean =>
  typeof options === 'string'
    ? referenceFold(given).slice(0, options.length) === referenceFold(options)
    : Object.keys(options).some((each) => referenceFold(each) === referenceFold(given))

/** Headers that an authorizer result must never set (SEC-22). */
const RESERVED = new Set(
  'host connection content-length transfer-encoding te trailer upgrade keep-alive proxy-connection authorization proxy-authorization cookie set-cookie forwarded x-forwarded-for x-forwarded-host x-forwarded-proto x-forwarded-port expect content-type'.split(
    ' ',
  ),
)

const text = fc.oneof(
  from(
    'ann',
    '',
    'Zoë',
    '100%',
    '%41',
    'a b',
    ' a',
    'a\r\nx-admin: 1',
    'a\u0000',
    '\u007f',
    '\u0080',
    '\ud800',
    '\ud83d\ude00',
    '\u2028',
    'a:b',
    ',',
  ),
  textOf(anyUnit, 8),
)
const value = fc.oneof(
  { weight: 40, arbitrary: text },
  { weight: 12, arbitrary: from<unknown>(1, -0, 1.5, true, false, null, undefined) },
  { weight: 6, arbitrary: from<unknown>({}, [], ['a'], { toString: 'x' }) },
  { weight: 1, arbitrary: from(1365, 1366, 2730, 4096, 4097).map((length) => 'é%a'.charAt(length % 3).repeat(length)) },
)
const key = from(
  'role',
  'a',
  'b_c',
  'b-c',
  'B-C',
  'A',
  '__proto__',
  'toString',
  'principal-id',
  'content-length',
  '1a',
  'a b',
  'k\u212a',
  '',
)
const inputs = fc.record({
  choice: fc.nat({ max: OPTIONS.length - 1 }),
  name,
  principalId: text,
  context: fc.array(fc.tuple(key, value), { maxLength: 4 }),
})

/** A context with the entries as own members, including `__proto__`. */
const contextOf = (entries: readonly (readonly [string, unknown])[]): Record<string, unknown> => {
  const context: Record<string, unknown> = {}
  for (const [each, member] of entries)
    Object.defineProperty(context, each, { value: member, enumerable: true, configurable: true, writable: true })
  return context
}

const isSendable = (given: unknown): boolean => {
  if (typeof given === 'object') return false
  // oxlint-disable-next-line no-base-to-string -- objects are not sendable
  const written = String(given)
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return !/[\u0000-\u001f\u007f]/.test(written) && isText(written)
}

const isTooLong = (values: readonly string[]): boolean => {
  const lengths = values.map((each) =>
    Array.from(each).reduce((sum, char) => sum + (/^[ -$&-~]$/.test(char) ? 1 : encodeURIComponent(char).length), 0),
  )
  return lengths.some((length) => length > 4096) || lengths.reduce((sum, length) => sum + length, 0) > 8192
}

/** The values by header name; `undefined` if one of them cannot be sent. */
const referenceLines = (
  options: string | Readonly<Record<string, string>>,
  principalId: string,
  context: Record<string, unknown>,
): ReadonlyMap<string, string> | undefined => {
  const wanted: (readonly [string, unknown])[] =
    typeof options === 'string'
      ? [
          [`${referenceFold(options)}principal-id`, principalId],
          ...Object.entries(context).map(
            ([each, member]) => [`${referenceFold(options)}ctx-${referenceFold(each)}`, member] as const,
          ),
        ]
      : Object.entries(options).map(([header, source]) => {
          const member = source.slice('context.'.length)
          if (source === 'principalId') return [header.toLowerCase(), principalId]
          return [header.toLowerCase(), Object.hasOwn(context, member) ? context[member] : undefined]
        })
  if (typeof options === 'string' && !Object.keys(context).every((each) => /^[A-Za-z][\w-]{0,63}$/.test(each)))
    return undefined
  const present = wanted.filter(([, each]) => each !== undefined && each !== null)
  if (!present.every(([, each]) => isSendable(each))) return undefined
  const lines = new Map(present.map(([header, each]) => [header, String(each)]))
  return lines.size === present.length ? lines : undefined
}

export const headerFold = fuzzTarget(
  'header-fold',
  'SEC-17 to SEC-22',
  inputs,
  ({ choice, name: given, principalId, context: entries }) => {
    const options = OPTIONS[choice] ?? 'x-authz-'
    const headers = COMPILED[choice] as ContextHeaders
    agree(`covers ${given}`, headers.ownsHeader(given), referenceCovers(options, given))

    const context = contextOf(entries)
    const lines = headers.lines({ principalId, context } as unknown as AuthorizerContext)
    const expected = referenceLines(options, principalId, context)
    if (typeof lines === 'string') {
      // The message never contains the value.
      holds('the problem is one line of ASCII', /^[\x20-\x7e]{1,200}$/.test(lines))
      holds('too long, or not sendable', expected === undefined || isTooLong([...expected.values()]))
      return
    }
    const total = lines.reduce((sum, [, line]) => sum + line.length, 0)
    holds('at most 8 KiB', total <= 8192 && lines.every(([, line]) => line.length <= 4096))
    agree(
      'lines',
      lines.map(([header, line]): [string, string] => [header, decodeURIComponent(line)]),
      [...(expected ?? [])],
    )
    for (const [header, line] of lines) {
      holds('a value is printable ASCII', /^[\x20-\x7e]*$/.test(line))
      holds('a name is a token in lower case', /^[a-z\d][a-z\d-]*$/.test(header))
      holds('a name is reserved and not a standard header', headers.ownsHeader(header) && !RESERVED.has(header))
    }
  },
)
