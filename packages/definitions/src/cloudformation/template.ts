/** The resources of a template, with evaluated properties (DEF-CFN-07). @module */
import { entriesOf, isAbsent, map, member, type Node, scalar, textOf, unknown } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { Evaluator, type Surroundings } from './evaluator.ts'

/** One resource. */
export interface Resource {
  readonly id: string
  readonly type: string
  /** Evaluated. */
  readonly properties: Node
  /** `true`, or what the existence of the resource depends on. A resource whose condition is false is left out. */
  readonly exists: Node
  /** Readable name that the CDK adds (DEF-CDK-02). */
  readonly label?: string
  readonly origin: Node['origin']
}

/** The resources of one template. */
export class Template {
  readonly evaluator: Evaluator
  readonly #resources = new Map<string, Resource>()

  constructor(document: Node, context: ReadContext, surroundings?: Surroundings) {
    this.evaluator = new Evaluator(document, context, surroundings)
    for (const [id, declared] of entriesOf(member(document, 'Resources'))) {
      const resource = context.attempt(() => this.#evaluate(id, declared))
      if (resource !== undefined) this.#resources.set(id, resource)
    }
  }

  /** All resources, in the order of the file. */
  get all(): readonly Resource[] {
    return [...this.#resources.values()]
  }

  resource(id: string): Resource | undefined {
    return this.#resources.get(id)
  }

  /** The resources of a type. */
  ofType(type: string): readonly Resource[] {
    return this.all.filter((each) => each.type === type)
  }

  #evaluate(id: string, declared: Node): Resource | undefined {
    const type = textOf(member(declared, 'Type'))
    if (type === undefined) return undefined
    const exists = this.#existence(declared)
    if (exists === undefined) return undefined
    const properties = member(declared, 'Properties')
    const label = textOf(member(member(declared, 'Metadata'), 'aws:cdk:path'))
    return {
      id,
      type,
      properties: (properties && this.evaluator.evaluate(properties)) ?? map([], declared.origin),
      exists,
      ...(label !== undefined && { label }),
      origin: declared.origin,
    }
  }

  /** `undefined` if the condition of the resource is false. */
  #existence(declared: Node): Node | undefined {
    const condition = member(declared, 'Condition')
    const always = scalar(true, declared.origin)
    if (condition === undefined || isAbsent(condition)) return always
    const name = textOf(condition)
    if (name === undefined) return unknown('unresolved', 'a condition that is not a name', condition.origin)
    const { holds, assumed } = this.evaluator.decide(name, condition.origin)
    if (holds === undefined)
      return unknown('unresolved', `it depends on the condition ${JSON.stringify(name)}`, condition.origin)
    if (assumed !== undefined) return { ...scalar(holds, condition.origin), assumed }
    return holds ? always : undefined
  }
}
