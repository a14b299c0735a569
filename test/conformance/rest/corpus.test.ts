/** The corpus has every row of the specification's tables, and no id twice. @module */
import { describe, expect, it } from 'vitest'
import { ANSWERS, readArns, readCorpus } from './corpus.ts'

const numbered = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${letter}${String(index + 1).padStart(2, '0')}`)

const TABLES = [
  ['rest-token', [...numbered('T', 46), 'T31b', 'T31c']],
  ['rest-request', numbered('R', 14)],
  ['gateway-responses', numbered('G', 8)],
  ['cache', ['C01']],
] as const

describe('corpus', () => {
  it.each(TABLES)('%s has every row of its table, and each id once', (name, ids) => {
    const found = readCorpus(name).rows.map(({ id }) => id)
    expect(found).toEqual(expect.arrayContaining([...ids]))
    expect(new Set(found).size).toBe(found.length)
  })

  it('resource-arns has the fifteen rows of its table', () => {
    expect(readArns().rows.map(({ id }) => id)).toEqual(Array.from({ length: 15 }, (_, index) => `ARN ${index + 1}`))
  })

  it.each(TABLES)('%s refers to answers that there are', (name) => {
    const referred = readCorpus(name).rows.flatMap(({ steps }) =>
      steps.flatMap((step) => ('expect' in step && step.expect?.answer !== undefined ? [step.expect.answer] : [])),
    )
    expect(referred.filter((rule) => ANSWERS.answers[rule] === undefined)).toEqual([])
  })
})
