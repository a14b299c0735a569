/** The output of the AWS CDK: every template that the manifest of `cdk.out` names (DEF-CDK-01 to DEF-CDK-03). @module */
import { readResources } from '../cloudformation/read-resources.ts'
import { withNestedStacks } from '../cloudformation/nested-stacks.ts'
import { Template, TemplateGroup } from '../cloudformation/template.ts'
import { checkTransforms, checkTypes } from '../cloudformation/transforms.ts'
import type { Origin } from '../definition.ts'
import { DocumentProblem } from '../document/document-problem.ts'
import { at, entriesOf, member, type Node, referencesIn, textOf, unknown } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'

/** One stack of an assembly. */
interface Stack {
  readonly name: string
  readonly document: Node
}

const MAX_DEPTH = 8

/** The stacks that a manifest names, and those of nested assemblies. */
const stacksOf = (manifest: Node, folder: string, context: ReadContext, depth = 0): readonly Stack[] =>
  entriesOf(member(manifest, 'artifacts')).flatMap(([name, artifact]) => {
    const type = textOf(member(artifact, 'type'))
    const read = (path: string): Node | undefined =>
      context.attempt(() => context.parse(context.files.readReferenced(path, manifest.origin)))
    if (type === 'aws:cloudformation:stack') {
      const file = textOf(at(artifact, 'properties', 'templateFile'))
      const document = file === undefined ? undefined : read(file)
      return document === undefined ? [] : [{ name: `${folder}${name}`, document }]
    }
    const directory = textOf(at(artifact, 'properties', 'directoryName'))
    if (type !== 'cdk:cloud-assembly' || directory === undefined || depth >= MAX_DEPTH) return []
    const nested = read(`${directory}/manifest.json`)
    return nested === undefined ? [] : stacksOf(nested, `${folder}${directory}/`, context, depth + 1)
  })

const prefixOf = ({ name }: Stack): string => `${name}/`

/** Values that a stack exports, by name. */
const exportsOf = ({ document }: Stack, template: Template): readonly (readonly [name: string, value: Node])[] =>
  entriesOf(member(document, 'Outputs')).flatMap(([, output]) => {
    const declared = at(output, 'Export', 'Name')
    const name = textOf(declared && template.evaluator.evaluate(declared))
    const declaredValue = member(output, 'Value')
    const value = declaredValue && template.evaluator.evaluate(declaredValue)
    return name === undefined || value === undefined ? [] : [[name, value] as const]
  })

/** Reads the manifest of an assembly, and what it names. */
export const readAssembly = (manifest: Node, context: ReadContext): void => {
  const stacks = stacksOf(manifest, '', context)
  if (stacks.length === 0) {
    const origin: Origin = manifest.origin
    const details = { message: 'the manifest names no stack that can be read', advice: 'Run cdk synth.' }
    throw new DocumentProblem('DEF-CDK-01', 'external', origin, details)
  }
  // A value that one stack exports is needed while another one is evaluated.
  const exported = stacks.flatMap((stack) =>
    exportsOf(stack, new Template(stack.document, context, { prefix: prefixOf(stack), exports: new Map() })),
  )
  // Two stacks can export one name only in different accounts or regions: which of them is imported is not known.
  const several = 'a value that several stacks export'
  const counts = new Map<string, number>()
  for (const [name] of exported) counts.set(name, (counts.get(name) ?? 0) + 1)
  const exports = new Map(
    exported.map(([name, value]) => [
      name,
      counts.get(name) === 1 ? value : unknown('unresolved', several, value.origin, referencesIn(value)),
    ]),
  )
  const templates = stacks.flatMap((stack) => {
    checkTransforms(stack.document, context)
    checkTypes(stack.document, context)
    return withNestedStacks(new Template(stack.document, context, { prefix: prefixOf(stack), exports }), context)
  })
  readResources(new TemplateGroup(templates), new Map(), context)
}
