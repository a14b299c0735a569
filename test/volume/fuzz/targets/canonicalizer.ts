/** The canonical form of request targets. White-box: the parser without a request. @module */
import * as fc from 'fast-check'
import { parseTarget } from '../../../../packages/core/src/kernel/request/target.ts'
import { anyByte, ESCAPES, LETTERS, pieces, RAW, SEPARATORS, textOf } from '../request-pieces.ts'
import { agree, fuzzTarget, holds } from '../target.ts'
import { referenceTarget, strictly } from '../reference/target.ts'

const STARTS = [
  '/',
  '/',
  '/',
  '/',
  '',
  '//',
  'http://h/',
  'HTTP://h',
  'https://h:443/',
  'http://h:80',
  'http://a@h/',
  'http://[::1]/',
  'http:/',
  'ftp://h/',
  '*',
]

const text = fc.oneof(
  { weight: 6, arbitrary: textOf(pieces(['/'], SEPARATORS, ESCAPES, LETTERS, LETTERS), 9) },
  { weight: 2, arbitrary: textOf(pieces(SEPARATORS, ESCAPES, LETTERS, RAW), 9) },
  // Plain paths, as in most requests, take a separate path through the parser.
  { weight: 2, arbitrary: textOf(pieces(LETTERS, ['/', '.', ';', '%2F', '~']), 9) },
  { weight: 1, arbitrary: textOf(anyByte, 12) },
)

const inputs = fc.record({
  method: fc.constantFrom('GET', 'OPTIONS'),
  start: fc.constantFrom(...STARTS),
  text,
  allow: fc.boolean(),
})

/** The path as the URL parser of the runtime returns it, which Hono and other Fetch-based code receive. */
const asUrl = (path: string): string => new URL(`http://h${path}`).pathname

export const canonicalizer = fuzzTarget(
  'canonicalizer',
  'SEC-02 to SEC-10',
  inputs,
  ({ method, start, text: rest, allow }) => {
    const raw = start + rest
    const parsed = parseTarget(method, raw, { allowAmbiguous: allow })
    const reference = referenceTarget(method, raw)
    const rejected = allow ? strictly(reference.problems) : reference.problems
    // A malformed escape has no canonical form. Such a path is rejected, or passed on unchanged.
    if (!reference.problems.has('MALFORMED_ESCAPE')) agree('path', parsed.path, reference.path)
    agree('query', parsed.queryString, reference.queryString)
    agree('authority', parsed.authority, reference.authority)
    agree('ambiguous', parsed.ambiguous, reference.problems.size > 0)
    agree('rejected', parsed.problem !== undefined, rejected.size > 0)
    holds(`the problem is ${parsed.problem}`, parsed.problem === undefined || rejected.has(parsed.problem))
    if (parsed.ambiguous || parsed.path === '*') return
    const again = parseTarget('GET', parsed.path)
    agree('the canonical path parses to itself', again, {
      ...again,
      path: parsed.path,
      rawPath: parsed.path,
      problem: undefined,
    })
    agree('the path of a URL', asUrl(parsed.path), parsed.path)
  },
)
