import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { REFUSALS } from './differences/rejected-policies.ts'
import { examples } from './examples.ts'
import { DIFFERENCES, judge } from './compare.ts'

const rows = [...DIFFERENCES, ...REFUSALS]
// Times without a zone are read in the zone of the machine, so there is no one case that always differs.
const WITHOUT_EXAMPLE: ReadonlySet<string> = new Set(['time-without-a-zone'])

describe('SEC-43 every difference from iam-simulate', () => {
  const shown = new Map(examples())

  test.each(rows.filter(({ id }) => !WITHOUT_EXAMPLE.has(id)))('still exists, and its row knows it: $id', ({ id }) => {
    const example = shown.get(id)
    if (example === undefined) throw new Error('there is no example')
    expect(judge(example)).toMatchObject({ verdict: 'explained', rows: [id] })
  })

  test('has a section with its rules in DIFFERENCES.md, and every section a row', () => {
    const text = readFileSync(new URL('DIFFERENCES.md', import.meta.url), 'utf8')
    const sections = [...text.matchAll(/^### (\S+)\n\nRules: (.+)$/gm)].map(([, id, rules]) => `${id}: ${rules}`)
    expect(sections.toSorted()).toEqual(rows.map(({ id, rules }) => `${id}: ${rules}`).toSorted())
  })
})
