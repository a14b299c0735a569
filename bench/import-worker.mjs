/** Imports one entry in a fresh process, and reports the CPU time. */
import { handleCommands, processorTime } from './commands.mjs'

handleCommands({
  measure: async (entry) => {
    const before = processorTime()
    await import(entry)
    return (processorTime() - before) / 1000
  },
})
