/** One `AWS::Serverless::Api` or `AWS::Serverless::HttpApi`, as SAM deploys it. @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { deployedPath, routeKey } from '../building/paths.ts'
import type { Origin } from '../definition.ts'
import { entriesOf, map, type MapNode, member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { readAuth } from './auth.ts'
import { bodyOperations, readBody } from './body.ts'
import { decidingFlag, decidingMap, isGiven, samFlag, UNDECIDED } from './deciding.ts'
import { addOperations } from './deployed-routes.ts'
import { protects, requirementsOf } from './events/event-auth.ts'
import type { ApiEvent } from './events/read-events.ts'
import { isMisspelt } from './globals.ts'
import { groupBy, type Operation, undecided, withDefault, withKey } from './operations.ts'
import { addHttpSettings, addRestSettings } from './settings.ts'

/** An API of a template, or one that SAM adds. */
export interface SamApi {
  readonly id: string
  readonly protocol: 'REST' | 'HTTP'
  /** Evaluated, with `Globals`. */
  readonly properties: Node
  readonly exists: Node
  readonly origin: Origin
  readonly events: readonly ApiEvent[]
}

/** Adds an API with its routes; `undefined` if it does not exist. */
export const addSamApi = (declared: SamApi, context: ReadContext): ApiBuilder | undefined => {
  const { id, protocol, origin } = declared
  const events = declared.events.filter(({ isAbsent }) => isAbsent !== true)
  const routes = events.map(({ key }) => key)
  const exists = decidingFlag(context, declared.exists, { what: `whether ${id} exists`, routes })
  if (exists === false) return undefined
  const api = context.addApi(id, protocol, origin)
  const found = decidingMap(context, declared.properties, { what: `the properties of ${id}`, routes })
  const properties = found ?? map([], origin)
  const body = properties === UNDECIDED ? UNDECIDED : readBody(id, properties, routes, context)
  if (properties === UNDECIDED || body === UNDECIDED) {
    for (const event of events)
      api.addRoute({ ...routeOf(event), guard: 'undecided', origin: event.origin }, 'DEF-SAM-01')
    return api
  }
  checkProperties(id, properties, context)
  const plan = planOf(declared, { properties, body }, context)
  const operations = withCors(plan.operations, declared, properties)
  const keys = [...new Set([...operations, ...events].map(({ key }) => key))]
  const auth = readAuth(member(properties, 'Auth'), { id, protocol, routes: keys }, context)
  if (auth === UNDECIDED || exists !== true) {
    addOperations(api, operations.map(undecided), { auth: undefined, body }, context)
  } else {
    const joined = operations.map((each) => plan.join(each, (event) => requirementsOf(event, auth, context)))
    const complete = joined.map((each) => withKey(withDefault(each, auth, protocol), auth))
    addOperations(api, complete, { auth, body }, context)
  }
  if (protocol === 'REST') addRestSettings(api, properties, context)
  else addHttpSettings(api, properties, context)
  checkIgnored(api, plan.ignored, context)
  return api
}

/** Misspelt protection, such as `Auths` or `Authorizers` outside of `Auth`. */
const checkProperties = (id: string, properties: MapNode, { findings }: ReadContext): void => {
  for (const [name, node] of entriesOf(properties)) {
    if (!isMisspelt(name)) continue
    const message = `${JSON.stringify(name)} is no property of ${id}; SAM rejects it`
    findings.stop('invalid', 'DEF-GEN-10', node, { message, advice: 'Correct its name, or move it to Auth.' })
  }
}

const routeOf = ({ method, path }: { readonly method?: string; readonly path: string }): Route => ({
  ...(method !== undefined && { method }),
  path,
})

interface Route {
  readonly method?: string
  readonly path: string
}

/** What the events of an API do to its operations. */
interface Plan {
  readonly operations: readonly Operation[]
  readonly join: Join
  /** Events without effect on routes. */
  readonly ignored: readonly ApiEvent[]
}

