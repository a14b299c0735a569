/**
 * Measures one subject in a loop: `node worker.mjs SECTION SUBJECT`, driven by messages of the parent. Inputs are made before the
 * clock starts; their strings are new, because a header that has just been received has no hash yet.
 */
import { handleCommands, heapNow, processorTime } from '../commands.mjs'
import { median } from '../statistics.mjs'
import { LOOPS } from './sections.mjs'

const [section, name] = process.argv.slice(2)

/** A batch has the `runs` that a slow subject states, or it takes at least this long, because CPU time is counted in microseconds. */
const BATCH_MICROSECONDS = 500
const MAX_BATCH = 2048

/**
 * V8 compiles code in steps, so a subject runs many times before its measurement, for at least this time, and at most for two
 * seconds. The largest subjects, such as JSON Web Tokens, still became faster after 10,000 runs.
 */
const WARM_UP_MS = 300
const MAX_WARM_UP_MS = 2000
const WARM_UP_RUNS = 20_000

const runAll = async (inputs, run) => {
  for (let index = 0; index < inputs.length; index++) {
    const running = run(inputs[index])
    if (running instanceof Promise) await running
  }
}

/** Elapsed time in microseconds. */
const elapsedTime = () => performance.now() * 1000

/** CPU time of one batch in microseconds, or the time by another clock. */
const timed = async ({ prepare, run }, size, clock = processorTime) => {
  const inputs = Array.from({ length: size }, prepare)
  const before = clock()
  await runAll(inputs, run)
  return clock() - before
}

const batchSizeOf = async (subject) => {
  if (subject.runs !== undefined) return subject.runs
  for (let size = 16; size < MAX_BATCH; size *= 2) if ((await timed(subject, size)) > BATCH_MICROSECONDS) return size
  return MAX_BATCH
}

/** Microseconds of one run: the mean of a sample that takes some milliseconds. */
const sample = async (subject, size, milliseconds, clock) => {
  let total = 0
  let batches = 0
  while (total < milliseconds * 1000) {
    total += await timed(subject, size, clock)
    batches++
  }
  return total / batches / size
}

const makeSubject = async () => (await LOOPS[section]())[name]()

const measured = async ({ samples, milliseconds, warmUpRuns = 0 }, clock) => {
  const subject = await makeSubject()
  const runs = subject.runs ?? 64
  await sample(subject, runs, WARM_UP_MS)
  const end = performance.now() + MAX_WARM_UP_MS
  for (let done = 0; done < WARM_UP_RUNS && performance.now() < end; done += runs) await timed(subject, runs)
  for (let done = 0; done < warmUpRuns; done += 64) await timed(subject, 64)
  const size = await batchSizeOf(subject)
  const found = []
  for (let index = 0; index < samples; index++) found.push(await sample(subject, size, milliseconds, clock))
  return median(found)
}

handleCommands({
  names: async () => Object.keys(await LOOPS[section]()),
  time: (input) => measured(input, processorTime),
  elapsed: (input) => measured(input, elapsedTime),
  /** Bytes that one run allocates in the heap of V8, in a process with the flags for allocation. */
  bytes: async () => {
    const subject = await makeSubject()
    await sample(subject, subject.runs ?? 64, WARM_UP_MS)
    const found = []
    for (let index = 0; index < 5; index++) {
      const inputs = Array.from({ length: subject.runs ?? 500 }, subject.prepare)
      const before = heapNow()
      await runAll(inputs, subject.run)
      const grown = heapNow() - before
      // The heap only shrinks if there was a collection.
      if (grown >= 0) found.push(grown / inputs.length)
    }
    return found.length === 0 ? undefined : Math.round(median(found))
  },
})
