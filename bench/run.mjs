/**
 * `npm run bench`: measures the cost of the guard relative to the bare framework, the cost of one decision, and what the
 * packages add to an application. Each server runs in its own process on its own core; the load comes from another core. Compare
 * ratios, not rates: rates depend on the machine.
 */
import { readArguments } from '../scripts/arguments.mjs'
import { BENCH_SECTIONS } from '../scripts/commands.mjs'
import { measureEvaluate } from './evaluate.mjs'
import { FRAMEWORKS, measureHttp } from './http.mjs'
import { printEvaluate, printHttp, printSize, write } from './report.mjs'
import { measureSize } from './size.mjs'
import { Worker } from './worker.mjs'

const { values } = readArguments('bench', process.argv.slice(2))
const sections = BENCH_SECTIONS.filter((each) => values.only?.includes(each) ?? true)
const rounds = Math.ceil(values.rounds ?? (values.quick ? 3 : 9))
const seconds = values.seconds ?? (values.quick ? 0.5 : 1)
if (!Worker.pinned)
  console.log('taskset is not available, or there is a single core: servers and load share the cores.\n')
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\u001B[K${text}`)

const http = await measureHttp(
  FRAMEWORKS.filter((each) => sections.includes(each)),
  { rounds, seconds },
  progress,
)
const evaluate = sections.includes('evaluate') ? await measureEvaluate({ rounds, seconds }, progress) : []
const size = sections.includes('size') ? await measureSize({ rounds }, progress) : []
progress('')
if (http.length > 0) printHttp(http)
if (evaluate.length > 0) printEvaluate(evaluate)
if (size.length > 0) printSize(size)
const isComplete = sections.length === BENCH_SECTIONS.length && rounds >= 9 && seconds >= 1
console.log(`Results: ${write([...http, ...evaluate, ...size], isComplete)}`)
