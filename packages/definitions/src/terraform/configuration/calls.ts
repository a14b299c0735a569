/** The modules that a module calls, and their outputs (DEF-TF-06). @module */
import type { Origin } from '../../definition.ts'
import { type MapNode, member, type Node, textOf } from '../../document/node.ts'
import { unresolved } from '../expressions/evaluate.ts'
import { walk } from '../expressions/walk.ts'
import type { Instance, Instances } from './instances.ts'
import { isLocal, type LoadedModule } from './load.ts'
import type { Keys, Shared } from './shared.ts'

/** A module that is called. */
export interface Called {
  output: (name: string, text: string, origin: Origin) => Node
}

/** What leads to the modules of one module. */
export interface CallPlace<T> {
  /** Prefix of the addresses of the calling module. */
  readonly prefix: string
  readonly instancesOf: (address: string, block: MapNode) => Instances
  readonly stopUnexpanded: (address: string, block: MapNode) => void
  readonly create: (loaded: LoadedModule, prefix: string, call: { block: MapNode; instance: Instance }) => T
}

/** Creates modules, each once. */
export class Calls<T extends Called> {
  readonly #shared: Shared
  readonly #loaded: LoadedModule
  readonly #place: CallPlace<T>
  readonly #children = new Map<string, ReadonlyMap<string, T> | undefined>()

  constructor(shared: Shared, loaded: LoadedModule, place: CallPlace<T>) {
    this.#shared = shared
    this.#loaded = loaded
    this.#place = place
  }

  /** All modules that can be read. */
  *all(): Generator<T> {
    for (const name of this.#loaded.declarations.calls.keys()) yield* this.#childrenOf(name)?.values() ?? []
  }

  /** The value of `module.name` and what follows. */
  output(name: string, keys: Keys, text: string, origin: Origin): Node {
    const children = this.#shared.budget.follow(origin, () => this.#childrenOf(name))
    if (children === undefined) return unresolved(text, origin, 'dynamic')
    const single = children.get('')
    const [first] = keys
    const [output, ...rest] = single === undefined ? keys.slice(1) : keys
    const child = single ?? children.get(`[${JSON.stringify(first)}]`)
    if (child === undefined || output === undefined) return unresolved(text, origin)
    return walk(child.output(String(output), text, origin), rest, text, origin)
  }

  #childrenOf(name: string): ReadonlyMap<string, T> | undefined {
    if (this.#children.has(name)) return this.#children.get(name)
    const block = this.#loaded.declarations.calls.get(name)
    const found = block === undefined ? undefined : this.#readChildren(name, block)
    this.#children.set(name, found)
    return found
  }

  #readChildren(name: string, block: MapNode): ReadonlyMap<string, T> | undefined {
    const { prefix, instancesOf, stopUnexpanded, create } = this.#place
    const address = `${prefix}module.${name}`
    const found = instancesOf(`module.${name}`, block)
    if ('unknown' in found) {
      stopUnexpanded(address, block)
      return undefined
    }
    const loaded = this.#loaded.children.get(name)
    if (loaded === undefined) {
      if (found.instances.size > 0) this.#stopUnread(address, block)
      return undefined
    }
    return new Map(
      [...found.instances].map(([suffix, instance]) => [
        suffix,
        create(loaded, `${address}${suffix}.`, { block, instance }),
      ]),
    )
  }

  #stopUnread(address: string, block: MapNode): void {
    const source = textOf(member(block, 'source'))
    const why = source !== undefined && isLocal(source) ? 'cannot be read' : 'comes from a registry or a repository'
    const message = `${address} ${why}: its routes and authorizers are not known`
    const advice = `Give the output of terraform show -json, or accept this if ${address} has no routes and no authorizers.`
    const origin = { ...block.origin, pointer: address }
    this.#shared.context.findings.stop('dynamic', 'DEF-TF-06', { origin }, { message, advice })
  }
}
