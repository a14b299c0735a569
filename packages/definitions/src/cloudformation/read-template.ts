/** The reader of CloudFormation templates (DEF-CFN-15). @module */
import type { Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { readResources } from './read-resources.ts'
import { withNestedStacks } from './nested-stacks.ts'
import { Template, TemplateGroup } from './template.ts'
import { checkTransforms, checkTypes } from './transforms.ts'

/** Reads a CloudFormation template, with the nested stacks whose files are known. */
export const readTemplate = (document: Node, context: ReadContext): void => {
  checkTransforms(document, context)
  checkTypes(document, context)
  const templates = withNestedStacks(new Template(document, context), context)
  readResources(new TemplateGroup(templates), new Map(), context)
}
