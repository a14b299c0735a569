/** Macros and other parts of a template that add or change resources when it is deployed (DEF-CFN-15). @module */
import { entriesOf, isAbsent, itemsOf, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'

const PROCESSED = 'Give the processed template: aws cloudformation get-template --template-stage Processed.'

/** Transforms that do not change what is read. */
const HARMLESS: ReadonlySet<string> = new Set([
  'AWS::Serverless-2016-10-31',
  'AWS::LanguageExtensions',
  'AWS::SecretsManager-2020-07-23',
  'AWS::SecretsManager-2024-09-16',
  'AWS::CodeDeployBlueGreen',
])

/** Adds a stop for every macro that can add or change routes. */
export const checkTransforms = (document: Node, { findings }: ReadContext): void => {
  const transform = member(document, 'Transform')
  const nodes = transform?.kind === 'list' ? itemsOf(transform) : transform === undefined ? [] : [transform]
  for (const node of nodes) {
    if (isAbsent(node)) continue
    const name = textOf(node) ?? textOf(member(node, 'Name'))
    if (name !== undefined && HARMLESS.has(name)) continue
    const message = `the macro ${JSON.stringify(name ?? '?')} may add or change routes`
    findings.stop('dynamic', 'DEF-CFN-15', node, { message, advice: PROCESSED })
  }
  const resources = entriesOf(member(document, 'Resources'))
  for (const [key, node] of [document, ...resources.map(([, each]) => each)].flatMap(entriesOf).concat(resources))
    if (key.startsWith('Fn::'))
      findings.stop('dynamic', 'DEF-CFN-15', node, { message: `${key} generates resources`, advice: PROCESSED })
}

/** The resource types of API Gateway. */
const KNOWN =
  /^AWS::ApiGateway(?:::(?:Account|ApiKey|Authorizer|BasePathMapping(?:V2)?|ClientCertificate|Deployment|DocumentationPart|DocumentationVersion|DomainName(?:V2|AccessAssociation)?|GatewayResponse|Method|Model|RequestValidator|Resource|RestApi|Stage|UsagePlan|UsagePlanKey|VpcLink)|V2::(?:Api|ApiGatewayManagedOverrides|ApiMapping|Authorizer|Deployment|DomainName|Integration|IntegrationResponse|Model|Route|RouteResponse|RouteSettings|RoutingRule|Stage|VpcLink))$/

/** Types that CloudFormation accepts: of a provider, or of a custom resource. */
const TYPE = /^(?:\w+::\w+(?:::\w+)*|Custom::[\w@-]+)$/

/**
 * Adds a stop for every resource that may be an API, a route or an authorizer, but is not read: one without a known type, one
 * of a module, and one of SAM, which is read only in a file of its own (DEF-CFN-08, DEF-CFN-15).
 *
 * @param read types of SAM that the caller reads itself
 */
export const checkTypes = (document: Node, { findings }: ReadContext, read: ReadonlySet<string> = new Set()): void => {
  for (const [id, resource] of entriesOf(member(document, 'Resources'))) {
    if (id.startsWith('Fn::')) continue
    const type = textOf(member(resource, 'Type'))
    if (type === undefined || !TYPE.test(type) || (/^AWS::ApiGateway(?:V2)?::/.test(type) && !KNOWN.test(type))) {
      const message = `the type of the resource ${id} is not one that CloudFormation has`
      findings.stop('invalid', 'DEF-CFN-08', resource, { message, advice: 'Correct Type.' })
    } else if (
      !read.has(type) &&
      (type.endsWith('::MODULE') || /^AWS::Serverless::(?:\w*Api|Function|StateMachine)$/.test(type))
    ) {
      const message = `the resource ${id} (${type}) may declare routes, and is not read here`
      findings.stop('dynamic', 'DEF-CFN-15', resource, { message, advice: PROCESSED })
    }
  }
}
