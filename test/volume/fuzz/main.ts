/** `npm run fuzz`: the command line of the fuzz targets. @module */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { currentCommit, readLedger, record, totalOf } from './iteration-log.ts'
import { runTargets, type Tally } from './run.ts'
import { TARGETS } from './targets.ts'

const USAGE = `npm run fuzz -- [--minutes N] [--iterations N] [--only target,...] [--seed S]
  --minutes     how long to go on, all targets together; default 1, or as long as it takes with --iterations
  --iterations  inputs for each target
  --only        targets, separated by commas: ${TARGETS.map(({ name }) => name).join(', ')}
  --seed        the seed of the first slice; default: another one each time`

const number = (name: string, text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) throw new TypeError(`--${name} takes a number`)
  return Number(text)
}

const readArguments = (args: readonly string[]) => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      iterations: { type: 'string' },
      only: { type: 'string' },
      seed: { type: 'string' },
    },
  })
  const iterations = number('iterations', values.iterations)
  const minutes = number('minutes', values.minutes) ?? (iterations === undefined ? 1 : Number.POSITIVE_INFINITY)
  const names = values.only?.split(',')
  const unknown = names?.find((name) => !TARGETS.some((target) => target.name === name))
  if (unknown !== undefined) throw new TypeError(`there is no target ${unknown}`)
  return {
    targets: names === undefined ? TARGETS : TARGETS.filter(({ name }) => names.includes(name)),
    durationMs: minutes * 60_000,
    iterations: iterations ?? Number.POSITIVE_INFINITY,
    seed: number('seed', values.seed) ?? randomInt(2 ** 31),
  }
}

const COLUMNS = [18, 14, 14, 16]
const row = (cells: readonly unknown[]): string =>
  cells.map((cell, index) => String(cell).padStart(COLUMNS[index] ?? 0)).join('')
const grouped = (value: number): string => Math.round(value).toLocaleString('en-US')

const table = (tallies: readonly Tally[], totals: (name: string) => number): string =>
  [
    row(['target', 'iterations', 'per second', 'total']),
    ...tallies.map(({ target: { name }, iterations, elapsedMs }) =>
      row([name, grouped(iterations), grouped((iterations * 1000) / Math.max(elapsedMs, 1)), grouped(totals(name))]),
    ),
  ].join('\n')

const PROGRESS_MS = 60_000

/** Runs what the arguments ask for; resolves with the exit code. */
export const main = async (args: readonly string[]): Promise<number> => {
  let asked: ReturnType<typeof readArguments>
  try {
    asked = readArguments(args)
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`)
    return 2
  }
  const commit = currentCommit()
  console.log(`seed ${asked.seed}, commit ${commit}`)
  let interrupted = false
  const interrupt = (): void => {
    interrupted = true
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  // What is refused is refused with errors, whose stacks would cost more than everything else.
  Error.stackTraceLimit = 0
  const written = new Map<string, number>()
  /** Writes down what has run since the last time. */
  const keep = (tallies: readonly Tally[]): void => {
    const since = tallies.map(
      ({ target: { name }, iterations }) => [name, iterations - (written.get(name) ?? 0)] as const,
    )
    for (const { target, iterations } of tallies) written.set(target.name, iterations)
    record(commit, since)
  }
  let nextReport = performance.now() + PROGRESS_MS
  const { tallies, failure } = await runTargets(asked.targets, asked, (current) => {
    if (performance.now() >= nextReport) {
      nextReport += PROGRESS_MS
      console.log(current.map(({ target: { name }, iterations }) => `${name} ${grouped(iterations)}`).join(', '))
      keep(current)
    }
    return interrupted
  })
  for (const { close } of asked.targets) await close?.()
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  keep(tallies)
  const ledger = readLedger()
  console.log(table(tallies, (name) => totalOf(ledger, name)))
  if (failure === undefined) return 0
  const { target, seed, report } = failure
  console.error(
    `\n${target.name} (${target.rules}) failed. Again: npm run fuzz -- --only ${target.name} --seed ${seed}`,
  )
  console.error(report)
  return 1
}
