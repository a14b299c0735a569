/** Policy text with wildcards and policy variables (AWS-POL-66, AWS-POL-80 to AWS-POL-84). @module */
import { asciiLower } from '../../contract.ts'
import { ANY, Glob, ONE, type Token } from './glob.ts'
import { type ConditionKeys, INDETERMINATE, single } from './condition-keys.ts'

/** A policy variable: `${key}` or `${key, 'default'}`. */
export interface Variable {
  /** Lower-case name of the condition key. */
  readonly key: string
  readonly fallback: string | undefined
}

/** Literal text and wildcards, or a variable. */
export type Part = Token | Variable

export const isVariable = (part: Part): part is Variable => typeof part === 'object'

// `${*}`, `${?}` and `${$}` are the characters themselves.
const ESCAPES: ReadonlySet<string> = new Set(['*', '?', '$'])
const VARIABLE = /^([A-Za-z0-9-]+:[\w.:/=+@-]+)\s*(?:,\s*'([^']*)')?$/

/** How a text is read: whether `*` and `?` are wildcards, whether `${…}` is a variable (version 2012-10-17 only). */
export interface Reading {
  readonly wildcards: boolean
  readonly variables: boolean
}

/** Cuts policy text into parts. A `${` that is not closed is ordinary text. */
export const parseText = (text: string, { wildcards, variables }: Reading): readonly Part[] => {
  const parts: Part[] = []
  let literal = ''
  const flush = (): void => {
    if (literal !== '') parts.push(literal)
    literal = ''
  }
  for (let index = 0; index < text.length; index++) {
    const char = text[index] as string
    if (wildcards && (char === '*' || char === '?')) {
      flush()
      if (char === '?') parts.push(ONE)
      else if (parts.at(-1) !== ANY) parts.push(ANY)
      continue
    }
    const end = variables && char === '$' && text[index + 1] === '{' ? text.indexOf('}', index) : -1
    if (end > 0) {
      const inner = text.slice(index + 2, end).trim()
      const variable = VARIABLE.exec(inner)
      if (ESCAPES.has(inner)) literal += inner
      else {
        flush()
        // A name that no key can have is that of a key that is absent.
        parts.push(
          variable === null
            ? { key: '', fallback: undefined }
            : { key: asciiLower(variable[1] as string), fallback: variable[2] },
        )
      }
      index = end
      continue
    }
    literal += char
  }
  flush()
  return parts
}

/**
 * Puts values in the place of variables, literally: a `*` inside a value is a character. `undefined`: one is absent;
 * {@link INDETERMINATE}: one cannot be told, which no default stands in for; `unknown` takes its place if given.
 */
export const expand = (
  parts: readonly Part[],
  keys: ConditionKeys,
  unknown?: Token,
): readonly Token[] | undefined | typeof INDETERMINATE => {
  const tokens: Token[] = []
  // Text that stands side by side is one: half of an escape may stand on either side of a variable's end.
  const push = (token: Token): void => {
    const last = tokens.at(-1)
    if (typeof token === 'string' && typeof last === 'string') tokens[tokens.length - 1] = last + token
    else tokens.push(token)
  }
  let absent = false
  for (const part of parts) {
    if (!isVariable(part)) {
      push(part)
      continue
    }
    const values = keys.get(part.key)
    if (values === INDETERMINATE) {
      if (unknown === undefined) return INDETERMINATE
      push(unknown)
      continue
    }
    // A list is no value to put in, and no reason for the default.
    const value = values === undefined ? part.fallback : single(values)
    if (value === undefined) absent = true
    else if (value !== '') push(value)
  }
  return absent ? undefined : tokens
}

/** A matcher of whole texts; with variables it is compiled for each request, which is rare and short. */
export type TextMatcher = (text: string, keys: ConditionKeys) => boolean

export const hasVariables = (parts: readonly Part[]): boolean => parts.some(isVariable)

/**
 * Compiles policy text. An absent variable without a default matches nothing (AWS-POL-83); one that cannot be told
 * matches if `indeterminate` says so (SEC-27).
 */
export const compileText = (text: string, reading: Reading, indeterminate: boolean = false): TextMatcher => {
  const parts = parseText(text, reading)
  if (!hasVariables(parts)) {
    const glob = new Glob(parts as readonly Token[])
    return (value) => glob.matches(value)
  }
  return (value, keys) => {
    const tokens = expand(parts, keys)
    if (tokens === INDETERMINATE) return indeterminate
    return tokens !== undefined && new Glob(tokens).matches(value)
  }
}
