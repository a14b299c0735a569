/** An index of patterns by their literal text: the beginning, and the parts after it. @module */
import { type Contained, GramIndex } from './gram-index.ts'
import { PrefixTrie } from './trie.ts'

/** The literal text of a pattern. */
export interface Literals extends Contained {
  /** Text that every match begins with; may be empty. */
  readonly prefix: string
}

/** Below this number of beginnings, comparing each is faster than building a tree. */
const MIN_TREE = 8

/** The patterns with one beginning. */
interface Group<T> {
  readonly prefix: string
  readonly patterns: GramIndex<T>
}

/**
 * Finds the patterns that a text can match. Many patterns share a short beginning, such as the API and stage in front of
 * `*\/admin/*`, so those with the same beginning are indexed by their other parts.
 */
export class PatternIndex<T> {
  readonly #groups: Group<T>[] = []
  /** The groups by prefix, and in a tree, if there are at least {@link MIN_TREE}. */
  #byPrefix: Map<string, Group<T>> | undefined
  #trie: PrefixTrie<GramIndex<T>> | undefined

  /** The number of beginnings. */
  get size(): number {
    return this.#groups.length
  }

  add(literals: Literals, value: T): void {
    const { prefix } = literals
    const known = this.#byPrefix?.get(prefix) ?? this.#groupOf(prefix)
    known.patterns.add(literals, value)
  }

  #groupOf(prefix: string): Group<T> {
    if (this.#byPrefix === undefined) {
      const known = this.#groups.find((each) => each.prefix === prefix)
      if (known !== undefined) return known
    }
    const group = { prefix, patterns: new GramIndex<T>() }
    this.#groups.push(group)
    if (this.#groups.length >= MIN_TREE) this.#index()
    return group
  }

  /** Adds the groups that are not in the tree yet. */
  #index(): void {
    this.#byPrefix ??= new Map()
    this.#trie ??= new PrefixTrie()
    for (let at = this.#byPrefix.size; at < this.#groups.length; at++) {
      const group = this.#groups[at] as Group<T>
      this.#byPrefix.set(group.prefix, group)
      this.#trie.add(group.prefix, group.patterns)
    }
  }

  /** Whether `test` returns true for any pattern whose literal text `text` contains. */
  some(text: string, test: (value: T) => boolean): boolean {
    return this.#someGroup(text, (patterns) => patterns.some(text, test))
  }

  /**
   * Like `some`, for a text with other spellings that begin with the same literal text, but may have other characters after it:
   * all patterns with such a beginning are tested.
   */
  someSpelling(text: string, test: (value: T) => boolean): boolean {
    return this.#someGroup(text, (patterns) => patterns.someOfAll(test))
  }

  #someGroup(text: string, test: (patterns: GramIndex<T>) => boolean): boolean {
    if (this.#trie !== undefined) return this.#trie.some(text, test)
    for (let index = 0; index < this.#groups.length; index++) {
      const { prefix, patterns } = this.#groups[index] as Group<T>
      if (text.startsWith(prefix) && test(patterns)) return true
    }
    return false
  }

  /** Whether all patterns pass `test` that some continuation of `text` can match. */
  everyRelated(text: string, test: (value: T) => boolean): boolean {
    const everyOf = (patterns: GramIndex<T>): boolean => patterns.every(test)
    return this.#trie === undefined
      ? this.#groups.every(
          ({ prefix, patterns }) => !(text.startsWith(prefix) || prefix.startsWith(text)) || everyOf(patterns),
        )
      : this.#trie.everyRelated(text, everyOf)
  }
}
