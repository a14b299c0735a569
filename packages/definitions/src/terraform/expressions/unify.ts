/** Types of the branches of conditionals (DEF-TF-12). @module */
import type { Node } from '../../document/node.ts'

/**
 * The chosen branch of a conditional. Terraform converts both branches to one type: a scalar beside text becomes text.
 * `undefined` where the result of the conversion is not computed.
 */
export const unified = (chosen: Node, other: Node): Node | undefined => {
  if (isNull(other)) return chosen
  if (chosen.kind === 'map' || chosen.kind === 'list')
    return sameShape(chosen, other) || isUniform(chosen, other) ? chosen : undefined
  if (chosen.kind !== 'scalar' || chosen.value === null || typeof chosen.value === 'string') return chosen
  if (other.kind !== 'scalar') return undefined
  if (typeof other.value === typeof chosen.value) return chosen
  if (typeof other.value !== 'string') return undefined
  const isExact = typeof chosen.value === 'boolean' || Number.isSafeInteger(chosen.value)
  const value = String(chosen.value)
  return isExact ? { ...chosen, value, text: value } : undefined
}

const isNull = (node: Node): boolean => node.kind === 'scalar' && node.value === null

const partsOf = (node: Node): readonly Node[] =>
  node.kind === 'map' ? [...node.entries.values()] : node.kind === 'list' ? node.items : []

/** Whether both are maps or lists whose parts all have one type. */
const isUniform = (a: Node, b: Node): boolean => {
  const parts = [...partsOf(a), ...partsOf(b)]
  const [first] = parts
  return a.kind === b.kind && (first === undefined || parts.every((each) => sameShape(first, each)))
}

/** Texts stay texts beside anything: attributes of resources and unknown values count as text. */
const kindOf = (node: Node): string => (isNull(node) ? 'null' : node.kind === 'scalar' ? typeof node.value : 'string')

/** Whether two values surely have one type. */
const sameShape = (a: Node, b: Node): boolean => {
  if (a.kind === 'list' || b.kind === 'list')
    return (
      a.kind === 'list' &&
      b.kind === 'list' &&
      a.items.length === b.items.length &&
      a.items.every((item, index) => sameShape(item, b.items[index] as Node))
    )
  if (a.kind === 'map' || b.kind === 'map')
    return (
      a.kind === 'map' &&
      b.kind === 'map' &&
      a.entries.size === b.entries.size &&
      [...a.entries].every(([key, each]) => {
        const other = b.entries.get(key)
        return other !== undefined && sameShape(each, other)
      })
    )
  return kindOf(a) === kindOf(b)
}
