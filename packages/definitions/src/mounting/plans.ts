/** The usage plans of a definition, as options of `usagePlan` (DEF-STOP-03). @module */
import { AuthorizerError } from '@custom-authorizer/core'
import type { KeyPlanOptions, UsagePlanOptions } from '@custom-authorizer/core/usage-plan'
import type { ApiDefinition, UsagePlanDefinition } from '../definition.ts'
import type { DefinedPlanOptions } from './options.ts'

const planOf = ({ name, throttle, quota }: UsagePlanDefinition): NonNullable<KeyPlanOptions['plans']>[number] => ({
  id: name,
  ...(throttle && { throttle: throttle as { rateLimit: number; burstLimit: number } }),
  ...(quota && { quota }),
})

/** Which keys are in which plan, by the names of the definition. Only keys that the caller gives a value for. */
const keysOf = (
  plans: readonly UsagePlanDefinition[],
  keys: NonNullable<KeyPlanOptions['keys']>,
): NonNullable<KeyPlanOptions['usagePlanKeys']> => {
  const given = new Set(keys.filter(({ usagePlanIds }) => usagePlanIds === undefined).map(({ id }) => id))
  return plans.flatMap((plan) =>
    plan.keys.filter((id) => given.has(id)).map((keyId) => ({ usagePlanId: plan.name, keyId })),
  )
}

/** Keys count for all joined APIs, so they need the same source of keys, and the same plans. */
const checkSame = (
  [first, ...others]: readonly ApiDefinition[],
  what: string,
  valueOf: (api: ApiDefinition) => unknown,
): void => {
  if (first === undefined) return
  const expected = JSON.stringify(valueOf(first))
  const other = others.find((each) => JSON.stringify(valueOf(each)) !== expected)
  if (other === undefined) return
  const pair = `${JSON.stringify(first.name)} and ${JSON.stringify(other.name)}`
  throw new AuthorizerError('ERR_DEFINITION', `guardApi: ${pair} have different ${what}: mount each of them`)
}

/** Adds the plans and keys of the definition to the options of the caller, which win. */
export const plansOf = (apis: readonly ApiDefinition[], options: DefinedPlanOptions): UsagePlanOptions => {
  const declared = [...new Map(apis.flatMap((api) => api.usagePlans ?? []).map((plan) => [plan.name, plan])).values()]
  const isGiven = options.plans !== undefined || options.load !== undefined
  const plans = isGiven ? {} : { plans: declared.map(planOf) }
  if ('subject' in options) return { ...plans, ...options }
  const { keys = [], usagePlanKeys } = options
  checkSame(apis, 'sources of API keys', (api) => api.apiKeySource ?? 'HEADER')
  if (!isGiven) checkSame(apis, 'usage plans', (api) => api.usagePlans ?? [])
  const apiKeySource = apis.find((api) => api.apiKeySource !== undefined)?.apiKeySource
  const declaredKeys = usagePlanKeys === undefined && !isGiven ? { usagePlanKeys: keysOf(declared, keys) } : {}
  return { ...plans, ...declaredKeys, ...options, ...(apiKeySource && { apiKeySource }), apiKeyRequired: true }
}
