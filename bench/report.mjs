/** Prints tables and writes the results to a file. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const FILE = join(import.meta.dirname, 'latest.json')

/** Goals: minimum share of the bare rate, or maximum microseconds. */
const GOALS = {
  'express/cached': { ratio: 0.95 },
  'koa/cached': { ratio: 0.9 },
  'hono/cached': { ratio: 0.85 },
  'evaluate/hit/1': { microseconds: 1 },
  'evaluate/hit/100': { microseconds: 2 },
  'wildcards/100': { microseconds: 1000 },
}

const goalOf = ({ name, value, ratio }) => {
  const goal = GOALS[name]
  if (goal === undefined) return ''
  if (goal.ratio !== undefined) return `>= ${goal.ratio.toFixed(2)} ${ratio >= goal.ratio ? 'met' : 'missed'}`
  return `<= ${goal.microseconds} µs ${value <= goal.microseconds ? 'met' : 'missed'}`
}

const print = (head, rows) => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)))
  const line = (cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd()
  console.log([line(head), ...rows.map(line)].join('\n'), '\n')
}

const whole = (value) => String(Math.round(value))

export const printHttp = (rows) => {
  print(
    ['', 'requests/s', 'middle half', 'of bare', 'goal', 'of floor', 'cpu µs/request', 'of bare', 'server busy'],
    rows.map((row) => [
      row.name,
      whole(row.value),
      row.spread.map(whole).join('-'),
      row.ratio.toFixed(3),
      goalOf(row),
      row.floorRatio.toFixed(3),
      row.cpuMicroseconds.toFixed(1),
      row.cpuRatio.toFixed(3),
      `${Math.round(row.busy * 100)} %`,
    ]),
  )
  if (rows.some(({ busy }) => busy < 0.9))
    console.log('Some servers were not fully busy, so their rates are not comparable: use the ratios of CPU time.\n')
}

export const printEvaluate = (rows) =>
  print(
    ['', 'µs', 'middle half', 'goal'],
    rows.map((row) => [
      row.name,
      row.value.toFixed(3),
      row.spread.map((each) => each.toFixed(3)).join('-'),
      goalOf(row),
    ]),
  )

/** Other columns of a row: the number of packages, the compressed size, or the spread of the times. */
const detailOf = ({ packages, compressed, spread }) => {
  if (packages !== undefined) return `${packages} packages`
  if (compressed !== undefined) return `${compressed} compressed`
  return spread.join('-')
}

export const printSize = (rows) =>
  print(
    ['', 'kB or CPU ms', ''],
    rows.map((row) => [row.name, `${row.value} ${row.unit}`, detailOf(row)]),
  )

/** Writes the rows: complete results to `latest.json`, others to a temporary file. Returns its path. */
export const write = (rows, isComplete) => {
  const file = isComplete ? FILE : join(mkdtempSync(join(tmpdir(), 'bench-')), 'results.json')
  writeFileSync(file, `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`)
  return file
}
