/** The corpus has every row of the specification's tables, and no id twice. @module */
import { describe, expect, it } from 'vitest'
import { ANSWERS, type Corpus, FILES, readCorpus, readResults } from './corpus.ts'

const numbered = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${letter}${index + 1}`)

const TABLES = [
  ['flow', readCorpus('flow'), numbered('F', 9)],
  ['results', readResults('results'), numbered('R', 21)],
  ['events', readCorpus('events'), numbered('E', 11)],
  ['identities', readCorpus('identities'), numbered('I', 5)],
  ['backend-parameters', readCorpus('backend-parameters'), numbered('C', 8)],
  ['policies', readCorpus('policies'), ['C9']],
  // K8 is a configuration that is rejected: test/unit/huawei/options.test.ts.
  ['cache', readCorpus('cache'), numbered('K', 7)],
] as const

const ALL: readonly (readonly [string, Corpus])[] = [
  ...FILES.map((name) => [name, readCorpus(name)] as const),
  ['results', readResults('results')],
  ['answers-of-functions', readResults('answers-of-functions')],
]

describe('corpus', () => {
  it.each(TABLES)('%s has every row of its table', (_, { rows }, ids) => {
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids]))
  })

  it.each(ALL)('%s has each title once', (_, { rows }) => {
    const titles = rows.map(({ id, title }) => `${id} ${title}`)
    expect(titles.filter((each, index) => titles.indexOf(each) !== index)).toEqual([])
  })

  it.each(ALL)('%s refers to answers that there are', (_, { rows }) => {
    const referred = rows.flatMap(({ steps }) =>
      steps.flatMap((step) => ('expect' in step && step.expect?.answer !== undefined ? [step.expect.answer] : [])),
    )
    expect(referred.filter((name) => ANSWERS.answers[name] === undefined)).toEqual([])
  })
})
