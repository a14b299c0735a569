/** The reader of CloudFormation templates (DEF-CFN-15). @module */
import { entriesOf, itemsOf, member, type Node, textOf } from '../document/node.ts'
import { resourceOf } from '../building/declared.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { Surroundings } from './evaluator.ts'
import { readResources } from './read-resources.ts'
import { type Resource, Template } from './template.ts'

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
    const name = textOf(node) ?? textOf(member(node, 'Name'))
    if (name !== undefined && HARMLESS.has(name)) continue
    const message = `the macro ${JSON.stringify(name ?? '?')} may add or change routes`
    const advice = 'Give the processed template: aws cloudformation get-template --template-stage Processed.'
    findings.stop('dynamic', 'DEF-CFN-15', node, { message, advice })
  }
  for (const [key, node] of entriesOf(member(document, 'Resources')))
    if (key.startsWith('Fn::')) {
      const advice = 'Give the processed template: aws cloudformation get-template --template-stage Processed.'
      findings.stop('dynamic', 'DEF-CFN-15', node, { message: `${key} generates resources`, advice })
    }
}

/** Nested stacks: they stop if an API is passed to them, because they may add routes to it (DEF-CFN-15). */
export const checkNestedStacks = (template: Template, { findings }: ReadContext): void => {
  const receivesApi = ({ properties }: Resource): boolean =>
    entriesOf(member(properties, 'Parameters')).some(([, value]) => {
      const id = resourceOf(value, 'RootResourceId', 'RestApiId', 'ApiId')
      return (
        id !== undefined && /^AWS::(?:ApiGateway|ApiGatewayV2|Serverless)::/.test(template.resource(id)?.type ?? '')
      )
    })
  for (const resource of [
    ...template.ofType('AWS::CloudFormation::Stack'),
    ...template.ofType('AWS::Serverless::Application'),
  ]) {
    const advice = 'Give the template of the nested stack to the importer as well.'
    if (receivesApi(resource))
      findings.stop('external', 'DEF-CFN-15', resource, {
        message: `the nested stack ${resource.id} receives an API of this file, and may add routes to it`,
        advice,
      })
    else
      findings.report('external', 'DEF-CFN-15', resource, {
        message: `the nested stack ${resource.id} is not read`,
        advice,
      })
  }
}

/** Reads a CloudFormation template. */
export const readTemplate = (document: Node, context: ReadContext, surroundings?: Surroundings): void => {
  checkTransforms(document, context)
  const template = new Template(document, context, surroundings)
  readResources(template, new Map(), context)
  checkNestedStacks(template, context)
}
