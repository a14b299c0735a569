/** The documentation lists the options that relax a rule, as the sources declare them (SEC-109). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CROSS_ORIGIN_UNSAFE_OPTIONS, type UnsafeOptions } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { UNSAFE_COMPATIBILITY, UNSAFE_LIMITS } from '../../../packages/core/src/aws/shared/shared-options.ts'
import {
  HUAWEI_UNSAFE_COMPATIBILITY,
  HUAWEI_UNSAFE_OPTIONS,
} from '../../../packages/core/src/huawei/common-contract.ts'
import { INSPECTOR_UNSAFE_OPTIONS } from '../../../packages/cli/src/inspector/options.ts'
import { MOUNT_UNSAFE_OPTIONS } from '../../../packages/core/src/kernel/mount/options.ts'
import { NATIVE_UNSAFE_OPTIONS } from '../../../packages/core/src/kernel/native/native.ts'
import { GATEWAY_DECISION_UNSAFE_OPTIONS } from '../../../packages/core/src/kernel/shadow/gateway-decision.ts'
import { ISSUER_UNSAFE_OPTIONS } from '../../../packages/jwt/src/issuer-options.ts'
import { root } from '../packages/project.ts'

const TABLES: readonly (readonly [where: string, table: UnsafeOptions])[] = [
  ['customAuthorizer', MOUNT_UNSAFE_OPTIONS],
  ['gatewayDecision', GATEWAY_DECISION_UNSAFE_OPTIONS],
  ['native', NATIVE_UNSAFE_OPTIONS],
  ['aws.*.compatibility', UNSAFE_COMPATIBILITY],
  ['aws.*.limits', UNSAFE_LIMITS],
  ['huawei.*', HUAWEI_UNSAFE_OPTIONS],
  ['huawei.*.compatibility', HUAWEI_UNSAFE_COMPATIBILITY],
  ['jwtAuthorizer', ISSUER_UNSAFE_OPTIONS],
  ['jwtAuthorizer', CROSS_ORIGIN_UNSAFE_OPTIONS],
  ['inspector', INSPECTOR_UNSAFE_OPTIONS],
]

/** Options of functions without a logger. */
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

describe('unsafe options', () => {
  test('SEC-109 the documentation lists the options that relax a rule', () => {
    expect(documented()).toEqual([...generated, ...UNREPORTED])
  })

  test('SEC-109 options that relax a rule are off by default', () => {
    for (const [, table] of TABLES) {
      for (const [option, { applies }] of Object.entries(table)) expect(applies(undefined), option).toBe(false)
    }
  })

  test('SEC-11 SEC-109 a routing that is stricter than the default is reported', () => {
    const { applies } = MOUNT_UNSAFE_OPTIONS['routing'] as UnsafeOptions[string]
    expect([{ strict: true }, { caseSensitive: true }, { decodes: true }, { looseMounts: false }].map(applies)).toEqual(
      [true, true, true, true],
    )
    expect([{ strict: false }, { looseMounts: true }, {}].map(applies)).toEqual([false, false, false])
  })

  test('SEC-109 options that turn a failure into access have "allow" in their name or value', () => {
    const opening = TABLES.flatMap(([, table]) => Object.entries(table)).filter(([, { relaxes }]) =>
      relaxes.includes('SEC-87'),
    )
    expect(opening.map(([option, { value }]) => `${option}: ${value}`)).toEqual([
      "failureMode: 'allow'",
      // The name of the manual.
      'authDowngradeEnabled: true',
    ])
  })
})
