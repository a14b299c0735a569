/** Internals of the policy evaluator that property tests and fuzz targets use. @module @module */
import { patternsFor } from '../../../../packages/core/src/aws/policy/arn-pattern.ts'
import { Glob, matchesFoldedFrom, type Token } from '../../../../packages/core/src/aws/policy/matching/glob.ts'
import type { ConditionKeys } from '../../../../packages/core/src/aws/policy/condition-keys.ts'
import { beginning, type SpellingParts, Spellings } from '../../../../packages/core/src/aws/policy/matching/spelling.ts'
import { parseText } from '../../../../packages/core/src/aws/policy/pattern-text.ts'

export { parseArn } from '../../../../packages/core/src/aws/policy/arn-pattern.ts'
export { checkPolicy } from '../../../../packages/core/src/aws/policy/document.ts'
export { CompiledPolicy } from '../../../../packages/core/src/aws/policy/compiled-policy.ts'
export {
  type ConditionKeys,
  givenKeys,
  INDETERMINATE,
} from '../../../../packages/core/src/aws/policy/condition-keys.ts'
export {
  beginning,
  decoded,
  exactSpelling,
  Spellings,
} from '../../../../packages/core/src/aws/policy/matching/spelling.ts'
export { compileText, expand, parseText } from '../../../../packages/core/src/aws/policy/pattern-text.ts'
export { PatternIndex } from '../../../../packages/core/src/aws/policy/matching/pattern-index.ts'
export { PrefixTrie } from '../../../../packages/core/src/aws/policy/matching/trie.ts'

/** A resource in all its spellings as plain data. */
export interface Spelled extends SpellingParts {
  readonly canonical: string
}

export const toSpellings = ({ canonical, ...parts }: Spelled): Spellings =>
  new Spellings(beginning(''), canonical, parts)

/** A pattern without variables. */
const tokensOf = (pattern: string): readonly Token[] =>
  parseText(pattern, { wildcards: true, variables: false }) as readonly Token[]

export const globOf = (pattern: string): Glob => new Glob(tokensOf(pattern))

export const matchesFolded = (pattern: string, text: string, foldFrom: number): boolean =>
  matchesFoldedFrom(tokensOf(pattern), text, foldFrom)

/** A star between two literal texts. */
export const globAround = (before: string, after: string): Glob =>
  new Glob([before, ...tokensOf('*'), after].filter((token) => token !== ''))

/** Whether an element of `Resource` matches a resource; `wide` for elements of a Deny. */
export const coversExactly = (
  head: string,
  text: string,
  wide: boolean,
  resource: string,
  keys: ConditionKeys,
): boolean =>
  patternsFor(head, text, { variables: true, restricting: wide, reach: 'iam' }).some((pattern) =>
    pattern.matchesExactly(resource, keys),
  )

/** Whether an element of a Deny matches any spelling. */
export const coversWidely = (head: string, text: string, spelled: Spelled, keys: ConditionKeys): boolean =>
  patternsFor(head, text, { variables: true, restricting: true, reach: 'iam' }).some((pattern) =>
    pattern.matchesAnySpelling(toSpellings(spelled), keys),
  )
