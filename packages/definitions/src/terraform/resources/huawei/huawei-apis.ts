/** APIs of Huawei's gateway: one route each, grouped (DEF-TF-10, DEF-TF-11). @module */
import type { FoundRoute, RouteGuard } from '../../../building/api-builder.ts'
import { methodName, routeKey } from '../../../building/paths.ts'
import type { AuthorizerDefinition, BackendParameterDefinition } from '../../../definition.ts'
import { isAbsent, member, type Node, textOf } from '../../../document/node.ts'
import { huaweiAuthorizer } from './huawei-authorizers.ts'
import { HUAWEI_PROVIDERS, type HuaweiProvider } from './huawei-providers.ts'
import { readHuaweiSettings } from './huawei-settings.ts'
import type { Api, Reading } from '../reading.ts'
import type { Resource } from '../resource.ts'

/** Authorizers of one provider by address; `undefined` if a finding stops one. They belong to no group. */
type Authorizers = ReadonlyMap<string, AuthorizerDefinition | undefined>

/** Reads the APIs of all providers. */
export const readHuaweiApis = (reading: Reading): void => {
  for (const provider of HUAWEI_PROVIDERS) {
    reading.countLabels(provider.group, provider.authorizer)
    const { inventory, context } = reading
    const authorizers: Map<string, AuthorizerDefinition | undefined> = new Map()
    for (const resource of inventory.of(provider.authorizer))
      authorizers.set(resource.address, huaweiAuthorizer(reading, resource, provider))
    const used = new Set<string>()
    const groups = new Map<string, Api>()
    for (const resource of inventory.of(provider.api))
      readApi(reading, resource, { provider, authorizers, used, groups })
    for (const resource of inventory.of(provider.authorizer)) {
      if (used.has(resource.address)) continue
      const message = `no route uses the authorizer ${JSON.stringify(reading.nameOf(resource))}`
      context.findings.report('unused-authorizer', 'DEF-STOP-03', resource, {
        message,
        advice: 'Nothing has to be done.',
      })
    }
    readHuaweiSettings(reading, provider, groups)
  }
}

interface State {
  readonly provider: HuaweiProvider
  readonly authorizers: Authorizers
  readonly used: Set<string>
  readonly groups: Map<string, Api>
}

/** The API definition of a group. Groups need not be in the input: all their routes have their own settings. */
const groupOf = (reading: Reading, resource: Resource, { provider, groups }: State): Api => {
  const node = member(resource.attributes, 'group_id')
  const group = reading.inventory.target(node, provider.group)
  const key =
    group?.address ??
    (node?.kind === 'reference' ? node.resource : node?.kind === 'unknown' ? node.text : (textOf(node) ?? ''))
  const known = groups.get(key)
  if (known !== undefined) return known
  const name = group === undefined ? (/([\w-]+)(?:\.id)?$/.exec(key)?.[1] ?? 'apig') : reading.nameOf(group)
  const builder = reading.context.addApi(name, 'HUAWEI', group?.origin ?? resource.origin)
  const api = { builder, ...(group !== undefined && { resource: group }) }
  groups.set(key, api)
  return api
}

