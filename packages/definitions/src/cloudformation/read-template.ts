/** The reader of CloudFormation templates (DEF-CFN-15). @module */
import { entriesOf, itemsOf, member, type Node, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { readResources } from './read-resources.ts'
import { withNestedStacks } from './nested-stacks.ts'
import { Template, TemplateGroup } from './template.ts'

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

/** Reads a CloudFormation template, with the nested stacks whose files are known. */
export const readTemplate = (document: Node, context: ReadContext): void => {
  checkTransforms(document, context)
  const templates = withNestedStacks(new Template(document, context), context)
  readResources(new TemplateGroup(templates), new Map(), context)
}
