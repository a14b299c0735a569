/** The Huawei corpus is complete: every row of the specification's tables, unique titles, defined responses. @module */
import { describe, expect, it } from 'vitest'
import { duplicates, undefinedResponses } from '../runner/corpus.ts'
import {
  HUAWEI_FILES,
  HUAWEI_RESPONSES,
  type HuaweiCorpus,
  readHuaweiCorpus,
  readResults,
  RESULT_FILES,
} from './corpus.ts'

const numbered = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)

const TABLES = [
  ['flow', readHuaweiCorpus('flow'), numbered('F', 9)],
  ['results', readResults('results'), numbered('R', 21)],
  ['events', readHuaweiCorpus('events'), numbered('E', 11)],
  ['identities', readHuaweiCorpus('identities'), numbered('I', 5)],
  ['backend-parameters', readHuaweiCorpus('backend-parameters'), numbered('C', 8)],
  ['policies', readHuaweiCorpus('policies'), ['C9']],
  // K8 is a rejected configuration: test/unit/huawei/options.test.ts.
  ['cache', readHuaweiCorpus('cache'), numbered('K', 7)],
] as const

const ALL: readonly (readonly [string, HuaweiCorpus])[] = [
  ...HUAWEI_FILES.map((name) => [name, readHuaweiCorpus(name)] as const),
  ...RESULT_FILES.map((name) => [name, readResults(name)] as const),
]

describe('Huawei corpus', () => {
  it.each(TABLES)('%s has every row of its table', (_, { rows }, ids) => {
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids]))
  })

  it.each(ALL)('%s has no duplicate title', (_, { rows }) => {
    expect(duplicates(rows.map(({ id, title }) => `${id} ${title}`))).toEqual([])
  })

  it.each(ALL)('%s refers only to defined responses', (_, { rows }) => {
    expect(undefinedResponses(rows, HUAWEI_RESPONSES)).toEqual([])
  })
})