type Requirements = (event: ApiEvent) => ReturnType<typeof requirementsOf>
type Join = (operation: Operation, requirements: Requirements) => Operation

const operationOf = (event: ApiEvent): Operation => ({
  ...routeOf(event),
  key: event.key,
  origin: event.origin,
  hasIntegration: true,
  ...(event.isUndecided && { isUndecided: true }),
})

const planOf = (
  { id, protocol, events }: SamApi,
  { properties, body }: { properties: MapNode; body: MapNode | undefined },
  context: ReadContext,
): Plan => {
  const existing = events.filter(({ isAbsent }) => isAbsent !== true)
  if (body === undefined) return managed(existing, context)
  const operations = bodyOperations(body, protocol, context)
  const merges = samFlag(context, member(properties, 'MergeDefinitions'), {
    what: `MergeDefinitions of ${id}`,
    routes: [...new Set([...operations, ...events].map(({ key }) => key))],
  })
  if (protocol === 'HTTP') {
    // An event that does not exist takes an operation without integration with it.
    const present = new Set(existing.map(({ key }) => key))
    const absent = new Set(events.map(({ key }) => key).filter((key) => !present.has(key)))
    const kept = operations.filter((each) => each.hasIntegration || !absent.has(each.key))
    return combined(kept, events, appended)
  }
  const isMerging = merges === true || merges === UNDECIDED
  const isJoining = (each: ApiEvent): boolean => isMerging || isOverriding(each)
  const joining = (isMerging ? existing : events).filter((each) => each.isOfFunction && isJoining(each))
  if (!isMerging) checkOverrides(operations, joining, context)
  // Overrides reach operations with an integration only.
  const reached = new Set(operations.filter((each) => each.hasIntegration).map(({ key }) => key))
  const added = isMerging ? joining : joining.filter(({ key }) => reached.has(key))
  const effective = new Set(added)
  const ignored = existing.filter((each) => !effective.has(each))
  const plan = combined(operations, added, isMerging ? replaced : appended)
  if (merges !== UNDECIDED) return { ...plan, ignored }
  const uncertain = plan.operations.map(undecided)
  return { ...plan, operations: uncertain, ignored }
}

/** Without a body, every event is an operation. */
const managed = (events: readonly ApiEvent[], { findings }: ReadContext): Plan => {
  for (const [key, [, second]] of groupBy(events, (each) => each.key)) {
    if (second === undefined) continue
    const details = { message: `several events declare ${key}`, advice: 'Remove all but one.', routes: [key] }
    findings.stop('conflict', 'DEF-SAM-01', second, details)
  }
  const byOperation = new Map(events.map((event) => [operationOf(event), event] as const))
  const join: Join = (operation, requirements) => {
    const event = byOperation.get(operation)
    return event === undefined ? operation : appended({ ...operation, security: [] }, requirements(event))
  }
  return { operations: [...byOperation.keys()], join, ignored: [] }
}

type Combine = (operation: Operation, added: ReturnType<typeof requirementsOf>) => Operation

/** The requirements of an event beside those of the operation. */
const appended: Combine = (operation, added) => {
  if (added === UNDECIDED) return { ...operation, isUndecided: true }
  return added.length === 0 ? operation : { ...operation, security: [...(operation.security ?? []), ...added] }
}

/** The requirements of an event instead of those of the operation (`MergeDefinitions`). */
const replaced: Combine = ({ malformed, ...operation }, added) => {
  if (added === UNDECIDED) return { ...operation, isUndecided: true }
  if (added.length > 0) return { ...operation, security: added }
  return malformed === undefined ? operation : { ...operation, malformed }
}

const withIntegration = (operation: Operation): Operation => ({ ...operation, hasIntegration: true })

