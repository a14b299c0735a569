/** Reads values of nodes according to what they decide (DEF-RES-01, DEF-RES-05). @module */
import { isAbsent, itemsOf, type MapNode, type Node, textOf, unknown } from '../document/node.ts'
import type { Findings, Placed } from './findings.ts'

/**
 * `decides`: the value is part of who may pass, so the default of a parameter is no value (DEF-RES-05). `informs`: it is not.
 */
export type Role = 'decides' | 'informs'

/** A value to read. */
export interface Wanted {
  readonly role: Role
  /** What the value is, such as `the authorizer of GET /pets`. */
  readonly what: string
  readonly routes?: readonly string[]
}

const GIVE = 'Give the value: a parameter, a variable or the stage, as the deployment sets it.'

/** Reads values, and adds a finding for each that cannot be read. */
export class Values {
  readonly #findings: Findings
  readonly #useDefaults: boolean

  constructor(findings: Findings, useDefaults: boolean) {
    this.#findings = findings
    this.#useDefaults = useDefaults
  }

  /** The node if its value is known well enough for its role. A node with an unknown or assumed value adds a finding. */
  known(node: Node | undefined, { role, what, routes = [] }: Wanted): Exclude<Node, { kind: 'unknown' }> | undefined {
    if (node === undefined) return undefined
    if (node.assumed !== undefined && !this.#useDefaults) {
      const parameter = JSON.stringify(node.assumed)
      const message = `${what} depends on the default of ${parameter}`
      if (role !== 'informs') {
        const advice = `Give ${parameter}, as the deployment sets it, or set useDefaults.`
        this.#findings.stop('unresolved', 'DEF-RES-05', node, { message, advice, routes })
        return undefined
      }
    }
    if (isAbsent(node)) return undefined
    if (node.kind !== 'unknown') return node
    const message = `${what} is not known: ${node.text}`
    if (role === 'informs') {
      const why = node.why === 'external' ? 'external' : 'unresolved'
      this.#findings.report(why, 'DEF-RES-01', node, { message, advice: GIVE, routes })
    } else this.#findings.stop(node.why, 'DEF-RES-01', node, { message, advice: GIVE, routes })
    return undefined
  }

  /** Whether something exists, by the value that decides it. In doubt it does not, and a finding stops. */
  exists(node: Node, what: string): boolean {
    const known = this.known(node, { role: 'decides', what: `whether ${what} exists` })
    return known !== undefined && textOf(known) !== 'false'
  }

  /** A map; `undefined` if it is absent, or a finding says why not. */
  map(node: Node | undefined, wanted: Wanted): MapNode | undefined {
    const known = this.known(node, wanted)
    if (known === undefined || known.kind === 'map') return known
    this.#invalid(known, wanted, 'a map')
    return undefined
  }

  /** The text of a scalar; `undefined` if it is absent, or a finding says why not. */
  text(node: Node | undefined, wanted: Wanted): string | undefined {
    const known = this.#plain(node, wanted)
    if (known === undefined) return undefined
    const text = textOf(known)
    if (text === undefined) this.#invalid(known, wanted, 'text')
    return text
  }

  /** `true` or `false`, also as text. Default `undefined`. */
  flag(node: Node | undefined, wanted: Wanted): boolean | undefined {
    const known = this.#plain(node, wanted)
    if (known === undefined) return undefined
    const text = textOf(known)?.toLowerCase()
    if (text === 'true' || text === 'false') return text === 'true'
    this.#invalid(known, wanted, 'true or false')
    return undefined
  }

  /** Whether a flag that protects is set. In doubt it is, and a finding says why. */
  protects(node: Node | undefined, wanted: Omit<Wanted, 'role'>): boolean {
    const flag = this.flag(node, { ...wanted, role: 'decides' })
    if (flag !== undefined || node === undefined) return flag === true
    const isCertain = node.assumed === undefined || this.#useDefaults
    return !(isCertain && isAbsent(node))
  }

  /** Texts of a list, or of one scalar. `undefined` if absent or a finding says why not. */
  texts(node: Node | undefined, wanted: Wanted): readonly string[] | undefined {
    const known = this.#plain(node, wanted)
    if (known === undefined) return undefined
    if (known.kind === 'scalar') return [textOf(known) ?? '']
    if (known.kind !== 'list') {
      this.#invalid(known, wanted, 'text, or a list of texts')
      return undefined
    }
    const texts = itemsOf(known).map((item) => {
      // Null in a list is no text that could be left out.
      if (isAbsent(item) && item.assumed === undefined) this.#invalid(item, wanted, 'text')
      // Whether the list has the item depends on a default: the rest of the list is not the same list.
      const isDoubtful = isAbsent(item) && wanted.role === 'decides'
      return this.text(item, isDoubtful ? { ...wanted, role: 'decides' } : wanted)
    })
    return texts.every((each) => each !== undefined) ? texts : undefined
  }

  /**
   * A whole number within bounds, also as text; `fallback` if it is absent. A number that is not known becomes `unresolved`,
   * with a report: a result never lives longer than declared (DEF-GEN-15).
   */
  integer(
    node: Node | undefined,
    wanted: Wanted,
    {
      fallback,
      unresolved,
      max = 3600,
    }: { readonly fallback: number; readonly unresolved: number; readonly max?: number },
  ): number {
    if (node === undefined) return fallback
    if (node.assumed !== undefined && !this.#useDefaults) {
      const message = `${wanted.what} depends on the default of ${JSON.stringify(node.assumed)}`
      const advice = `Give it, as the deployment sets it, or set useDefaults; until then the value is ${unresolved}.`
      this.#findings.report('assumed', 'DEF-RES-05', node, { message, advice, routes: wanted.routes ?? [] })
      return unresolved
    }
    const known = this.#plain(node, { ...wanted, role: 'informs' })
    if (isAbsent(node)) return fallback
    if (known === undefined) return unresolved
    const text = textOf(known)
    const value = text !== undefined && /^(?:0|[1-9]\d{0,8})(?:\.0+)?$/.test(text) ? Number(text) : undefined
    if (value !== undefined && value <= max) return value
    this.#invalid(known, wanted, `a whole number from 0 to ${max}`)
    return unresolved
  }

  /** A known value that is no reference: the value of a reference is known only when it is deployed. */
  #plain(node: Node | undefined, wanted: Wanted): ReturnType<Values['known']> {
    const known = this.known(node, wanted)
    if (known?.kind !== 'reference') return known
    const text = known.attribute === undefined ? known.resource : `${known.resource}.${known.attribute}`
    return this.known(unknown('unresolved', text, known.origin), wanted)
  }

  #invalid(at: Placed, { what, routes = [] }: Wanted, allowed: string): void {
    const message = `${what} is not ${allowed}`
    this.#findings.stop('invalid', 'DEF-GEN-15', at, { message, advice: `Set it to ${allowed}.`, routes })
  }
}
