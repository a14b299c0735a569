/** Opens diagnostics channels, if the runtime has them. @module */

/** The part of a Node.js diagnostics channel that is used here. */
export interface Channel {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
}

const SILENT: Channel = { hasSubscribers: false, publish: () => undefined }

/** Opens a channel of `node:diagnostics_channel`; on other runtimes, returns a channel without subscribers. */
export const openChannel = (name: string): Channel => {
  const host = (globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }).process
  const found = host?.getBuiltinModule?.('node:diagnostics_channel') as
    | { channel?: (name: string) => Channel }
    | undefined
  return found?.channel?.(name) ?? SILENT
}
