/** Modules of Node.js, for code that also runs on other runtimes. @module */

interface Host {
  readonly process?: {
    readonly getBuiltinModule?: (name: string) => unknown
    readonly release?: { readonly name?: string }
  }
}

/** Returns a module of Node.js, such as `node:crypto`; `undefined` on runtimes that do not have it. */
export const nodeBuiltin = <T extends object>(name: string): Partial<T> | undefined =>
  (globalThis as Host).process?.getBuiltinModule?.(name) as Partial<T> | undefined

/** Members of the global object of runtimes that imitate Node.js. */
const IMITATIONS = ['Bun', 'Deno', 'WebSocketPair'] as const

/** Whether this is Node.js itself. Imitations may implement its modules differently. */
export const isNode = (): boolean =>
  (globalThis as Host).process?.release?.name === 'node' && !IMITATIONS.some((name) => name in globalThis)
