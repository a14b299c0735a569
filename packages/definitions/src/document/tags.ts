/** The short forms of CloudFormation functions in YAML, such as `!Ref` (DEF-RES-04). @module */
import { map, type Node, scalar, textOf } from './node.ts'

const FUNCTIONS = new Set([
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'ForEach',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
])

/** The long form of a tagged value, `{ "Fn::Sub": … }`; `undefined` if the tag is not known. */
export const shortForm = (tag: string, value: Node): Node | undefined => {
  const name = tag.slice(1)
  const { origin } = value
  if (name === 'Ref' || name === 'Condition') return map([[name, value]], origin)
  if (name === 'GetAtt') {
    const text = textOf(value)
    const dot = text?.indexOf('.') ?? -1
    if (text === undefined || dot < 0) return map([['Fn::GetAtt', value]], origin)
    const items = [scalar(text.slice(0, dot), origin), scalar(text.slice(dot + 1), origin)]
    return map([['Fn::GetAtt', { kind: 'list', items, origin }]], origin)
  }
  return FUNCTIONS.has(name) ? map([[`Fn::${name}`, value]], origin) : undefined
}
