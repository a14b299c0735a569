/** The resources of a template, with evaluated properties (DEF-CFN-07). @module */
import { at, entriesOf, isAbsent, map, member, type Node, scalar, textOf, unknown } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { Evaluator, type Surroundings } from './evaluator.ts'

/** One resource. */
export interface Resource {
  readonly id: string
  /** The ID that references have: with the prefix of the template. */
  readonly reference: string
  readonly type: string
  /** Evaluated. */
  readonly properties: Node
  /** `true`, or what the existence of the resource depends on. A resource whose condition is false is left out. */
  readonly exists: Node
  /** Readable name that the CDK adds (DEF-CDK-02). */
  readonly label?: string
  /** File of a nested stack that the CDK adds. */
  readonly asset?: string
  readonly origin: Node['origin']
}

/** Resources of one template, or of several. */
export interface Resources {
  readonly all: readonly Resource[]
  /** Finds a resource by what references have. */
  resource(reference: string): Resource | undefined
  ofType(type: string): readonly Resource[]
}

/** The resources of one template. */
export class Template implements Resources {
  readonly evaluator: Evaluator
  readonly #resources = new Map<string, Resource>()

  readonly #prefix: string

  constructor(document: Node, context: ReadContext, surroundings?: Surroundings) {
    this.#prefix = surroundings?.prefix ?? ''
    this.evaluator = new Evaluator(document, context, surroundings)
    for (const [id, declared] of entriesOf(member(document, 'Resources'))) {
      const resource = context.attempt(() => this.#evaluate(id, declared))
      if (resource !== undefined) this.#resources.set(resource.reference, resource)
    }
  }

  /** All resources, in the order of the file. */
  get all(): readonly Resource[] {
    return [...this.#resources.values()]
  }

  resource(reference: string): Resource | undefined {
    return this.#resources.get(reference)
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
    const label = textOf(at(declared, 'Metadata', 'aws:cdk:path'))
    const asset = textOf(at(declared, 'Metadata', 'aws:asset:path'))
    return {
      id,
      reference: this.#prefix + id,
      type,
      properties: (properties && this.evaluator.evaluate(properties)) ?? map([], declared.origin),
      exists,
      ...(label !== undefined && { label }),
      ...(asset !== undefined && { asset }),
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

/** The resources of several templates that refer to each other: nested stacks, and the stacks of an assembly. */
export class TemplateGroup implements Resources {
  readonly #templates: readonly Template[]

  constructor(templates: readonly Template[]) {
    this.#templates = templates
  }

  get all(): readonly Resource[] {
    return this.#templates.flatMap((each) => each.all)
  }

  resource(reference: string): Resource | undefined {
    for (const template of this.#templates) {
      const found = template.resource(reference)
      if (found !== undefined) return found
    }
    return undefined
  }

  ofType(type: string): readonly Resource[] {
    return this.#templates.flatMap((each) => each.ofType(type))
  }
}
