// node worker.mjs <sandbox> <module> <options>: mutates one part of the sources in a copy of the project.
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

if (incremental) forgetSurvivors(incrementalFile)
await new Stryker({
  inPlace: true,
  mutate: sources,
  testRunner: 'direct',
  plugins: [fileURLToPath(new URL('./direct-runner.mjs', import.meta.url))],
  // Stryker reads it through an interface that TypeScript 7 does not have; nothing here depends on it.
  tsconfigFile: 'none.json',
  disableTypeChecks: false,
  coverageAnalysis: 'perTest',
  concurrency: Math.max(1, availableParallelism() - 1),
  // Other work on the machine is no endless loop.
  timeoutMS: 10_000,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: reportFile },
  incremental,
  incrementalFile,
  allowConsoleColors: false,
  logLevel: 'error',
}).runMutationTest()

/** What survived is asked again: of mutants that act when a module is loaded Stryker cannot tell which tests are new. */
function forgetSurvivors(file) {
  if (!existsSync(file)) return
  const report = JSON.parse(readFileSync(file, 'utf8'))
  for (const each of Object.values(report.files))
    each.mutants = each.mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout')
  writeFileSync(file, JSON.stringify(report))
}
