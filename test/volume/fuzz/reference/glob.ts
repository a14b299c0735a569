/** Reference implementation of `*` and `?`, in exponential time. @module */

/** A character or wildcard of a pattern. */
export type Unit = { readonly literal: string } | 'one' | 'any' | 'one within' | 'any within'

/** The pattern with wildcards that stop at `/`, except a star at its end. */
export const withinSegments = (pattern: readonly Unit[]): readonly Unit[] =>
  pattern.map((unit, index) => {
    if (unit === 'one') return 'one within'
    return unit === 'any' && index < pattern.length - 1 ? 'any within' : unit
  })

export const unitsOf = (pattern: string): readonly Unit[] =>
  pattern.split('').map((char) => (char === '*' ? 'any' : char === '?' ? 'one' : { literal: char }))

const fold = (char: string): string => (char >= 'A' && char <= 'Z' ? char.toLowerCase() : char)

/** Whether a pattern matches the whole text; from index `foldFrom` the case of ASCII letters is ignored. */
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
