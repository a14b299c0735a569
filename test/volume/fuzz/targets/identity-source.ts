/** Identity sources of hostile requests, through the whole evaluation. @module */
import { createAuthorizer, type DenialReason, native } from '@custom-authorizer/core'
import { GatewayRequest } from '@custom-authorizer/core/contract'
import * as fc from 'fast-check'
import { ESCAPES, textOf } from '../request-pieces.ts'
import { agree, fuzzTarget } from '../target.ts'
import { referenceQuery } from '../reference/query.ts'

const from = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values)

/** The identity sources of the tested authorizers. */
const SOURCES: readonly (readonly string[])[] = [
  ['$request.header.Authorization'],
  ['$request.header.X-Token'],
  ['$request.querystring.token'],
  ['$request.header.X-Token', '$request.querystring.token'],
  ['$request.querystring.token', '$request.querystring.Token', '$request.header.x_token'],
]

/** The identity of the last call; `undefined` if the function was not called. */
let seen: readonly string[] | undefined
const AUTHORIZERS = SOURCES.map((identitySources) => {
  const contract = native({ identitySources })
  return createAuthorizer({
    authorize: () => true,
    contract: {
      ...contract,
      toEvent: (request, invocation) => {
        seen = invocation.identity
        return contract.toEvent(request, invocation)
      },
    },
    logger: null,
  })
})

const name = from(
  'authorization',
  'Authorization',
  'AUTHORIZATION',
  'X-Token',
  'x-token',
  'x_token',
  'X-TOKEN',
  'x-toKen',
  'x-to\u212aen',
  'x-token ',
  '__proto__',
  'cookie',
  'x-tokens',
)
const value = fc.oneof(
  {
    weight: 6,
    arbitrary: from(
      'a',
      'Bearer t',
      '',
      ' ',
      '\t',
      ' \t ',
      ' a',
      'a\tb',
      '\u0000',
      'a\u0000',
      'a\nb',
      '\u001f',
      '\u007f',
      '\u0080',
      '\u00a0',
      'ÿ',
      'undefined',
    ),
  },
  { weight: 1, arbitrary: from(8191, 8192, 8193, 16_384).map((length) => 'x'.repeat(length)) },
)
const pair = fc
  .tuple(
    from('token', 'token', 'Token', 'tok%65n', 'token%00', 'token[]', '%74oken', '__proto__', 'x', 'token%ff', ''),
    from('=', '=', '', '=='),
    textOf(from('a', '+', '%20', '%09', '&', ';', ...ESCAPES), 3),
  )
  .map((parts) => parts.join(''))

const inputs = fc.record({
  choice: fc.nat({ max: SOURCES.length - 1 }),
  lines: fc.array(fc.tuple(name, value), { maxLength: 4 }),
  query: fc.array(pair, { maxLength: 3 }).map((pairs) => pairs.join('&').replaceAll('#', '%23')),
})

const asciiFold = (text: string): string =>
  text.replace(/[A-Z]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 32))
const isBlank = (text: string): boolean => /^[ \t]*$/.test(text)

type Read = { readonly values: readonly string[] } | { readonly rejected: DenialReason }

/** The values of all sources, or the reason of the first problem (SEC-24, SEC-55, SEC-57, SEC-95). */
const referenceRead = (
  sources: readonly string[],
  lines: readonly (readonly [string, string])[],
  query: string,
): Read => {
  if (lines.filter(([each]) => asciiFold(each) === 'authorization').length > 1)
    return { rejected: 'IDENTITY_SOURCE_REPEATED' }
  const values: string[] = []
  for (const source of sources) {
    const [, location, wanted = ''] = source.split('.')
    const found: readonly (string | undefined)[] =
      location === 'header'
        ? lines.filter(([each]) => asciiFold(each) === asciiFold(wanted)).map(([, each]) => each)
        : referenceQuery(query)
            .filter((each) => each.name === wanted)
            .map((each) => each.value)
    const [first] = found
    if (found.length === 0) return { rejected: 'IDENTITY_SOURCE_MISSING' }
    if (found.length > 1) return { rejected: 'IDENTITY_SOURCE_REPEATED' }
    if (first !== undefined && isBlank(first)) return { rejected: 'IDENTITY_SOURCE_MISSING' }
    if ((first?.length ?? 0) > 8192) return { rejected: 'IDENTITY_SOURCE_INVALID' }
    // Invalid UTF-8 is never a valid identity.
    values.push(first ?? '\u0000')
  }
  if (values.join('').length > 16_384) return { rejected: 'IDENTITY_SOURCE_INVALID' }
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return values.some((each) => /[\u0000-\u0008\u000a-\u001f\u007f]/.test(each))
    ? { rejected: 'IDENTITY_SOURCE_INVALID' }
    : { values }
}

export const identitySource = fuzzTarget(
  'identity',
  'SEC-24, SEC-29, SEC-55, SEC-57, SEC-95',
  inputs,
  ({ choice, lines, query }) => {
    const request = new GatewayRequest({
      method: 'GET',
      target: `/?${query}`,
      // Malformed escapes must reach the identity sources.
      ambiguousTargets: 'allow',
      rawHeaders: ['Host', 'h', ...lines.flat()],
      httpVersion: '1.1',
      peer: () => undefined,
      routing: { caseSensitive: true, strict: true },
    })
    seen = undefined
    const outcome = AUTHORIZERS[choice]?.evaluate(request)
    const expected = referenceRead(SOURCES[choice] ?? [], lines, query)
    if (outcome === undefined || outcome instanceof Promise) throw new Error('not decided at once')
    agree(
      'outcome',
      outcome.allowed ? 'allowed' : outcome.reason,
      'rejected' in expected ? expected.rejected : 'allowed',
    )
    agree('identity', seen, 'rejected' in expected ? undefined : expected.values)
  },
)
