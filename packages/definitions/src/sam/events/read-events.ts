/** Events of functions and state machines that add routes to APIs (DEF-SAM-01). @module */
import { resourceOf } from '../../building/declared.ts'
import { routeKey } from '../../building/paths.ts'
import type { Resource, Template } from '../../cloudformation/template.ts'
import type { Origin } from '../../definition.ts'
import { at, entriesOf, type MapNode, member, type Node, scalar, textOf } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import { type Decided, decidingFlag, decidingMap, decidingText, isGiven, UNDECIDED } from '../deciding.ts'
import { EVENT_TYPES, type EventProtocol, type EventType, labelOf, samMethod } from './event-types.ts'

/** An event that adds a route, or settings of a route. */
export interface ApiEvent {
  readonly protocol: EventProtocol
  /** Logical ID of the API; `undefined` if it is the implicit one. */
  readonly api: string | undefined
  /** Absent for `$default`. */
  readonly method?: string
  readonly path: string
  /** Such as `GET /pets`. */
  readonly key: string
  readonly auth: Decided<MapNode>
  /** Whether it is unknown if the event exists. */
  readonly isUndecided: boolean
  /** The condition of its function is false: it adds no route. */
  readonly isAbsent?: boolean
  /** Only events of functions can override the settings of a body. */
  readonly isOfFunction: boolean
  readonly origin: Origin
}

/** Names that are meant to protect. */
const PROTECTING = /auth|scope|key|policy|private|secur/i

/** Types of resources with events. */
const SOURCES: ReadonlySet<string> = new Set(['AWS::Serverless::Function', 'AWS::Serverless::StateMachine'])

/** Reads the events of one template. */
export class EventReader {
  readonly #document: Node
  readonly #template: Template
  readonly #context: ReadContext

  constructor(document: Node, template: Template, context: ReadContext) {
    this.#document = document
    this.#template = template
    this.#context = context
  }

