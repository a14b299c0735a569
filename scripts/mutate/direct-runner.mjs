// A test runner for Stryker that stays in one process. It evaluates sources and tests again for each mutant, which takes
// milliseconds; starting a Vitest worker takes longer than the tests. Tests, hooks and assertions are those of Vitest.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'

import { bundle } from './bundle.mjs'

const here = createRequire(join(process.cwd(), 'package.json'))
/** The instrumented code reads the active mutant from this object and records coverage in it. */
const stryker = (globalThis['__stryker__'] ??= {})

/** The settings that Vitest's runner reads. */
const config = {
  root: process.cwd(),
  setupFiles: [],
  sequence: { shuffle: false, concurrent: false, seed: 0, hooks: 'stack', setupFiles: 'list' },
  allowOnly: false,
  passWithNoTests: false,
  testTimeout: 4000,
  hookTimeout: 4000,
  maxConcurrency: 1,
  retry: 0,
  tags: [],
  strictTags: false,
}

class DirectRunner {
  #startTests
  #vitest
  #script
  /** Failures outside of any test: unhandled rejections, and exceptions in timers. */
  #stray = []
  /** Milliseconds per test file. */
  #durations = new Map()
  /** By mutated file: how many of its mutants each test file has killed. */
  #killed = new Map()

  capabilities() {
    return { reloadEnvironment: true }
  }

  async init() {
    // `vi.waitFor` reads the state that Vitest sets in its workers.
    globalThis['__vitest_worker__'] = { config: { fakeTimers: {} }, ctx: {}, filepath: 'all', current: undefined }
    const vitest = here.resolve('vitest')
    const runner = createRequire(vitest).resolve('@vitest/runner')
    this.#vitest = await import(import.meta.resolve('vitest'))
    this.#startTests = (await import(pathToFileURL(runner).href)).startTests
    const { tests } = JSON.parse(readFileSync('mutate.json', 'utf8'))
    const code = await bundle(tests)
    this.#script = new Script(`(function (exports, require, module) {${code}\n})`, { filename: 'all.cjs' })
    for (const event of ['unhandledRejection', 'uncaughtException'])
      process.on(event, (error) => this.#stray.push(error))
    // Mutants log many warnings that are of no interest.
    for (const method of ['log', 'info', 'warn', 'error']) console[method] = () => undefined
  }

  async dryRun() {
    stryker.activeMutant = undefined
    stryker.mutantCoverage = { static: {}, perTest: {} }
    const { failure, results } = await this.#run({})
    if (failure !== undefined) return { status: 'error', errorMessage: failure }
    for (const { id, timeSpentMs } of results) add(this.#durations, fileOf(id), timeSpentMs)
    return { status: 'complete', tests: results, mutantCoverage: stryker.mutantCoverage }
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    stryker.activeMutant = activeMutant.id
    stryker.hitCount = 0
    stryker.hitLimit = hitLimit
    const wanted = testFilter === undefined ? undefined : new Set(testFilter)
    if (!this.#killed.has(activeMutant.fileName)) this.#killed.set(activeMutant.fileName, new Map())
    const killed = this.#killed.get(activeMutant.fileName)
    const { failure, failed, results } = await this.#run({ wanted, bail: !disableBail, killed })
    if (failed !== undefined) add(killed, fileOf(failed), 1)
    stryker.activeMutant = undefined
    if (hitLimit !== undefined && stryker.hitCount > hitLimit) return { status: 'timeout', reason: 'hit limit reached' }
    const nrOfTests = results.length
    if (failure === undefined) return { status: 'survived', nrOfTests }
    return { status: 'killed', killedBy: failed === undefined ? [] : [failed], failureMessage: failure, nrOfTests }
  }

  async #run({ wanted, bail = false, killed = new Map() }) {
    const results = []
    const names = new Map()
    const wantedFiles = wanted === undefined ? undefined : new Set([...wanted].map(fileOf))
    const rankOf = (file) => [killed.get(file) ?? 0, -(this.#durations.get(file) ?? 0)]
    // The files that killed most mutants run first, then the fastest: the first failure ends the run.
    globalThis['__chooseFiles__'] = (files) =>
      files
        .filter((file) => wantedFiles?.has(file) ?? true)
        .map((file) => ({ file, rank: rankOf(file) }))
        .sort((a, b) => b.rank[0] - a.rank[0] || b.rank[1] - a.rank[1])
        .map(({ file }) => file)
    let failed
    let failure
    this.#stray = []
    const [file] = await this.#startTests(['all'], {
      config,
      importFile: () => this.#evaluate(),
      onBeforeRunTask: (test) => {
        test.strykerId = unique(nameOf(test), names)
        if ((wanted !== undefined && !wanted.has(test.strykerId)) || (bail && failure !== undefined)) test.mode = 'skip'
      },
      onBeforeTryTask: (test) => {
        this.#vitest.vi.restoreAllMocks()
        stryker.currentTestId = test.strykerId
      },
      onAfterRunTask: (test) => {
        stryker.currentTestId = undefined
        const { strykerId: id, result } = test
        if (result?.state !== 'pass' && result?.state !== 'fail') return
        const [error] = result.errors ?? []
        results.push({ id, name: id, timeSpentMs: result.duration ?? 0, ...statusOf(error) })
        if (result.state === 'fail' && failure === undefined) {
          failed = id
          failure = String(error?.message)
        }
      },
    })
    await new Promise((resolve) => setImmediate(resolve))
    failure ??= failureIn(file) ?? (this.#stray.length > 0 ? `outside of a test: ${String(this.#stray[0])}` : undefined)
    return { failure, failed, results }
  }

  #evaluate() {
    const module = { exports: {} }
    const require = (name) => (name === 'vitest' ? this.#vitest : here(name))
    this.#script.runInThisContext()(module.exports, require, module)
  }
}

const statusOf = (error) => (error === undefined ? { status: 0 } : { status: 1, failureMessage: String(error.message) })

const add = (sums, key, amount) => void sums.set(key, (sums.get(key) ?? 0) + amount)

const SEPARATOR = ' > '
const fileOf = (id) => id.split(SEPARATOR, 1)[0]
const nameOf = ({ name, suite }) => (suite?.name ? `${nameOf(suite)}${SEPARATOR}${name}` : name)

/** Numbers tests that have the same name. */
function unique(name, names) {
  const count = (names.get(name) ?? 0) + 1
  names.set(name, count)
  return count === 1 ? name : `${name} #${count}`
}

/** The first error of a suite: its tests could not be collected, or a hook failed. */
function failureIn(suite) {
  const [error] = suite.result?.errors ?? []
  if (error !== undefined) return `${suite.name}: ${String(error.message)}`
  for (const task of suite.tasks ?? []) {
    const found = task.type === 'suite' ? failureIn(task) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

export const strykerPlugins = [{ kind: 'TestRunner', name: 'direct', injectableClass: DirectRunner }]
