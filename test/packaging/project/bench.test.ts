/** The report of the benchmark: its statistics, its targets, and the page that is written from the results. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { Stopwatch, timedMiddleware, timedRead, timedWithContext } from '../../../bench/http/stopwatch.mjs'
import { pageOf, type Results } from '../../../bench/report/page.mjs'
import { judge } from '../../../bench/report/targets.mjs'
import { median, medianInterval, middleHalf, shuffled } from '../../../bench/statistics.mjs'
import { root } from '../../support/root.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const template = read('bench/report/performance.md')
const results = JSON.parse(read('bench/latest.json')) as Results

test('SEC-117 the libraries of the benchmark are locked, without download addresses and install scripts', () => {
  expect(read('bench/package-lock.json')).not.toContain('"resolved"')
  expect(read('bench/.npmrc')).toMatch(/^ignore-scripts=true$/m)
  const { devDependencies } = JSON.parse(read('bench/package.json')) as { devDependencies: Record<string, string> }
  expect(Object.values(devDependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

test('docs/performance.md is what `npm run bench -- --report` writes', () => {
  expect(read('docs/performance.md')).toBe(pageOf(template, results))
})

test('a placeholder takes figures from the results', () => {
  const rows = [{ name: 'memory/small', unit: 'MiB', value: 90, start: 50, bound: 20, callers: 1000, hotCalls: 1 }]
  expect(
    pageOf('{{machine}}: {{memory}}', { ...results, node: 'v0', processor: 'P', platform: 'L', cores: 3, rows }),
  ).toBe(
    `Node.js v0, L, P, 3 cores: | store | callers | start MiB | peak MiB | added / limit of the store | calls for the recurring caller |
| --- | --- | --- | --- | --- | --- |
| small | 1000 | 50 | 90 | 2.00 × | 1 |`,
  )
})

test('a page with a row that was not measured is an error', () => {
  expect(() => pageOf('{{servers koa}}', { ...results, rows: [] })).toThrow('The results have no row koa/bare')
})

const verdictOf = (value: number, interval: readonly [number, number]): string | undefined =>
  judge([{ name: 'koa/guarded', unit: 'µs', value: 30, added: { value, interval } }])[0]?.verdict

describe('targets', () => {
  test.each([
    [1.2, [1, 1.4], 'reached'],
    [1.2, [1, 1.6], 'reached, within the interval'],
    [1.6, [1.4, 2], 'not reached, within the interval'],
    [1.7, [1.6, 2], 'not reached'],
  ] as const)('a median of %f with the interval %j is %s', (value, interval, verdict) => {
    expect(verdictOf(value, interval)).toBe(verdict)
  })

  test('rows that were not measured have no verdict', () => {
    expect(judge([])).toEqual([])
  })

  test('uncached JWT verification is compared with fast-jwt of the same run', () => {
    const [found] = judge([
      { name: 'jwt/custom-authorizer RS256', unit: 'µs', value: 45, interval: [43, 45] },
      { name: 'jwt/fast-jwt RS256', unit: 'µs', value: 30, interval: [29, 31] },
    ])
    expect(found).toMatchObject({ value: 1.5, verdict: 'reached', unit: '×' })
  })

  test.each([
    [1.25, [1.25, 1.75], 'reached, within the interval'],
    [1.5, [1.25, 1.5], 'reached'],
    [1.75, [1.75, 2], 'not reached'],
  ] as const)(
    'a usage plan at %f with the interval %j is compared with the same authorizer at 0.5',
    (value, interval, verdict) => {
      const [found] = judge([
        { name: 'loop/plan', unit: 'µs', value, interval },
        { name: 'loop/no plan', unit: 'µs', value: 0.5, interval: [0.4, 0.6] },
      ])
      const sides = interval.map((side) => side - 0.5)
      expect(found).toMatchObject({
        row: 'loop/plan',
        max: 1,
        value: value - 0.5,
        interval: sides,
        verdict,
        unit: 'µs',
      })
    },
  )
})

test('medians and quartiles of unordered values', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(middleHalf([5, 1, 4, 2, 3])).toEqual([2, 4])
})

test.each([
  [[1, 2, 3, 4, 5], undefined],
  [
    [6, 1, 5, 2, 4, 3],
    [1, 6],
  ],
  [
    [8, 7, 6, 5, 4, 3, 2, 1],
    [1, 8],
  ],
  [
    [9, 8, 7, 6, 5, 4, 3, 2, 1],
    [2, 8],
  ],
  [
    [12, 1, 11, 2, 10, 3, 9, 4, 8, 5, 7, 6],
    [3, 10],
  ],
])('the 95 %% interval of the median of %j is %j, as in tables of the sign test', (values, interval) => {
  expect(medianInterval(values)).toEqual(interval)
})

test('a random order has every value once', () => {
  expect(shuffled([1, 2, 3, 4]).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4])
})

describe('the clock inside a server', () => {
  test.each([
    ['koa', 1.5],
    ['hono', 2],
    ['express', 8],
  ])('the guard in %s is compared with the least cache by its limit of %f µs', (framework, max) => {
    const row = { name: `inside/${framework} guarded`, unit: 'µs', value: 2 }
    expect(judge([{ ...row, added: { value: max, interval: [0, max] } }])).toMatchObject([{ max, verdict: 'reached' }])
  })

  test('it adds what the handler reads, and leaves out what runs in between', () => {
    const clock = vi.spyOn(performance, 'now')
    for (const milliseconds of [10, 12, 100, 103]) clock.mockReturnValueOnce(milliseconds)
    const stopwatch = new Stopwatch()
    const handlerRead = timedRead(() => 'context', stopwatch)
    const guard = timedWithContext((_: object, next: () => unknown) => next(), stopwatch)
    expect(guard({}, () => handlerRead?.({}))).toBe('context')
    clock.mockRestore()
    expect(stopwatch.latest(1)).toEqual([5000])
    expect(() => stopwatch.latest(2)).toThrow('The stopwatch has no 2 requests')
  })

  test('a middleware passes its error on', () => {
    const found: unknown[] = []
    const guard = timedMiddleware(
      (_: object, __: object, next: (error?: unknown) => void) => next('failed'),
      new Stopwatch(),
    )
    guard({}, {}, (error) => found.push(error))
    expect(found).toEqual(['failed'])
  })
})
