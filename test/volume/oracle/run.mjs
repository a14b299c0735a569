// node test/volume/oracle/run.mjs [--cases 100000] [--seed 1] [--case 42]: asks our evaluator and iam-simulate the same
// questions, prints the figures, and fails on a difference that DIFFERENCES.md does not know. --case asks one alone.
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

const env = { ...process.env, ORACLE_REPORT: '1' }
for (const [name, value] of Object.entries(values)) env[`ORACLE_${name.toUpperCase()}`] = value
const root = new URL('../../..', import.meta.url)
const files = values.case === undefined ? ['first-half', 'second-half'] : ['first-half']
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--typecheck.enabled=false',
    ...files.map((file) => `test/oracle/${file}.test.ts`),
  ],
  { cwd: root, env, stdio: 'inherit' },
)
process.exit(status ?? 1)
