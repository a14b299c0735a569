/** The active plans and keys, from options, `load`, `findKey` and `replace`. @module */
import type { Clock } from '../index.ts'
import { check } from '../contract.ts'
import { Catalog, type StageKey, type StagePlan } from './catalog.ts'
import { isKeyValue, type PlanApi, type PlanConfiguration } from './configuration.ts'
import { FoundKeys, type FoundKeysSettings, UNAVAILABLE } from './keys/found-keys.ts'
import { KeyRing } from './keys/key-ring.ts'
import { LoadedConfiguration, type LoadedSettings } from './keys/loaded-configuration.ts'

/** A key in this stage; `undefined` if it is unknown. */
export type KeyLookup = StageKey | undefined | typeof UNAVAILABLE

export interface PlanSettings {
  readonly configuration: PlanConfiguration | undefined
  readonly api: PlanApi | undefined
  /** Declared routes, for method throttles. */
  readonly routes: readonly string[]
  readonly clock: Clock
  /** Whether callers have no plan of their own, so that exactly one has to apply in the stage. */
  readonly needsOnlyPlan: boolean
  readonly load: Pick<LoadedSettings, 'load' | 'seconds' | 'timeoutMs'> | undefined
  readonly find: Pick<FoundKeysSettings, 'findKey' | 'ttlSeconds' | 'unknownTtlSeconds' | 'timeoutMs'> | undefined
  /** Writes a log line: names and kinds, never values. */
  readonly report: (message: string) => void
}

/** One catalog with its keys; both are replaced together. */
interface Active {
  readonly catalog: Catalog
  readonly ring: KeyRing
}

/** The plans and keys of one `usagePlan`. */
export class PlanState {
  readonly #settings: PlanSettings
  readonly #loaded: LoadedConfiguration | undefined
  readonly #found: FoundKeys | undefined
  #active: Active | undefined

  /** @throws {AuthorizerError} `ERR_OPTION` if the configuration is invalid */
  constructor(settings: PlanSettings) {
    this.#settings = settings
    const { configuration, clock, load, find, report } = settings
    if (configuration !== undefined) this.#apply(configuration)
    this.#loaded = load && new LoadedConfiguration({ ...load, clock, report, apply: (loaded) => this.#apply(loaded) })
    this.#found = find && new FoundKeys({ ...find, clock, report })
  }

  /**
   * Takes over another configuration for the next requests. Counters stay (FLEET-22).
   *
   * @throws {AuthorizerError} `ERR_OPTION` if it is invalid; the active one stays
   */
  replace(configuration: PlanConfiguration): void {
    this.#apply(configuration)
    this.#loaded?.supersede()
  }

  #apply(configuration: PlanConfiguration): void {
    const { api, routes, needsOnlyPlan } = this.#settings
    const catalog = new Catalog('usagePlan', configuration, api, routes)
    if (needsOnlyPlan && catalog.onlyPlan === undefined)
      throw check.optionProblem(
        'usagePlan.plans',
        'several or none for this stage',
        'one plan for this stage, or planOf',
      )
    this.#active = { catalog, ring: new KeyRing(catalog.keys) }
    // Their plans may be others now.
    this.#found?.clear()
  }

  /** Starts `load` if it is due. Returns what a request has to wait for. */
  refresh(): Promise<void> | undefined {
    return this.#loaded?.refresh()
  }

  /** Whether there is no configuration yet. */
  get isUnavailable(): boolean {
    return this.#active === undefined
  }

  /** The plan of an ID; `undefined` if there is none in this stage. */
  plan(id: string): StagePlan | undefined {
    return this.#active?.catalog.plan(id)
  }

  /** The only plan of this stage; `undefined` if there are several. */
  get onlyPlan(): StagePlan | undefined {
    return this.#active?.catalog.onlyPlan
  }

  /** Looks up a key by its value. */
  key(value: string): KeyLookup | Promise<KeyLookup> {
    const active = this.#active
    if (active === undefined) return UNAVAILABLE
    if (!isKeyValue(value)) return undefined
    const known = active.ring.find(value)
    if (this.#found === undefined) return known
    if (known instanceof Promise) return known.then((key) => key ?? this.#find(value, active))
    return known ?? this.#find(value, active)
  }

  #find(value: string, { catalog }: Active): KeyLookup | Promise<KeyLookup> {
    return this.#found?.find(value, catalog)
  }
}
