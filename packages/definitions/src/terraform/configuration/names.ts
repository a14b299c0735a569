/** Variables, locals and paths of a module (DEF-TF-03, DEF-RES-05). @module */
import type { Origin } from '../../definition.ts'
import { assuming, isAbsent, type MapNode, member, type Node, scalar, textOf } from '../../document/node.ts'
import { unresolved } from '../expressions/evaluate.ts'
import type { LoadedModule } from './load.ts'
import type { EvaluateAtTop, Keys, Shared } from './shared.ts'
import { converted, givenValue } from './variables.ts'

/** The call of a module; `undefined` for the root module. */
export type Inputs = { readonly block: MapNode; readonly evaluated: EvaluateAtTop } | undefined

/** Names whose values cannot be given by address. */
const LOCAL_NAMES = new Set(['var', 'local', 'each', 'count', 'path', 'self'])

/** Reads names, each once. */
export class Names {
  readonly #shared: Shared
  readonly #loaded: LoadedModule
  readonly #inputs: Inputs
  readonly #evaluated: EvaluateAtTop
  readonly #locals = new Map<string, Node>()
  readonly #variables = new Map<string, Node>()

  constructor(shared: Shared, loaded: LoadedModule, place: { inputs: Inputs; evaluated: EvaluateAtTop }) {
    this.#shared = shared
    this.#loaded = loaded
    this.#inputs = place.inputs
    this.#evaluated = place.evaluated
  }

  /** A value given for an address: of a data source, an output, or an attribute of a resource. */
  given(address: string, keys: Keys, origin: Origin): Node | undefined {
    const { variables } = this.#shared.context.options
    const [first] = address.split('.').slice(-1)
    if (variables === undefined || keys.length === 0 || LOCAL_NAMES.has(first ?? '')) return undefined
    const steps = keys.map((key) => (/^[A-Za-z_][\w-]*$/.test(String(key)) ? `.${key}` : `[${JSON.stringify(key)}]`))
    const name = address + steps.join('')
    return Object.hasOwn(variables, name) ? givenValue(variables[name], origin) : undefined
  }

  variable(name: string, origin: Origin): Node {
    const known = this.#variables.get(name)
    if (known !== undefined) return known
    const declaration = this.#loaded.declarations.variables.get(name)
    const found = this.#shared.budget.follow(origin, () => this.#readVariable(name, declaration, origin))
    this.#variables.set(name, found)
    return found
  }

  #readVariable(name: string, declaration: MapNode | undefined, origin: Origin): Node {
    const declared = member(declaration, 'default')
    const fallback = declared && converted(this.#evaluated(declared), declaration)
    if (this.#inputs !== undefined) {
      const input = member(this.#inputs.block, name)
      // What a call does not set has its default for certain.
      if (input === undefined) return fallback ?? unresolved(`var.${name}`, origin)
      const value = converted(this.#inputs.evaluated(input), declaration)
      const isNullable = textOf(member(declaration, 'nullable')) !== 'false'
      return isAbsent(value) && !isNullable && fallback !== undefined ? assuming(fallback, value.assumed) : value
    }
    const { variables } = this.#shared.context.options
    const place = declaration?.origin ?? origin
    const isGiven = variables !== undefined && Object.hasOwn(variables, name)
    const assigned = isGiven ? givenValue(variables[name], place) : this.#loaded.assigned.get(name)
    if (assigned !== undefined) {
      const value = converted(isGiven ? assigned : this.#evaluated(assigned), declaration)
      const isNullable = textOf(member(declaration, 'nullable')) !== 'false'
      return isAbsent(value) && !isNullable && fallback !== undefined ? assuming(fallback, value.assumed) : value
    }
    if (fallback === undefined) return unresolved(`var.${name}`, origin)
    return { ...fallback, assumed: name }
  }

  local(name: string, origin: Origin): Node {
    const known = this.#locals.get(name)
    if (known !== undefined) return known
    const declared = this.#loaded.declarations.locals.get(name)
    if (declared === undefined) return unresolved(`local.${name}`, origin)
    const found = this.#shared.budget.follow(declared.origin, () => this.#evaluated(declared))
    this.#locals.set(name, found)
    return found
  }

  /** `path.module` and `path.root`, relative to the root module. */
  path(name: string, text: string, origin: Origin): Node {
    const { root } = this.#shared
    const { folder } = this.#loaded
    if (name === 'root' || (name === 'module' && folder === root)) return scalar('.', origin)
    if (name !== 'module') return unresolved(text, origin)
    if (root === '') return scalar(folder, origin)
    if (folder.startsWith(`${root}/`)) return scalar(folder.slice(root.length + 1), origin)
    // A folder beside the root module.
    const up = root.split('/').map(() => '..')
    return scalar([...up, folder].join('/'), origin)
  }
}
