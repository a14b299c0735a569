/** Finds the patterns without a literal prefix, such as `*\/admin/*`, of which a text can be a match. @module */

/** Characters of a gram. Seven bits of each are used, so that a gram is a small integer. */
const LENGTH = 4
const MASK = (1 << (7 * LENGTH)) - 1
/** Below this number, testing each pattern is faster than reading the text. */
const MIN_INDEXED = 8

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

interface Indexed<T> {
  readonly value: T
  readonly grams: readonly number[]
}

/**
 * An index over four consecutive characters of each pattern. A text that a pattern matches contains all of its literal parts,
 * so it contains this gram. The gram that the fewest patterns have is chosen, so that few patterns are tested.
 */
export class GramIndex<T> {
  readonly #patterns: Indexed<T>[] = []
  /** Patterns whose literal parts are too short. */
  readonly #short: T[] = []
  #byGram: Map<number, T[]> | undefined

  /** @param literals the texts that every match contains */
  add(literals: readonly string[], value: T): void {
    const grams = literals.flatMap(gramsOf)
    if (grams.length === 0) this.#short.push(value)
    else this.#patterns.push({ value, grams })
    this.#byGram = undefined
  }

  /** Whether `test` returns true for any value whose literal parts `text` may contain. */
  some(text: string, test: (value: T) => boolean): boolean {
    for (let index = 0; index < this.#short.length; index++) if (test(this.#short[index] as T)) return true
    if (this.#patterns.length < MIN_INDEXED) return this.#patterns.some(({ value }) => test(value))
    const byGram = (this.#byGram ??= this.#build())
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

  /** Whether `test` returns true for any value. */
  someOfAll(test: (value: T) => boolean): boolean {
    return this.#short.some(test) || this.#patterns.some(({ value }) => test(value))
  }

  #build(): Map<number, T[]> {
    const frequency = new Map<number, number>()
    for (const { grams } of this.#patterns)
      for (const gram of grams) frequency.set(gram, (frequency.get(gram) ?? 0) + 1)
    const byGram = new Map<number, T[]>()
    for (const { value, grams } of this.#patterns) {
      let rarest = grams[0] as number
      for (const gram of grams) if ((frequency.get(gram) as number) < (frequency.get(rarest) as number)) rarest = gram
      const values = byGram.get(rarest)
      if (values === undefined) byGram.set(rarest, [value])
      else values.push(value)
    }
    return byGram
  }
}
