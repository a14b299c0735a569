/**
 * `npm run bench`: measures what the guard costs. Servers run in processes of their own on one core, and the load comes from
 * another core. `docs/performance.md` explains the method and is written from the results.
 */
import { readArguments } from '../scripts/arguments.mjs'
import { BENCH_SECTIONS, OWN_BENCH_SECTIONS } from '../scripts/commands.mjs'
import { printResults } from './report/print.mjs'
import { readLatest, writeLatest, writePage, writeTemporary } from './report/files.mjs'
import { machine } from './report/machine.mjs'
import { FULL, QUICK, SECTIONS } from './sections.mjs'
import { Worker } from './worker.mjs'

const { values } = readArguments('bench', process.argv.slice(2))

const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\u001B[K${text}`)

const measure = async () => {
  const sections =
    values.only === undefined
      ? BENCH_SECTIONS
      : [...BENCH_SECTIONS, ...OWN_BENCH_SECTIONS].filter((each) => values.only.includes(each))
  const options = { ...(values.quick ? QUICK : FULL) }
  if (values.repetitions !== undefined) options.repetitions = Math.ceil(values.repetitions)
  if (!Worker.pinned)
    console.log('taskset is not available, or there is a single core: servers and load share the cores.\n')
  const rows = []
  for (const section of sections) {
    const found = await SECTIONS[section](options, progress)
    progress('')
    printResults(section, found)
    rows.push(...found)
  }
  const isComplete =
    BENCH_SECTIONS.every((each) => sections.includes(each)) && !values.quick && options.repetitions >= FULL.repetitions
  const results = { ...machine(), ...options, rows }
  if (!isComplete) {
    console.log(`Results: ${writeTemporary(results)}`)
    return
  }
  console.log(`Results: ${writeLatest(results)}`)
  console.log(`Page: ${writePage(results)}`)
}

if (values.report) console.log(`Page: ${writePage(readLatest())}`)
else await measure()
