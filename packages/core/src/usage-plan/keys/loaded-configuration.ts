/** Loads plans and keys from a service of the application, and keeps the last valid ones. @module */
import type { Clock } from '../../index.ts'
import { isThenable } from '../../contract.ts'
import type { PlanConfiguration } from '../configuration.ts'

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

  constructor(settings: LoadedSettings) {
    this.#settings = settings
  }

  /**
   * Starts to load if the configuration is due. Returns what a request has to wait for: nothing, if there is a valid
   * configuration already.
   */
  refresh(): Promise<void> | undefined {
    const now = this.#settings.clock.monotonic()
    if (this.#running === undefined && now >= this.#nextAt) this.#start()
    return this.#isLoaded ? undefined : this.#running
  }

  #start(): void {
    const { load, clock, timeoutMs } = this.#settings
    const controller = new AbortController()
    let isOpen = true
    const end = (configuration: PlanConfiguration | undefined, problem: string): void => {
      if (!isOpen) return
      isOpen = false
      this.#running = undefined
      this.#finish(configuration, problem)
    }
    let loading: unknown
    try {
      loading = load({ signal: controller.signal })
    } catch {
      end(undefined, 'load failed')
      return
    }
    if (!isThenable(loading)) {
      end(loading as PlanConfiguration, '')
      return
    }
    const pending = loading
    this.#running = new Promise((resolve) => {
      const cancel = clock.setTimeout(() => {
        controller.abort(new DOMException('The deadline of load has passed', 'TimeoutError'))
        end(undefined, `load did not respond within ${timeoutMs} ms`)
        resolve()
      }, timeoutMs)
      const settle = (configuration: PlanConfiguration | undefined, problem: string): void => {
        cancel()
        end(configuration, problem)
        resolve()
      }
      Promise.resolve(pending).then(
        (loaded) => settle(loaded as PlanConfiguration, ''),
        () => settle(undefined, 'load failed'),
      )
    })
  }

  #finish(configuration: PlanConfiguration | undefined, problem: string): void {
    const { apply, clock, seconds, report } = this.#settings
    let failure = problem
    try {
      if (failure === '') apply(configuration as PlanConfiguration)
    } catch (error) {
      failure = `load returned an invalid configuration: ${error instanceof Error ? error.message : 'unknown'}`
    }
    const isFailed = failure !== ''
    this.#nextAt = clock.monotonic() + (isFailed ? Math.min(seconds, RETRY_SECONDS) : seconds) * 1000
    if (!isFailed) this.#isLoaded = true
    else
      report(`${failure}; ${this.#isLoaded ? 'the last valid configuration stays active' : 'counted requests get 503'}`)
  }
}
