/** The number of inputs that each target has run, by commit. @module */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = join(import.meta.dirname, 'iterations.json')

interface Entry {
  readonly commit: string
  readonly iterations: number
}

/** By target: the inputs that ran without a failure. */
export type IterationLog = Record<string, readonly Entry[]>

export const readLog = (): IterationLog =>
  existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as IterationLog) : {}

export const totalOf = (log: IterationLog, name: string): number =>
  (log[name] ?? []).reduce((sum, { iterations }) => sum + iterations, 0)

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()

/** The current commit, with a `+` if the packages have changes. */
export const currentCommit = (): string => {
  try {
    const changed = git('status', '--porcelain', '--', ':/packages') !== ''
    return `${git('rev-parse', '--short=10', 'HEAD')}${changed ? '+' : ''}`
  } catch {
    return 'unknown'
  }
}

/** Adds the inputs that ran on a commit. */
export const record = (commit: string, ran: readonly (readonly [name: string, iterations: number])[]): IterationLog => {
  const log = readLog()
  for (const [name, iterations] of ran) {
    if (iterations === 0) continue
    const entries = log[name] ?? []
    const earlier = entries.find((each) => each.commit === commit)
    const sum = { commit, iterations: iterations + (earlier?.iterations ?? 0) }
    log[name] = [...entries.filter((each) => each !== earlier), sum]
  }
  const sorted = Object.fromEntries(Object.entries(log).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(FILE, `${JSON.stringify(sorted, undefined, 2)}\n`)
  return sorted
}
