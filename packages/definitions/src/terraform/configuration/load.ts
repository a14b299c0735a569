/**
 * Reads the files of a Terraform configuration and of its local modules (DEF-TF-02, DEF-TF-06). Nothing is fetched: modules
 * of a registry or a repository stay unknown.
 * @module
 */
import type { Origin } from '../../definition.ts'
import { DocumentProblem } from '../../document/document-problem.ts'
import { entriesOf, member, type Node, textOf } from '../../document/node.ts'
import type { Source } from '../../document/parse.ts'
import type { ReadContext } from '../../reading/read-context.ts'
import { type Declarations, declarationsOf, type ModuleFile } from './declarations.ts'
import { BLOCKS, parseHcl } from './hcl.ts'

/** A module whose files have been read. */
export interface LoadedModule {
  /** Folder, relative to the base directory; `''` if it is the base directory. */
  readonly folder: string
  readonly declarations: Declarations
  /** Values of the `.tfvars` files, later ones first in effect. */
  readonly assigned: ReadonlyMap<string, Node>
  /** Modules that are called; absent if one cannot be read. */
  readonly children: ReadonlyMap<string, LoadedModule>
}

const isConfiguration = (name: string): boolean => /\.tf(?:\.json)?$/.test(name)
const isAutomatic = (name: string): boolean => /(?:^|\/)(?:terraform|[^/]*\.auto)\.tfvars(?:\.json)?$/.test(name)
const isVariables = (name: string): boolean => /\.tfvars(?:\.json)?$/.test(name)
const isOverride = (name: string): boolean => /(?:^|[_/])override\.tf(?:\.json)?$/.test(name)

/** Whether an input is a part of a Terraform configuration, by its name. */
export const isTerraformFile = (name: string): boolean => isConfiguration(name) || isVariables(name)

/** Files of a folder that Terraform reads. Backups and hidden files are none of them. */
const isRead = (name: string, isRoot: boolean): boolean =>
  !/^\.|~$|^#/.test(name) && (isConfiguration(name) || (isRoot && isAutomatic(name)))

/** `terraform.tfvars` first, then the others by name; files that the caller names come last. */
const rank = (name: string): number => (/(?:^|\/)terraform\.tfvars/.test(name) ? 0 : isAutomatic(name) ? 1 : 2)

/** Loads modules, each folder once. */
export class Loader {
  readonly #context: ReadContext
  readonly #loaded = new Map<string, LoadedModule>()
  readonly #left = { blocks: BLOCKS }
  /** Real paths of the folders that are being loaded. */
  readonly #open = new Set<string>()

  constructor(context: ReadContext) {
    this.#context = context
  }

  /** Loads a folder that the caller has named. */
  async loadFolder(path: string): Promise<LoadedModule | undefined> {
    const name = this.#context.files.nameOf(path)
    const origin: Origin = { file: name, line: 0, pointer: '' }
    const { files } = this.#context
    const sources = this.#context.attempt(() => {
      const names = this.#filesOf(path, { origin, isRoot: true })
      return names.map((each) => files.readReferenced(within(name, each), { ...origin, file: name }))
    })
    return sources && this.loadSources(sources, name)
  }

  /** Loads the files of one module. */
  async loadSources(sources: readonly Source[], folder: string): Promise<LoadedModule> {
    const configuration: ModuleFile[] = []
    const assigned = new Map<string, Node>()
    const ordered = sources.toSorted(
      (a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
    )
    for (const source of ordered) {
      const document = await this.#parse(source)
      if (document === undefined) continue
      if (isVariables(source.name)) for (const [name, value] of entriesOf(document)) assigned.set(name, value)
      else configuration.push({ document, isOverride: isOverride(source.name) })
    }
    const declarations = declarationsOf(configuration, this.#context.findings)
    const children = new Map<string, LoadedModule>()
    for (const [name, block] of declarations.calls) {
      const child = await this.#loadChild(textOf(member(block, 'source')), block.origin)
      if (child !== undefined) children.set(name, child)
    }
    return { folder, declarations, assigned, children }
  }

  /** The files of a folder that Terraform reads. */
  #filesOf(
    folder: string,
    { origin, isRoot }: { readonly origin: Origin; readonly isRoot: boolean },
  ): readonly string[] {
    const names = this.#context.files.list(folder, origin)
    if (names.some((each) => /\.tofu(?:\.json)?$/.test(each))) {
      const message = 'the folder has .tofu files, which OpenTofu reads instead of .tf files and Terraform ignores'
      const advice = 'Give the output of tofu show -json, or remove them.'
      this.#context.findings.stop('ambiguous', 'DEF-TF-02', { origin }, { message, advice })
    }
    return names.filter((each) => isRead(each, isRoot))
  }

  async #parse(source: Source): Promise<Node | undefined> {
    if (source.name.endsWith('.json')) return this.#context.attempt(() => this.#context.parse(source))
    try {
      return await parseHcl(source, this.#left)
    } catch (error) {
      if (!(error instanceof DocumentProblem)) throw error
      this.#context.findings.problem(error)
      return undefined
    }
  }

  async #loadChild(source: string | undefined, origin: Origin): Promise<LoadedModule | undefined> {
    if (source === undefined || !isLocal(source)) return undefined
    const { files } = this.#context
    const found = this.#context.attempt(() => {
      const { file, name } = files.locate(source, origin)
      if (this.#open.has(file)) {
        const details = { message: 'the module includes itself', advice: 'Remove one of the module blocks.' }
        throw new DocumentProblem('DEF-IN-05', 'hostile', origin, details)
      }
      return { file, name }
    })
    if (found === undefined) return undefined
    const { file, name } = found
    const earlier = this.#loaded.get(file)
    if (earlier !== undefined) return earlier
    const sources = this.#context.attempt(() =>
      this.#filesOf(file, { origin, isRoot: false }).map((each) =>
        files.readReferenced(within(name, each), { ...origin, file: name }),
      ),
    )
    if (sources === undefined) return undefined
    this.#open.add(file)
    const loaded = await this.loadSources(sources, name)
    this.#open.delete(file)
    this.#loaded.set(file, loaded)
    return loaded
  }
}

/** Whether the source of a module is a folder beside the configuration. */
export const isLocal = (source: string): boolean => /^\.\.?(?:\/|$)/.test(source)

const within = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`)
