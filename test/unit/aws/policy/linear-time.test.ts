/** Hostile patterns are matched in linear time (SEC-45). */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LOOSE } from '../../../support/request.ts'
import { API, satisfied } from './decide.ts'
import { withStatements } from './authorizer.ts'
import { globOf, matchesFolded } from './internals.ts'

// With backtracking none of these would terminate.
const HOSTILE: readonly (readonly [name: string, make: (times: number) => string, text: string, matched: boolean])[] = [
  ['*a … b', (times) => `${'*a'.repeat(times)}b`, 'a'.repeat(1500), false],
  ['*a … *', (times) => `${'*a'.repeat(times)}*`, 'a'.repeat(1500), true],
  ['*a …', (times) => '*a'.repeat(times), `${'a'.repeat(1499)}b`, false],
  ['*? … b', (times) => `${'*?'.repeat(times)}b`, 'a'.repeat(1500), false],
  ['*?a … b', (times) => `${'*?a'.repeat(times)}b`, 'a'.repeat(1500), false],
  ['*aab … c', (times) => `${'*aab'.repeat(times)}c`, 'aab'.repeat(500), false],
  ['stars and b', (times) => `${'*'.repeat(times)}b`, 'a'.repeat(1500), false],
  ['* a?a? … b *', (times) => `*${'a?'.repeat(times)}b*`, 'a'.repeat(1500), false],
]

describe('hostile patterns', () => {
  test('SEC-45 a pattern of 250 wildcards is matched in linear time', () => {
    expect(globOf(`${'*a'.repeat(250)}b`).matches('a'.repeat(1600))).toBe(false)
  })

  test.each(HOSTILE)(
    'SEC-45 a hostile Resource pattern is matched in linear time: %s',
    (_name, make, text, matched) => {
      expect(globOf(make(250)).matches(text)).toBe(matched)
      expect(matchesFolded(make(250), text.toUpperCase(), 0)).toBe(matched)
    },
  )

  test.each(HOSTILE)(
    'SEC-45 a hostile StringLike pattern is matched in linear time: %s',
    (_name, make, text, matched) => {
      expect(satisfied({ StringLike: { 'aws:UserAgent': make(250) } }, { 'aws:UserAgent': text })).toBe(matched)
    },
  )

  test.each(HOSTILE)(
    'SEC-45 a hostile Deny on a loose router is matched in linear time: %s',
    async (_name, make, text, matched) => {
      const authorizer = withStatements([{}, { Effect: 'Deny', Resource: `${API}/prod/GET/${make(100)}` }])
      const line = `GET /${text.toUpperCase()}`
      expect(await authorizer.send(line, { routing: LOOSE })).toBe(matched ? 'EXPLICIT_DENY' : 'ALLOWED')
    },
  )
})

test('SEC-45 the policy evaluator builds no regular expression', () => {
  const folder = new URL('../../../../packages/core/src/aws/policy/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  expect(files.length).toBeGreaterThan(5)
  for (const name of files) expect(readFileSync(new URL(name, folder), 'utf8')).not.toMatch(/RegExp\(/)
})
