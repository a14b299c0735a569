/** What `security` requires of callers (DEF-OAS-10 to DEF-OAS-14). @module */
import { isDeclared } from '../building/declared.ts'
import { isAbsent, itemsOf, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'

/** A scheme that a requirement names. */
export interface NeededScheme {
  readonly name: string
  readonly scopes: readonly string[]
  readonly node: Node
}

/** What operations require: nothing, schemes in alternatives, or something that a finding says cannot be read. */
export type Requirement =
  | { readonly kind: 'open'; readonly open: 'declared' | 'omitted' }
  | { readonly kind: 'schemes'; readonly alternatives: readonly (readonly NeededScheme[])[]; readonly node: Node }
  | { readonly kind: 'unreadable' }

const UNREADABLE: Requirement = { kind: 'unreadable' }

/** Reads one `security`, which applies to all routes given. */
export const requirementOf = (
  security: Node | undefined,
  routes: readonly string[],
  { values, findings }: ReadContext,
): Requirement => {
  if (security === undefined) return { kind: 'open', open: 'omitted' }
  const invalid = (node: Node, message: string): Requirement => {
    const advice = 'Write a list of maps: security: [{ name: [] }], or [] for an open route.'
    findings.stop('invalid', 'DEF-OAS-12', node, { message, advice, routes })
    return UNREADABLE
  }
  if (isAbsent(security) && !isDeclared(security)) return invalid(security, 'security without a value')
  const known = values.known(security, { role: 'decides', what: 'security', routes })
  if (known === undefined) return UNREADABLE
  if (known.kind !== 'list') return invalid(known, 'security is not a list')
  if (known.items.length === 0) return { kind: 'open', open: 'declared' }
  const alternatives: (readonly NeededScheme[])[] = []
  for (const item of itemsOf(known)) {
    const requirement = values.known(item, { role: 'decides', what: 'a requirement of security', routes })
    if (requirement === undefined && isDeclared(item)) return UNREADABLE
    if (requirement?.kind !== 'map') return invalid(item, 'a requirement of security is not a map')
    const needed: NeededScheme[] = []
    for (const [name, node] of requirement.entries) {
      const what = `the scopes of ${JSON.stringify(name)}`
      const scopes = values.known(node, { role: 'decides', what, routes })
      if (scopes === undefined && isDeclared(node)) return UNREADABLE
      if (scopes !== undefined && scopes.kind !== 'list') return invalid(node, `${what} are not a list`)
      const texts = itemsOf(scopes).map((each) => values.text(each, { role: 'decides', what, routes }))
      if (!texts.every((each) => each !== undefined)) {
        if (itemsOf(scopes).some(isAbsent)) invalid(node, `${what} are not texts`)
        return UNREADABLE
      }
      needed.push({ name, scopes: texts, node })
    }
    alternatives.push(needed)
  }
  return { kind: 'schemes', alternatives, node: security }
}
