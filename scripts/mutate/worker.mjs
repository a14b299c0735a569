// node worker.mjs <sandbox> <module> <options>: runs Stryker for one module in a copy of the project.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

import { Stryker } from '@stryker-mutator/core'

import { modules } from './modules.mjs'

const [sandbox, name, text] = process.argv.slice(2)
const { reportFile, incremental, incrementalFile } = JSON.parse(text)
const { sources, tests } = modules[name]
process.chdir(sandbox)

writeFileSync('mutate.json', JSON.stringify({ tests }))

if (incremental) removeSurvivors(incrementalFile)
await new Stryker({
  inPlace: true,
  mutate: sources,
  testRunner: 'direct',
  plugins: [fileURLToPath(new URL('./direct-runner.mjs', import.meta.url))],
  // Stryker would read the file through an API that TypeScript 7 does not have. Nothing here depends on it.
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  coverageAnalysis: 'perTest',
  concurrency: Math.max(1, availableParallelism() - 1),
  // Long enough that other load on the machine does not look like an endless loop.
  timeoutMS: 10_000,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: reportFile },
  incremental,
  incrementalFile,
  allowConsoleColors: false,
  logLevel: 'error',
}).runMutationTest()

/** Tests survivors again: Stryker cannot tell which new tests cover a mutant that acts when its module is loaded. */
function removeSurvivors(file) {
  if (!existsSync(file)) return
  const report = JSON.parse(readFileSync(file, 'utf8'))
  for (const each of Object.values(report.files))
    each.mutants = each.mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout')
  writeFileSync(file, JSON.stringify(report))
}
