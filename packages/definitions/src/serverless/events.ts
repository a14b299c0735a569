/** The events of functions that are routes. @module */
import type { Origin } from '../definition.ts'
import { entriesOf, isAbsent, itemsOf, member, type Node, textOf } from '../document/node.ts'
import type { RouteGuard } from '../building/api-builder.ts'
import { isUndecided, type Service } from './service.ts'

/** One event of a kind of API. */
export interface ApiEvent {
  readonly functionName: string
  /** The value of `http`, `httpApi` or `websocket`. */
  readonly value: Node
  /** Reports settings beside the event, for the routes that it declares (DEF-SLS-05). */
  readonly checkNeighbours: (routes: readonly string[]) => void
  readonly origin: Origin
}

export type EventKind = 'http' | 'httpApi' | 'websocket'

const KINDS: readonly EventKind[] = ['http', 'httpApi', 'websocket']

/** Settings of events that protect, and misspellings of them. */
const PROTECTS = /^(?:auth|private$|cors$)/i

/** The events of all functions, by kind. */
export const readEvents = (service: Service): Readonly<Record<EventKind, readonly ApiEvent[]>> => {
  const events: Record<EventKind, ApiEvent[]> = { http: [], httpApi: [], websocket: [] }
  for (const [name, node] of service.functions)
    for (const event of eventsOf(name, node, service))
      for (const kind of KINDS) {
        const value = member(event, kind)
        const found = { functionName: name, checkNeighbours: neighboursOf(event, service), origin: event.origin }
        if (value !== undefined && !isFalse(value)) events[kind].push({ ...found, value })
        else if (value !== undefined) {
          service.context.values.known(value, {
            role: 'decides',
            what: `an event of the function ${JSON.stringify(name)}`,
          })
          found.checkNeighbours([])
        }
      }
  return events
}

/** `null`, `false` and an empty text are no event. */
const isFalse = (node: Node): boolean => node.kind === 'scalar' && !node.value

const eventsOf = (name: string, node: Node, service: Service): readonly Node[] => {
  const { values, findings } = service.context
  const quoted = JSON.stringify(name)
  values.known(node, { role: 'decides', what: `the function ${quoted}` })
  const events = member(node, 'events')
  if (events === undefined) return []
  values.known(events, { role: 'decides', what: `the events of the function ${quoted}` })
  if (isAbsent(events) || events.kind === 'unknown') return []
  if (events.kind !== 'list') {
    const message = `events of the function ${quoted} is not a list`
    findings.stop('invalid', 'DEF-SLS-01', events, { message, advice: 'Use a list of events.' })
    return []
  }
  checkFunction(node, quoted, service)
  for (const event of itemsOf(events)) {
    values.known(event, { role: 'decides', what: `an event of the function ${quoted}` })
    const text = textOf(event)
    if (event.kind === 'list' || KINDS.some((kind) => kind === text)) {
      const message = `an event of the function ${quoted} is ${event.kind === 'list' ? 'a list' : 'only a name'}, and declares no route`
      findings.report('ignored', 'DEF-GEN-10', event, {
        message,
        advice: 'Declare each event as an item with its settings.',
      })
    }
  }
  return itemsOf(events)
}

/** An authorizer of a function, not of its events, has no effect. */
const checkFunction = (node: Node, quoted: string, { context }: Service): void => {
  const events = itemsOf(member(node, 'events'))
  if (!events.some((event) => KINDS.some((kind) => member(event, kind) !== undefined))) return
  for (const [key, value] of entriesOf(node))
    if (/^auth/i.test(key) && !isAbsent(value)) {
      const message = `${JSON.stringify(key)} of the function ${quoted} has no effect`
      const advice = 'Set the authorizer inside of each event.'
      context.findings.stop('misplaced', 'DEF-SLS-05', value, { message, advice })
    }
}

const neighboursOf =
  (event: Node, { context }: Service) =>
  (routes: readonly string[]): void => {
    for (const [key, value] of entriesOf(event)) {
      if (!PROTECTS.test(key) || isAbsent(value)) continue
      const message = `${JSON.stringify(key)} is beside the event, not inside of it, and has no effect`
      const advice = 'Indent it by two more levels, below http, httpApi or websocket.'
      context.findings.stop('misplaced', 'DEF-SLS-05', value, { message, advice, routes })
    }
  }

/** Guards a route only if it is certain that the event is deployed as it is written. */
export const decided = (event: Node, guard: RouteGuard, { context }: Service): RouteGuard =>
  isUndecided(event, context) ? 'undecided' : guard
