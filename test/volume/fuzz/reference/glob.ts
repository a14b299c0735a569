/** What `*` and `?` mean, said as plainly as possible and in exponential time. @module */

/** A pattern cut into single characters; wildcards are told from characters by what they are, not by how they look. */
export type Unit = { readonly literal: string } | 'one' | 'any' | 'one within' | 'any within'

/** The same pattern with wildcards that stop at `/`, but for a star at its end. */
export const withinSegments = (pattern: readonly Unit[]): readonly Unit[] =>
  pattern.map((unit, index) => {
    if (unit === 'one') return 'one within'
    return unit === 'any' && index < pattern.length - 1 ? 'any within' : unit
  })

export const unitsOf = (pattern: string): readonly Unit[] =>
  pattern.split('').map((char) => (char === '*' ? 'any' : char === '?' ? 'one' : { literal: char }))

const fold = (char: string): string => (char >= 'A' && char <= 'Z' ? char.toLowerCase() : char)

/** Whether a pattern matches a whole text; from index `foldFrom` on the letter case of ASCII does not matter. */
export const referenceGlob = (pattern: readonly Unit[], text: string, foldFrom: number = text.length): boolean => {
  const matches = (unit: number, at: number): boolean => {
    const wanted = pattern[unit]
    if (wanted === undefined) return at === text.length
    const char = text.charAt(at)
    const stays = wanted === 'any' || (wanted === 'any within' && char !== '/')
    if (wanted === 'any' || wanted === 'any within')
      return matches(unit + 1, at) || (stays && at < text.length && matches(unit, at + 1))
    if (at === text.length) return false
    if (wanted === 'one within') return char !== '/' && matches(unit + 1, at + 1)
    const same = wanted === 'one' || wanted.literal === char || (at >= foldFrom && fold(wanted.literal) === fold(char))
    return same && matches(unit + 1, at + 1)
  }
  return matches(0, 0)
}
