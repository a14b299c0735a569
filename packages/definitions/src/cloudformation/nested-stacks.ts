/** Nested stacks: read if their file is known, because they may add routes to an API of their parent (DEF-CFN-15). @module */
import { map, member, referencesIn, textOf } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import type { Surroundings } from './evaluation/surroundings.ts'
import { type Resource, Template } from './template.ts'
import { checkTransforms, checkTypes } from './transforms.ts'

const TYPES = ['AWS::CloudFormation::Stack', 'AWS::Serverless::Application'] as const

/** Levels of nested stacks. */
const MAX_DEPTH = 8

/** Path of the template of a nested stack, if it is a file. */
const fileOf = ({ asset, properties }: Resource): string | undefined => {
  const location = asset ?? textOf(member(properties, 'TemplateURL')) ?? textOf(member(properties, 'Location'))
  return location === undefined || /^[a-z][a-z\d+.-]*:/i.test(location) ? undefined : location
}

/** Types that are an API or a part of one, or may have one among their outputs. */
const MAY_BE_API = /^AWS::(?:ApiGateway(?:V2)?::|Serverless::(?:\w*Api|Application)$|CloudFormation::Stack)/

/**
 * Whether a stack receives an API of its parent, by itself or within a text. A reference to what the template does not declare is
 * one to an API that is generated.
 */
const receivesApi = ({ properties }: Resource, parent: Template): boolean => {
  const passed = properties.kind === 'unknown' ? properties : member(properties, 'Parameters')
  return referencesIn(passed).some(({ resource }) => {
    const type = parent.resource(resource)?.type
    return type === undefined || MAY_BE_API.test(type)
  })
}

const reportUnread = (resource: Resource, parent: Template, { findings }: ReadContext): void => {
  const advice = 'Give the nested template as a local file, or import the deployed API.'
  if (receivesApi(resource, parent)) {
    const message = `the nested stack ${resource.id} receives an API of this file, and may add routes to it`
    findings.stop('external', 'DEF-CFN-15', resource, { message, advice })
  } else
    findings.report('external', 'DEF-CFN-15', resource, {
      message: `the nested stack ${resource.id} is not read`,
      advice,
    })
}

/** A template, and those of its nested stacks. */
export const withNestedStacks = (template: Template, context: ReadContext, depth: number = 0): readonly Template[] => {
  const nested = TYPES.flatMap((type) => template.ofType(type)).flatMap((resource) => {
    const file = fileOf(resource)
    const document =
      file === undefined || depth >= MAX_DEPTH
        ? undefined
        : context.attempt(() => context.parse(context.files.readReferenced(file, resource.origin)))
    if (document === undefined) {
      reportUnread(resource, template, context)
      return []
    }
    checkTransforms(document, context)
    checkTypes(document, context)
    const surroundings: Surroundings = {
      prefix: `${resource.reference}/`,
      passed: member(resource.properties, 'Parameters') ?? map([], resource.origin),
      exists: resource.exists,
    }
    return withNestedStacks(new Template(document, context, surroundings), context, depth + 1)
  })
  for (const resource of template.ofType('AWS::CloudFormation::StackSet'))
    if (receivesApi(resource, template)) reportUnread(resource, template, context)
  return [template, ...nested]
}
