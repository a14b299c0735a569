// Reads the report of Stryker: figures for each file, and the surviving mutants.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { root } from '../workspace.mjs'

const summaryFile = join(root, 'test', 'mutation', 'report.json')

/** Statuses of killed mutants. `Ignored` mutants are not counted; every other status means that the mutant survived. */
const KILLED = { Killed: 'killed', RuntimeError: 'killed', Timeout: 'timeout' }

export function readReport(reportFile) {
  const { files } = JSON.parse(readFileSync(reportFile, 'utf8'))
  const figures = {}
  const survivors = []
  for (const path of Object.keys(files).toSorted()) {
    const { source, mutants } = files[path]
    const counts = { total: 0, killed: 0, timeout: 0, survived: 0 }
    for (const mutant of mutants.toSorted(byPlace)) {
      if (mutant.status === 'Ignored') continue
      const killedAs = KILLED[mutant.status]
      counts.total++
      counts[killedAs ?? 'survived']++
      if (killedAs === undefined) survivors.push(survivorOf(path, source, mutant))
    }
    figures[path] = counts
  }
  return { figures, survivors }
}

const byPlace = (a, b) =>
  a.location.start.line - b.location.start.line || a.location.start.column - b.location.start.column

/** A survivor is identified by its change, which stays the same when the code moves. */
function survivorOf(path, source, { location, replacement = '', mutatorName }) {
  const { line, column } = location.start
  return { path, line, column, mutatorName, change: changeOf(cut(source, location), replacement) }
}

function cut(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line)
  lines.push(lines.pop().slice(0, end.column - 1))
  lines[0] = lines[0].slice(start.column - 1)
  return lines.join('\n')
}

const oneLine = (text) => text.replaceAll(/\s+/g, ' ').trim()

const MAX_LENGTH = 100
const CONTEXT = 30

/** The code before and after, each on one line; long code is cut to the part around the difference. */
function changeOf(before, after) {
  const texts = [before, after].map(oneLine)
  if (texts.every(({ length }) => length <= MAX_LENGTH)) return texts.join(' → ')
  const [a, b] = texts
  const shorter = Math.min(a.length, b.length)
  let start = 0
  while (start < shorter && a[start] === b[start]) start++
  let end = 0
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++
  return texts.map((text) => excerpt(text, start - CONTEXT, text.length - end + CONTEXT)).join(' → ')
}

function excerpt(text, from, to) {
  const part = `${from > 0 ? '…' : ''}${text.slice(Math.max(0, from), to)}${to < text.length ? '…' : ''}`
  return part.length > 2 * MAX_LENGTH ? `${part.slice(0, MAX_LENGTH)} … ${part.slice(-CONTEXT)}` : part
}

export function sumOf(figures) {
  const sum = { total: 0, killed: 0, timeout: 0, survived: 0 }
  for (const each of Object.values(figures)) for (const name of Object.keys(sum)) sum[name] += each[name]
  return sum
}

const scoreOf = ({ total, survived }) => Number(((100 * (total - survived)) / total).toFixed(1))

export const withScore = (counts) =>
  `${scoreOf(counts)} % of ${counts.total} (${counts.killed} killed, ${counts.timeout} timed out, ${counts.survived} survived)`

/** Updates the figures of one module in the report. */
export function writeSummary(name, figures) {
  const summary = existsSync(summaryFile) ? JSON.parse(readFileSync(summaryFile, 'utf8')) : {}
  const sum = sumOf(figures)
  const files = Object.fromEntries(
    Object.entries(figures).map(([path, counts]) => [path, { ...counts, score: scoreOf(counts) }]),
  )
  summary[name] = { ...sum, score: scoreOf(sum), files }
  writeFileSync(summaryFile, `${JSON.stringify(summary, undefined, 2)}\n`)
}
