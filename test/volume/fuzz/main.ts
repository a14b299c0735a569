/** `npm run fuzz`: the command line of the fuzz targets. @module */
import { randomInt } from 'node:crypto'
import { currentCommit, readLog, record, totalOf } from './iteration-log.ts'
import { runTargets, type Tally } from './run.ts'
import { TARGETS } from './targets.ts'

/** The options of the command line. */
interface Options {
  readonly minutes?: number
  readonly iterations?: number
  readonly only?: string
  readonly seed?: string
}

const select = ({
  iterations,
  minutes = iterations === undefined ? 1 : Number.POSITIVE_INFINITY,
  ...rest
}: Options) => {
  const names = rest.only?.split(',')
  const unknown = names?.find((name) => !TARGETS.some((target) => target.name === name))
  const seed = rest.seed === undefined ? randomInt(2 ** 31) : Number(rest.seed)
  if (unknown !== undefined)
    throw new TypeError(`--only: found ${unknown}; allowed: ${TARGETS.map(({ name }) => name).join(', ')}`)
  if (!Number.isInteger(seed)) throw new TypeError('--seed: allowed: a whole number')
  return {
    targets: names === undefined ? TARGETS : TARGETS.filter(({ name }) => names.includes(name)),
    durationMs: minutes * 60_000,
    iterations: iterations ?? Number.POSITIVE_INFINITY,
    seed,
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

/** Runs the command; resolves with the exit code. */
export const main = async (options: Options): Promise<number> => {
  let selected: ReturnType<typeof select>
  try {
    selected = select(options)
  } catch (error) {
    console.error((error as Error).message)
    return 2
  }
  const commit = currentCommit()
  console.log(`seed ${selected.seed}, commit ${commit}`)
  let interrupted = false
  const interrupt = (): void => {
    interrupted = true
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  // Rejections create errors, and capturing their stacks would take most of the time.
  Error.stackTraceLimit = 0
  const written = new Map<string, number>()
  /** Records the inputs since the last call. */
  const recordProgress = (tallies: readonly Tally[]): void => {
    const since = tallies.map(
      ({ target: { name }, iterations }) => [name, iterations - (written.get(name) ?? 0)] as const,
    )
    for (const { target, iterations } of tallies) written.set(target.name, iterations)
    record(commit, since)
  }
  let nextReport = performance.now() + PROGRESS_MS
  const { tallies, failure } = await runTargets(selected.targets, selected, (current) => {
    if (performance.now() >= nextReport) {
      nextReport += PROGRESS_MS
      console.log(current.map(({ target: { name }, iterations }) => `${name} ${grouped(iterations)}`).join(', '))
      recordProgress(current)
    }
    return interrupted
  })
  for (const { close } of selected.targets) await close?.()
  process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  recordProgress(tallies)
  const log = readLog()
  console.log(table(tallies, (name) => totalOf(log, name)))
  if (failure === undefined) return 0
  const { target, seed, report } = failure
  console.error(
    `\n${target.name} (${target.rules}) failed. To reproduce: npm run fuzz -- --only ${target.name} --seed ${seed}`,
  )
  console.error(report)
  return 1
}
