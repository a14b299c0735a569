/** The HTTP API corpus is complete: every row of the specification's table, unique IDs, defined responses. @module */
import { describe, expect, it } from 'vitest'
import { duplicates, undefinedResponses } from '../runner/corpus.ts'
import { HTTP_API_FILES, HTTP_API_RESPONSES, readHttpApiCorpus } from './gateway.ts'

const rows = HTTP_API_FILES.flatMap((name) => readHttpApiCorpus(name).rows)

describe('HTTP API corpus', () => {
  it('http-api has every row of section 17.3', () => {
    expect(readHttpApiCorpus('http-api').rows.map(({ id }) => id)).toEqual(
      expect.arrayContaining(Array.from({ length: 20 }, (_, n) => `H${String(n + 1).padStart(2, '0')}`)),
    )
  })

  it('no ID is used twice, and the rows refer only to defined responses', () => {
    expect(duplicates(rows.map(({ id }) => id))).toEqual([])
    expect(undefinedResponses(rows, HTTP_API_RESPONSES)).toEqual([])
  })
})
