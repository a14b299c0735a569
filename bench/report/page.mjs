/** Fills the placeholders of `performance.md`, such as `{{servers koa}}`, with figures of the results. */
import { judge } from './targets.mjs'

const figure = (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString())
const ratio = (value) => `${value.toFixed(2)} ×`
const interval = (spread) => (spread === undefined ? '' : `${spread.map(figure).join(' to ')}`)

const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const sectionOf = (results, section) => results.rows.filter(({ name }) => name.startsWith(`${section}/`))
const rowOf = (results, name) => {
  const found = results.rows.find((row) => row.name === name)
  if (found === undefined) throw new Error(`The results have no row ${name}`)
  return found
}
const localName = ({ name }) => name.slice(name.indexOf('/') + 1)

const servers = (results, section) => {
  const bare = rowOf(results, `${section}/bare`)
  return table(
    ['row', 'CPU', 'added CPU µs', 'quartiles', 'over', 'rate', 'bytes added'],
    sectionOf(results, section).map((row) => [
      localName(row),
      ratio(row.value / bare.value),
      row.added === undefined ? '' : figure(row.added.value),
      interval(row.added?.spread),
      row.over ?? '',
      ratio(row.rate / bare.rate),
      row.addedBytes === undefined ? '' : `${row.addedBytes} over ${row.bytesOver}`,
    ]),
  )
}

/** The guard by the clock inside each server. */
const inside = (results) =>
  table(
    ['row', 'µs', 'quartiles', 'added µs', '95 % interval', 'over'],
    sectionOf(results, 'inside').map((row) => [
      localName(row),
      figure(row.value),
      interval(row.spread),
      row.added === undefined ? '' : figure(row.added.value),
      interval(row.added?.interval),
      row.over ?? '',
    ]),
  )

const loop = (results) => {
  const lookUp = rowOf(results, 'loop/map look-up')
  return table(
    ['subject', 'CPU µs', 'quartiles', 'CPU / look-up', 'bytes'],
    sectionOf(results, 'loop').map((row) => [
      localName(row),
      figure(row.value),
      interval(row.spread),
      ratio(row.value / lookUp.value),
      String(row.bytes),
    ]),
  )
}

const COUNTS = [1, 5, 100, 1000]

/** One row for each size of the policy. */
const growth = (results) => {
  const valueOf = (count, kind) => figure(rowOf(results, `loop/evaluate ${count}${kind}`).value)
  return table(
    ['patterns', 'recent path', 'new path', 'new path, leading `*`'],
    COUNTS.map((count) => [
      String(count),
      valueOf(count, ''),
      valueOf(count, ', new path'),
      valueOf(count, ' leading *, new path'),
    ]),
  )
}

/** A table of `LIBRARY VARIANT` rows: one row per library, two columns per variant, with multiples of `base`. */
const compared = (results, section, base) => {
  const values = new Map()
  for (const row of sectionOf(results, section)) {
    const [, library, variant] = /^(.*) (\S+)$/.exec(localName(row))
    values.set(library, { ...values.get(library), [variant]: row.value })
  }
  const variants = Object.keys(values.get(base))
  const cells = (found) =>
    variants.flatMap((variant) => [figure(found[variant]), ratio(found[variant] / values.get(base)[variant])])
  return table(
    ['', ...variants.flatMap((variant) => [`${variant}, CPU µs`, `${variant}, ratio`])],
    Array.from(values, ([library, found]) => [library].concat(cells(found))),
  )
}

const memory = (results) =>
  table(
    ['store', 'callers', 'start MiB', 'peak MiB', 'added / limit of the store', 'calls for the recurring caller'],
    sectionOf(results, 'memory').map((row) => [
      localName(row),
      String(row.callers),
      String(row.start),
      String(row.value),
      ratio((row.value - row.start) / row.bound),
      String(row.hotCalls),
    ]),
  )

const SIZES = /^(?:install|bundle|import)\//

const size = (results) =>
  table(
    ['', 'size or CPU time', 'detail'],
    results.rows
      .filter(({ name }) => SIZES.test(name))
      .map(({ name, value, unit, packages, compressed, spread }) => [
        name,
        `${value} ${unit}`,
        packages === undefined
          ? compressed === undefined
            ? interval(spread)
            : `${compressed} kB compressed`
          : `${packages} packages`,
      ]),
  )

/** With fewer processes, times establish nothing: two processes of one program can differ by 10 %. */
const MIN_PROCESSES = 6
const TIMES = new Set(['µs', '×'])

const targets = (results) =>
  table(
    ['target', 'row', 'at most', 'median', '95 % interval', 'verdict'],
    judge(results.rows).map(({ text, row, max, value, interval: sides, unit, verdict }) => [
      text,
      row,
      `${max} ${unit}`,
      figure(value),
      interval(sides),
      TIMES.has(unit) && results.repetitions < MIN_PROCESSES ? 'too few processes' : verdict,
    ]),
  )

const machine = ({ node, platform, processor, cores }) => `Node.js ${node}, ${platform}, ${processor}, ${cores} cores`

const run = ({ repetitions, rounds, seconds }) =>
  `${repetitions} processes per row, ${rounds} slices of ${seconds} s each`

const PLACEHOLDERS = { servers, inside, loop, growth, compared, memory, size, targets, machine, run }

/** The page for these results. An argument in quotation marks may contain spaces. */
export const pageOf = (template, results) =>
  template.replaceAll(/\{\{(\w+)((?: +(?:[^\s{}"]+|"[^"]*"))*) *\}\}/g, (_, name, args) => {
    const given = [...args.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain)
    return PLACEHOLDERS[name](results, ...given)
  })
