/** A checked configuration: which plan a key has in the stage of an API. @module */
import { check } from '../contract.ts'
import {
  type ApiKey,
  checkConfiguration,
  type PlanApi,
  type PlanConfiguration,
  type UsagePlan,
} from './configuration.ts'
import { counterName } from './keys/counter-name.ts'
import { MethodThrottles } from './method-throttles.ts'
import type { Bucket, Demand } from './store.ts'

/** A plan in the stage that it is applied in. */
export interface StagePlan {
  readonly id: string
  readonly throttles: MethodThrottles
  /** What a request needs to whose method no additional bucket applies. */
  readonly demand: Demand
}

/** A key in the stage that it is used in. It has no plan if it is disabled, or in no plan of this stage. */
export type StageKey =
  | { readonly id: string; readonly plan: undefined }
  | {
      readonly id: string
      readonly plan: StagePlan
      /** Name of the counter in this process, so that it is not built for each request. */
      readonly counter: string
    }

/** The name of the plan's own bucket in its counter. */
const PLAN_BUCKET = ''

/** The position of the first text that an earlier one equals; -1 if all differ. */
const duplicateIn = (texts: readonly string[]): number => {
  const seen = new Set<string>()
  return texts.findIndex((each) => seen.size === seen.add(each).size)
}

const toStagePlan = (plan: UsagePlan, api: PlanApi | undefined, routes: readonly string[]): StagePlan | undefined => {
  const { id, throttle, quota, apiStages } = plan
  const stage =
    apiStages === undefined
      ? undefined
      : apiStages.find((each) => each.apiId === api?.apiId && each.stage === api.stage)
  if (apiStages !== undefined && stage === undefined) return undefined
  const buckets: readonly Bucket[] = throttle === undefined ? [] : [{ name: PLAN_BUCKET, ...throttle }]
  return {
    id,
    throttles: new MethodThrottles(stage?.throttle ?? {}, routes),
    demand: { quota, buckets },
  }
}

/** The plans and keys of one configuration, in one stage. */
export class Catalog {
  /** Keys with their values, to be looked up. */
  readonly keys: readonly (readonly [value: string, key: StageKey])[]
  /** The only plan of this stage; `undefined` if there are several or none. */
  readonly onlyPlan: StagePlan | undefined
  readonly #plans: ReadonlyMap<string, StagePlan | undefined>
  /** IDs of the plans of each configured key. */
  readonly #planIds: ReadonlyMap<string, string[]>

  /**
   * @param api the stage that the plans are applied in
   * @param routes the declared routes, for method throttles
   * @throws {AuthorizerError} `ERR_OPTION` if the configuration is invalid or contradicts itself
   */
  constructor(where: string, given: PlanConfiguration, api: PlanApi | undefined, routes: readonly string[]) {
    const { plans, keys, usagePlanKeys } = checkConfiguration(where, given)
    const unique = (list: string, name: string, texts: readonly string[]): void => {
      const index = duplicateIn(texts)
      if (index < 0) return
      const allowed = 'a value that no earlier element has'
      throw check.optionProblem(`${where}.${list}[${index}].${name}`, 'a repeated one', allowed)
    }
    unique(
      'plans',
      'id',
      plans.map(({ id }) => id),
    )
    unique(
      'keys',
      'id',
      keys.map(({ id }) => id),
    )
    // Two keys with one value would be one key to clients (FLEET-04).
    unique(
      'keys',
      'value',
      keys.map(({ value }) => value),
    )
    for (const [index, { apiStages }] of plans.entries())
      if (apiStages !== undefined && api === undefined)
        throw check.optionProblem(
          `${where}.api`,
          'undefined',
          `{ apiId, stage }, because plans[${index}] has apiStages`,
        )
    for (const [index, { apiStages = [] }] of plans.entries()) {
      const names = apiStages.map(({ apiId, stage }) => JSON.stringify([apiId, stage]))
      unique(`plans[${index}].apiStages`, 'stage', names)
    }
    this.#plans = new Map(plans.map((plan) => [plan.id, toStagePlan(plan, api, routes)]))
    const [first, ...others] = [...this.#plans.values()].filter((each) => each !== undefined)
    this.onlyPlan = others.length === 0 ? first : undefined
    this.#planIds = new Map(keys.map(({ id, usagePlanIds = [] }) => [id, [...usagePlanIds]]))
    for (const [index, { keyId, usagePlanId }] of usagePlanKeys.entries()) {
      const planIds = this.#planIds.get(keyId)
      if (planIds === undefined)
        throw check.optionProblem(`${where}.usagePlanKeys[${index}].keyId`, 'an unknown ID', 'the ID of a key in keys')
      this.#known(`${where}.usagePlanKeys[${index}].usagePlanId`, usagePlanId)
      planIds.push(usagePlanId)
    }
    this.keys = keys.map((key, index) => {
      const merged = { ...key, usagePlanIds: this.#planIds.get(key.id) ?? [] }
      return [key.value, this.stageKeyOf(`${where}.keys[${index}]`, merged)]
    })
  }

  /** A plan in this stage; `undefined` if there is none with this ID, or it is not applied here. */
  plan(id: string): StagePlan | undefined {
    return this.#plans.get(id)
  }

  /**
   * The key with its plan in this stage.
   *
   * @throws {AuthorizerError} `ERR_OPTION` if a plan is unknown, or several of them apply in this stage (FLEET-11)
   */
  stageKeyOf(where: string, { id, enabled = true, usagePlanIds = [] }: Omit<ApiKey, 'value'>): StageKey {
    const found = new Set<StagePlan>()
    for (const [index, planId] of usagePlanIds.entries()) {
      const plan = this.#known(`${where}.usagePlanIds[${index}]`, planId)
      if (plan !== undefined) found.add(plan)
    }
    if (found.size > 1)
      throw check.optionProblem(where, 'a key in two plans of one stage', 'at most one plan per API and stage')
    const [plan] = found
    return plan === undefined || !enabled ? { id, plan: undefined } : { id, plan, counter: counterName(plan.id, id) }
  }

  /**
   * The same for a key that `findKey` returned. It must not share the counter of a configured one.
   *
   * @throws {AuthorizerError} `ERR_OPTION`
   */
  foundKeyOf(where: string, key: Omit<ApiKey, 'value'>): StageKey {
    if (this.#planIds.has(key.id))
      throw check.optionProblem(`${where}.id`, 'the ID of a key in keys', 'an ID that no key in keys has')
    return this.stageKeyOf(where, key)
  }

  #known(where: string, id: string): StagePlan | undefined {
    if (!this.#plans.has(id)) throw check.optionProblem(where, 'an unknown ID', 'the ID of a plan in plans')
    return this.#plans.get(id)
  }
}
