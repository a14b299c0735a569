/** What the files of one Terraform module declare. @module */
import type { Findings } from '../../building/findings.ts'
import type { Origin } from '../../definition.ts'
import { entriesOf, type MapNode, member, type Node, textOf } from '../../document/node.ts'
import { isReadType } from '../resources/resource.ts'

/** A `resource` block. */
export interface DeclaredResource {
  readonly type: string
  readonly label: string
  readonly block: MapNode
  /** Whether another block has the same address. */
  readonly isRepeated: boolean
}

/** The blocks of one module, merged over its files. */
export interface Declarations {
  readonly variables: ReadonlyMap<string, MapNode>
  readonly locals: ReadonlyMap<string, Node>
  readonly outputs: ReadonlyMap<string, MapNode>
  readonly calls: ReadonlyMap<string, MapNode>
  readonly resources: ReadonlyMap<string, DeclaredResource>
}

/** One file of a module. */
export interface ModuleFile {
  readonly document: Node
  /** Whether its blocks replace attributes of other files, as those of `override.tf` do. */
  readonly isOverride: boolean
}

/** The blocks in a value: one, or a list of them. JSON files have lists at every level. */
const blocksOf = (node: Node | undefined): readonly MapNode[] =>
  node?.kind === 'map' ? [node] : node?.kind === 'list' ? node.items.flatMap(blocksOf) : []

/** Members of all blocks in a value. */
const membersOf = (node: Node | undefined): readonly (readonly [string, Node])[] => blocksOf(node).flatMap(entriesOf)

/** An override replaces attributes. The arguments of `lifecycle` are merged one by one. */
const merged = (base: MapNode, override: MapNode): MapNode => {
  const entries = new Map([...base.entries, ...override.entries])
  const [earlier, later] = [member(base, 'lifecycle'), member(override, 'lifecycle')].map(blocksOf)
  if (earlier?.[0] !== undefined && later?.[0] !== undefined) entries.set('lifecycle', merged(earlier[0], later[0]))
  return { ...base, entries }
}

class Collector {
  readonly #findings: Findings
  readonly variables = new Map<string, MapNode>()
  readonly locals = new Map<string, Node>()
  readonly outputs = new Map<string, MapNode>()
  readonly calls = new Map<string, MapNode>()
  readonly resources = new Map<string, DeclaredResource>()

  constructor(findings: Findings) {
    this.#findings = findings
  }

  add({ document, isOverride }: ModuleFile): void {
    for (const [name, node] of membersOf(member(document, 'variable')))
      this.#add(this.variables, name, node, isOverride)
    for (const [name, node] of membersOf(member(document, 'output'))) this.#add(this.outputs, name, node, isOverride)
    for (const [name, node] of membersOf(member(document, 'module'))) this.#add(this.calls, name, node, isOverride)
    for (const [name, node] of membersOf(member(document, 'locals'))) {
      if (this.locals.has(name) && !isOverride) this.#repeated('DEF-IN-02', `local.${name}`, node.origin)
      else this.locals.set(name, node)
    }
    for (const removed of blocksOf(member(document, 'removed'))) this.#addRemoved(removed)
    for (const [type, labels] of membersOf(member(document, 'resource')))
      for (const [label, blocks] of membersOf(labels))
        for (const block of blocksOf(blocks)) this.#addResource({ type, label, block, isRepeated: false }, isOverride)
  }

  #add(target: Map<string, MapNode>, name: string, node: Node, isOverride: boolean): void {
    for (const block of blocksOf(node)) {
      const earlier = target.get(name)
      if (earlier !== undefined && !isOverride) this.#repeated('DEF-IN-02', name, block.origin)
      else target.set(name, earlier === undefined ? block : merged(earlier, block))
    }
  }

  #addResource(resource: DeclaredResource, isOverride: boolean): void {
    const address = `${resource.type}.${resource.label}`
    const earlier = this.resources.get(address)
    if (earlier === undefined) this.resources.set(address, resource)
    else if (isOverride) this.resources.set(address, { ...earlier, block: merged(earlier.block, resource.block) })
    else {
      this.#repeated('DEF-TF-09', address, resource.block.origin)
      this.resources.set(address, { ...earlier, isRepeated: true })
    }
  }

  /** A resource that stays deployed although no block declares it. */
  #addRemoved(removed: MapNode): void {
    const from = (textOf(member(removed, 'from')) ?? '').replaceAll(/^\$\{|\}$/g, '')
    const lifecycles = blocksOf(member(removed, 'lifecycle'))
    if (lifecycles.some((each) => textOf(member(each, 'destroy')) === 'true')) return
    const type = /(?:^|\.)([a-z][a-z\d]*_\w+)\.[\w-]+$/.exec(from)?.[1]
    if (type !== undefined && !isReadType(type)) return
    const message = `a removed block leaves ${from} deployed, and its settings are not in the files`
    const advice = 'Give the output of terraform show -json for the state before the block was added.'
    this.#findings.stop('unresolved', 'DEF-TF-03', removed, { message, advice })
  }

  #repeated(code: string, name: string, origin: Origin): void {
    const details = { message: `${name} is declared twice`, advice: 'Remove one of the two blocks.' }
    this.#findings.stop('conflict', code, { origin }, details)
  }
}

/** Collects the blocks of the files of a module. */
export const declarationsOf = (files: readonly ModuleFile[], findings: Findings): Declarations => {
  const collector = new Collector(findings)
  for (const file of files) if (!file.isOverride) collector.add(file)
  for (const file of files) if (file.isOverride) collector.add(file)
  return collector
}
