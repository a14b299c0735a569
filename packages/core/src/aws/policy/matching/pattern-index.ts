/** An index of patterns by their literal text: the beginning, and the parts after it. @module */
import { GramIndex } from './gram-index.ts'
import { PrefixTrie } from './trie.ts'

/** The literal text of a pattern. */
export interface Literals {
  /** Text that every match begins with; may be empty. */
  readonly prefix: string
  /** Texts that every match contains; empty if they are not known. */
  readonly parts: readonly string[]
}

/**
 * Finds the patterns that a text can match. Many patterns share a short beginning, such as the API and stage in front of
 * `*\/admin/*`, so those with the same beginning are indexed by their other parts.
 */
export class PatternIndex<T> {
  readonly #trie = new PrefixTrie<GramIndex<T>>()
  readonly #byPrefix = new Map<string, GramIndex<T>>()

  get size(): number {
    return this.#byPrefix.size
  }

  add({ prefix, parts }: Literals, value: T): void {
    let patterns = this.#byPrefix.get(prefix)
    if (patterns === undefined) {
      patterns = new GramIndex()
      this.#byPrefix.set(prefix, patterns)
      this.#trie.add(prefix, patterns)
    }
    patterns.add(parts, value)
  }

  /** Whether `test` returns true for any pattern whose literal text `text` contains. */
  some(text: string, test: (value: T) => boolean): boolean {
    return this.#trie.some(text, (patterns) => patterns.some(text, test))
  }

  /**
   * Like `some`, for a text with other spellings that begin with the same literal text, but may have other characters after it:
   * all patterns with such a beginning are tested.
   */
  someSpelling(text: string, test: (value: T) => boolean): boolean {
    return this.#trie.some(text, (patterns) => patterns.someOfAll(test))
  }

  /** Whether all patterns pass `test` that some continuation of `text` can match. */
  everyRelated(text: string, test: (value: T) => boolean): boolean {
    return this.#trie.everyRelated(text, (patterns) => patterns.every(test))
  }
}
