/** Determines from the source text of a function how many arguments it can receive. @module */
import type { AnyFunction } from './contract.ts'

// Taken when the module loads: later changes to the prototype have no effect.
// oxlint-disable-next-line unbound-method -- called with `this`
const sourceOf = Function.prototype.toString

/** What may precede the parameter list of a function, a method or an arrow function. */
const HEAD = /^(?:async\s+|async(?=\())?(?:function\b\s*)?\*?\s*(?:[\p{ID_Start}$_][\p{ID_Continue}$]*\s*)?$/u
const SINGLE = /^(?:async\s+)?[\p{ID_Start}$_][\p{ID_Continue}$]*\s*=>/u
/** Ways to access arguments that are not declared. An escape may hide such a name. */
const HIDDEN = /arguments|eval|\\u/

const OPENING = '([{'
const CLOSING = ')]}'

/** The position after a comment or a string that begins at `start`; `undefined` for anything else. */
const skip = (text: string, start: number): number | undefined => {
  const [first, second] = [text[start], text[start + 1]]
  if (first === '/') {
    const end = second === '/' ? '\n' : second === '*' ? '*/' : undefined
    const at = end === undefined ? -1 : text.indexOf(end, start + 2)
    return at < 0 ? undefined : at + (end as string).length
  }
  if (first !== '"' && first !== "'") return undefined
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === first) return index + 1
  }
  return undefined
}

/** The number of parameters in the list that begins after `start`; `undefined` with a rest parameter, or if uncertain. */
const countFrom = (text: string, start: number): number | undefined => {
  let count = 0
  let depth = 0
  // Whether the current parameter has begun: a comma may follow the last one.
  let begun = false
  for (let index = start; index < text.length;) {
    const character = text[index] as string
    if (`/"'`.includes(character)) {
      const next = skip(text, index)
      // A division, a regular expression or an unfinished string.
      if (next === undefined) return undefined
      index = next
      continue
    }
    if (character === '`' || (depth === 0 && text.startsWith('...', index))) return undefined
    if (depth === 0 && character === ')') return begun ? count + 1 : count
    if (OPENING.includes(character)) depth++
    else if (CLOSING.includes(character)) depth--
    if (depth === 0 && character === ',') {
      count++
      begun = false
    } else if (!/\s/.test(character)) begun = true
    index++
  }
  return undefined
}

/**
 * Whether a function certainly cannot receive more than its first `count` arguments: it declares no more parameters, no
 * rest parameter, and its source does not mention `arguments` or `eval`. `false` if its source cannot be read, as for
 * bound and native functions. `length` is not enough: it does not count parameters from the first default value on.
 */
export const receivesAtMost = (count: number, authorize: AnyFunction): boolean => {
  let text: string
  try {
    text = sourceOf.call(authorize)
  } catch {
    return false
  }
  if (HIDDEN.test(text) || /\{\s*\[native code\]\s*\}\s*$/.test(text)) return false
  if (SINGLE.test(text)) return count >= 1
  const open = text.indexOf('(')
  if (open < 0 || !HEAD.test(text.slice(0, open))) return false
  const declared = countFrom(text, open + 1)
  return declared !== undefined && declared <= count
}
