/** Counts what one import reads and generates, over all its documents (DEF-IN-07). @module */
import { LIMITS } from './limits.ts'

/** The amounts that one import may still use. Each method returns `false` if the amount exceeds the rest. */
export class Budget {
  #nodes: number = LIMITS.nodes
  #tokens: number = LIMITS.tokens
  #characters: number = LIMITS.characters

  /** Takes nodes: values of documents, and values that functions generate. */
  takeNodes(count = 1): boolean {
    this.#nodes -= count
    return this.#nodes >= 0
  }

  /** Takes one token of the lexer. */
  takeToken(): boolean {
    this.#tokens -= 1
    return this.#tokens >= 0
  }

  /** Takes characters of texts that functions generate. */
  takeText(length: number): boolean {
    this.#characters -= length
    return this.#characters >= 0
  }
}
