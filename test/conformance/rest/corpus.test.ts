/** The REST corpus is complete: every row of the specification's tables, unique IDs, defined responses. @module */
import { describe, expect, it } from 'vitest'
import { duplicates, undefinedResponses } from '../runner/corpus.ts'
import { readResourceArns, readRestCorpus, REST_RESPONSES } from './gateway.ts'

const numbered = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${letter}${String(index + 1).padStart(2, '0')}`)

const TABLES = [
  ['rest-token', [...numbered('T', 46), 'T31b', 'T31c']],
  ['rest-request', numbered('R', 14)],
  ['gateway-responses', numbered('G', 8)],
  ['cache', ['C01']],
] as const

describe('REST corpus', () => {
  it.each(TABLES)('%s has every row of its table and no duplicate ID', (name, ids) => {
    const found = readRestCorpus(name).rows.map(({ id }) => id)
    expect(found).toEqual(expect.arrayContaining([...ids]))
    expect(duplicates(found)).toEqual([])
  })

  it('resource-arns has the fifteen rows of its table', () => {
    expect(readResourceArns().rows.map(({ id }) => id)).toEqual(
      Array.from({ length: 15 }, (_, index) => `ARN ${index + 1}`),
    )
  })

  it.each(TABLES)('%s refers only to defined responses', (name) => {
    expect(undefinedResponses(readRestCorpus(name).rows, REST_RESPONSES)).toEqual([])
  })
})
