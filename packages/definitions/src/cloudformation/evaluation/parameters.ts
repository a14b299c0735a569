/** Values of the parameters of a template (DEF-RES-02, DEF-RES-03, DEF-RES-05). @module */
import { isDeclared } from '../../building/declared.ts'
import type { Origin } from '../../definition.ts'
import { assuming, isAbsent, member, type Node, scalar, textOf, unknown } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'

/** A value with a dynamic reference is known only to CloudFormation. */
export const resolved = (node: Node): Node =>
  node.kind === 'scalar' && typeof node.value === 'string' && node.value.includes('{{resolve:')
    ? assuming(unknown('unresolved', '{{resolve:…}}', node.origin), node.assumed)
    : node

interface ParameterValue {
  readonly value: Node | undefined
  /** The parameter itself, if the value is its default. */
  readonly assumed?: string | undefined
}

/** The parameters of one template. */
export class Parameters {
  readonly #passed: Node | undefined
  readonly #context: ReadContext

  constructor(passed: Node | undefined, context: ReadContext) {
    this.#passed = passed
    this.#context = context
  }

  /** The value that the caller gives for a parameter or a pseudo parameter. */
  given(name: string): string | undefined {
    const { parameters = {} } = this.#context.options
    return Object.hasOwn(parameters, name) ? parameters[name] : undefined
  }

  /** The value of a reference to a parameter. */
  valueOf(name: string, parameter: Node, origin: Origin): Node {
    const type = textOf(member(parameter, 'Type')) ?? 'String'
    // The value of an SSM parameter is not in the file, and a secret is never carried over (DEF-RES-03, DEF-GEN-06).
    const isSecret = textOf(member(parameter, 'NoEcho'))?.toLowerCase() === 'true'
    const { value, assumed } = this.#find(name, parameter)
    if (value === undefined || isSecret || type.startsWith('AWS::SSM::'))
      return unknown('unresolved', `\${${name}}`, origin)
    const text = textOf(value)
    const depending = assumed ?? value.assumed
    if (text === undefined) return assuming({ ...value, origin }, depending)
    const isList = type === 'CommaDelimitedList' || type.startsWith('List<')
    if (!isList) return assuming(resolved(scalar(text, origin)), depending)
    const items = text.split(',').map((each) => resolved(scalar(each.trim(), origin)))
    this.#context.generated({ nodes: items.length, characters: text.length }, origin)
    return assuming({ kind: 'list', items, origin }, depending)
  }

  /** A nested stack has the values that its parent passes, and its own defaults for the others. */
  #find(name: string, parameter: Node): ParameterValue {
    const fallback = member(parameter, 'Default')
    const own = textOf(fallback) === undefined ? undefined : fallback
    const passed = this.#passed
    if (passed === undefined) {
      const given = this.given(name)
      if (given !== undefined) return { value: scalar(given, parameter.origin) }
      const { useDefaults = false } = this.#context.options
      return { value: own, assumed: useDefaults ? undefined : name }
    }
    if (!isAbsent(passed) && passed.kind !== 'map') return { value: undefined }
    const value = member(passed, name)
    return { value: isDeclared(value) ? value : own, assumed: passed.assumed }
  }
}
