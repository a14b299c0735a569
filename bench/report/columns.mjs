/** The columns of each kind of section. */

const figure = (value, digits = 1) => (value === undefined ? '' : value.toFixed(digits))
const interval = (spread, digits = 1) => spread.map((each) => figure(each, digits)).join(' to ')
const shortName = (section, { name }) => name.slice(section.length + 1)

const SERVER = {
  head: ['', 'CPU µs', 'quartiles', 'minimum', 'added', 'quartiles', 'over', 'requests/s', 'bytes', 'added'],
  cells: ({ value, spread, least, added, over = '', rate, bytes, addedBytes }) => [
    figure(value),
    interval(spread),
    figure(least),
    figure(added?.value),
    added === undefined ? '' : interval(added.spread),
    over,
    String(rate),
    bytes === undefined ? '' : String(bytes),
    addedBytes === undefined ? '' : String(addedBytes),
  ],
}

const LOOP = {
  head: ['', 'CPU µs', 'quartiles', 'minimum', 'bytes'],
  cells: ({ value, spread, least, bytes }) => [figure(value, 2), interval(spread, 2), figure(least, 2), String(bytes)],
}

const INSIDE = {
  head: ['', 'µs', 'quartiles', 'minimum', 'added', 'quartiles', 'over'],
  cells: ({ value, spread, least, added, over = '' }) => [
    figure(value, 2),
    interval(spread, 2),
    figure(least, 2),
    figure(added?.value, 2),
    added === undefined ? '' : interval(added.spread, 2),
    over,
  ],
}

const FLEET = {
  head: ['', 'CPU µs', 'quartiles', 'elapsed µs', 'quartiles'],
  cells: ({ value, spread, elapsed }) => [
    figure(value, 2),
    interval(spread, 2),
    figure(elapsed.value, 2),
    interval(elapsed.spread, 2),
  ],
}

const MEMORY = {
  head: ['', 'peak MiB', 'start', 'limit of the store', 'callers', 'calls for the recurring caller'],
  cells: ({ value, start, bound, callers, hotCalls }) => [value, start, bound, callers, hotCalls].map(String),
}

/** Other columns of a row: the number of packages, the compressed size, or the spread of the times. */
const detailOf = ({ packages, compressed, spread }) => {
  if (packages !== undefined) return `${packages} packages`
  if (compressed !== undefined) return `${compressed} kB compressed`
  return spread === undefined ? '' : spread.join(' to ')
}

const SIZE = {
  head: ['', 'kB or CPU ms', ''],
  cells: (row) => [`${row.value} ${row.unit}`, detailOf(row)],
}

const KINDS = {
  node: SERVER,
  express: SERVER,
  koa: SERVER,
  hono: SERVER,
  websocket: SERVER,
  inside: INSIDE,
  loop: LOOP,
  policy: LOOP,
  jwt: LOOP,
  memory: MEMORY,
  size: SIZE,
  fleet: FLEET,
  definitions: LOOP,
}

/** Head and cells of a table, as text. Rows of `size` have no name of a section. */
export const columnsOf = (section, rows) => {
  const { head, cells } = KINDS[section]
  const name = (row) => (section === 'size' ? row.name : shortName(section, row))
  return { head, rows: rows.map((row) => [name(row), ...cells(row)]) }
}
