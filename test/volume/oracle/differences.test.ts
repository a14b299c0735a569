import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { REJECTED_POLICIES } from './differences/rejected-policies.ts'
import { examples } from './examples.ts'
import { compare, DIFFERENCES } from './compare.ts'

const rows = [...DIFFERENCES, ...REJECTED_POLICIES]
// The simulator reads a time without a zone in the local time zone, so no example differs on every machine.
const WITHOUT_EXAMPLE: ReadonlySet<string> = new Set(['time-without-a-zone'])

describe('differences from iam-simulate', () => {
  const exampleOf = new Map(examples())

  test.each(rows.filter(({ id }) => !WITHOUT_EXAMPLE.has(id)))(
    'SEC-43 $id still exists and is recognised',
    ({ id }) => {
      const example = exampleOf.get(id)
      if (example === undefined) throw new Error(`examples.ts has no example of ${id}`)
      expect(compare(example)).toMatchObject({ verdict: 'explained', rows: [id] })
    },
  )

  test('SEC-43 DIFFERENCES.md has one section with the rules of each difference', () => {
    const text = readFileSync(new URL('DIFFERENCES.md', import.meta.url), 'utf8')
    const sections = [...text.matchAll(/^### (\S+)\n\nRules: (.+)$/gm)].map(([, id, rules]) => `${id}: ${rules}`)
    expect(sections.toSorted()).toEqual(rows.map(({ id, rules }) => `${id}: ${rules}`).toSorted())
  })
})
