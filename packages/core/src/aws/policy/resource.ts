/** The resource part of a pattern: exact where it grants, any spelling where it restricts (AWS-POL-20, 21, SEC-11). @module */
import { asciiLower } from '../../contract.ts'
import { ANY, Glob, prefixOf, type Token } from './matching/glob.ts'
import { type ConditionKeys, INDETERMINATE } from './condition-keys.ts'
import type { Literals } from './matching/pattern-index.ts'
import { SegmentGlob } from './matching/segments.ts'
import type { Spellings } from './matching/spelling.ts'
import { WideGlob } from './matching/wide-glob.ts'
import { expand, hasVariables, isVariable, type PatternPart } from './pattern-text.ts'

/**
 * What follows a text: one segment, or any number of them. Neither has a slash at its end, escapes, or nothing.
 */
export type Continuation = 'segment' | 'segments'

/** The resource part of a pattern, for requests whose ARN prefix matches, with the literal text of every match. */
export interface ResourcePattern extends Literals {
  /**
   * Whether the pattern matches either all or none of the resources that begin with this text, which ends in a slash, and
   * continue as stated. In doubt false.
   *
   * @param start in lower case
   */
  isDecidedBelow(start: string, continuation: Continuation): boolean
  /** Whether the pattern ends in a slash, or may do so with the values of its variables. */
  readonly mayEndInSlash: boolean
  /** Whether the pattern matches exactly this text: for an Allow. */
  matchesExactly(resource: string, keys: ConditionKeys): boolean
  /** Like `matchesExactly`, for a resource that begins with {@link prefix}. */
  matchesAfterPrefix(resource: string, keys: ConditionKeys): boolean
  /** Whether the pattern matches any spelling that reaches the same handler: for a Deny. */
  matchesAnySpelling(spellings: Spellings, keys: ConditionKeys): boolean
}

const endsInSlash = (parts: readonly PatternPart[]): boolean => {
  const last = parts.at(-1)
  return typeof last === 'string' && last.endsWith('/')
}

/** Text that has one spelling except for its letter case. */
const PLAIN = /^[\x20-\x24\x26-\x7e]*$/

/**
 * Whether a literal of a pattern, if it is in `start` and one more segment, is in `start` alone: its last slash is one of
 * `start`, and what follows it does not begin the segment.
 */
const staysWithin = (literal: string, start: string): boolean => {
  const end = literal.lastIndexOf('/') + 1
  return end === literal.length || !start.endsWith(literal.slice(0, end))
}