const readApi = (reading: Reading, resource: Resource, state: State): void => {
  const { provider } = state
  const { attributes, address, origin } = resource
  const path = reading.guarding(member(attributes, provider.path), { what: `${provider.path} of ${address}` })
  const any = typeof path === 'object' ? [`ANY ${path.text}`] : []
  const wanted = { what: `${provider.method} of ${address}`, routes: any }
  const method = reading.guarding(member(attributes, provider.method), wanted)
  const api = groupOf(reading, resource, state)
  if (typeof path === 'string') {
    const message = `the path of ${address} is not known`
    const advice = `Give the values that ${provider.path} depends on, or the output of terraform show -json.`
    reading.stop(path === 'absent' ? 'invalid' : 'unresolved', 'DEF-CFN-06', resource, { message, advice })
    return
  }
  if (method === 'absent') {
    const details = { message: `${address} has no ${provider.method}`, advice: 'Set it.', routes: any }
    reading.stop('invalid', 'DEF-TF-10', resource, details)
  }
  const route = { method: typeof method === 'object' ? methodName(method.text) : 'ANY', path: path.text, origin }
  const key = routeKey(route)
  const match = matchOf(reading, resource, provider, key)
  const guard = guardOf(reading, resource, { key, api, state })
  const backend = backendOf(reading, resource, { key, api, state })
  const isCertain = reading.areCertain([resource, api.resource], [key])
  const isDecided = isCertain && typeof method === 'object' && match !== 'undecided' && backend !== 'undecided'
  const added: FoundRoute = {
    ...route,
    ...(match !== 'exact' && { match: 'prefix' as const }),
    ...(typeof backend === 'object' && { backendAuthorizer: backend.authorizer }),
    ...parametersOf(reading, resource),
    guard: isDecided ? guard : 'undecided',
  }
  api.builder.addRoute(added)
  if (textOf(member(attributes, 'cors')) !== 'true') return
  const details = {
    message: `the gateway answers preflights of ${key}`,
    advice: 'Use a CORS middleware.',
    routes: [key],
  }
  reading.context.findings.report('cors-preflight', 'DEF-HWO-06', resource, details)
}

const matchOf = (
  reading: Reading,
  resource: Resource,
  { match: name }: HuaweiProvider,
  key: string,
): 'exact' | 'prefix' | 'undecided' => {
  const match = reading.guarding(member(resource.attributes, name), { what: `${name} of ${key}`, routes: [key] })
  if (match === 'absent') return 'exact'
  if (match === 'undecided') return match
  const mode = match.text.toLowerCase()
  if (mode === 'exact' || mode === 'prefix') return mode
  const details = {
    message: `${name} of ${resource.address} is not known`,
    advice: 'Correct it.',
    routes: [key],
  }
  return reading.stop('invalid', 'DEF-TF-10', resource, details)
}

interface Place {
  readonly key: string
  readonly api: Api
  readonly state: State
}

/** The authorizer that an attribute names, added to the API. */
const authorizerOf = (
  reading: Reading,
  id: Node,
  resource: Resource,
  { key, api, state, kind }: Place & { readonly kind: 'FRONTEND' | 'BACKEND' },
): { readonly authorizer: string } | 'undecided' => {
  const routes = [key]
  const what = `the ${kind === 'FRONTEND' ? '' : 'backend '}authorizer of ${key}`
  if (reading.context.values.known(id, { role: 'decides', what, routes }) === undefined) return 'undecided'
  const target = reading.inventory.target(id, state.provider.authorizer)
  if (target === undefined) {
    const isReference = id.kind === 'reference'
    const advice = isReference ? 'Correct the reference.' : 'Give the files, or the state, that declare the authorizer.'
    const stop = isReference ? 'unknown-authorizer' : 'external'
    return reading.stop(stop, 'DEF-TF-10', resource, { message: `${what} is not in the input`, advice, routes })
  }
  state.used.add(target.address)
  const found = state.authorizers.get(target.address)
  if (found === undefined) {
    const details = { message: `${what} cannot be read`, advice: `Correct ${target.address}.`, routes }
    return reading.stop('unresolved', 'DEF-DEF-06', resource, details)
  }
  if (found.kind !== kind) {
    const details = { message: `${what} is not of the type ${kind}`, advice: 'Use an authorizer of that type.', routes }
    return reading.stop('invalid', 'DEF-TF-10', resource, details)
  }
  if (api.builder.authorizer(found.name) === undefined) api.builder.addAuthorizer(found, 'DEF-TF-09')
  return reading.areCertain([target], routes) ? { authorizer: found.name } : 'undecided'
}

