/** `resources`: what the service adds to, and changes in, the generated template (DEF-SLS-15). @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { readResources as readApiResources } from '../cloudformation/read-resources.ts'
import { Template } from '../cloudformation/template.ts'
import type { Protocol } from '../definition.ts'
import { isDeclared } from '../building/declared.ts'
import { entriesOf, map, member, type Node, textOf } from '../document/node.ts'
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
  for (const part of parts) {
    const section = member(part, 'Resources')
    for (const each of [part, section])
      if (each !== undefined && isUndecided(each, context)) reportUnknown(each, context)
    const transform = member(part, 'Transform')
    if (isDeclared(transform)) {
      const message = 'resources has a Transform, which may change the API when it is deployed'
      stop(transform, message, 'Give the template that is deployed.', context)
    }
    if (section !== undefined) readResources(part, apis, context)
    const extensions = member(part, 'extensions')
    if (isUndecided(extensions, context) && extensions !== undefined) reportUnknown(extensions, context)
    for (const [name, extension] of entriesOf(extensions)) readExtension(name, extension, context)
  }
}

/** Logical IDs of the APIs that the framework generates. */
const API_IDS: Readonly<Partial<Record<Protocol, string>>> = {
  REST: 'ApiGatewayRestApi',
  HTTP: 'HttpApi',
  WEBSOCKET: 'WebsocketsApi',
}

/** Reads the CloudFormation resources of a service: those of Amazon API Gateway add to the APIs that the events have given. */
const readResources = (part: Node, apis: readonly ApiBuilder[], context: ReadContext): void => {
  const own: [name: string, resource: Node][] = []
  for (const [name, resource] of entriesOf(member(part, 'Resources'))) {
    const type = textOf(member(resource, 'Type'))
    for (const each of [resource, member(resource, 'Type')])
      if (each !== undefined && isUndecided(each, context)) reportUnknown(each, context)
    // A resource of a generated name is merged into the generated one.
    if (!GENERATED.test(name)) {
      if (type?.startsWith('AWS::ApiGateway') === true) own.push([name, resource])
    } else if (type === undefined || (type.startsWith('AWS::ApiGateway') && !HARMLESS.test(type))) {
      const message = `the resource ${JSON.stringify(name)} changes an API that the framework generates`
      stop(resource, message, PACKAGED, context)
    }
  }
  if (own.length === 0) return
  const known = apis.flatMap((api) => {
    const id = API_IDS[api.protocol]
    return id === undefined ? [] : [[id, api] as const]
  })
  const document = map([['Resources', map(own, part.origin)]], part.origin)
  const template = new Template(document, context, { implicit: new Set(known.map(([id]) => id)) })
  readApiResources(template, new Map(known), context)
}

const readExtension = (name: string, extension: Node, context: ReadContext): void => {
  const changes = isUndecided(extension, context) || entriesOf(extension).some(([key]) => CHANGES.has(key))
  if (!GENERATED.test(name) || !changes) return
  const message = `the extension of ${JSON.stringify(name)} changes a generated resource of an API`
  stop(extension, message, PACKAGED, context)
}

const reportUnknown = (node: Node, { values }: ReadContext): void => {
  values.known(node, { role: 'decides', what: 'resources, which may change the API,' })
}

const stop = (node: Node, message: string, advice: string, { findings }: ReadContext): void => {
  findings.stop('dynamic', 'DEF-SLS-15', node, { message, advice })
}
