// node test/volume/oracle/run.mjs [--cases 100000] [--seed 1] [--case 42]: compares evaluatePolicy with iam-simulate for random
// policies, prints the figures, and fails on a difference that DIFFERENCES.md does not explain. --case runs one case alone.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { cases: { type: 'string' }, seed: { type: 'string' }, case: { type: 'string' } },
})
const wrong = Object.entries(values).find(([, value]) => !/^\d{1,9}$/.test(value))
if (wrong !== undefined) {
  console.error(`--${wrong[0]} takes a number`)
  process.exit(2)
}

const env = { ...process.env, TEST_VOLUME: 'full', ORACLE_REPORT: '1' }
for (const [name, value] of Object.entries(values)) env[`ORACLE_${name.toUpperCase()}`] = value
const root = new URL('../../..', import.meta.url)
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--typecheck.enabled=false', 'test/volume/oracle/agreement.test.ts'],
  { cwd: root, env, stdio: 'inherit' },
)
process.exit(status ?? 1)
