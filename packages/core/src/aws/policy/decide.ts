/** Decides on one request: an explicit Deny wins, an Allow is required, the default is to deny (AWS-POL-01 to AWS-POL-03). @module */
import { asciiLower } from '../../contract.ts'
import type { ConditionKeys } from './condition-keys.ts'
import type { Continuation, ResourcePattern } from './resource.ts'
import { decoded, type Spellings, type WideText } from './matching/spelling.ts'
import { conditionsHold, type Statement } from './statement.ts'
import type { Literals, PatternIndex } from './matching/pattern-index.ts'

/** The result of an evaluation, named as in the IAM manual. */
export type PolicyDecision = 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied'

/** A resource pattern and its statement. */
export interface IndexedPattern {
  readonly pattern: ResourcePattern
  readonly statement: Statement
}

/** Index of the patterns that can match one ARN prefix, by their literal beginning. */
export interface PolicyIndex {
  readonly allows: PatternIndex<IndexedPattern>
  readonly denies: PatternIndex<IndexedPattern>
  /** Whether a pattern of a Deny can end in a slash. */
  readonly deniesSlashed: boolean
  /** Statements with `NotResource`, with the patterns of this element. */
  readonly notResources: readonly { readonly patterns: readonly ResourcePattern[]; readonly statement: Statement }[]
}

const PLAIN = /^[\x20-\x24\x26-\x7e]+$/

/**
 * The key of a Deny in its index: decoded, in lower case, and its prefix cut at the first `%`, which may start an escape or be
 * literal. Every spelling that the pattern matches begins with the prefix. The other parts are used only if they read alike in
 * every spelling.
 */
export class DenyLiterals implements Literals {
  readonly prefix: string
  readonly #literals: Literals

  constructor(literals: Literals) {
    const { prefix } = literals
    const escape = prefix.indexOf('%')
    this.prefix = asciiLower(decoded(escape < 0 ? prefix : prefix.slice(0, escape)))
    this.#literals = literals
  }

  get parts(): readonly string[] {
    return this.#literals.parts.filter((part) => PLAIN.test(part)).map(asciiLower)
  }
}

const isDenied = ({ denies, deniesSlashed }: PolicyIndex, spellings: Spellings, keys: ConditionKeys): boolean => {
  const denied = ({ pattern, statement }: IndexedPattern): boolean =>
    pattern.matchesAnySpelling(spellings, keys) && conditionsHold(statement, keys)
  // Digits of an escape are text in one spelling and a character in another.
  const find = ({ folded, text }: WideText): boolean =>
    text.includes('%') ? denies.someSpelling(folded, denied) : denies.some(folded, denied)
  for (const text of spellings.texts) if (find(text)) return true
  // Patterns that end in a slash are only found by spellings that end in one.
  return deniesSlashed && spellings.slashedTexts.some(find)
}

const isAllowed = (allows: PatternIndex<IndexedPattern>, text: string, keys: ConditionKeys): boolean =>
  allows.some(
    text,
    ({ pattern, statement }) => pattern.matchesAfterPrefix(text, keys) && conditionsHold(statement, keys),
  )

const matchesEverySpelling = (pattern: ResourcePattern, { canonical, sent }: Spellings, keys: ConditionKeys): boolean =>
  pattern.matchesExactly(canonical, keys) && (sent === undefined || pattern.matchesExactly(sent, keys))

/** Whether the patterns of a Deny's `NotResource`, together, match every spelling of the request. */
const everySpellingMatches = (
  patterns: readonly ResourcePattern[],
  { required }: Spellings,
  keys: ConditionKeys,
): boolean => required.every((text) => patterns.some((pattern) => pattern.matchesExactly(text, keys)))

const RANK: Readonly<Record<PolicyDecision, number>> = { Allowed: 0, ImplicitlyDenied: 1, ExplicitlyDenied: 2 }

/** The stricter of two decisions: a request with two interpretations has to be allowed in both. */
export const stricter = (one: PolicyDecision, other: PolicyDecision): PolicyDecision =>
  RANK[one] >= RANK[other] ? one : other

/**
 * Whether `NotResource` excludes a request from its statement. An Allow excludes it if any spelling matches, a Deny only if
 * every spelling matches.
 */
const isExcluded = (
  { effect }: Statement,
  patterns: readonly ResourcePattern[],
  spellings: Spellings,
  keys: ConditionKeys,
): boolean =>
  effect === 'Allow'
    ? patterns.some((pattern) => pattern.matchesAnySpelling(spellings, keys))
    : everySpellingMatches(patterns, spellings, keys)

/** Whether the resource element of a statement matches, for explanations. */
export const resourceMatches = (
  statement: Statement,
  patterns: readonly ResourcePattern[],
  spellings: Spellings,
  keys: ConditionKeys,
): boolean => {
  if (statement.notResource) return !isExcluded(statement, patterns, spellings, keys)
  return patterns.some((pattern) =>
    statement.effect === 'Deny'
      ? pattern.matchesAnySpelling(spellings, keys)
      : matchesEverySpelling(pattern, spellings, keys),
  )
}

/** Decides in one interpretation of `%2F`. */
export const decide = (index: PolicyIndex, spellings: Spellings, keys: ConditionKeys): PolicyDecision => {
  const { allows, denies, notResources } = index
  if (denies.size > 0 && isDenied(index, spellings, keys)) return 'ExplicitlyDenied'
  let allowed = false
  for (const { patterns, statement } of notResources) {
    if (isExcluded(statement, patterns, spellings, keys) || !conditionsHold(statement, keys)) continue
    if (statement.effect === 'Deny') return 'ExplicitlyDenied'
    allowed = true
  }
  const { canonical, sent } = spellings
  allowed ||= isAllowed(allows, canonical, keys) && (sent === undefined || isAllowed(allows, sent, keys))
  return allowed ? 'Allowed' : 'ImplicitlyDenied'
}

/** Whether `decide` has the same result for all resources that begin with this text and continue as stated. */
export const isDecidedBelow = (
  { allows, denies, notResources }: PolicyIndex,
  start: string,
  continuation: Continuation,
): boolean => {
  const folded = asciiLower(start)
  const isDecided = ({ pattern }: IndexedPattern): boolean => pattern.isDecidedBelow(folded, continuation)
  return (
    notResources.length === 0 &&
    PLAIN.test(start) &&
    allows.everyRelated(start, isDecided) &&
    denies.everyRelated(folded, isDecided)
  )
}
