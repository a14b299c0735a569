/** What the readers of resources share: values that guard, names, and the APIs that resources belong to. @module */
import type { ApiBuilder } from '../../building/api-builder.ts'
import type { Wanted } from '../../building/values.ts'
import type { Origin, Protocol } from '../../definition.ts'
import { isAbsent, member, type Node, textOf } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import type { Inventory } from './inventory.ts'
import type { Resource } from './resource.ts'

/** An API, and the resource that declares it; absent if the resource is not in the input. */
export interface Api {
  readonly builder: ApiBuilder
  readonly resource?: Resource
}

/** A value that decides who passes: known, absent, or not known, and then a finding stops. */
export type Decided = { readonly text: string } | 'absent' | 'undecided'

/** Reads the resources of one input. */
export class Reading {
  readonly context: ReadContext
  readonly inventory: Inventory
  readonly #apis = new Map<string, Api>()
  readonly #labels = new Map<string, number>()

  constructor(context: ReadContext, inventory: Inventory) {
    this.context = context
    this.inventory = inventory
  }

  /** Counts the resources of some types, so that {@link nameOf} can tell those of one label apart. */
  countLabels(...types: readonly string[]): void {
    for (const { type, label } of this.inventory.of(...types)) {
      const key = `${type}.${label}`
      this.#labels.set(key, (this.#labels.get(key) ?? 0) + 1)
    }
  }

  /** The label of a resource, or a longer name if several have it, in instances or modules (DEF-GEN-12). */
  nameOf({ type, label, longName }: Resource): string {
    return (this.#labels.get(`${type}.${label}`) ?? 0) > 1 ? longName : label
  }

  /** Whether an attribute is not set. The empty text is none: states have it for what is not set. */
  isUnset(node: Node | undefined): boolean {
    return node === undefined || (this.#isCertain(node) && (isAbsent(node) || textOf(node) === ''))
  }

  #isCertain(node: Node): boolean {
    return node.assumed === undefined || this.context.options.useDefaults === true
  }

  /** The text of an attribute that guards. */
  guarding(node: Node | undefined, wanted: Omit<Wanted, 'role'>): Decided {
    if (node === undefined || this.isUnset(node)) return 'absent'
    const text = this.context.values.text(node, { ...wanted, role: 'decides' })
    return text === undefined ? 'undecided' : { text }
  }

  /** Whether all resources exist for certain. A doubt becomes a finding that stops. */
  areCertain(resources: readonly (Resource | undefined)[], routes: readonly string[]): boolean {
    let isCertain = true
    for (const resource of resources) {
      if (resource?.doubt === undefined) continue
      const wanted = { role: 'decides', what: `whether ${resource.address} exists`, routes } as const
      isCertain = this.context.values.known(resource.doubt, wanted) !== undefined && isCertain
    }
    return isCertain
  }

  /** Adds the API of a resource. */
  addApi(resource: Resource, protocol: Protocol): Api {
    const builder = this.context.addApi(this.nameOf(resource), protocol, resource.origin)
    const api: Api = { builder, resource }
    this.#apis.set(resource.address, api)
    return api
  }

  /** The API that a resource belongs to. Resources of an API that is not in the input share an entry. */
  apiOf(
    resource: Resource,
    { attribute, types, protocol }: { attribute: string; types: readonly string[]; protocol: Protocol },
  ): Api {
    const node = member(resource.attributes, attribute)
    for (const type of types) {
      const found = this.inventory.target(node, type)
      const api = found === undefined ? undefined : this.#apis.get(found.address)
      if (api !== undefined) return api
    }
    const key = node?.kind === 'reference' ? node.resource : node?.kind === 'unknown' ? node.text : (textOf(node) ?? '')
    const known = this.#apis.get(`${protocol} ${key}`)
    if (known !== undefined) return known
    const name = /([A-Za-z_][\w-]*)(?:\.(?:id|api_id|rest_api_id))?$/.exec(key)?.[1] ?? 'api'
    const api = { builder: this.context.addApi(name, protocol, resource.origin) }
    this.#apis.set(`${protocol} ${key}`, api)
    return api
  }

  /** The API of a resource if it is in the input. */
  knownApiOf(node: Node | undefined, ...types: readonly string[]): Api | undefined {
    for (const type of types) {
      const found = this.inventory.target(node, type)
      const api = found === undefined ? undefined : this.#apis.get(found.address)
      if (api !== undefined) return api
    }
    return undefined
  }

  /** Adds a finding that stops, about a route. */
  stop(
    kind: Parameters<ReadContext['findings']['stop']>[0],
    code: string,
    at: { readonly origin: Origin },
    details: { readonly message: string; readonly advice: string; readonly routes?: readonly string[] },
  ): 'undecided' {
    this.context.findings.stop(kind, code, at, details)
    return 'undecided'
  }
}
