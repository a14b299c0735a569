/** Conditions of a template: true, false, or not decided (DEF-RES-02, DEF-CFN-04). @module */
import type { Origin } from '../../definition.ts'
import { DocumentProblem } from '../../document/document-problem.ts'
import { LIMITS } from '../../document/limits.ts'
import { entriesOf, itemsOf, member, type Node, textOf } from '../../document/node.ts'

/** Whether a condition holds. */
export interface Decided {
  /** `undefined` if it depends on a value that is not known. */
  readonly holds: boolean | undefined
  /** The parameter whose default decides it. */
  readonly assumed?: string | undefined
}

const UNDECIDED: Decided = { holds: undefined }

/** Words that CloudFormation reads as `true` or `false`, because its YAML is version 1.1 (DEF-IN-23). */
const YAML_1_1 = /^(?:y|yes|on|n|no|off)$/i

/** The conditions of one template. */
export class Conditions {
  readonly #declared: Node | undefined
  readonly #evaluate: (node: Node) => Node | undefined
  readonly #decided = new Map<string, Decided | 'open'>()
  #depth = 0

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
    if (this.#depth > LIMITS.references) {
      const message = `more than ${LIMITS.references} conditions that refer to each other`
      throw new DocumentProblem('DEF-IN-05', 'hostile', origin, { message, advice: 'Simplify the conditions.' })
    }
    this.#decided.set(name, 'open')
    this.#depth += 1
    try {
      const decided = this.#decide(declared)
      this.#decided.set(name, decided)
      return decided
    } finally {
      this.#depth -= 1
      if (this.#decided.get(name) === 'open') this.#decided.delete(name)
    }
  }

  #decide(node: Node): Decided {
    const [[name, argument] = [], another] = entriesOf(node)
    if (name === undefined || argument === undefined || another !== undefined) return UNDECIDED
    const operands = itemsOf(argument)
    if (name === 'Condition') return this.named(textOf(argument) ?? '', node.origin)
    if (name === 'Fn::Equals') return this.#equal(operands)
    const decided = operands.map((each) => this.#decide(each))
    if (name === 'Fn::Not') {
      const [only, second] = decided
      return only?.holds === undefined || second !== undefined ? UNDECIDED : { ...only, holds: !only.holds }
    }
    if (name === 'Fn::And') return combine(decided, false)
    if (name === 'Fn::Or') return combine(decided, true)
    return UNDECIDED
  }

  #equal([left, right, another]: readonly Node[]): Decided {
    if (another !== undefined) return UNDECIDED
    const values = [left, right].map((each) => each && this.#evaluate(each))
    const [first, second] = values.map((each) => textOf(each))
    const assumed = values.find((each) => each?.assumed !== undefined)?.assumed
    if (first === undefined || second === undefined) return UNDECIDED
    if (first !== second && [first, second].some((each) => YAML_1_1.test(each))) return UNDECIDED
    return { holds: first === second, assumed }
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
