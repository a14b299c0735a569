/** Conditions of a template: true, false, or not decided (DEF-RES-02, DEF-CFN-04). @module */
import type { Origin } from '../definition.ts'
import { DocumentProblem } from '../document/document-problem.ts'
import { entriesOf, itemsOf, member, type Node, textOf } from '../document/node.ts'

/** Whether a condition holds. */
export interface Decided {
  /** `undefined` if it depends on a value that is not known. */
  readonly holds: boolean | undefined
  /** The parameter whose default decides it. */
  readonly assumed?: string | undefined
}

const UNDECIDED: Decided = { holds: undefined }

/** The conditions of one template. */
export class Conditions {
  readonly #declared: Node | undefined
  readonly #evaluate: (node: Node) => Node | undefined
  readonly #decided = new Map<string, Decided | 'open'>()

  constructor(declared: Node | undefined, evaluate: (node: Node) => Node | undefined) {
    this.#declared = declared
    this.#evaluate = evaluate
  }

  /** @throws {DocumentProblem} if conditions refer to each other in a cycle */
  named(name: string, origin: Origin): Decided {
    const earlier = this.#decided.get(name)
    if (earlier === 'open') {
      const message = 'conditions that refer to each other in a cycle'
      throw new DocumentProblem('DEF-IN-05', 'malformed', origin, { message, advice: 'Remove the cycle.' })
    }
    if (earlier !== undefined) return earlier
    const declared = member(this.#declared, name)
    if (declared === undefined) return UNDECIDED
    this.#decided.set(name, 'open')
    const decided = this.#decide(declared)
    this.#decided.set(name, decided)
    return decided
  }

  #decide(node: Node): Decided {
    const [[name, argument] = []] = entriesOf(node)
    if (name === undefined || argument === undefined) return UNDECIDED
    const operands = itemsOf(argument)
    if (name === 'Condition') return this.named(textOf(argument) ?? '', node.origin)
    if (name === 'Fn::Equals') return this.#equal(operands)
    const decided = operands.map((each) => this.#decide(each))
    if (name === 'Fn::Not') {
      const [only] = decided
      return only?.holds === undefined ? UNDECIDED : { ...only, holds: !only.holds }
    }
    if (name === 'Fn::And') return combine(decided, false)
    if (name === 'Fn::Or') return combine(decided, true)
    return UNDECIDED
  }

  #equal([left, right]: readonly Node[]): Decided {
    const values = [left, right].map((each) => each && this.#evaluate(each))
    const [first, second] = values.map((each) => textOf(each))
    const assumed = values.find((each) => each?.assumed !== undefined)?.assumed
    return first === undefined || second === undefined ? UNDECIDED : { holds: first === second, assumed }
  }
}

/** One `false` decides `And`, and one `true` decides `Or`, also if others are not decided. */
const combine = (decided: readonly Decided[], deciding: boolean): Decided => {
  const decisive = decided.filter((each) => each.holds === deciding)
  const certain = decisive.find((each) => each.assumed === undefined) ?? decisive[0]
  if (certain !== undefined) return certain
  if (decided.length === 0 || decided.some((each) => each.holds === undefined)) return UNDECIDED
  return { holds: !deciding, assumed: decided.find((each) => each.assumed !== undefined)?.assumed }
}
