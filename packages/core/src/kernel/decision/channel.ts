/** Opens diagnostics channels, if the runtime has them. @module */
import { nodeBuiltin } from '../runtime/node-builtin.ts'

/** The part of a Node.js diagnostics channel that is used here. */
export interface Channel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}

const SILENT: Channel = { hasSubscribers: false, publish: () => undefined }

/** Opens a channel of `node:diagnostics_channel`; on other runtimes, returns a channel without subscribers. */
export const openChannel = (name: string): Channel => {
  const found = nodeBuiltin<{ channel: (name: string) => Channel }>('node:diagnostics_channel')
  return found?.channel?.(name) ?? SILENT
}