/** A pattern without variables. */
class LiteralPattern implements ResourcePattern {
  readonly prefix: string
  readonly #tokens: readonly Token[]
  // Compiled when they are needed: many patterns of a large policy are never compared, because of their prefix.
  #glob: Glob | undefined
  #wide: WideGlob | undefined

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
    this.prefix = prefixOf(tokens)
  }

  get parts(): readonly string[] {
    return this.#tokens.filter((token) => typeof token === 'string')
  }

  isDecidedBelow(start: string, continuation: Continuation): boolean {
    // A Deny that ends in a slash is also compared with the path with a slash.
    if (this.mayEndInSlash) return false
    if (!this.#tokens.every((token) => token === ANY || (typeof token === 'string' && PLAIN.test(token)))) return false
    const literals = this.parts
    if (continuation === 'segment') return literals.every((literal) => staysWithin(asciiLower(literal), start))
    const [only = '', second] = literals
    // Text at the beginning that is no longer than the start, then nothing, or anything.
    return second === undefined && only.length <= start.length && (only === '' || this.#tokens[0] === only)
  }

  get mayEndInSlash(): boolean {
    return endsInSlash(this.#tokens)
  }

  matchesExactly(resource: string): boolean {
    return (this.#glob ??= new Glob(this.#tokens)).matches(resource)
  }

  matchesAfterPrefix(resource: string): boolean {
    return (this.#glob ??= new Glob(this.#tokens)).matchesAfterPrefix(resource)
  }

  matchesAnySpelling(spellings: Spellings): boolean {
    const wide = (this.#wide ??= new WideGlob(this.#tokens))
    for (const text of spellings.texts) if (wide.matches(text)) return true
    // A Deny that ends in a slash also denies the handler that serves the path without it.
    return this.mayEndInSlash && spellings.slashedTexts.some((text) => wide.matches(text))
  }
}

/** A pattern with variables, compiled for each request; such patterns are rare and short. */
class VariablePattern implements ResourcePattern {
  readonly prefix: string
  readonly parts: readonly string[] = []
  readonly #parts: readonly PatternPart[]

  constructor(parts: readonly PatternPart[]) {
    this.#parts = parts
    const first = parts[0]
    this.prefix = typeof first === 'string' ? first : ''
  }

  isDecidedBelow(): boolean {
    return false
  }

  get mayEndInSlash(): boolean {
    const last = this.#parts.at(-1)
    // The client may choose the value of a variable, including an empty one.
    return endsInSlash(this.#parts) || (last !== undefined && isVariable(last))
  }

  matchesExactly(resource: string, keys: ConditionKeys): boolean {
    const tokens = expand(this.#parts, keys)
    return tokens !== undefined && tokens !== INDETERMINATE && new Glob(tokens).matches(resource)
  }

  matchesAfterPrefix(resource: string, keys: ConditionKeys): boolean {
    return this.matchesExactly(resource, keys)
  }

  matchesAnySpelling(spellings: Spellings, keys: ConditionKeys): boolean {
    // In a Deny, an indeterminate variable matches as `*` (SEC-27).
    const tokens = expand(this.#parts, keys, ANY)
    return tokens !== undefined && tokens !== INDETERMINATE && new LiteralPattern(tokens).matchesAnySpelling(spellings)
  }
}

/** Whether the wildcards of an Allow also match `/`, as in IAM, or stay within a segment (SEC-46). */
export type Reach = 'iam' | 'strict'

/** A pattern that an Allow must also match segment by segment. */
class SegmentPattern implements ResourcePattern {
  readonly #pattern: ResourcePattern
  readonly #parts: readonly PatternPart[]
  readonly #glob: SegmentGlob | undefined

  constructor(pattern: ResourcePattern, parts: readonly PatternPart[]) {
    this.#pattern = pattern
    this.#parts = parts
    this.#glob = hasVariables(parts) ? undefined : new SegmentGlob(parts as readonly Token[])
  }

  get prefix(): string {
    return this.#pattern.prefix
  }

  get parts(): readonly string[] {
    return this.#pattern.parts
  }

  isDecidedBelow(): boolean {
    return false
  }

  get mayEndInSlash(): boolean {
    return this.#pattern.mayEndInSlash
  }

  matchesExactly(resource: string, keys: ConditionKeys): boolean {
    return this.#pattern.matchesExactly(resource, keys) && this.#matchesSegments(resource, keys)
  }

  matchesAfterPrefix(resource: string, keys: ConditionKeys): boolean {
    return this.#pattern.matchesAfterPrefix(resource, keys) && this.#matchesSegments(resource, keys)
  }

  #matchesSegments(resource: string, keys: ConditionKeys): boolean {
    if (this.#glob !== undefined) return this.#glob.matches(resource)
    const tokens = expand(this.#parts, keys)
    return tokens !== undefined && tokens !== INDETERMINATE && new SegmentGlob(tokens).matches(resource)
  }

  matchesAnySpelling(spellings: Spellings, keys: ConditionKeys): boolean {
    return this.#pattern.matchesAnySpelling(spellings, keys)
  }
}

export const compileResource = (parts: readonly PatternPart[], reach: Reach): ResourcePattern => {
  const pattern = hasVariables(parts) ? new VariablePattern(parts) : new LiteralPattern(parts as readonly Token[])
  return reach === 'iam' ? pattern : new SegmentPattern(pattern, parts)
}
