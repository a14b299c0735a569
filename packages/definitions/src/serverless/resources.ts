/** `resources`: what the service adds to, and changes in, the generated template (DEF-SLS-15). @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { readResources as readApiResources } from '../cloudformation/read-resources.ts'
import { withNestedStacks } from '../cloudformation/nested-stacks.ts'
import { Template, TemplateGroup } from '../cloudformation/template.ts'
import { checkTypes } from '../cloudformation/transforms.ts'
import type { Protocol } from '../definition.ts'
import { isDeclared } from '../building/declared.ts'
import { at, entriesOf, map, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { isUndecided, type Service } from './service.ts'

/** Logical IDs that the framework generates for APIs. */
const GENERATED =
  /^(?:ApiGateway|HttpApi|Websockets)|ApiGatewayAuthorizer$|Websockets?(?:Authorizer|Route|Integration)$/
/** Types that say nothing about who passes. */
const HARMLESS =
  /^AWS::ApiGateway(?:V2)?::(?:Account|ClientCertificate|Documentation\w*|Model|RequestValidator|VpcLink)$/
const PACKAGED =
  'Give the template that serverless package writes: .serverless/cloudformation-template-update-stack.json.'
/** Attributes of an extension that change the resource itself. */
const CHANGES = new Set(['Properties', 'Condition'])

/** Reads `resources`, which is a map, or a list of maps that are merged. */
export const readResourcesSection = (service: Service, apis: readonly ApiBuilder[]): void => {
  const { context, resources } = service
  const parts = resources?.kind === 'list' ? resources.items : resources === undefined ? [] : [resources]
  for (const [name, node] of parts.flatMap(entriesOf))
    if (name.startsWith('Fn::')) stop(node, `${name} may add resources`, PACKAGED, context)
  const own = new Map<string, Node>()
  for (const part of parts) {
    const section = member(part, 'Resources')
    for (const each of [part, section])
      if (each !== undefined && isUndecided(each, context)) reportUnknown(each, context)
    const transform = member(part, 'Transform')
    if (isDeclared(transform)) {
      const message = 'resources has a Transform, which may change the API when it is deployed'
      stop(transform, message, 'Give the template that is deployed.', context)
    }
    for (const [name, resource] of entriesOf(section)) {
      if (name.startsWith('Fn::')) stop(resource, `${name} generates resources`, PACKAGED, context)
      checkResource(name, resource, context)
      stopIfMerged(name, own.get(name), resource, context)
      own.set(name, resource)
    }
  }
  for (const part of parts) {
    const extensions = member(part, 'extensions')
    if (isUndecided(extensions, context) && extensions !== undefined) reportUnknown(extensions, context)
    for (const [name, extension] of entriesOf(extensions))
      if (GENERATED.test(name) || isOfApi(own.get(name))) readExtension(name, extension, context)
  }
  const shared = SHARED_APIS.map((path) => at(service.provider, ...path)).find(isDeclared)
  const part = [...own].find(
    ([name, each]) => !GENERATED.test(name) && isOfApi(each) && !HARMLESS.test(typeOf(each) ?? ''),
  )?.[1]
  if (shared !== undefined && part !== undefined) {
    const message =
      'the provider names an existing API by its ID, and resources declare parts of an API, perhaps of the same one'
    stop(part, message, PACKAGED, context)
  }
  readResources(own, parts, apis, context)
}

/** Where a service names an API that the framework does not generate. */
const SHARED_APIS: readonly (readonly string[])[] = [
  ['apiGateway', 'restApiId'],
  ['restApiId'],
  ['httpApi', 'id'],
  ['apiGateway', 'websocketApiId'],
  ['websocketApiId'],
]

/** Logical IDs of the APIs that the framework generates. */
const API_IDS: Readonly<Partial<Record<Protocol, string>>> = {
  REST: 'ApiGatewayRestApi',
  HTTP: 'HttpApi',
  WEBSOCKET: 'WebsocketsApi',
}

const typeOf = (resource: Node | undefined): string | undefined => textOf(member(resource, 'Type'))

/** Whether a resource is part of an API. */
const isOfApi = (resource: Node | undefined): boolean => typeOf(resource)?.startsWith('AWS::ApiGateway') === true

/** Adds a stop for a resource that changes one of a generated API: one of the same name is merged into it. */
const checkResource = (name: string, resource: Node, context: ReadContext): void => {
  const type = typeOf(resource)
  const generating = entriesOf(resource).find(([key]) => key.startsWith('Fn::'))
  if (generating !== undefined)
    stop(resource, `${generating[0]} may change the resource ${JSON.stringify(name)}`, PACKAGED, context)
  for (const each of [resource, member(resource, 'Type')])
    if (each !== undefined && isUndecided(each, context)) reportUnknown(each, context)
  if (!GENERATED.test(name)) return
  if (type === undefined || (isOfApi(resource) && !HARMLESS.test(type))) {
    const message = `the resource ${JSON.stringify(name)} changes an API that the framework generates`
    stop(resource, message, PACKAGED, context)
  }
}

/** Adds a stop for a resource of an API that several parts declare: the framework merges them. */
const stopIfMerged = (name: string, earlier: Node | undefined, later: Node, context: ReadContext): void => {
  if (earlier === undefined || !(isOfApi(earlier) || isOfApi(later))) return
  stop(later, `several parts of resources declare ${JSON.stringify(name)}, which is part of an API`, PACKAGED, context)
}

/** Types of resources that are read, or that may add to an API when they are deployed. */
const RELEVANT = /^AWS::(?:ApiGateway|CloudFormation::Stack)|::MODULE$/

/** Sections that values of resources can refer to. */
const SECTIONS = ['Conditions', 'Mappings', 'Parameters'] as const

/** Reads the CloudFormation resources of a service: those of Amazon API Gateway add to the APIs that the events have given. */
const readResources = (
  all: ReadonlyMap<string, Node>,
  parts: readonly Node[],
  apis: readonly ApiBuilder[],
  context: ReadContext,
): void => {
  const own = [...all].filter(([name, resource]) => !GENERATED.test(name) && RELEVANT.test(typeOf(resource) ?? ''))
  const [first] = own
  if (first === undefined) return
  const [, { origin }] = first
  const known = apis.flatMap((api) => {
    const id = API_IDS[api.protocol]
    return id === undefined ? [] : [[id, api] as const]
  })
  const sections = SECTIONS.map((name): [string, Node] => [
    name,
    map(
      parts.flatMap((part) => entriesOf(member(part, name))),
      origin,
    ),
  ])
  const document = map([...sections, ['Resources', map(own, origin)]], origin)
  checkTypes(document, context)
  const template = new Template(document, context, { implicit: new Set(known.map(([id]) => id)) })
  readApiResources(new TemplateGroup(withNestedStacks(template, context)), new Map(known), context)
}

const readExtension = (name: string, extension: Node, context: ReadContext): void => {
  const changes = isUndecided(extension, context) || entriesOf(extension).some(([key]) => CHANGES.has(key))
  if (!changes) return
  stop(extension, `the extension of ${JSON.stringify(name)} changes a resource of an API`, PACKAGED, context)
}

const reportUnknown = (node: Node, { values }: ReadContext): void => {
  values.known(node, { role: 'decides', what: 'resources, which may change the API,' })
}

const stop = (node: Node, message: string, advice: string, { findings }: ReadContext): void => {
  findings.stop('dynamic', 'DEF-SLS-15', node, { message, advice })
}
