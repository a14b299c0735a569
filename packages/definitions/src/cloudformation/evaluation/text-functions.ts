/** Functions of CloudFormation whose value is text or a part of a list, over evaluated arguments (DEF-RES-02). @module */
import type { Origin } from '../../definition.ts'
import { DocumentProblem } from '../../document/document-problem.ts'
import { LIMITS } from '../../document/limits.ts'
import { assuming, itemsOf, type Node, type ReferenceNode, scalar, textOf, unknown } from '../../document/node.ts'

/** A part of a text: literal, or a value that may not be known. */
type Part = string | Node

const placeholder = (node: ReferenceNode): string =>
  `\${${node.resource}${node.attribute === undefined ? '' : `.${node.attribute}`}}`

/** Concatenates parts. A part that is not known makes the whole unknown, with its references. */
export const concatenate = (parts: readonly Part[], origin: Origin): Node => {
  let text = ''
  let assumed: string | undefined
  let why: 'unresolved' | 'external' | 'dynamic' = 'unresolved'
  let isKnown = true
  const references: ReferenceNode[] = []
  for (const part of parts) {
    if (text.length > LIMITS.characters) {
      const message = 'a function that generates too much text'
      throw new DocumentProblem('DEF-IN-07', 'hostile', origin, { message, advice: 'Simplify the function.' })
    }
    if (typeof part === 'string') {
      text += part
      continue
    }
    assumed ??= part.assumed
    const known = textOf(part)
    if (known !== undefined) {
      text += known
      continue
    }
    isKnown = false
    if (part.kind === 'reference') {
      text += placeholder(part)
      references.push(part)
    } else if (part.kind === 'unknown') {
      text += part.text
      why = part.why
      references.push(...part.references)
    } else text += '…'
  }
  return assuming(isKnown ? scalar(text, origin) : unknown(why, text, origin, references), assumed)
}

/** A value that depends on one that is not known. */
const dependent = (name: string, on: Node, origin: Origin): Node => {
  if (on.kind === 'unknown') return assuming({ ...on, origin }, on.assumed)
  const references = on.kind === 'reference' ? [on] : []
  return unknown('unresolved', `${name} of a value that is not known`, origin, references)
}

/** `Fn::Join`. */
export const join = (node: Node, origin: Origin): Node => {
  const [delimiter, list] = itemsOf(node)
  if (delimiter === undefined || textOf(delimiter) === undefined || list === undefined)
    return unknown('unresolved', 'Fn::Join', origin)
  if (list.kind !== 'list') return dependent('Fn::Join', list, origin)
  const parts = itemsOf(list).flatMap((item, index) => (index === 0 ? [item] : [delimiter, item]))
  return assuming(concatenate(parts, origin), list.assumed)
}

/** `Fn::Split`. */
export const split = (node: Node, origin: Origin): Node => {
  const [delimiter, source] = itemsOf(node)
  const between = textOf(delimiter)
  if (between === undefined || between === '' || source === undefined) return unknown('unresolved', 'Fn::Split', origin)
  const text = textOf(source)
  if (text === undefined) return dependent('Fn::Split', source, origin)
  const items = text.split(between).map((each) => scalar(each, origin))
  return assuming({ kind: 'list', items, origin }, source.assumed ?? delimiter?.assumed)
}

/** `Fn::Select`. */
export const select = (node: Node, origin: Origin): Node => {
  const [index, list] = itemsOf(node)
  const position = textOf(index)
  if (position === undefined || !/^\d{1,6}$/.test(position) || list === undefined)
    return unknown('unresolved', 'Fn::Select', origin)
  if (list.kind !== 'list') return dependent('Fn::Select', list, origin)
  const item = itemsOf(list)[Number(position)]
  return item === undefined
    ? unknown('unresolved', 'Fn::Select beyond the end of the list', origin)
    : assuming({ ...item, origin }, index?.assumed)
}

/** `Fn::Base64`. */
export const base64 = (node: Node, origin: Origin): Node => {
  const text = textOf(node)
  return text === undefined
    ? dependent('Fn::Base64', node, origin)
    : assuming(scalar(Buffer.from(text).toString('base64'), origin), node.assumed)
}

/** The parts of a text with `${Name}`; `${!Name}` stands for `${Name}`. */
export const partsOfSub = (text: string, valueOf: (name: string) => Node): readonly Part[] => {
  const parts: Part[] = []
  let last = 0
  for (const match of text.matchAll(/\$\{([^{}]*)\}/g)) {
    const [whole, name = ''] = match
    parts.push(text.slice(last, match.index))
    parts.push(name.startsWith('!') ? `\${${name.slice(1)}}` : valueOf(name.trim()))
    last = match.index + whole.length
  }
  parts.push(text.slice(last))
  return parts
}
