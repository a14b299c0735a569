/** The ways in which one request may be spelled for the router that serves it (SEC-06, SEC-07, SEC-11). @module */

/** The resource of a request in the spellings that matter. */
export interface Spellings {
  /** Canonical: what events and ARNs name. */
  readonly canonical: string
  /** As the client sent it, where the router compares that; an Allow has to cover it as well. */
  readonly sent: string | undefined
  /** Canonical with the trailing slash that the router ignores. */
  readonly slashed: string | undefined
  /** Index from which letter case does not matter to the router; `undefined` when it matters everywhere. */
  readonly foldFrom: number | undefined
}

/** A resource alone, for a router that takes every character as it is. */
export const exactSpelling = (resource: string): Spellings => ({
  canonical: resource,
  sent: undefined,
  slashed: undefined,
  foldFrom: undefined,
})

/**
 * What a router makes of a parameter: every escape of a printable ASCII character but the slash and the percent sign is
 * decoded, other escapes are in upper case. Two spellings with the same decoded form can name the same thing.
 */
export const decoded = (text: string): string => {
  /* oxlint-disable no-control-regex -- everything that is not ASCII */
  // Policies may be written with letters that a request can only send encoded.
  const encoded =
    /[^\u0000-\u007f]/.test(text) && text.isWellFormed() ? text.replace(/[^\u0000-\u007f]+/g, encodeURIComponent) : text
  /* oxlint-enable no-control-regex */
  return encoded.includes('%')
    ? encoded.replace(/%([\dA-Fa-f]{2})/g, (escape, digits: string) => {
        const code = Number.parseInt(digits, 16)
        return code >= 0x20 && code < 0x7f && code !== 0x25 && code !== 0x2f
          ? String.fromCharCode(code)
          : escape.toUpperCase()
      })
    : encoded
}
