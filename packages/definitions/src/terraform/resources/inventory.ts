/** Finds resources by reference, and in a state by identifier. @module */
import type { Findings } from '../../building/findings.ts'
import { member, type Node, textOf } from '../../document/node.ts'
import type { Resource } from './resource.ts'

/** All resources of one configuration, plan or state. */
export class Inventory {
  readonly #byType = new Map<string, Resource[]>()
  readonly #byAddress = new Map<string, Resource>()
  /** By type and identifier; `undefined` if several resources have it. */
  readonly #byId = new Map<string, Resource | undefined>()

  constructor(resources: Iterable<Resource>, findings: Findings) {
    for (const resource of resources) {
      const { type, address, attributes } = resource
      if (this.#byAddress.has(address)) {
        const details = { message: `${address} occurs twice`, advice: 'Remove one of the two resources.' }
        findings.stop('conflict', 'DEF-TF-09', resource, details)
      }
      this.#byAddress.set(address, resource)
      const same = this.#byType.get(type)
      if (same === undefined) this.#byType.set(type, [resource])
      else same.push(resource)
      for (const name of ['id', 'root_resource_id']) {
        const id = textOf(member(attributes, name))
        if (id === undefined || id === '') continue
        const key = idKey(type, name, id)
        this.#byId.set(key, this.#byId.has(key) ? undefined : resource)
      }
    }
  }

  /** All types that the resources have. */
  get types(): Iterable<string> {
    return this.#byType.keys()
  }

  /** Resources of some types, in the order of their files. */
  of(...types: readonly string[]): readonly Resource[] {
    return types.flatMap((type) => this.#byType.get(type) ?? [])
  }

  /** The resource of a type whose attribute a node is; `undefined` if it is not in the input. */
  target(node: Node | undefined, type: string, attribute = 'id'): Resource | undefined {
    if (node?.kind === 'reference') {
      const found = this.#byAddress.get(node.resource)
      const isAttribute = node.attribute === undefined || node.attribute === attribute
      return found?.type === type && isAttribute ? found : undefined
    }
    const id = textOf(node)
    return id === undefined ? undefined : this.#byId.get(idKey(type, attribute, id))
  }
}

const idKey = (type: string, attribute: string, id: string): string => JSON.stringify([type, attribute, id])
