/** The table of options that relax a rule, in the documentation and in the sources (SEC-109). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dangers } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import { AWS_DANGERS } from '../../packages/core/src/aws/shared/shared-options.ts'
import { HUAWEI_DANGERS } from '../../packages/core/src/huawei/common-contract.ts'
import { MOUNT_DANGERS } from '../../packages/core/src/kernel/mount/mount.ts'
import { SIMPLE_DANGERS } from '../../packages/core/src/kernel/native/native.ts'
import { ISSUER_DANGERS } from '../../packages/jwt/src/issuer-options.ts'
import { root } from '../packaging/project.ts'

const TABLES: readonly (readonly [where: string, table: Dangers])[] = [
  ['customAuthorizer', MOUNT_DANGERS],
  ['simple', SIMPLE_DANGERS],
  ['aws.*', AWS_DANGERS],
  ['huawei.*', HUAWEI_DANGERS],
  ['jwtAuthorizer', ISSUER_DANGERS],
]

/** Options of functions that have no logger: named for what they do, and listed with the others. */
const UNREPORTED = [
  '| `httpFunction.allowInsecure`, `lambdaFunction.allowInsecure` | `true` | SEC-83 | events and credentials go over plain HTTP; not reported, as these functions have no logger |',
]

const generated = TABLES.flatMap(([where, table]) =>
  Object.entries(table).map(
    ([option, { value, relaxes, effect }]) =>
      `| \`${where}.${option}\` | \`${value}\` | ${relaxes.join(', ')} | ${effect} |`,
  ),
)

const documented = (): readonly string[] => {
  const text = readFileSync(join(root, 'docs/trust-boundary.md'), 'utf8')
  const [, section = ''] = /\n## Options that relax a rule\n([^]*?)\n## /.exec(text) ?? []
  return section.split('\n').filter((line) => line.startsWith('| `'))
}

describe('SEC-109 options that relax a rule', () => {
  test('are those that the documentation lists', () => {
    expect(documented()).toEqual([...generated, ...UNREPORTED])
  })

  test('are off by default: no value applies where nothing is set', () => {
    for (const [, table] of TABLES) {
      for (const [option, { applies }] of Object.entries(table)) expect(applies(undefined), option).toBe(false)
    }
  })

  test('SEC-11 a routing counts when it says less of the router than is assumed', () => {
    const { applies } = MOUNT_DANGERS['routing'] as Dangers[string]
    expect([{ strict: true }, { caseSensitive: true }, { decodes: true }, { looseMounts: false }].map(applies)).toEqual(
      [true, true, true, true],
    )
    expect([{ strict: false }, { looseMounts: true }, {}].map(applies)).toEqual([false, false, false])
  })

  test('carry "allow" where they can turn a failure into access', () => {
    const opening = TABLES.flatMap(([, table]) => Object.entries(table)).filter(([, { relaxes }]) =>
      relaxes.includes('SEC-87'),
    )
    expect(opening.map(([option, { value }]) => `${option}: ${value}`)).toEqual([
      "failureMode: 'allow'",
      // The manual's own name.
      'authDowngradeEnabled: true',
    ])
  })
})
