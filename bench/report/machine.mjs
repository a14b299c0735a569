/** What the results depend on. */
import { availableParallelism, cpus } from 'node:os'

export const machine = () => ({
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
})
