/** Finds, among patterns with the same literal beginning, those of which a text can be a match. @module */

/** Characters of a gram. Seven bits of each are used, so that a gram is a small integer. */
const LENGTH = 4
const MASK = (1 << (7 * LENGTH)) - 1
/** Below this number, testing each pattern is faster than reading the text. */
const MIN_INDEXED = 8
/** Number of searches before the index is built, which takes longer than all of them: many policies are used once. */
const SEARCHES_WITHOUT = 3

const extend = (gram: number, code: number): number => ((gram << 7) | (code & 0x7f)) & MASK

/** The grams of a literal text. */
const gramsOf = (text: string): readonly number[] => {
  const grams: number[] = []
  let gram = 0
  for (let index = 0; index < text.length; index++) {
    gram = extend(gram, text.charCodeAt(index))
    if (index >= LENGTH - 1) grams.push(gram)
  }
  return grams
}

/** The texts that every match of a pattern contains. They are read if there are many patterns. */
export interface Contained {
  readonly parts: readonly string[]
}

interface Pattern<T> {
  readonly value: T
  readonly literals: Contained
}

interface Grams<T> {
  readonly byGram: ReadonlyMap<number, readonly T[]>
  /** Patterns whose literal parts are too short. */
  readonly short: readonly T[]
}

const countGrams = (lists: readonly (readonly number[])[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const gram of lists.flat()) counts.set(gram, (counts.get(gram) ?? 0) + 1)
  return counts
}

const indexOf = <T>(patterns: readonly Pattern<T>[]): Grams<T> => {
  const lists = patterns.map(({ literals }) => literals.parts.flatMap(gramsOf))
  const counts = countGrams(lists)
  const byGram = new Map<number, T[]>()
  const short: T[] = []
  for (const [position, { value }] of patterns.entries()) {
    const [first, ...others] = lists[position] as readonly number[]
    if (first === undefined) {
      short.push(value)
      continue
    }
    const rarest = others.reduce(
      (one, other) => ((counts.get(other) as number) < (counts.get(one) as number) ? other : one),
      first,
    )
    const values = byGram.get(rarest)
    if (values === undefined) byGram.set(rarest, [value])
    else values.push(value)
  }
  return { byGram, short }
}

/**
 * An index over four consecutive characters of each pattern. A text that a pattern matches contains all of its literal parts,
 * so it contains this gram. The gram that the fewest patterns have is chosen, so that few patterns are tested.
 */
export class GramIndex<T> {
  readonly #patterns: Pattern<T>[] = []
  #searches = 0
  #grams: Grams<T> | undefined

  add(literals: Contained, value: T): void {
    this.#patterns.push({ value, literals })
    this.#grams = undefined
  }

  /** Whether `test` returns true for all values. */
  every(test: (value: T) => boolean): boolean {
    return this.#patterns.every(({ value }) => test(value))
  }

  /** Whether `test` returns true for any value whose literal parts `text` may contain. */
  some(text: string, test: (value: T) => boolean): boolean {
    if (this.#patterns.length < MIN_INDEXED) return this.someOfAll(test)
    if (this.#searches < SEARCHES_WITHOUT) {
      this.#searches++
      return this.#someContained(text, test)
    }
    const { byGram, short } = (this.#grams ??= indexOf(this.#patterns))
    for (let index = 0; index < short.length; index++) if (test(short[index] as T)) return true
    let gram = 0
    for (let index = 0; index < text.length; index++) {
      gram = extend(gram, text.charCodeAt(index))
      if (index < LENGTH - 1) continue
      const values = byGram.get(gram)
      if (values === undefined) continue
      for (let each = 0; each < values.length; each++) if (test(values[each] as T)) return true
    }
    return false
  }

  #someContained(text: string, test: (value: T) => boolean): boolean {
    for (const { value, literals } of this.#patterns)
      if (literals.parts.every((part) => text.includes(part)) && test(value)) return true
    return false
  }

  /** Whether `test` returns true for any value. */
  someOfAll(test: (value: T) => boolean): boolean {
    for (let index = 0; index < this.#patterns.length; index++)
      if (test((this.#patterns[index] as Pattern<T>).value)) return true
    return false
  }
}
