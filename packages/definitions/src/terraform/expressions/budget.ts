/** Bounds on what the evaluation of expressions produces, so that no file exhausts time or memory (DEF-IN-07). @module */
import type { Origin } from '../../definition.ts'
import { DocumentProblem } from '../../document/document-problem.ts'
import { LIMITS } from '../../document/limits.ts'
import type { Node } from '../../document/node.ts'

/** Levels of expressions, through all references. */
const NESTED = 500

const weights = new WeakMap<object, number>()

/** Number of values in a tree; parts that are shared count as often as they occur. */
export const weightOf = (node: Node): number => {
  if (node.kind !== 'map' && node.kind !== 'list') return 1
  const parts = node.kind === 'map' ? node.entries : node.items
  const known = weights.get(parts)
  if (known !== undefined) return known
  let weight = 1
  for (const part of parts.values()) weight += weightOf(part)
  weights.set(parts, weight)
  return weight
}

/** Counts evaluated values and produced text of one import. */
export class Budget {
  #values: number = LIMITS.nodes * 5
  #text: number = LIMITS.totalBytes
  #instances: number = LIMITS.members
  #depth = 0
  #nested = 0

  /** @throws {DocumentProblem} class `hostile` */
  take(origin: Origin, count = 1): void {
    this.#values -= count
    if (this.#values < 0) throw hostile('DEF-IN-07', origin, 'evaluates more values than the limit')
  }

  /**
   * Takes instances of `count` and `for_each`.
   *
   * @throws {DocumentProblem} class `hostile`
   */
  takeInstances(count: number, origin: Origin): void {
    this.#instances -= count
    if (this.#instances < 0) throw hostile('DEF-IN-07', origin, `has more than ${LIMITS.members} instances`)
  }

  /** @throws {DocumentProblem} class `hostile` */
  takeText(length: number, origin: Origin): void {
    this.#text -= length
    if (this.#text < 0) throw hostile('DEF-IN-07', origin, `produces more than ${LIMITS.totalBytes} characters`)
  }

  /**
   * Evaluates one expression.
   *
   * @throws {DocumentProblem} class `hostile` if expressions are nested too deeply
   */
  nested<T>(origin: Origin, step: () => T): T {
    this.take(origin)
    if (this.#nested >= NESTED) throw hostile('DEF-IN-07', origin, `nests more than ${NESTED} expressions`)
    this.#nested += 1
    try {
      return step()
    } finally {
      this.#nested -= 1
    }
  }

  /**
   * Runs a step that follows a reference.
   *
   * @throws {DocumentProblem} class `hostile` if references are nested too deeply, as in a cycle
   */
  follow<T>(origin: Origin, step: () => T): T {
    if (this.#depth >= LIMITS.references)
      throw hostile('DEF-IN-05', origin, `follows more than ${LIMITS.references} references, or a cycle`)
    this.#depth += 1
    try {
      return step()
    } finally {
      this.#depth -= 1
    }
  }
}

const hostile = (code: string, origin: Origin, message: string): DocumentProblem =>
  new DocumentProblem(code, 'hostile', origin, { message, advice: 'Give the output of terraform show -json instead.' })