const guardOf = (reading: Reading, resource: Resource, place: Place): RouteGuard => {
  const { key, api, state } = place
  const { attributes, address, origin } = resource
  const name = state.provider.authentication
  const routes = [key]
  const type = reading.guarding(member(attributes, name), { what: `${name} of ${key}`, routes })
  if (type === 'undecided') return type
  const id = member(attributes, 'authorizer_id')
  if (type === 'absent' || type.text === 'NONE') {
    if (id !== undefined && !reading.isUnset(id)) {
      const message = `${address} has an authorizer_id, but its ${name} is ${type === 'absent' ? 'not set' : '"NONE"'}`
      const advice = `Set ${name} to "AUTHORIZER", or remove authorizer_id.`
      return reading.stop('ambiguous', 'DEF-TF-11', resource, { message, advice, routes })
    }
    if (type !== 'absent') return { open: 'declared' }
    const message = `${address} has no ${name}: the route is open`
    const details = { message, advice: 'Set it to "NONE" if that is intended.', routes }
    reading.context.findings.report('open-by-omission', 'DEF-TF-11', resource, details)
    return { open: 'omitted' }
  }
  if (type.text === 'APP' || type.text === 'IAM') {
    if (api.builder.authorizer(type.text) === undefined)
      api.builder.addAuthorizer({ name: type.text, origin, kind: type.text })
    return { authorizer: type.text }
  }
  if (type.text !== 'AUTHORIZER') {
    const details = { message: `${name} of ${address} is not known`, advice: 'Correct it.', routes }
    return reading.stop('unknown-authorizer', 'DEF-TF-10', resource, details)
  }
  if (id === undefined || reading.isUnset(id)) {
    const details = { message: `${address} needs an authorizer_id`, advice: 'Set authorizer_id.', routes }
    return reading.stop('unresolved', 'DEF-TF-10', resource, details)
  }
  return authorizerOf(reading, id, resource, { ...place, kind: 'FRONTEND' })
}

/** The authorizer of the backend: the same in every backend and policy, or undecided. */
const backendOf = (
  reading: Reading,
  resource: Resource,
  place: Place,
): { readonly authorizer: string } | 'none' | 'undecided' => {
  const { attributes, address } = resource
  const routes = [place.key]
  const blocks: Node[] = []
  for (const name of place.state.provider.backends.flatMap((each) => [each, `${each}_policy`])) {
    const node = member(attributes, name)
    if (node === undefined || reading.isUnset(node)) continue
    const known = reading.context.values.known(node, { role: 'decides', what: `${name} of ${address}`, routes })
    if (known === undefined) return 'undecided'
    blocks.push(...(known.kind === 'list' ? known.items : [known]))
  }
  const found = blocks.map((block) => {
    const id = member(block, 'authorizer_id')
    return id === undefined || reading.isUnset(id)
      ? 'none'
      : authorizerOf(reading, id, resource, { ...place, kind: 'BACKEND' })
  })
  const [first = 'none'] = found
  if (found.includes('undecided')) return 'undecided'
  if (found.every((each) => JSON.stringify(each) === JSON.stringify(first))) return first
  const message = `the backends of ${address} have different authorizers, chosen by conditions that are not carried over`
  const advice = 'Use one backend authorizer in all of them.'
  return reading.stop('ambiguous', 'DEF-TF-10', resource, { message, advice, routes })
}

/** Parameters that come from the context of an authorizer (HW-CTX-14). */
const parametersOf = (
  reading: Reading,
  { attributes, address }: Resource,
): { readonly backendParameters?: readonly BackendParameterDefinition[] } => {
  const { values } = reading.context
  const node = member(attributes, 'backend_params')
  const wanted = { role: 'informs', what: `backend_params of ${address}` } as const
  const known = isAbsent(node) ? undefined : values.known(node, wanted)
  const found = (known?.kind === 'list' ? known.items : []).flatMap((block): BackendParameterDefinition[] => {
    const text = (name: string): string | undefined => values.text(member(block, name), wanted)
    const origin = text('system_param_type') ?? 'internal'
    const [name, location, value] = [text('name'), text('location'), text('value')]
    const isLocated = location === 'HEADER' || location === 'QUERY' || location === 'PATH'
    if (text('type') !== 'SYSTEM' || name === undefined || value === undefined || !isLocated) return []
    if (value.startsWith('$context.authorizer.')) return [{ name, location, value }]
    return origin === 'frontend' || origin === 'backend'
      ? [{ name, location, value: `$context.authorizer.${origin}.${value}` }]
      : []
  })
  return found.length === 0 ? {} : { backendParameters: found }
}
