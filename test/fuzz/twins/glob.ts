/** What `*` and `?` mean, said as plainly as possible and in exponential time. @module */

/** A pattern cut into single characters; wildcards are told from characters by what they are, not by how they look. */
export type Unit = { readonly literal: string } | 'one' | 'any'

export const unitsOf = (pattern: string): readonly Unit[] =>
  pattern.split('').map((char) => (char === '*' ? 'any' : char === '?' ? 'one' : { literal: char }))

const fold = (char: string): string => (char >= 'A' && char <= 'Z' ? char.toLowerCase() : char)

/** Whether a pattern matches a whole text; from index `foldFrom` on the letter case of ASCII does not matter. */
export const slowGlob = (pattern: readonly Unit[], text: string, foldFrom: number = text.length): boolean => {
  const matches = (unit: number, at: number): boolean => {
    const wanted = pattern[unit]
    if (wanted === undefined) return at === text.length
    if (wanted === 'any') return matches(unit + 1, at) || (at < text.length && matches(unit, at + 1))
    if (at === text.length) return false
    const char = text.charAt(at)
    const same = wanted === 'one' || wanted.literal === char || (at >= foldFrom && fold(wanted.literal) === fold(char))
    return same && matches(unit + 1, at + 1)
  }
  return matches(0, 0)
}
