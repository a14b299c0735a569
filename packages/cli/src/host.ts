/** What a command may use of the process that it runs in. `bin.ts` creates it; tests pass their own. @module */
import type { Clock } from '@custom-authorizer/core'

/** 0: done. 1: denied, findings, or a failed check. 2: a usage error, or something that cannot be read. */
export type ExitCode = 0 | 1 | 2

/** A stream of text. */
export interface Output {
  write(text: string): void
}

/** The surroundings of one command. */
export interface Host {
  /** The working directory, as an absolute path. Files are named relative to it. */
  readonly cwd: string
  /** Results. Nothing else is written to it, so that it can be piped. */
  readonly stdout: Output
  /** Problems, and what functions of the user print. */
  readonly stderr: Output
  /** Whether `stdout` is a terminal that shows colours. */
  readonly colour: boolean
  /** Reads standard input to its end, as bytes. */
  readonly stdin: () => Promise<Uint8Array>
  /** Version of this package. */
  readonly version: () => string
  /** Loads a module by its URL, as `import()` does. A query loads the module again. */
  readonly importModule: (url: string) => Promise<unknown>
  /** Calls `changed` when one of the files changes, until the returned function is called. */
  readonly watch: (paths: readonly string[], changed: () => void) => () => void
  /** Source of time. Its timers keep the process alive, so that a function that never completes is reported. */
  readonly clock: Clock
  /** Returns a signal that is aborted when the user ends the command. Until it is called, ending the command ends the process. */
  readonly interruption: () => AbortSignal
}
