/** Keys that the framework does not read: those meant to protect stop, others are reported (DEF-GEN-10, DEF-SLS-05). @module */
import { entriesOf, type Node } from '../document/node.ts'
import type { ReadContext } from '../reading/read-context.ts'

/** Names of settings that protect, in their usual misspellings. */
const PROTECTS = /^(?:auth|private$|api_?key_?required$|scopes?$|jwt)/i

/** Adds a finding for each key of a map that is not in a set of known ones. */
export const checkKeys = (
  node: Node | undefined,
  known: ReadonlySet<string>,
  {
    where,
    routes = [],
    context,
  }: { readonly where: string; readonly routes?: readonly string[]; readonly context: ReadContext },
): void => {
  for (const [key, value] of entriesOf(node)) {
    if (known.has(key)) continue
    const message = `${JSON.stringify(key)} has no effect in ${where}`
    if (PROTECTS.test(key))
      context.findings.stop('misplaced', 'DEF-SLS-05', value, {
        message: `${message}, and seems to be meant to protect`,
        advice: 'Move it to where the framework reads it, or correct its name.',
        routes,
      })
    else context.findings.report('ignored', 'DEF-GEN-10', value, { message, advice: 'Remove it.', routes })
  }
}
