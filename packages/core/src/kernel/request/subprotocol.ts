/** Credentials in `Sec-WebSocket-Protocol`: reads them, and removes them from the header (SEC-123). @module */
import { REPEATED, withoutBlanks } from './headers.ts'

const entriesOf = (lines: readonly string[]): readonly string[] => lines.join(',').split(',').map(withoutBlanks)

/** The entry after `name`; `undefined` if there is none, {@link REPEATED} if `name` occurs more than once. */
export const subprotocolAfter = (lines: readonly string[], name: string): string | undefined | typeof REPEATED => {
  if (lines.length === 0) return undefined
  const entries = entriesOf(lines)
  const at = entries.indexOf(name)
  if (at < 0) return undefined
  return entries.includes(name, at + 1) ? REPEATED : entries[at + 1]
}

/**
 * The value of the header without the entries after any of these names, of which at least one was removed; `undefined` if there
 * was nothing to remove.
 */
export const withoutCredentials = (lines: readonly string[], names: readonly string[]): string | undefined => {
  const entries = entriesOf(lines)
  const remaining = entries.filter((_, index) => !names.includes(entries[index - 1] ?? ''))
  return remaining.length === entries.length ? undefined : remaining.join(', ')
}
