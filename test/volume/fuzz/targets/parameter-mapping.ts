/** Request mappings: a hostile value changes only its own parameter, and client parameters with mapped names are removed. @module */
import type { RequestMapping } from '@custom-authorizer/core'
import { GatewayRequest } from '@custom-authorizer/core/contract'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import * as fc from 'fast-check'
import { anyUnit, ESCAPES, isText, LETTERS, pieces, SEPARATORS, textOf } from '../request-pieces.ts'
import { agree, fuzzTarget, holds } from '../target.ts'
import { referenceTarget } from '../reference/target.ts'

/** Mappings of both clouds: values in the path, in a query parameter and in a header, and a removed parameter. */
const MAPPINGS: readonly RequestMapping[] = [
  aws.parameterMapping({
    'overwrite:path': '/t/${context.authorizer.a}/x${context.authorizer.b}',
    'overwrite:querystring.user': '$context.authorizer.a',
    'remove:querystring.token': '',
    'overwrite:header.x-a': '$context.authorizer.a',
  }),
  huawei.backendParameters(
    [
      { name: 'a', location: 'PATH', origin: 'SYSTEM', value: '$context.authorizer.frontend.a' },
      { name: 'user', location: 'QUERY', origin: 'SYSTEM', value: '$context.authorizer.frontend.a' },
      { name: 'x-a', location: 'HEADER', origin: 'SYSTEM', value: '$context.authorizer.frontend.a' },
    ],
    { reqUri: '/t/{a}/y' },
  ),
]

const text = fc.oneof(
  { weight: 3, arbitrary: textOf(pieces(LETTERS, LETTERS, ESCAPES, SEPARATORS), 4) },
  { weight: 1, arbitrary: textOf(anyUnit, 4) },
)
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(undefined, null, 1.5, -0, true, {}, [], ['a'], '', '.', '..', '/', '?', '#'),
  },
)
const name = fc.constantFrom(
  'user',
  'user',
  'token',
  '%75ser',
  'us%65r',
  'user%20',
  '+user',
  '%20user',
  'user[]',
  'user[a]',
  'user.a',
  'User',
  'tok%65n',
  'token[]',
  'other',
  '',
  '%ff',
  'us%65r%',
  'userx',
  '__proto__',
)
// Node.js decodes a target as Latin-1.
const query = fc
  .array(fc.tuple(name, fc.constantFrom('=', '', '=='), text), { maxLength: 3 })
  .map((pairs) => pairs.map((pair) => pair.join('').replaceAll(/[#\s]|[^\0-\xff]/g, '%23')).join('&'))

const inputs = fc.record({ mapping: fc.nat({ max: MAPPINGS.length - 1 }), a: value, b: value, query, path: text })

const isMapped = (given: string): boolean => /^\s*(?:user|token)(?:$|[[.])/.test(given)
/** Names that a parser may read as a mapped name are excluded; the tests of the parsers cover these. */
const isUnrelated = ([key, sent]: readonly [string, string]): boolean => !/user|token/i.test(key) && !sent.includes(';')
/** Whether a `;` may separate a mapped parameter from others: then the mapping removes only a part, as of `user;a`. */
const isMixed = ([key, sent]: readonly [string, string]): boolean =>
  (key + sent).includes(';') && /user|token/i.test(key + sent)

const isMissing = (given: unknown): boolean => given === undefined || given === null

/** Whether a value can be written into a path, query or header. */
const isPlaceable = (given: unknown): boolean =>
  // oxlint-disable-next-line no-base-to-string -- objects are not placeable
  typeof given !== 'object' && isText(String(given))

const check = ({
  mapping,
  a,
  b,
  query: queryString,
  path,
}: {
  mapping: number
  a: unknown
  b: unknown
  query: string
  path: string
}): void => {
  const target = `/${path.replaceAll(/[?#]/g, '')}?${queryString}`
  const request = new GatewayRequest({
    method: 'GET',
    target,
    rawHeaders: ['Host', 'h'],
    httpVersion: '1.1',
    peer: () => undefined,
    routing: { caseSensitive: true, strict: true },
  })
  const context = { a, b }
  const authorizer = {
    principalId: 'ann',
    context,
    requestContext: { authorizer: mapping === 0 ? { lambda: context } : { frontend: context } },
  }
  const edits = (MAPPINGS[mapping] as RequestMapping).edit(request, authorizer)
  const parts = mapping === 0 ? [a, b] : [a]
  if (typeof edits === 'string') {
    holds('the problem is one line', /^[\x20-\x7e]{1,200}$/.test(edits))
    return
  }
  holds('no value is missing in a path', !parts.some(isMissing) && parts.every(isPlaceable))
  const made = edits.target ?? ''
  const reference = referenceTarget('GET', made)
  // A malformed query reaches the mapping only with `ambiguousTargets: 'allow'`, and its malformed parts are not changed.
  const { problems } = referenceTarget('GET', `/?${queryString.replaceAll('#', '')}`)
  agree(
    'the target has no problem of its own',
    [...reference.problems].filter((each) => !problems.has(each)),
    [],
  )
  const segments = reference.path.split('/').slice(1).map(decodeURIComponent)
  agree('the path', segments, mapping === 0 ? ['t', String(a), `x${String(b)}`] : ['t', String(a), 'y'])

  const sent = [...new URLSearchParams(`?${request.queryString}`)]
  const found = [...new URLSearchParams(`?${reference.queryString}`)]
  if (!sent.some(isMixed)) agree('unrelated parameters', found.filter(isUnrelated), sent.filter(isUnrelated))
  const mapped = (each: string): boolean => (mapping === 0 ? isMapped(each) : /^\s*user(?:$|[[.])/i.test(each))
  agree(
    'the mapped parameters',
    found.filter(([each]) => mapped(each)),
    [['user', String(a)]],
  )
  agree(
    'the headers',
    edits.headers.map(([header, line]) => [header, decodeURIComponent(line)]),
    [['x-a', String(a)]],
  )
  holds(
    'header lines are printable ASCII',
    edits.headers.every(([, line]) => /^[\x20-\x7e]*$/.test(line)),
  )
}

export const parameterMapping = fuzzTarget('mapping', 'SEC-20, SEC-21, SEC-47, SEC-115', inputs, check)
