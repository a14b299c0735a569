/** `resources`: what the service adds to, and changes in, the generated template (DEF-SLS-15). @module */
import type { ApiBuilder } from '../building/api-builder.ts'
import { entriesOf, isAbsent, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { isUndecided, type Service } from './service.ts'

/** Logical IDs that the framework generates for APIs. */
const GENERATED =
  /^(?:ApiGateway|HttpApi|Websockets)|ApiGatewayAuthorizer$|Websockets?(?:Authorizer|Route|Integration)$/
/** Types that say nothing about who passes. */
const HARMLESS =
  /^AWS::ApiGateway(?:V2)?::(?:Account|ClientCertificate|Documentation\w*|Model|RequestValidator|VpcLink)$/
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
    if (transform !== undefined && !isAbsent(transform)) {
      const message = 'resources has a Transform, which may change the API when it is deployed'
      stop(transform, message, 'Give the template that is deployed.', context)
    }
    if (section !== undefined) readResources(section, apis, context)
    for (const [name, extension] of entriesOf(member(part, 'extensions'))) readExtension(name, extension, context)
  }
}

/**
 * Reads the CloudFormation resources of a service. Those of Amazon API Gateway belong to the APIs of the service
 * (`ApiGatewayRestApi`, `HttpApi`, `WebsocketsApi`).
 *
 * @param apis the APIs that the events have given
 */
const readResources = (resources: Node, _apis: readonly ApiBuilder[], context: ReadContext): void => {
  for (const [name, resource] of entriesOf(resources)) {
    const type = textOf(member(resource, 'Type'))
    // A resource of a generated name is merged into the generated one.
    const isOfApi =
      type === undefined ? GENERATED.test(name) : type.startsWith('AWS::ApiGateway') && !HARMLESS.test(type)
    if (!isOfApi) continue
    const message = `the resource ${JSON.stringify(name)} belongs to an API, and is not read`
    const advice =
      'Give the template that serverless package writes: .serverless/cloudformation-template-update-stack.json.'
    stop(resource, message, advice, context)
  }
}

const readExtension = (name: string, extension: Node, context: ReadContext): void => {
  const changes = extension.kind === 'unknown' || entriesOf(extension).some(([key]) => CHANGES.has(key))
  if (!GENERATED.test(name) || !changes) return
  const message = `the extension of ${JSON.stringify(name)} changes a generated resource of an API`
  const advice =
    'Give the template that serverless package writes: .serverless/cloudformation-template-update-stack.json.'
  stop(extension, message, advice, context)
}

const reportUnknown = (node: Node, { values }: ReadContext): void => {
  values.known(node, { role: 'guards', what: 'resources, which may change the API,' })
}

const stop = (node: Node, message: string, advice: string, { findings }: ReadContext): void => {
  findings.stop('dynamic', 'DEF-SLS-15', node, { message, advice })
}
