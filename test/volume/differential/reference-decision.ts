/** A reference implementation of the decision, without the code under test. @module */
import { referenceGlob, unitsOf } from '../fuzz/reference/glob.ts'
import type { Rule } from './inputs.ts'

/** Normalizes escapes: printable ASCII except `%` and `/` is decoded, other escapes get upper-case digits. */
const plain = (path: string): string =>
  path.replace(/%[\da-f]{2}/gi, (escape) => {
    const char = String.fromCharCode(Number(`0x${escape.slice(1)}`))
    return /^[ -~]$/.test(char) && char !== '%' && char !== '/' ? char : escape.toUpperCase()
  })

const upperHex = (path: string): string => path.replace(/%[\da-f]{2}/gi, (escape) => escape.toUpperCase())
const unslashed = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

/** The handler that ran, and how its router compares paths. */
export interface Served {
  readonly method: string
  /** Path of the handler that ran. */
  readonly path: string
  /** The undecoded path of the request, if the router compares that. */
  readonly rawPath: string | undefined
  readonly ignoresCase: boolean
  readonly ignoresSlash: boolean
  /** Whether the handler is the root of a mounted router, which matches with and without a trailing slash even if strict. */
  readonly isMountRoot: boolean
  /** Whether the guard assumes a loose router, so that an Allow matches with and without a trailing slash. Default `false`. */
  readonly guardIsLoose?: boolean
  /** The path of the client, if middleware rewrote it before the guard. */
  readonly rewrittenFrom?: string | undefined
}

/** Why the handler must not have run; `undefined` if it may run. */
export const objection = (
  rules: readonly Rule[],
  { method, path, rawPath, ignoresCase, ignoresSlash, isMountRoot, guardIsLoose = false, rewrittenFrom }: Served,
): string | undefined => {
  // As AWS documents, a star for the method also matches part of the path.
  const covers = (rule: Rule, spelled: string, read: (text: string) => string): boolean => {
    const fold = (text: string): string => (ignoresCase ? read(text).toLowerCase() : read(text))
    return referenceGlob(unitsOf(rule.method + fold(rule.path)), method + fold(spelled))
  }
  const own = ignoresSlash ? unslashed(path) : path
  const deny = rules.find(
    (rule) =>
      rule.effect === 'Deny' &&
      // A Deny with a trailing slash also covers the handler without it; `pets/*` does not cover `pets`.
      // The root is excluded: `//` is rejected before the decision.
      (covers(rule, own, plain) ||
        ((ignoresSlash || isMountRoot) && own !== '/' && rule.path.endsWith('/') && covers(rule, `${own}/`, plain))),
  )
  // HEAD runs the GET handler.
  if (method === 'HEAD') {
    const asGet = rules.find(
      (rule) => rule.effect === 'Deny' && referenceGlob(unitsOf(rule.method + plain(rule.path)), `GET${plain(own)}`),
    )
    if (asGet !== undefined) return `GET ${own} is denied by ${JSON.stringify(asGet)}`
  }
  if (rewrittenFrom !== undefined) {
    const before = rules.find((rule) => rule.effect === 'Deny' && covers(rule, rewrittenFrom, plain))
    if (before !== undefined) return `${method} ${rewrittenFrom}, as sent, is denied by ${JSON.stringify(before)}`
  }
  if (deny !== undefined) return `${method} ${own} is denied by ${JSON.stringify(deny)}`
  const allows = rules.filter(({ effect }) => effect === 'Allow')
  const names = isMountRoot && !ignoresSlash ? [own, `${own}/`] : guardIsLoose ? [own, unslashed(own)] : [own]
  // For a backend that decodes paths, an Allow with an encoded slash matches the decoded slash.
  const read = guardIsLoose ? (text: string): string => plain(text).replaceAll('%2F', '/') : plain
  if (!allows.some((rule) => names.some((name) => covers(rule, name, read))))
    return `${method} ${own} is not allowed by any rule`
  if (rawPath === undefined) return undefined
  // A router that compares undecoded paths can serve another handler for another spelling, which must be allowed too.
  const sent = ignoresSlash ? unslashed(rawPath) : rawPath
  const sentNames = guardIsLoose ? [sent, unslashed(sent)] : [sent]
  return allows.some((rule) => sentNames.some((name) => covers(rule, name, upperHex)))
    ? undefined
    : `${method} ${sent}, as sent, is not allowed by any rule`
}