  /** All events that belong to an API. */
  all(): readonly ApiEvent[] {
    return [...this.#template.all, ...this.#absent()]
      .filter(({ type }) => SOURCES.has(type))
      .flatMap((each) => this.#eventsOf(each))
  }

  /** Resources whose condition is false: their events add no route, but SAM lets them change the operations of a body. */
  #absent(): readonly Resource[] {
    if (!this.#template.all.some(({ properties }) => isGiven(member(properties, 'DefinitionBody')))) return []
    return entriesOf(member(this.#document, 'Resources')).flatMap(([id, declared]) => {
      const type = textOf(member(declared, 'Type')) ?? ''
      if (!SOURCES.has(type) || this.#template.resource(id) !== undefined) return []
      const node = member(declared, 'Properties')
      const properties = node && this.#context.attempt(() => this.#template.evaluator.evaluate(node))
      const { origin } = declared
      return properties === undefined
        ? []
        : [{ id, reference: id, type, properties, exists: scalar(false, origin), origin }]
    })
  }

  #eventsOf(source: Resource): readonly ApiEvent[] {
    const what = { what: `the properties of ${source.id}` }
    if (decidingMap(this.#context, source.properties, what) === UNDECIDED) return []
    const node = member(source.properties, 'Events')
    const labels = entriesOf(node).flatMap(([, event]) => labelOf(event))
    const events = decidingMap(this.#context, node, { what: `the events of ${source.id}`, routes: labels })
    // The routes of events that depend on a default are listed, but nothing decides who guards them.
    const isUndecided = events === UNDECIDED
    const found = entriesOf(isUndecided ? node : events).flatMap(([name, event]) => {
      const read = this.#event(event, { source, name, isUndecided })
      return read === undefined ? [] : [read]
    })
    if (found.length === 0) return []
    const routes = found.map(({ key }) => key)
    const exists = decidingFlag(this.#context, source.exists, { what: `whether ${source.id} exists`, routes })
    if (exists === true) return found
    return found.map((each) => (exists === false ? absent(each) : undecided(each)))
  }

  #event(event: Node, place: EventPlace): ApiEvent | undefined {
    const context = this.#context
    const type = member(event, 'Type')
    const { source, name } = place
    const label = `the event ${name} of ${source.id}`
    const isRead = !place.isUndecided && event.kind !== 'map'
    if (isRead && decidingMap(context, event, { what: label }) === UNDECIDED) return undefined
    const text = place.isUndecided ? textOf(type) : decidingText(context, type, { what: `the type of ${label}` })
    const row = typeof text === 'string' ? EVENT_TYPES.get(text) : undefined
    if (row === undefined) return undefined
    const properties = member(event, 'Properties')
    const known = decidingMap(context, properties, {
      what: `the properties of ${label}`,
      routes: labelOf(event),
    })
    const isUndecided = place.isUndecided || known === UNDECIDED
    const route = this.#route(properties, row, { ...place, origin: event.origin, isUndecided })
    if (route === undefined) return undefined
    const key = routeKey(route)
    this.#checkNames(event, { row, key })
    const api = this.#apiOf(member(properties, row.idProperty), { row, key, isUndecided })
    if (api === UNDECIDED) return undefined
    const { auth, isFunction } = this.#auth(member(properties, 'Auth'), { ...place, key })
    return {
      protocol: row.protocol,
      api,
      ...route,
      key,
      auth,
      isUndecided: isUndecided || isFunction,
      isOfFunction: source.type === 'AWS::Serverless::Function',
      origin: event.origin,
    }
  }

  #route(properties: Node | undefined, { protocol }: EventType, place: RoutePlace): Route | undefined {
    const [path, method] = ['Path', 'Method'].map((name) => member(properties, name))
    if (protocol === 'HTTP' && !isGiven(path) && !isGiven(method)) return { path: '$default' }
    const read = (node: Node | undefined, name: string): Decided<string> =>
      place.isUndecided
        ? textOf(node)
        : decidingText(this.#context, node, { what: `${name} of the event ${place.name} of ${place.source.id}` })
    const [pathText, methodText] = [read(path, 'Path'), read(method, 'Method')]
    if (typeof pathText === 'string' && typeof methodText === 'string' && methodText !== '')
      return pathText === '$default' ? { path: pathText } : { path: pathText, method: samMethod(methodText) }
    const message = `the event ${place.name} of ${place.source.id} has no path or method that is known; it may lie over a guarded route`
    const advice = 'Set Path and Method, or give the values that they depend on.'
    this.#context.findings.stop('invalid', 'DEF-SAM-01', place, { message, advice })
    return undefined
  }

  /** The logical ID of the API: a reference, or the ID itself as text. SAM rejects anything else. */
  #apiOf(node: Node | undefined, place: { row: EventType; key: string; isUndecided: boolean }): Decided<string> {
    const { row, key } = place
    if (node === undefined) return undefined
    const known = place.isUndecided
      ? node
      : this.#context.values.known(node, { role: 'decides', what: `the API of ${key}`, routes: [key] })
    const id = resourceOf(known) ?? textOf(known)
    const isHere = id !== undefined && (id === row.implicit || this.#template.resource(id) !== undefined)
    if (isHere) return id
    if (known !== undefined) {
      const message = `${key} names an API that is not in this file, or cannot be read`
      const advice = `Refer to an API of the template in ${row.idProperty}.`
      this.#context.findings.stop('external', 'DEF-SAM-01', node, { message, advice, routes: [key] })
    }
    return UNDECIDED
  }

  /** SAM ignores `Auth` if a function makes it: the route is then deployed without it. */
  #auth(node: Node | undefined, { source, name, key }: EventPlace & { key: string }): EventAuth {
    const written = at(this.#document, 'Resources', source.id, 'Properties', 'Events', name, 'Properties', 'Auth')
    const [first] = entriesOf(written)
    const isFunction = first !== undefined && (first[0] === 'Ref' || first[0].startsWith('Fn::'))
    if (isFunction) {
      const message = `SAM ignores the Auth of ${key}, because the function ${first[0]} makes it`
      const advice = 'Write Auth as a map, with functions only for its values.'
      const details = { message, advice, routes: [key] }
      this.#context.findings.stop('ignored-protection', 'DEF-SAM-06', written ?? source, details)
    }
    const auth = decidingMap(this.#context, node, { what: `Auth of ${key}`, routes: [key] })
    return { auth, isFunction }
  }

  /** Names that SAM ignores beside `Properties`, and those that it rejects among the properties. */
  #checkNames(event: Node, { row, key }: { row: EventType; key: string }): void {
    for (const [name, node] of entriesOf(event)) {
      if (name === 'Type' || name === 'Properties' || !PROTECTING.test(name)) continue
      const message = `${JSON.stringify(name)} of ${key} has no effect at this place`
      const details = { message, advice: 'Move it to Properties.Auth of the event.', routes: [key] }
      this.#context.findings.stop('misplaced', 'DEF-GEN-10', node, details)
    }
    for (const [name, node] of entriesOf(member(event, 'Properties'))) {
      if (row.properties.has(name)) continue
      const message = `${JSON.stringify(name)} is no property of the event of ${key}; SAM rejects it`
      const details = { message, advice: 'Remove it, or correct its name.', routes: [key] }
      this.#context.findings.stop('invalid', 'DEF-GEN-10', node, details)
    }
  }
}

const undecided = (event: ApiEvent): ApiEvent => ({ ...event, isUndecided: true })
const absent = (event: ApiEvent): ApiEvent => ({ ...event, isAbsent: true })

interface EventPlace {
  readonly source: Resource
  readonly name: string
  readonly isUndecided: boolean
}
type RoutePlace = EventPlace & Pick<ApiEvent, 'origin'>
type Route = Pick<ApiEvent, 'method' | 'path'>
type EventAuth = Pick<ApiEvent, 'auth'> & { readonly isFunction: boolean }
