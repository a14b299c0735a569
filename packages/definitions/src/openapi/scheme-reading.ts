/** Reads the members of one security scheme, and notes whether one of them cannot be read. @module */
import type { Role } from '../building/values.ts'
import type { Protocol } from '../definition.ts'
import type { StopClass } from '../finding.ts'
import { isDeclared } from '../building/declared.ts'
import { functionOf } from '../building/settings.ts'
import { isAbsent, member, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'

/** One security scheme. */
export class SchemeReading {
  readonly name: string
  readonly scheme: Node
  readonly protocol: Protocol
  /** Routes that require the scheme, for findings. */
  readonly routes: readonly string[]
  readonly #context: ReadContext
  #isComplete = true

  constructor(
    scheme: Node,
    parts: { name: string; protocol: Protocol; context: ReadContext; routes: readonly string[] },
  ) {
    this.scheme = scheme
    this.name = parts.name
    this.protocol = parts.protocol
    this.routes = parts.routes
    this.#context = parts.context
  }

  /** Whether everything that decides has been read: otherwise routes with this scheme are undecided. */
  get isComplete(): boolean {
    return this.#isComplete
  }

  text(node: Node | undefined, what: string, role: Role = 'decides'): string | undefined {
    return this.#checked(node, this.#context.values.text(node, this.#wanted(what, role)))
  }

  flag(node: Node | undefined, what: string, role: Role = 'decides'): boolean | undefined {
    return this.#checked(node, this.#context.values.flag(node, this.#wanted(what, role)))
  }

  texts(node: Node | undefined, what: string, role: Role = 'decides'): readonly string[] | undefined {
    return this.#checked(node, this.#context.values.texts(node, this.#wanted(what, role)))
  }

  known(node: Node | undefined, what: string, role: Role = 'decides'): Exclude<Node, { kind: 'unknown' }> | undefined {
    return this.#checked(node, this.#context.values.known(node, this.#wanted(what, role)))
  }

  seconds(node: Node | undefined, what: string, fallback: number): number {
    return this.#context.values.integer(node, this.#wanted(what, 'decides'), { fallback, unresolved: 0 })
  }

  /** A number that informs. */
  number(node: Node | undefined, what: string, max: number): number | undefined {
    if (node === undefined || isAbsent(node)) return undefined
    return this.#context.values.integer(node, this.#wanted(what, 'informs'), { fallback: 0, unresolved: 0, max })
  }

  /** The name of the function that a URI refers to; one that cannot be known is reported (DEF-GEN-09). */
  functionName(node: Node | undefined): { readonly function?: string } {
    const name = functionOf(node)
    if (name === undefined && node?.kind === 'unknown')
      this.#context.values.known(node, this.#wanted('the authorizer function', 'informs'))
    return name === undefined ? {} : { function: name }
  }

  /** A finding that stops, without consequences for the routes. */
  stop(kind: StopClass, code: string, message: string, advice: string, at: Node = this.scheme): void {
    const details = { message: `${this.#where}: ${message}`, advice, routes: this.routes }
    this.#context.findings.stop(kind, code, at, details)
  }

  /** A finding that stops; routes with this scheme are undecided. */
  fail(kind: StopClass, code: string, message: string, advice: string, at: Node = this.scheme): undefined {
    this.stop(kind, code, message, advice, at)
    this.#isComplete = false
    return undefined
  }

  /** Reports members that have no effect. */
  ignored(code: string, settings: Node, keys: readonly string[], reason: string): void {
    for (const key of keys) {
      const node = member(settings, key)
      if (node === undefined) continue
      const details = { message: `${this.#where}: ${key} ${reason}`, advice: 'Remove it.', routes: this.routes }
      this.#context.findings.report('ignored', code, node, details)
    }
  }

  get #where(): string {
    return `the security scheme ${JSON.stringify(this.name)}`
  }

  #wanted(what: string, role: Role): { role: Role; what: string; routes: readonly string[] } {
    return { role, what: `${what} of ${this.#where}`, routes: this.routes }
  }

  #checked<T>(node: Node | undefined, value: T | undefined): T | undefined {
    if (value === undefined && isDeclared(node)) this.#isComplete = false
    return value
  }
}
