// npm run mutate [-- --only module ... --incremental]: breaks the sources in one place at a time, in a copy, and asks
// the tests whether they notice. Prints what they did not; test/mutation/SURVIVORS.md has the reason for each.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { modules } from './mutate/modules.mjs'
import { readReport, sumOf, withScore, writeSummary } from './mutate/report.mjs'
import { createSandbox } from './mutate/sandbox.mjs'
import { compare, readExplanations } from './mutate/survivors.mjs'
import { root, run } from './workspace.mjs'

const cache = join(root, 'node_modules', '.cache', 'mutate')

/** Resolves with 1 when a survivor has no explanation, or an explanation no survivor. */
export async function mutate(args) {
  const { values } = parseArgs({
    args,
    options: { only: { type: 'string', multiple: true }, incremental: { type: 'boolean', default: false } },
  })
  const chosen = values.only ?? Object.keys(modules)
  const unknown = chosen.filter((name) => !Object.hasOwn(modules, name))
  if (unknown.length > 0) {
    console.error(`Unknown module: ${unknown.join(', ')}; there are ${Object.keys(modules).join(', ')}`)
    return 2
  }
  mkdirSync(cache, { recursive: true })
  const explanations = readExplanations()
  let unsettled = 0
  for (const name of chosen) {
    const start = performance.now()
    const exitCode = await runModule(name, values.incremental)
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

/** In a process of its own, as Stryker works in the current directory. */
async function runModule(name, incremental) {
  const sandbox = createSandbox()
  try {
    const options = {
      reportFile: reportOf(name),
      incremental,
      incrementalFile: join(cache, `${name}.incremental.json`),
    }
    const worker = fileURLToPath(new URL('./mutate/worker.mjs', import.meta.url))
    return await run(process.execPath, [worker, sandbox, name, JSON.stringify(options)])
  } finally {
    rmSync(sandbox, { recursive: true, force: true })
  }
}
