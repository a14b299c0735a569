/** Loads plans and keys from a service of the application, and keeps the last valid ones. @module */
import type { Clock } from '../../index.ts'
import { waitFor } from '../../contract.ts'
import { type PlanConfiguration, problemIn } from '../configuration.ts'

/** Returns all plans and keys. The signal is aborted at the deadline. */
export type LoadConfiguration = (options: {
  readonly signal: AbortSignal
}) => PlanConfiguration | Promise<PlanConfiguration>

export interface LoadedSettings {
  readonly load: LoadConfiguration
  readonly clock: Clock
  readonly seconds: number
  readonly timeoutMs: number
  /** Takes over a configuration. Throws if it is invalid. */
  readonly apply: (configuration: PlanConfiguration) => void
  readonly report: (message: string) => void
}

/** After a failure, the next attempt is made after this time, or after `loadSeconds` if that is shorter. */
const RETRY_SECONDS = 5

/** Calls `load` while there are requests: nothing runs in an idle process. */
export class LoadedConfiguration {
  readonly #settings: LoadedSettings
  #running: Promise<void> | undefined
  #nextAt = Number.NEGATIVE_INFINITY
  #isLoaded = false
  /** Increased by {@link supersede}. */
  #generation = 0

  constructor(settings: LoadedSettings) {
    this.#settings = settings
  }

  /**
   * Starts to load if the configuration is due. Returns what a request has to wait for: nothing, if there is a valid
   * configuration already.
   */
  refresh(): Promise<void> | undefined {
    const now = this.#settings.clock.monotonic()
    if (this.#running === undefined && now >= this.#nextAt) this.#running = this.#load()
    return this.#isLoaded ? undefined : this.#running
  }

  /** Ignores a running call of `load`: the application has just set a configuration, which is newer. */
  supersede(): void {
    const { clock, seconds } = this.#settings
    this.#generation++
    this.#running = undefined
    this.#isLoaded = true
    this.#nextAt = clock.monotonic() + seconds * 1000
  }

  async #load(): Promise<void> {
    const { load, clock, timeoutMs } = this.#settings
    const generation = this.#generation
    const waited = await waitFor({ clock, timeoutMs, onAbort: [], start: async (signal) => load({ signal }) })
    if (generation !== this.#generation) return
    this.#running = undefined
    if (waited.status === 'ready') this.#finish(waited.value, '')
    else
      this.#finish(
        undefined,
        waited.status === 'failed' ? 'load failed' : `load did not respond within ${timeoutMs} ms`,
      )
  }

  #finish(configuration: PlanConfiguration | undefined, problem: string): void {
    const { apply, clock, seconds, report } = this.#settings
    let failure = problem
    try {
      if (failure === '') apply(configuration as PlanConfiguration)
    } catch (error) {
      failure = `load returned an invalid configuration: ${problemIn(error)}`
    }
    const isFailed = failure !== ''
    this.#nextAt = clock.monotonic() + (isFailed ? Math.min(seconds, RETRY_SECONDS) : seconds) * 1000
    if (!isFailed) this.#isLoaded = true
    else
      report(`${failure}; ${this.#isLoaded ? 'the last valid configuration stays active' : 'counted requests get 503'}`)
  }
}
