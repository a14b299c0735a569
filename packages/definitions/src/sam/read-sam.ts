/** The reader of SAM templates. @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { withNestedStacks } from '../cloudformation/nested-stacks.ts'
import { readResources } from '../cloudformation/read-resources.ts'
import { type Resource, Template, TemplateGroup } from '../cloudformation/template.ts'
import { checkTransforms, checkTypes } from '../cloudformation/transforms.ts'
import { at, map, member, type Node, scalar, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { type EventProtocol, IMPLICIT_APIS } from './events/event-types.ts'
import { type ApiEvent, EventReader } from './events/read-events.ts'
import { Globals } from './globals.ts'
import { groupBy } from './operations.ts'
import { addSamApi, checkIgnored } from './sam-api.ts'
import { asSeenBySam } from './unevaluated.ts'
import { addWebSocketApi } from './web-socket.ts'

/** Types of SAM's APIs, and what events need to belong to them. */
const API_TYPES: Readonly<Record<EventProtocol, string>> = {
  REST: 'AWS::Serverless::Api',
  HTTP: 'AWS::Serverless::HttpApi',
}

/** Types that are read here. */
const SAM_TYPES: ReadonlySet<string> = new Set([
  ...Object.values(API_TYPES),
  'AWS::Serverless::WebSocketApi',
  'AWS::Serverless::Function',
  'AWS::Serverless::StateMachine',
  // No API of API Gateway.
  'AWS::Serverless::GraphQLApi',
])

const PROTOCOLS = ['REST', 'HTTP'] as const

/** Stage of the API that SAM adds for events without one. */
const IMPLICIT_STAGE = 'Prod'

/** Reads a SAM template: its own APIs, and the CloudFormation resources beside them. */
export const readSam = (written: Node, context: ReadContext): void => {
  const document = asSeenBySam(written)
  checkTransforms(document, context)
  checkTypes(document, context, SAM_TYPES)
  const implicit = new Set(Object.values(IMPLICIT_APIS))
  const template = new Template(document, context, { implicit })
  const globals = new Globals(document, template.evaluator, context)
  const events = groupBy(new EventReader(document, template, context).all(), apiKeyOf)
  const apis = new Map<string, ApiBuilder>()
  for (const protocol of PROTOCOLS) {
    addImplicit(protocol, { document, template, globals, events, apis }, context)
    for (const resource of template.ofType(API_TYPES[protocol])) {
      if (apis.has(resource.id)) continue
      const own = events.get(eventKey(protocol, resource.id)) ?? []
      const { id, exists, origin } = resource
      const api = addSamApi(
        { id, protocol, properties: globals.merged(resource), exists, origin, events: own },
        context,
      )
      if (api !== undefined) apis.set(id, api)
    }
  }
  for (const resource of template.ofType('AWS::Serverless::WebSocketApi')) {
    const api = addWebSocketApi(resource, globals.merged(resource), context)
    if (api !== undefined) apis.set(resource.id, api)
  }
  const [own = template, ...nested] = withNestedStacks(template, context)
  readResources(new TemplateGroup([own, ...nested]), apis, context)
  checkForeignEvents(events, { template, apis }, context)
  for (const each of nested) reportNestedApis(each, context)
  reportFunctionUrls(document, template, context)
}

const eventKey = (protocol: EventProtocol, id: string): string => `${protocol} ${id}`

const apiKeyOf = ({ protocol, api }: ApiEvent): string => eventKey(protocol, api ?? IMPLICIT_APIS[protocol])

interface Found {
  readonly document: Node
  readonly template: Template
  readonly globals: Globals
  readonly events: ReadonlyMap<string, readonly ApiEvent[]>
  readonly apis: Map<string, ApiBuilder>
}

/** The API that SAM adds for events that name none. A declared one of its name is replaced. */
const addImplicit = (protocol: EventProtocol, found: Found, context: ReadContext): void => {
  const { document, template, globals, events, apis } = found
  const id = IMPLICIT_APIS[protocol]
  const own = events.get(eventKey(protocol, id))?.filter(({ isAbsent }) => isAbsent !== true)
  if (own === undefined || own.length === 0) return
  const declared = template.resource(id)
  if (declared !== undefined) {
    const message = `SAM replaces the declared ${id} by its implicit API, with the Auth of Globals only`
    const advice = 'Give the API another name, and name it in its events.'
    const routes = own.map(({ key }) => key)
    context.findings.stop('ignored-protection', 'DEF-SAM-01', declared, { message, advice, routes })
  }
  const { origin } = member(document, 'Globals') ?? document
  const properties = globals.section(API_TYPES[protocol]) ?? map([], origin)
  const exists = scalar(true, origin)
  const api = addSamApi({ id, protocol, properties, exists, origin, events: own }, context)
  if (api === undefined) return
  if (protocol === 'REST') api.settings.stage = IMPLICIT_STAGE
  apis.set(id, api)
}

/** Events of APIs that SAM does not write: they add no route, and their `Auth` has no effect. */
const checkForeignEvents = (
  events: Found['events'],
  { template, apis }: Pick<Found, 'template' | 'apis'>,
  context: ReadContext,
): void => {
  for (const all of events.values()) {
    const own = all.filter(({ isAbsent }) => isAbsent !== true)
    const [first] = own
    if (first === undefined) continue
    const { protocol, api = IMPLICIT_APIS[protocol] } = first
    const resource = template.resource(api)
    if (resource === undefined || resource.type === API_TYPES[protocol] || api === IMPLICIT_APIS[protocol]) continue
    if (resource.type.startsWith('AWS::Serverless::') || protocol === 'HTTP') reject(own, resource, context)
    else checkIgnored(apis.get(api), own, context)
  }
}

/** Such as an event of a REST API that names an HTTP API. */
const reject = (events: readonly ApiEvent[], { id, type }: Resource, { findings }: ReadContext): void => {
  const routes = events.map(({ key }) => key)
  for (const event of events) {
    const message = `the event names ${id}, which is of the type ${type}: SAM rejects it`
    findings.stop('invalid', 'DEF-SAM-01', event, { message, advice: 'Name an API of the kind of the event.', routes })
  }
}

/** APIs that SAM adds for a nested application are APIs of their own. */
const reportNestedApis = (nested: Template, { findings }: ReadContext): void => {
  for (const resource of nested.all) {
    const { type, properties, id } = resource
    const isApi = /^AWS::Serverless::(?:Http|WebSocket)?Api$/.test(type)
    if (!isApi && member(properties, 'Events') === undefined) continue
    const message = `${id} of a nested application may declare an API, which is not read`
    const advice = 'Give the template of the nested application to the importer, too.'
    findings.report('external', 'DEF-CFN-15', resource, { message, advice })
  }
}

/** Function URLs are no APIs, but open ones bypass them (DEF-SAM-18). */
const reportFunctionUrls = (document: Node, template: Template, { findings }: ReadContext): void => {
  const global = textOf(at(document, 'Globals', 'Function', 'FunctionUrlConfig', 'AuthType'))
  for (const { id, properties, origin } of template.ofType('AWS::Serverless::Function')) {
    const config = member(properties, 'FunctionUrlConfig')
    const type = textOf(member(config, 'AuthType')) ?? global
    if (type !== 'NONE') continue
    const message = `${id} has a function URL that is open to everyone, beside its API`
    const advice = 'Nothing has to be done if the function URL is not used.'
    findings.report('not-carried', 'DEF-SAM-18', config ?? { origin }, { message, advice })
  }
}
