/** The decision on the handler that ran, made without any of the code under test. @module */
import { referenceGlob, unitsOf } from '../fuzz/reference/glob.ts'
import type { Rule } from './inputs.ts'

/** Escapes of printable ASCII but `%` and `/` decoded, the others in upper case: two spellings of one path are then one. */
const plain = (path: string): string =>
  path.replace(/%[\da-f]{2}/gi, (escape) => {
    const char = String.fromCharCode(Number(`0x${escape.slice(1)}`))
    return /^[ -~]$/.test(char) && char !== '%' && char !== '/' ? char : escape.toUpperCase()
  })

const upperHex = (path: string): string => path.replace(/%[\da-f]{2}/gi, (escape) => escape.toUpperCase())
const unslashed = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path)

/** What is asked: the handler's own path, and the router's ways. */
export interface Question {
  readonly method: string
  /** Path of the handler that ran. */
  readonly path: string
  /** Path of the request as it was sent, where the router compares that. */
  readonly rawPath: string | undefined
  readonly ignoresCase: boolean
  readonly ignoresSlash: boolean
  /** Whether the handler is the root of a mounted router, which answers with and without a slash, in a strict router as well. */
  readonly isMountRoot: boolean
  /** Whether the guard takes the router to be loose, so that an Allow need not name the slash at the end. Default `false`. */
  readonly guardIsLoose?: boolean
  /** Path that the client sent, where middleware has rewritten it before the guard. */
  readonly rewrittenFrom?: string | undefined
}

/** Why a handler must not have run; `undefined` when it may have. */
export const objection = (
  rules: readonly Rule[],
  { method, path, rawPath, ignoresCase, ignoresSlash, isMountRoot, guardIsLoose = false, rewrittenFrom }: Question,
): string | undefined => {
  // A star for the method reaches into the path, as AWS documents it.
  const covers = (rule: Rule, spelled: string, read: (text: string) => string): boolean => {
    const fold = (text: string): string => (ignoresCase ? read(text).toLowerCase() : read(text))
    return referenceGlob(unitsOf(rule.method + fold(rule.path)), method + fold(spelled))
  }
  const own = ignoresSlash ? unslashed(path) : path
  const deny = rules.find(
    (rule) =>
      rule.effect === 'Deny' &&
      // What was written for a slash at the end is about the handler without it as well; `pets/*` is not about `pets`.
      // The root is all slash: nothing reaches it by `//`, which is refused before anybody decides.
      (covers(rule, own, plain) ||
        ((ignoresSlash || isMountRoot) && own !== '/' && rule.path.endsWith('/') && covers(rule, `${own}/`, plain))),
  )
  // HEAD runs the handler of GET.
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
  // An Allow that is written with an encoded slash allows what a decoding backend makes of it.
  const read = guardIsLoose ? (text: string): string => plain(text).replaceAll('%2F', '/') : plain
  if (!allows.some((rule) => names.some((name) => covers(rule, name, read))))
    return `${method} ${own} is allowed by nothing`
  if (rawPath === undefined) return undefined
  // A router that compares what was sent serves another handler for another spelling: that has to be allowed, too.
  const sent = ignoresSlash ? unslashed(rawPath) : rawPath
  const sentNames = guardIsLoose ? [sent, unslashed(sent)] : [sent]
  return allows.some((rule) => sentNames.some((name) => covers(rule, name, upperHex)))
    ? undefined
    : `${method} ${sent}, as sent, is allowed by nothing`
}
