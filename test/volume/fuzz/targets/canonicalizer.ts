/** The canonical form of request targets. White-box: the parser itself, without a request around it. @module */
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
  // Plain paths, which most requests have, take a way of their own through the parser.
  { weight: 2, arbitrary: textOf(pieces(LETTERS, ['/', '.', ';', '%2F', '~']), 9) },
  { weight: 1, arbitrary: textOf(anyByte, 12) },
)

const inputs = fc.record({
  method: fc.constantFrom('GET', 'OPTIONS'),
  start: fc.constantFrom(...STARTS),
  text,
  allow: fc.boolean(),
})

/** What the platform's own parser makes of a path that we let through: what Hono and every Fetch API is handed. */
const asUrl = (path: string): string => new URL(`http://h${path}`).pathname

export const canonicalizer = fuzzTarget(
  'canonicalizer',
  'SEC-02 to SEC-10',
  inputs,
  ({ method, start, text: rest, allow }) => {
    const raw = start + rest
    const parsed = parseTarget(method, raw, { allowAmbiguous: allow })
    const slow = referenceTarget(method, raw)
    const refused = allow ? strictly(slow.problems) : slow.problems
    // What an escape is that is none has no answer; such a path is refused, or let through as it may be.
    if (!slow.problems.has('MALFORMED_ESCAPE')) agree('path', parsed.path, slow.path)
    agree('query', parsed.queryString, slow.queryString)
    agree('authority', parsed.authority, slow.authority)
    agree('ambiguous', parsed.ambiguous, slow.problems.size > 0)
    agree('refused', parsed.problem !== undefined, refused.size > 0)
    holds(`the problem is ${parsed.problem}`, parsed.problem === undefined || refused.has(parsed.problem))
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
