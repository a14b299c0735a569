/** Policy text with wildcards and policy variables (AWS-POL-66, AWS-POL-80 to AWS-POL-84). @module */
import { asciiLower } from '../../contract.ts'
import { ANY, Glob, ONE, type Token } from './matching/glob.ts'
import { type ConditionKeys, INDETERMINATE, single } from './condition-keys.ts'

/** A policy variable: `${key}` or `${key, 'default'}`. */
export interface Variable {
  /** Lower-case name of the condition key. */
  readonly key: string
  readonly fallback: string | undefined
}

/** Literal text and wildcards, or a variable. */
export type PatternPart = Token | Variable

export const isVariable = (part: PatternPart): part is Variable => typeof part === 'object'

// `${*}`, `${?}` and `${$}` are the characters themselves.
const ESCAPES: ReadonlySet<string> = new Set(['*', '?', '$'])
const VARIABLE = /^([A-Za-z0-9-]+:[\w.:/=+@-]+)\s*(?:,\s*'([^']*)')?$/

/** The syntax of a text: whether `*` and `?` are wildcards, and whether `${…}` is a variable (version 2012-10-17 only). */
export interface TextSyntax {
  readonly wildcards: boolean
  readonly variables: boolean
}

const SPECIAL = /[*?$]/

/** Splits policy text into parts. An unclosed `${` is literal text. */
export const parseText = (text: string, { wildcards, variables }: TextSyntax): readonly PatternPart[] => {
  if (!SPECIAL.test(text)) return text === '' ? [] : [text]
  const parts: PatternPart[] = []
  /** Text since the last part, up to `from`. */
  let literal = ''
  let from = 0
  const flush = (end: number): void => {
    literal += text.slice(from, end)
    if (literal !== '') parts.push(literal)
    literal = ''
  }
  for (let index = 0; index < text.length; index++) {
    const char = text[index] as string
    if (wildcards && (char === '*' || char === '?')) {
      flush(index)
      from = index + 1
      if (char === '?') parts.push(ONE)
      else if (parts.at(-1) !== ANY) parts.push(ANY)
      continue
    }
    const end = variables && char === '$' && text[index + 1] === '{' ? text.indexOf('}', index) : -1
    if (end > 0) {
      const inner = text.slice(index + 2, end).trim()
      const variable = VARIABLE.exec(inner)
      if (ESCAPES.has(inner)) literal += text.slice(from, index) + inner
      else {
        flush(index)
        // An invalid name is treated as the name of an absent key.
        parts.push(
          variable === null
            ? { key: '', fallback: undefined }
            : { key: asciiLower(variable[1] as string), fallback: variable[2] },
        )
      }
      index = end
      from = end + 1
    }
  }
  flush(text.length)
  return parts
}

/**
 * Replaces variables by their values as literal text: a `*` in a value is no wildcard.
 *
 * @param unknown token for indeterminate variables
 * @returns `undefined` if a variable is absent and has no default; {@link INDETERMINATE} if a variable is indeterminate and
 * `unknown` is not set
 */
export const expand = (
  parts: readonly PatternPart[],
  keys: ConditionKeys,
  unknown?: Token,
): readonly Token[] | undefined | typeof INDETERMINATE => {
  const tokens: Token[] = []
  // Adjacent texts are joined: an escape may be split at the end of a variable.
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
    // A multi-valued key neither substitutes nor triggers the default.
    const value = values === undefined ? part.fallback : single(values)
    if (value === undefined) absent = true
    else if (value !== '') push(value)
  }
  return absent ? undefined : tokens
}

/** Matches whole texts. A text with variables is compiled for each request; such texts are rare and short. */
export type TextMatcher = (text: string, keys: ConditionKeys) => boolean

export const hasVariables = (parts: readonly PatternPart[]): boolean => parts.some(isVariable)

/**
 * Compiles policy text. With an absent variable without default it matches nothing (AWS-POL-83); with an indeterminate
 * variable the result is `indeterminate` (SEC-27).
 */
export const compileText = (text: string, syntax: TextSyntax, indeterminate: boolean = false): TextMatcher => {
  const parts = parseText(text, syntax)
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
