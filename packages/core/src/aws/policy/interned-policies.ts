/** Compiled policies, shared by all results that contain the same document. @module */
import type { Json } from '../../index.ts'
import { CompiledPolicy } from './compiled-policy.ts'
import { checkPolicy, type PolicyLimits } from './document.ts'
import type { Reach } from './resource.ts'

/** A policy document with its compiled form. */
export interface InternedPolicy {
  readonly document: Json
  readonly compiled: CompiledPolicy
}

/** How policies are checked and compiled. */
export interface PolicyRules extends PolicyLimits {
  readonly segmentWildcards: Reach
}

const MAX_POLICIES = 1000
/** Characters of JSON text of all policies together. A compiled policy takes about ten times as much memory. */
const MAX_CHARACTERS = 2 ** 21

/**
 * Compiles policy documents, each distinct one once. Most authorizers return few different policies, or the same one for each
 * role, and compiling takes longer than everything else that a result needs.
 *
 * The key is the whole JSON text of the document, and one instance has one set of rules, so equal keys mean equal policies.
 * At most 1000 policies and 2 Mi characters are kept; the least recently used are dropped.
 */
export class InternedPolicies {
  readonly #rules: PolicyRules
  readonly #policies = new Map<string, InternedPolicy>()
  #characters = 0

  constructor(rules: PolicyRules) {
    this.#rules = rules
  }

  /** The compiled form of a document that is plain JSON; a string describes what is malformed. */
  compile(document: Json): InternedPolicy | string {
    const text = JSON.stringify(document)
    const known = this.#policies.get(text)
    if (known !== undefined) {
      // The first key of the map is the least recently used.
      this.#policies.delete(text)
      this.#policies.set(text, known)
      return known
    }
    const checked = checkPolicy(document, this.#rules, text)
    if (typeof checked === 'string') return checked
    const compiled = CompiledPolicy.compile(checked, undefined, this.#rules.segmentWildcards)
    if (typeof compiled === 'string') return compiled
    const interned: InternedPolicy = { document, compiled }
    if (text.length <= MAX_CHARACTERS) this.#add(text, interned)
    return interned
  }

  #add(text: string, interned: InternedPolicy): void {
    this.#policies.set(text, interned)
    this.#characters += text.length
    for (const oldest of this.#policies.keys()) {
      if (this.#policies.size <= MAX_POLICIES && this.#characters <= MAX_CHARACTERS) return
      this.#policies.delete(oldest)
      this.#characters -= oldest.length
    }
  }
}
