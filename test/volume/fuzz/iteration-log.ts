/** How many inputs each target has been tried with, in all and on which commit. @module */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = join(import.meta.dirname, 'iterations.json')

interface Entry {
  readonly commit: string
  readonly iterations: number
}

/** By target: what has run without a failure. */
export type Ledger = Record<string, readonly Entry[]>

export const readLedger = (): Ledger => (existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Ledger) : {})

export const totalOf = (ledger: Ledger, name: string): number =>
  (ledger[name] ?? []).reduce((sum, { iterations }) => sum + iterations, 0)

const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()

/** The commit that is checked out, with a `+` if the packages differ from it. */
export const currentCommit = (): string => {
  try {
    const changed = git('status', '--porcelain', '--', ':/packages') !== ''
    return `${git('rev-parse', '--short=10', 'HEAD')}${changed ? '+' : ''}`
  } catch {
    return 'unknown'
  }
}

/** Adds what has run on a commit. */
export const record = (commit: string, ran: readonly (readonly [name: string, iterations: number])[]): Ledger => {
  const ledger = readLedger()
  for (const [name, iterations] of ran) {
    if (iterations === 0) continue
    const entries = ledger[name] ?? []
    const earlier = entries.find((each) => each.commit === commit)
    const sum = { commit, iterations: iterations + (earlier?.iterations ?? 0) }
    ledger[name] = [...entries.filter((each) => each !== earlier), sum]
  }
  const sorted = Object.fromEntries(Object.entries(ledger).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(FILE, `${JSON.stringify(sorted, undefined, 2)}\n`)
  return sorted
}
