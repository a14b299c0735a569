/** CloudFormation functions inside of events and of the provider: values that only the stack knows. @module */
import { entriesOf, itemsOf, type Node, type ReferenceNode, scalar, textOf, unknown } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'

/** The function of a map with a single key such as `Ref` or `Fn::Join`. */
const functionOf = (node: Node): readonly [name: string, argument: Node] | undefined => {
  if (node.kind !== 'map' || node.entries.size !== 1) return undefined
  const [entry] = node.entries
  return entry !== undefined && /^(?:Ref|Fn::[A-Z]\w*)$/.test(entry[0]) ? entry : undefined
}

/** All resources that a value refers to. */
const referencesIn = (node: Node): readonly ReferenceNode[] => {
  const found = functionOf(node)
  if (found !== undefined) {
    const [name, argument] = found
    const [resource, attribute] = itemsOf(argument).map(textOf)
    const { origin } = node
    const text = textOf(argument)
    if (name === 'Ref' && text !== undefined) return [{ kind: 'reference', resource: text, origin }]
    if (name === 'Fn::GetAtt' && (resource ?? text) !== undefined) {
      const [logicalId = '', part = ''] = resource === undefined ? (text ?? '').split('.') : [resource, attribute]
      return [{ kind: 'reference', resource: logicalId, attribute: part, origin }]
    }
  }
  if (node.kind === 'map') return entriesOf(node).flatMap(([, value]) => referencesIn(value))
  return node.kind === 'list' ? node.items.flatMap(referencesIn) : []
}

/** Settings that the framework itself reads: it takes a function of CloudFormation there for an object, which is true. */
const READ_BY_FRAMEWORK = new Set(
  'authorizer cors http httpApi identityValidationExpression method name path private resultTtlInSeconds route type websocket'.split(
    ' ',
  ),
)

/** A copy of a value in which every function of CloudFormation is a value that is not known, or the given parameter. */
export const withoutIntrinsics = (node: Node, context: ReadContext, setting = ''): Node => {
  const found = functionOf(node)
  if (found !== undefined) {
    const [name, argument] = found
    const parameters = context.options.parameters ?? {}
    const text = textOf(argument)
    const isPassedOn = !READ_BY_FRAMEWORK.has(setting)
    if (name === 'Ref' && isPassedOn && text !== undefined && Object.hasOwn(parameters, text))
      return scalar(parameters[text] ?? null, node.origin, node.assumed ?? argument.assumed)
    const shown = text === undefined || name.startsWith('Fn::Base64') ? name : `${name} ${text}`
    const why = name === 'Fn::ImportValue' ? 'external' : 'unresolved'
    return { ...unknown(why, shown, node.origin, referencesIn(node)), ...assumedOf(node) }
  }
  if (node.kind === 'map') {
    const entries = new Map([...node.entries].map(([key, value]) => [key, withoutIntrinsics(value, context, key)]))
    return { ...node, entries }
  }
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => withoutIntrinsics(item, context)) }
  return node
}

const assumedOf = ({ assumed }: Node): { readonly assumed?: string } => (assumed === undefined ? {} : { assumed })
