/** Query strings. White-box: the parser without a request. @module */
import * as fc from 'fast-check'
import { parseQuery } from '../../../../packages/core/src/kernel/request/query.ts'
import { anyByte, ESCAPES, LETTERS, pieces, textOf } from '../request-pieces.ts'
import { agree, fuzzTarget, holds } from '../target.ts'
import { referenceQuery } from '../reference/query.ts'

const MARKS = ['&', '&', '=', '=', '+', ';', '?', '[]', '%26', '%3d', '%2B', '&&', '==', '.', '#', 'é', '\u0000']

const inputs = fc.oneof(
  { weight: 5, arbitrary: textOf(pieces(MARKS, ESCAPES, LETTERS, ['token', '__proto__']), 10) },
  { weight: 1, arbitrary: textOf(anyByte, 16) },
)

export const queryParser = fuzzTarget('query', 'SEC-55, SEC-111', inputs, (queryString) => {
  const parsed = parseQuery(queryString)
  agree('parameters', parsed, referenceQuery(queryString))
  holds('they are frozen', Object.isFrozen(parsed) && parsed.every(Object.isFrozen))
  // Without malformed parts, URLSearchParams must give the same parameters.
  if (parsed.some(({ name, value }) => name === undefined || value === undefined)) return
  const platform = Array.from(new URLSearchParams(`?${queryString}`), ([name, value]) => ({ name, value }))
  agree('URLSearchParams', parsed, platform)
})
