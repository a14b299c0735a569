/** Prints decisions if the environment variable `NODE_DEBUG` contains `custom-authorizer`. @module */
import type * as Diagnostics from 'node:diagnostics_channel'
import type { debuglog } from 'node:util'
import { type Decision, DECISION_CHANNEL, formatDecision } from '../index.ts'

/** Name of the section in `NODE_DEBUG`. */
const SECTION = 'custom-authorizer'

/** The host's modules, which are missing or incomplete on runtimes other than Node.js. */
interface Host {
  readonly process?: { getBuiltinModule?: (id: string) => object | undefined }
}

const subscribeIfEnabled = ({ process }: Host): void => {
  const builtIn = <T extends object>(id: string): Partial<T> => process?.getBuiltinModule?.(id) ?? {}
  const log = builtIn<{ debuglog: typeof debuglog }>('node:util').debuglog?.(SECTION)
  if (log?.enabled !== true) return
  builtIn<typeof Diagnostics>('node:diagnostics_channel').subscribe?.(DECISION_CHANNEL, (decision) => {
    // Node.js ends the process if a subscriber throws. Other publishers can use the channel, too.
    try {
      log('%s', formatDecision(decision as Decision))
    } catch {
      log('%s', 'a decision could not be formatted')
    }
  })
}

/**
 * Subscribes to the decision channel if `NODE_DEBUG` contains `custom-authorizer`. Node.js reads the variable, once at its
 * start. Otherwise there is no subscriber, and decisions are not even built. Never throws.
 */
export const startDebugLog = (host: Host = globalThis): void => {
  try {
    subscribeIfEnabled(host)
  } catch {
    // A runtime may deny access to the environment.
  }
}
