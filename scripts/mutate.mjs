// npm run mutate [-- --only module ... --incremental]: mutation testing. Changes the sources in one place at a time, in a copy,
// and runs the tests for each change. Prints the mutants that survive; test/mutation/SURVIVORS.md explains each.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { modules } from './mutate/modules.mjs'
import { readReport, sumOf, withScore, writeSummary } from './mutate/report.mjs'
import { createSandbox } from './mutate/sandbox.mjs'
import { compare, readExplanations } from './mutate/survivors.mjs'
import { root, run } from './workspace.mjs'

const cache = join(root, 'node_modules', '.cache', 'mutate')

/** Resolves with 1 if a survivor has no explanation, or an explanation has no survivor. */
export async function mutate({ only = Object.keys(modules), incremental = false }) {
  mkdirSync(cache, { recursive: true })
  const explanations = readExplanations()
  let unsettled = 0
  for (const name of only) {
    const start = performance.now()
    const exitCode = await runModule(name, incremental)
    if (exitCode !== 0) return exitCode
    const { figures, survivors } = readReport(reportOf(name))
    writeSummary(name, figures)
    const minutes = ((performance.now() - start) / 60_000).toFixed(1)
    console.log(`\n${name}: ${withScore(sumOf(figures))}, ${minutes} min`)
    for (const [path, counts] of Object.entries(figures)) console.log(`  ${path}: ${withScore(counts)}`)
    const { unexplained, stale } = compare(survivors, Object.keys(figures), explanations)
    for (const { path, line, column, change, mutatorName } of unexplained)
      console.log(`  not explained  ${path}:${line}:${column}  ${change}  (${mutatorName})`)
    for (const { path, change } of stale) console.log(`  no longer survives  ${path}  ${change}`)
    unsettled += unexplained.length + stale.length
  }
  return unsettled > 0 ? 1 : 0
}

const reportOf = (name) => join(cache, `${name}.json`)

/** Runs in its own process, because Stryker works in the current directory. */
async function runModule(name, incremental) {
  const sandbox = createSandbox()
  try {
    const options = {
      reportFile: reportOf(name),
      incremental,
      incrementalFile: join(cache, `${name}.incremental.json`),
    }
    const worker = fileURLToPath(new URL('./mutate/worker.mjs', import.meta.url))
    const env = { ...process.env, TEST_VOLUME: 'mutation' }
    return await run(process.execPath, [worker, sandbox, name, JSON.stringify(options)], { env })
  } finally {
    rmSync(sandbox, { recursive: true, force: true })
  }
}
