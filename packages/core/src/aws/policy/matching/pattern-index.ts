/** An index of patterns by their literal beginning or, without one, by their other literal parts. @module */
import { GramIndex } from './gram-index.ts'
import { PrefixTrie } from './trie.ts'

/** The literal text of a pattern. */
export interface Literals {
  /** Text that every match begins with; may be empty. */
  readonly prefix: string
  /** Texts that every match contains; empty if they are not known. */
  readonly parts: readonly string[]
}

/** Finds the patterns that a text can match. */
export class PatternIndex<T> {
  readonly #byPrefix = new PrefixTrie<T>()
  #byGram: GramIndex<T> | undefined

  get size(): number {
    return this.#size
  }

  #size = 0

  add({ prefix, parts }: Literals, value: T): void {
    this.#size++
    if (prefix === '') (this.#byGram ??= new GramIndex()).add(parts, value)
    else this.#byPrefix.add(prefix, value)
  }

  /** Whether `test` returns true for any pattern whose literal text `text` contains. */
  some(text: string, test: (value: T) => boolean): boolean {
    if (this.#byPrefix.some(text, test)) return true
    return this.#byGram !== undefined && this.#byGram.some(text, test)
  }

  /**
   * Like `some`, for a text with other spellings that begin with the same literal text, but may have other characters after
   * it: patterns without a prefix are all tested.
   */
  someSpelling(text: string, test: (value: T) => boolean): boolean {
    if (this.#byPrefix.some(text, test)) return true
    return this.#byGram !== undefined && this.#byGram.someOfAll(test)
  }
}
