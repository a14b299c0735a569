/**
 * `npm run bench`: what the guard costs, as shares of the bare framework, and what one decision costs by itself. Each
 * server runs in a process and on a core of its own; the load comes from the other core. Figures of one machine at one
 * time: the ratios travel, the rates do not.
 */
import { measureEvaluate } from './evaluate.mjs'
import { FRAMEWORKS, measureHttp } from './http.mjs'
import { readOptions } from './options.mjs'
import { printEvaluate, printHttp, write } from './report.mjs'
import { Worker } from './worker.mjs'

const { sections, rounds, seconds } = readOptions()
if (!Worker.pinned) console.log('No taskset, or a single core: servers and load share what there is.\n')
const say = (text) => process.stderr.isTTY && process.stderr.write(`\r\u001B[K${text}`)

const http = await measureHttp(
  FRAMEWORKS.filter((each) => sections.includes(each)),
  { rounds, seconds },
  say,
)
const evaluate = sections.includes('evaluate') ? await measureEvaluate({ rounds, seconds }, say) : []
say('')
if (http.length > 0) printHttp(http)
if (evaluate.length > 0) printEvaluate(evaluate)
write([...http, ...evaluate])
