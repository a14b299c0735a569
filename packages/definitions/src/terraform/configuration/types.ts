/**
 * Converts values to the types of variables, in collections too, as Terraform does (DEF-TF-12). What may be converted in
 * another way is not known.
 * @module
 */
import { assuming, entriesOf, isAbsent, itemsOf, type Node, unknown } from '../../document/node.ts'
import type { Expression } from '../expressions/expression.ts'
import { parseTemplate } from '../expressions/parse.ts'

/** Converts a value to the type of a variable, as its declaration has it. */
export const convertedTo = (node: Node, type: Node | undefined): Node => {
  if (type === undefined || isAbsent(type)) return node
  if (type.kind !== 'scalar' || typeof type.value !== 'string') return doubtful(node)
  const { value } = type
  return convert(node, value.includes('${') ? parseTemplate(value) : parseTemplate(`\${${value}}`))
}

const doubtful = (node: Node): Node =>
  node.kind === 'unknown'
    ? node
    : assuming(
        unknown('unresolved', 'a value whose conversion to the type of its variable is not known', node.origin),
        node.assumed,
      )

const convert = (node: Node, type: Expression): Node => {
  if (node.kind === 'unknown' || isAbsent(node)) return node
  if (type.kind === 'variable' && type.steps.length === 0) return CONVERSIONS.get(type.root)?.(node) ?? doubtful(node)
  const [of, ...more] = type.kind === 'call' ? type.args : []
  if (type.kind !== 'call' || of === undefined || more.length > 0) return doubtful(node)
  return COLLECTIONS.get(type.name)?.(node, of) ?? doubtful(node)
}

type Conversion = (node: Node) => Node | undefined

const text: Conversion = (node) => {
  // Attributes of resources: nearly all are texts, and are compared by address.
  if (node.kind === 'reference') return node
  if (node.kind !== 'scalar') return undefined
  if (typeof node.value === 'number' && !isExact(node.value)) return undefined
  const value = String(node.value)
  return { ...node, value, text: value }
}

/** Terraform takes the texts "1" and "true" for true, and rejects numbers. */
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

const truth: Conversion = (node) => {
  const value = node.kind === 'scalar' && typeof node.value !== 'number' ? TRUTHS.get(String(node.value)) : undefined
  return node.kind === 'scalar' && value !== undefined ? { ...node, value, text: String(value) } : undefined
}

const number: Conversion = (node) => {
  if (node.kind !== 'scalar' || typeof node.value === 'boolean') return undefined
  const written = String(node.value)
  const value = Number(written)
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(written) && isExact(value)
    ? { ...node, value, text: String(value) }
    : undefined
}

/** Whether a number has the same digits here and in Terraform, which computes with decimals of any length. */
const isExact = (value: number): boolean =>
  Number.isSafeInteger(value) || (Number.isFinite(value) && /^-?\d{1,9}\.\d{1,6}$/.test(String(value)))

/** The parts of a collection of any have to be of one type: only equal kinds surely keep theirs. */
const ofOneKind: Conversion = (node) => {
  const items = node.kind === 'map' ? entriesOf(node).map(([, each]) => each) : itemsOf(node)
  const kinds = new Set(items.map((each) => (each.kind === 'scalar' ? typeof each.value : 'other')))
  return kinds.size <= 1 && !kinds.has('other') ? node : undefined
}

const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map<string, Conversion>([
  ['any', (node) => node],
  ['string', text],
  ['bool', truth],
  ['number', number],
  ['list', (node) => (node.kind === 'list' ? ofOneKind(node) : undefined)],
  ['map', (node) => (node.kind === 'map' ? ofOneKind(node) : undefined)],
])

const isAny = (of: Expression): boolean => of.kind === 'variable' && of.root === 'any'

const list = (node: Node, of: Expression): Node | undefined => {
  if (node.kind !== 'list') return undefined
  return isAny(of) ? ofOneKind(node) : { ...node, items: node.items.map((item) => convert(item, of)) }
}

const map = (node: Node, of: Expression): Node | undefined => {
  if (node.kind !== 'map') return undefined
  if (isAny(of)) return ofOneKind(node)
  return { ...node, entries: new Map([...node.entries].map(([key, each]) => [key, convert(each, of)])) }
}

/** A set has each text once, in the order of its text. */
const set = (node: Node, of: Expression): Node | undefined => {
  const found = list(node, of)
  if (found?.kind !== 'list' || !found.items.every((each) => each.kind === 'scalar' && typeof each.value === 'string'))
    return undefined
  const byText = new Map(found.items.map((each) => [each.kind === 'scalar' ? each.text : '', each]))
  const assumed = found.items.find((each) => each.assumed !== undefined)?.assumed
  const items = [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
  return assuming({ ...found, items }, assumed)
}

/** Attributes that the type does not name are removed; optional ones have their default. */
const object = (node: Node, of: Expression): Node | undefined => {
  if (node.kind !== 'map' || of.kind !== 'object') return undefined
  const entries = new Map<string, Node>()
  for (const [name, type] of of.members) {
    if (name.kind !== 'literal') return undefined
    const key = String(name.value)
    const given = node.entries.get(key)
    const isOptional = type.kind === 'call' && type.name === 'optional'
    const [inner = type, fallback] = isOptional ? type.args : [type]
    if (given !== undefined && !isAbsent(given)) entries.set(key, convert(given, inner))
    else if (!isOptional && given === undefined) return undefined
    else if (fallback === undefined) entries.set(key, given ?? absent(node))
    else if (fallback.kind === 'literal')
      entries.set(
        key,
        convert(
          assuming({ ...absent(node), value: fallback.value, text: String(fallback.value) }, given?.assumed),
          inner,
        ),
      )
    else entries.set(key, doubtful(node))
  }
  return { ...node, entries }
}

const absent = ({ origin }: Node): Extract<Node, { kind: 'scalar' }> => ({
  kind: 'scalar',
  value: null,
  text: 'null',
  origin,
})

const tuple = (node: Node, of: Expression): Node | undefined => {
  if (node.kind !== 'list' || of.kind !== 'tuple' || of.items.length !== node.items.length) return undefined
  return { ...node, items: node.items.map((item, index) => convert(item, of.items[index] as Expression)) }
}

const COLLECTIONS: ReadonlyMap<string, (node: Node, of: Expression) => Node | undefined> = new Map([
  ['list', list],
  ['map', map],
  ['object', object],
  ['set', set],
  ['tuple', tuple],
])
