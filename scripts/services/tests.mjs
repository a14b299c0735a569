// Runs the tests of a service in mocha, and compares two runs.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { environment } from './install.mjs'

const REPORTER = join(import.meta.dirname, 'reporter.cjs')
const CREDENTIAL = join(import.meta.dirname, 'credential.cjs')
const TIME_LIMIT_MS = 600_000

const optionsOf = ({ preload }, authorizer) =>
  authorizer === undefined ? [] : [CREDENTIAL, ...preload].flatMap((file) => ['--require', file])

/**
 * Runs the unmodified tests of a service.
 *
 * @param authorizer which authorizer guards the service; undefined: none, and the requests have no credential
 * @returns titles and states of the tests
 */
export const runTests = (service, folder, authorizer) =>
  new Promise((resolve, reject) => {
    const target = join(folder, service.folder)
    const results = join(folder, `tests-${authorizer ?? 'unguarded'}.json`)
    const mocha = join(target, 'node_modules', 'mocha', 'bin', '_mocha')
    const args = [mocha, ...optionsOf(service, authorizer), '--exit', '--reporter', REPORTER, ...service.mocha]
    const child = spawn(process.execPath, args, {
      cwd: target,
      env: environment({ ...service.env, TEST_RESULTS: results, AUTHORIZER: authorizer ?? '' }),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIME_LIMIT_MS,
    })
    const output = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk))
    child.once('error', reject)
    child.once('close', () => {
      try {
        resolve(JSON.parse(readFileSync(results, 'utf8')))
      } catch (cause) {
        reject(new Error(`The tests of ${service.title} did not end:\n${String(Buffer.concat(output))}`, { cause }))
      }
    })
  })

const STATES = ['passed', 'failed', 'skipped']

/** The number of tests in each state. */
export const summaryOf = (tests) =>
  STATES.map((state) => [tests.filter((test) => test.state === state).length, state])
    .filter(([count, state]) => count > 0 || state === 'passed')
    .map(([count, state]) => `${count} ${state}`)
    .join(', ')

/** Lines about tests that fail without a guard, except those that are known to fail. */
export const unexpectedFailures = ({ knownFailures }, tests) =>
  tests
    .filter(({ title, state }) => state === 'failed' && !knownFailures.includes(title))
    .map(({ title, error }) => `fails without a guard: ${title}: ${error}`)

const countLines = (tests) => {
  const counts = new Map()
  for (const { title, state } of tests) counts.set(`${state}: ${title}`, (counts.get(`${state}: ${title}`) ?? 0) + 1)
  return counts
}

/** Lines about tests that have another result with the guard than without it. Titles may occur more than once. */
export const compareTests = (without, guarded) => {
  const [before, after] = [countLines(without), countLines(guarded)]
  const errors = new Map(guarded.map(({ title, state, error }) => [`${state}: ${title}`, error]))
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((line) => before.get(line) !== after.get(line))
    .map(
      (line) =>
        `${line}: ${before.get(line) ?? 0} without a guard, ${after.get(line) ?? 0} with it. ${errors.get(line) ?? ''}`,
    )
}
