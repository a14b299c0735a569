/** The child process of a `Worker`: handles the commands of the parent process. */
import { PerformanceObserver } from 'node:perf_hooks'

export const handleCommands = (handlers) => {
  process.on('message', ({ command, input }) => {
    Promise.resolve(input)
      .then(handlers[command])
      .then(
        (result) => process.send({ result }),
        (error) => process.send({ failure: error.stack }),
      )
  })
  process.on('disconnect', () => process.exit())
  process.send({ result: 'ready' })
}

/** CPU time of this process, all threads, in microseconds. */
export const processorTime = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** V8 options of a process that measures allocation: nothing is collected until 64 MiB have been allocated. */
export const ALLOCATION_FLAGS = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']

/** Bytes that the heap of V8 has in use. */
export const heapNow = () => process.memoryUsage().heapUsed

let collections
const countCollections = () => {
  if (collections !== undefined) return
  collections = 0
  new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] })
}

const immediate = () => new Promise((resolve) => setImmediate(resolve))

/** The number of garbage collections so far, and the bytes that the heap of V8 has in use. */
export const heap = async () => {
  countCollections()
  // The observer is called in a later turn of the event loop.
  for (let turn = 0; turn < 3; turn++) await immediate()
  return { collections, bytes: heapNow() }
}
