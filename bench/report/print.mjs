/** Prints the rows of a section, and the targets that they are compared with. */
import { judge } from './targets.mjs'
import { columnsOf } from './columns.mjs'

const print = ({ head, rows }) => {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)))
  const line = (cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd()
  console.log(`${[head, ...rows].map(line).join('\n')}\n`)
}

const figure = (value) => String(Number(value.toFixed(2)))

const targetRow = ({ text, row, max, value, interval, unit, verdict }) => {
  const sides = interval === undefined ? '' : interval.map(figure).join(' to ')
  return [`${row}: ${text}`, `<= ${max} ${unit}`, figure(value), sides, verdict]
}

export const printResults = (section, rows) => {
  print(columnsOf(section, rows))
  const targets = judge(rows)
  if (targets.length > 0) print({ head: ['target', '', 'median', '95 % interval', ''], rows: targets.map(targetRow) })
  if (rows.some(({ busy }) => busy < 0.9))
    console.log('Some servers were not fully busy, so their rates are not comparable: use the CPU time.\n')
}
