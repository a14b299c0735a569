/** The functions that are evaluated (DEF-TF-03). @module */
import type { Origin } from '../../definition.ts'
import { type Node, scalar } from '../../document/node.ts'

/** The text of a scalar as in a template; `undefined` for anything else. */
export const plainText = (node: Node | undefined): string | undefined =>
  node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined

/** Returns `undefined` if the arguments are not known, or not of the type that Terraform wants. */
type TextFunction = (args: readonly Node[], origin: Origin) => Node | undefined

// Terraform maps letters by the rules of Go, which differ from those of JavaScript outside of ASCII, and normalizes texts.
/** Whether a text is the same before and after normalization, and changes case by the same rules. */
export const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text) // oxlint-disable-line no-control-regex -- all of ASCII

const mapText =
  (change: (text: string) => string): TextFunction =>
  ([argument, ...more], origin) => {
    const text = plainText(argument)
    return text === undefined || more.length > 0 || !isAscii(text) ? undefined : scalar(change(text), origin)
  }

const format: TextFunction = ([pattern, ...values], origin) => {
  const text = plainText(pattern)
  if (text === undefined) return undefined
  let used = 0
  let isKnown = true
  const replaced = text.replaceAll(/%(?:%|([a-zA-Z])|.?)/gs, (found, verb: string | undefined) => {
    if (found === '%%') return '%'
    const value = values[used]
    used += 1
    const plain = plainText(value)
    const isFitting = verb === 's' || verb === 'v' || (verb === 'd' && plain !== undefined && /^-?\d+$/.test(plain))
    isKnown &&= isFitting && plain !== undefined
    return plain ?? ''
  })
  return isKnown && used === values.length ? scalar(replaced, origin) : undefined
}

const join: TextFunction = ([separator, ...lists], origin) => {
  const between = plainText(separator)
  const texts: string[] = []
  for (const list of lists) {
    if (list.kind !== 'list') return undefined
    for (const item of list.items) {
      const text = plainText(item)
      if (text === undefined || item.assumed !== undefined) return undefined
      texts.push(text)
    }
  }
  return between === undefined ? undefined : scalar(texts.join(between), origin)
}

/** A set has each value once, in the order of its text. */
const toset: TextFunction = ([list, ...more], origin) => {
  if (list?.kind !== 'list' || more.length > 0) return undefined
  const byText = new Map<string, Node>()
  let assumed: string | undefined
  for (const item of list.items) {
    const text = plainText(item)
    if (text === undefined) return undefined
    assumed ??= item.assumed
    byText.set(text, item)
  }
  const items = [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
  return { kind: 'list', items, origin, ...(assumed !== undefined && { assumed }) }
}

/** The value itself: its readers take trees and text alike. */
const jsonencode: TextFunction = ([value, ...more]) =>
  more.length === 0 && (value?.kind === 'map' || value?.kind === 'list') ? value : undefined

/** Functions without access to files. */
export const FUNCTIONS: ReadonlyMap<string, TextFunction> = new Map([
  ['format', format],
  ['join', join],
  ['jsonencode', jsonencode],
  ['lower', mapText((text) => text.toLowerCase())],
  ['toset', toset],
  ['upper', mapText((text) => text.toUpperCase())],
])
