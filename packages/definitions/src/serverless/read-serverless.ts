/** Reads a serverless.yml: evaluates its variables, then reads its events into up to three APIs (DEF-SLS). @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import type { Protocol } from '../definition.ts'
import { at, isAbsent, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { type ApiEvent, type EventKind, readEvents } from './events.ts'
import { readHttpRoutes } from './http/routes.ts'
import { readHttpSettings } from './http/settings.ts'
import { reportPlugins } from './plugins.ts'
import { readResourcesSection } from './resources.ts'
import { readRestRoutes } from './rest/routes.ts'
import { readRestSettings } from './rest/settings.ts'
import { readService, type Service } from './service.ts'
import { readWebSocketRoutes } from './websocket.ts'

interface ApiKind {
  readonly events: EventKind
  readonly protocol: Protocol
  /** Where the file names the API. */
  readonly names: readonly (readonly string[])[]
  readonly read: (events: readonly ApiEvent[], api: ApiBuilder, service: Service) => void
}

/** One row per kind of API. */
const KINDS: readonly ApiKind[] = [
  {
    events: 'http',
    protocol: 'REST',
    names: [['apiName']],
    read: (events, api, service) => {
      readRestRoutes(events, api, service)
      readRestSettings(api, service)
    },
  },
  {
    events: 'httpApi',
    protocol: 'HTTP',
    names: [['httpApi', 'name']],
    read: (events, api, service) => {
      readHttpRoutes(events, api, service)
      readHttpSettings(api, service)
    },
  },
  { events: 'websocket', protocol: 'WEBSOCKET', names: [['websocketsApiName']], read: readWebSocketRoutes },
]

/** Adds the APIs of a serverless.yml. */
export const serverlessReader = (document: Node, context: ReadContext): void => {
  const service = readService(document, context)
  if (!isAws(service)) return
  const events = readEvents(service)
  // Settings that the provider does not have are absent by the same default.
  context.values.known(service.provider, { role: 'decides', what: 'provider' })
  const apis: ApiBuilder[] = []
  for (const { events: kind, protocol, names, read } of KINDS) {
    const own = events[kind]
    if (own.length === 0) continue
    const declared = names.map((path) => textOf(at(service.provider, ...path))).find((each) => each !== undefined)
    // The first API has the name of the service; the others say what they are.
    const name = declared ?? (apis.length === 0 ? service.name : `${service.name}-${protocol.toLowerCase()}`)
    const api = context.addApi(name, protocol, service.origin)
    apis.push(api)
    read(own, api, service)
  }
  readResourcesSection(service, apis)
  reportPlugins(service)
}

/** Events of other clouds have other settings. */
const isAws = ({ provider, context, origin }: Service): boolean => {
  const name = provider?.kind === 'map' ? member(provider, 'name') : provider
  const known = textOf(name)
  if (isAbsent(name) || known === 'aws' || name?.kind === 'unknown') return true
  const message = 'the provider is not aws, whose events are the only ones that are read'
  const advice = 'Give the definition of the API in another format.'
  context.findings.stop('nothing-found', 'DEF-SLS-01', name ?? { origin }, { message, advice })
  return false
}
