/** The resources of a template, with evaluated properties (DEF-CFN-07). @module */
import { isDeclared } from '../building/declared.ts'
import { assuming, at, entriesOf, isAbsent, map, member, type Node, scalar, textOf, unknown } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'
import { Evaluator } from './evaluation/evaluator.ts'
import type { Surroundings } from './evaluation/surroundings.ts'

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
  readonly #byType = new Map<string, Resource[]>()
  readonly #prefix: string
  readonly #stackExists: Node | undefined

  constructor(document: Node, context: ReadContext, surroundings?: Surroundings) {
    this.#prefix = surroundings?.prefix ?? ''
    this.#stackExists = surroundings?.exists
    this.evaluator = new Evaluator(document, context, surroundings)
    for (const [id, declared] of entriesOf(member(document, 'Resources'))) {
      const resource = context.attempt(() => this.#evaluate(id, declared))
      if (resource === undefined) continue
      this.#resources.set(resource.reference, resource)
      const others = this.#byType.get(resource.type)
      if (others === undefined) this.#byType.set(resource.type, [resource])
      else others.push(resource)
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
    return this.#byType.get(type) ?? []
  }

  #evaluate(id: string, declared: Node): Resource | undefined {
    const type = textOf(member(declared, 'Type'))
    if (type === undefined) return undefined
    const exists = this.#existence(declared)
    if (exists === undefined) return undefined
    const written = member(declared, 'Properties')
    const properties = written && this.evaluator.evaluate(written)
    const label = textOf(at(declared, 'Metadata', 'aws:cdk:path'))
    const asset = textOf(at(declared, 'Metadata', 'aws:asset:path'))
    return {
      id,
      reference: this.#prefix + id,
      type,
      properties: isDeclared(properties) ? properties : map([], declared.origin),
      exists,
      ...(label !== undefined && { label }),
      ...(asset !== undefined && { asset }),
      origin: declared.origin,
    }
  }

  /** `undefined` if the condition of the resource is false. */
  #existence(declared: Node): Node | undefined {
    const condition = member(declared, 'Condition')
    const always = this.#stackExists ?? scalar(true, declared.origin)
    if (condition === undefined || isAbsent(condition)) return always
    const name = textOf(condition)
    if (name === undefined) return unknown('unresolved', 'a condition that is not a name', condition.origin)
    const { holds, assumed } = this.evaluator.decide(name, condition.origin)
    if (holds === undefined)
      return unknown('unresolved', `it depends on the condition ${JSON.stringify(name)}`, condition.origin)
    if (assumed === undefined) return holds ? always : undefined
    return always.kind === 'unknown' ? always : assuming(scalar(holds, condition.origin), assumed)
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