/** The operations of a body, and those that events add to it. */
const combined = (operations: readonly Operation[], events: readonly ApiEvent[], combine: Combine): Plan => {
  const byKey = groupBy(events, ({ key }) => key)
  const integrated = new Set(events.filter(({ isAbsent }) => isAbsent !== true).map(({ key }) => key))
  const existing = operations.map((each) => (integrated.has(each.key) ? withIntegration(each) : each))
  const known = new Set(operations.map(({ key }) => key))
  const added = events.filter(({ key, isAbsent }) => !known.has(key) && isAbsent !== true).map(operationOf)
  const unique = new Map(added.map((each) => [each.key, each] as const))
  const join: Join = (operation, requirements) => {
    if (operation.generated !== undefined) return operation
    return (byKey.get(operation.key) ?? []).reduce((current, event) => combine(current, requirements(event)), operation)
  }
  return { operations: [...existing, ...unique.values()], join, ignored: [] }
}

const isOverriding = ({ auth }: ApiEvent): boolean =>
  auth === UNDECIDED || (auth !== undefined && isGiven(member(auth, 'OverrideApiAuth')))

/** SAM rejects to override what the body does not have. */
const checkOverrides = (operations: readonly Operation[], events: readonly ApiEvent[], context: ReadContext): void => {
  const known = new Set(operations.map(({ key }) => key))
  for (const event of events) {
    if (known.has(event.key)) continue
    const message = `${event.key} has OverrideApiAuth, but DefinitionBody has no such operation`
    const details = { message, advice: 'Add the operation, or correct the event.', routes: [event.key] }
    context.findings.stop('invalid', 'DEF-SAM-08', event, details)
  }
}

/** `Cors` of a REST API adds `OPTIONS` to every path that has none. SAM does so for any value, functions too (DEF-SAM-07). */
const withCors = (operations: readonly Operation[], { protocol }: SamApi, properties: Node): readonly Operation[] => {
  const cors = member(properties, 'Cors')
  if (protocol !== 'REST' || !isGiven(cors)) return operations
  const byPath = groupBy(operations, ({ path }) => deployedPath(path, protocol))
  const added = [...byPath].flatMap(([path, own]): readonly Operation[] => {
    if (own.some(({ method }) => method === 'OPTIONS')) return []
    const route = { method: 'OPTIONS', path }
    const isUndecided = own.every((each) => each.isUndecided === true)
    return [
      {
        ...route,
        key: routeKey(route),
        origin: cors.origin,
        hasIntegration: true,
        generated: 'cors',
        ...(isUndecided && { isUndecided }),
      },
    ]
  })
  return [...operations, ...added]
}

/** Events whose `Auth` has no effect, because SAM does not write the operations (DEF-SAM-08). */
export const checkIgnored = (
  api: ApiBuilder | undefined,
  events: readonly ApiEvent[],
  { findings }: ReadContext,
): void => {
  for (const event of events) {
    const key = routeKey({ ...routeOf(event), path: deployedPath(event.path, event.protocol) })
    const route = api?.route(key)
    const wanted = protects(event)
    const isOpen = route !== undefined && typeof route.guard === 'object' && 'open' in route.guard
    const lacks = (wanted.authorizer && isOpen) || (wanted.key && route !== undefined && route.apiKeyRequired !== true)
    const details = { advice: 'Set OverrideApiAuth: true, or security in the body of the API.', routes: [key] }
    if (lacks) {
      const message = `SAM ignores the Auth of the event ${key}, because its API has a body: the route is deployed without it`
      findings.stop('ignored-protection', 'DEF-SAM-08', event, { ...details, message })
    } else if (route === undefined)
      findings.report('ignored', 'DEF-SAM-08', event, {
        message: `the event ${key} adds no route, because its API has a body without it`,
        advice: 'Add the operation to the body of the API.',
        routes: [key],
      })
    else if (wanted.authorizer || wanted.key)
      findings.report('ignored', 'DEF-SAM-08', event, {
        ...details,
        message: `SAM ignores the Auth of the event ${key}, because its API has a body`,
      })
  }
}
