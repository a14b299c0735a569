/** The targets, and whether the results reach them. */

/** Rows of several sections. */
const each = (sections, row) => sections.map((section) => `${section}/${row}`)
const FRAMEWORKS = ['koa', 'hono', 'express']
const SERVERS = ['node', ...FRAMEWORKS]
const inside = (row) => SERVERS.map((section) => `inside/${section} ${row}`)

/** What is compared: value, the 95 % interval of the median if there is one, and unit. */
const MEASURES = {
  added: ({ added }) => ({ value: added.value, interval: added.interval, unit: 'µs' }),
  value: ({ value, interval, unit }) => ({ value, interval, unit }),
  bytes: ({ addedBytes }) => ({ value: addedBytes, unit: 'bytes' }),
  /** Peak memory over the start, in multiples of the limit of the store. */
  bounds: ({ value, start, bound }) => ({ value: (value - start) / bound, unit: '× the limit' }),
  hotCalls: ({ hotCalls }) => ({ value: hotCalls, unit: 'calls' }),
}

const target = (text, measure, max, rows) => ({ text, measure, max, rows })

const TARGETS = [
  target('guard over the least cache', 'added', 1.5, ['koa/guarded']),
  target('guard over the least cache', 'added', 2, ['hono/guarded']),
  target('guard over the least cache', 'added', 8, ['express/guarded']),
  target('guard over the bare server', 'added', 4, ['node/guarded']),
  target('reading the context', 'added', 0.5, each(SERVERS, 'context')),
  target('one mapped header', 'added', 8, each(['koa', 'hono'], 'mapped')),
  target('one mapped header', 'added', 15, ['express/mapped']),
  target('`onDecision`', 'added', 2, each(SERVERS, 'decision')),
  target('guard over the least cache, by the clock inside', 'added', 1.5, ['inside/koa guarded']),
  target('guard over the least cache, by the clock inside', 'added', 2, ['inside/hono guarded']),
  target('guard over the least cache, by the clock inside', 'added', 8, ['inside/express guarded']),
  target('guard, by the clock inside', 'value', 4, ['inside/node guarded']),
  target('reading the context, by the clock inside', 'added', 0.5, inside('context')),
  target('one mapped header, by the clock inside', 'added', 8, inside('mapped')),
  target('`onDecision`, by the clock inside', 'added', 2, inside('decision')),
  target('allocation over the least cache', 'bytes', 1300, each(SERVERS, 'guarded')),
  target('whole guard, in a loop', 'value', 0.7, ['loop/guard']),
  target(
    '`evaluate`, recent path',
    'value',
    0.4,
    [1, 5, 100, 1000].map((count) => `loop/evaluate ${count}`),
  ),
  target(
    '`evaluate`, new path',
    'value',
    1.5,
    [1, 5, 100, 1000].map((count) => `loop/evaluate ${count}, new path`),
  ),
  target(
    '`evaluate`, new path, leading `*`',
    'value',
    5,
    [1, 5, 100, 1000].map((count) => `loop/evaluate ${count} leading *, new path`),
  ),
  target('hit in a shared store, without its network', 'value', 20, ['loop/shared store']),
  target('miss', 'value', 30, ['loop/miss']),
  target('peak memory over the start', 'bounds', 4, each(['memory'], 'default store')),
  target('peak memory over the start', 'bounds', 4, each(['memory'], 'store of 1,000,000 entries')),
  target('calls for a caller that comes again and again', 'hotCalls', 1, each(['memory'], 'default store')),
  target(
    'calls for a caller that comes again and again',
    'hotCalls',
    1,
    each(['memory'], 'store of 1,000,000 entries'),
  ),
]

/** A ratio of two rows. Its interval is that of the first row over the median of the second. */
const RATIOS = [
  {
    text: 'RS256 without a cache, over fast-jwt',
    max: 1.5,
    row: 'jwt/custom-authorizer RS256',
    of: 'jwt/fast-jwt RS256',
  },
]

/** How much more a row takes than another one. Its interval is that of the first row less the median of the second. */
const DIFFERENCES = [
  { text: 'a usage plan adds to a cached decision', max: 1, row: 'loop/plan', of: 'loop/no plan' },
  {
    text: '1,000 routes add to a decision',
    max: 2,
    row: 'definitions/1,000 routes, recent path',
    of: 'definitions/one authorizer, recent path',
  },
  {
    text: '1,000 routes add to a decision',
    max: 2,
    row: 'definitions/1,000 routes, new path',
    of: 'definitions/one authorizer, new path',
  },
  ...['OpenAPI', 'CloudFormation', 'SAM', 'serverless.yml'].map((format) => ({
    text: `reading 1,000 routes, without the parser`,
    max: 200_000,
    row: `definitions/read ${format}`,
    of: `definitions/parse ${format}`,
  })),
  { text: 'a hit in Redis adds to a plain GET', max: 60, row: 'fleet/hit, shared', of: 'fleet/plain GET' },
]

const verdictOf = (value, interval, max) => {
  const verdict = value <= max ? 'reached' : 'not reached'
  const isUncertain = interval !== undefined && interval[0] <= max && max < interval[1]
  return isUncertain ? `${verdict}, within the interval` : verdict
}

const judged = (text, row, max, { value, interval, unit }) => ({
  text,
  row,
  max,
  value,
  interval,
  unit,
  verdict: verdictOf(value, interval, max),
})

/** The targets whose rows have been measured: `{ text, row, max, value, interval, unit, verdict }`. */
export const judge = (rows) => {
  const byName = new Map(rows.map((row) => [row.name, row]))
  const found = TARGETS.flatMap(({ text, measure, max, rows: names }) =>
    names
      .filter((name) => byName.has(name))
      .map((name) => judged(text, name, max, MEASURES[measure](byName.get(name)))),
  )
  const compared = (pairs, unit, compare) =>
    pairs
      .filter(({ row, of }) => byName.has(row) && byName.has(of))
      .map(({ text, max, row, of }) => {
        const base = byName.get(of)
        const { value, interval } = byName.get(row)
        const sides = interval?.map((side) => compare(side, base.value))
        return judged(text, row, max, { value: compare(value, base.value), interval: sides, unit })
      })
  const ratios = compared(RATIOS, '×', (value, base) => value / base)
  const differences = compared(DIFFERENCES, 'µs', (value, base) => value - base)
  return [...found, ...ratios, ...differences]
}
