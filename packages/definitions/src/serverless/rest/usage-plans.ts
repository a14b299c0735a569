/** `usagePlan` and `apiKeys`, without the values of keys (DEF-SLS-08, DEF-GEN-06). @module */
import type { UsagePlanDefinition } from '../../definition.ts'
import {
  assumedWithin,
  assuming,
  entriesOf,
  isAbsent,
  itemsOf,
  member,
  type Node,
  textOf,
} from '../../document/node.ts'
import { gatewaySetting, type Service } from '../service.ts'

const PERIODS = { DAY: 'DAY', WEEK: 'WEEK', MONTH: 'MONTH' } as const

/** The usage plans of the REST API. Keys without a plan belong to the plan `default`, as the framework deploys them. */
export const readUsagePlans = (service: Service): readonly UsagePlanDefinition[] => {
  const { values } = service.context
  const planNode = gatewaySetting(service, 'usagePlan')
  const keyNode = gatewaySetting(service, 'apiKeys')
  // A limit that depends on a default is no limit that may be mounted.
  const whole = planNode && assuming(planNode, assumedWithin(planNode))
  const plans = values.known(whole, { role: 'decides', what: 'usagePlan' })
  const keys = values.known(keyNode, { role: 'decides', what: 'apiKeys' })
  const named = itemsOf(plans).flatMap((each) => entriesOf(each).slice(0, 1))
  const names = new Set(named.map(([name]) => name))
  const keysOf = new Map<string, string[]>()
  for (const [index, item] of itemsOf(keys).entries()) {
    const [entry] = entriesOf(item)
    const isGroup = entry !== undefined && names.has(entry[0])
    const group = isGroup ? entry[0] : 'default'
    const items = isGroup ? itemsOf(entry[1]) : [item]
    const own = keysOf.get(group) ?? []
    for (const [position, key] of items.entries()) {
      const name = nameOfKey(key) ?? `${group}-${(isGroup ? position : index) + 1}`
      const enabled = member(key, 'enabled')
      const isEnabled = enabled === undefined || values.flag(enabled, { role: 'decides', what: `enabled of ${name}` })
      if (isEnabled === true) own.push(name)
    }
    keysOf.set(group, own)
  }
  const found = named.map(([name, node]) => planOf(name, node, keysOf.get(name) ?? [], service))
  const others = keysOf.get('default') ?? []
  const isDefault = plans?.kind === 'map' || (others.length > 0 && !names.has('default'))
  return isDefault ? [...found, planOf('default', plans?.kind === 'map' ? plans : undefined, others, service)] : found
}

/** A text is the name of a key. A key without a name has only a value, which is a secret. */
const nameOfKey = (key: Node): string | undefined => textOf(key) ?? textOf(member(key, 'name'))

const planOf = (
  name: string,
  node: Node | undefined,
  keys: readonly string[],
  service: Service,
): UsagePlanDefinition => {
  const { values } = service.context
  const number = (parent: Node | undefined, key: string): number | undefined => {
    const each = member(parent, key)
    if (isAbsent(each)) return undefined
    const what = `${key} of the usage plan ${JSON.stringify(name)}`
    const text = textOf(values.known(each, { role: 'informs', what }))
    const value = text === undefined || text.trim() === '' ? undefined : Number(text)
    return value !== undefined && Number.isFinite(value) && value >= 0 ? value : undefined
  }
  const throttle = member(node, 'throttle')
  const rateLimit = number(throttle, 'rateLimit')
  const burstLimit = number(throttle, 'burstLimit')
  const quota = member(node, 'quota')
  const limit = number(quota, 'limit')
  const offset = number(quota, 'offset')
  const period = PERIODS[(textOf(member(quota, 'period')) ?? '') as keyof typeof PERIODS] as
    | keyof typeof PERIODS
    | undefined
  if (!isAbsent(quota) && (limit === undefined || period === undefined)) {
    const message = `the quota of the usage plan ${JSON.stringify(name)} has no limit and period that are known`
    const advice = 'Set limit, and period to DAY, WEEK or MONTH.'
    service.context.findings.report('not-carried', 'DEF-SLS-08', quota ?? service, { message, advice })
  }
  return {
    name,
    keys,
    ...((rateLimit ?? burstLimit) !== undefined && {
      throttle: { ...(rateLimit !== undefined && { rateLimit }), ...(burstLimit !== undefined && { burstLimit }) },
    }),
    ...(limit !== undefined &&
      period !== undefined && { quota: { limit, period, ...(offset !== undefined && { offset }) } }),
  }
}
