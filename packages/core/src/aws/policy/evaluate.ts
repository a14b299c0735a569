/** Policy evaluation: an explicit Deny wins, an Allow is needed, the rest is denied (AWS-POL-01 to AWS-POL-03). @module */
import { AuthorizerError, type PolicyExplanation, type StatementExplanation } from '../../index.ts'
import { asciiLower, JsonProblem, toJson, decodeSlashes, hasEncodedSlash } from '../../contract.ts'
import { compileCondition, type Condition } from './condition.ts'
import {
  type CheckedPolicy,
  type CheckedStatement,
  checkPolicy,
  type PolicyDocument,
  type PolicyLimits,
} from './document.ts'
import { compileText } from './pattern-text.ts'
import { type ConditionKeys, givenKeys } from './condition-keys.ts'
import { parseArn, patternsFor } from './arn-pattern.ts'
import { adviceFor } from './policy-warnings.ts'
import { differenceFrom, foreignFieldOf, shownArn } from './difference.ts'
import type { Reach, ResourcePattern } from './resource.ts'
import { decoded, exactSpelling, type Spellings } from './spelling.ts'
import { PrefixTrie } from './trie.ts'

/** The three results of evaluation, in the words of the IAM manual. */
export type PolicyDecision = 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied'

/** The only action that the gateway asks for (AWS-POL-10). */
const INVOKE = 'execute-api:Invoke'

interface Statement {
  readonly index: number
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  readonly coversAction: boolean
  readonly resources: readonly string[]
  readonly notResource: boolean
  readonly conditions: readonly Condition[]
}

interface Indexed {
  readonly pattern: ResourcePattern
  readonly statement: Statement
}

/** The patterns of a policy that can match requests with one head, found by their literal beginning. */
interface HeadIndex {
  readonly allows: PrefixTrie<Indexed>
  readonly denies: PrefixTrie<Indexed>
  /** Whether any of the denies was written for a path with a trailing slash. */
  readonly deniesSlashed: boolean
  readonly excluding: readonly { readonly patterns: readonly ResourcePattern[]; readonly statement: Statement }[]
}

const NO_KEYS: ConditionKeys = { get: () => undefined }

// A wildcard before the colon is no documented form: it grants nothing and takes away what it may mean (SEC-48).
const actionMatches = (pattern: string, action: string, wide: boolean): boolean =>
  (wide || pattern === '*' || !/[*?]/.test(pattern.slice(0, pattern.indexOf(':')))) &&
  compileText(asciiLower(pattern), { wildcards: true, variables: false })(asciiLower(action), NO_KEYS)

/** Whether a match takes something away from the caller: what a Deny names, and what an Allow leaves out. */
const takesAway = (effect: 'Allow' | 'Deny', negated: boolean): boolean => (effect === 'Deny') !== negated

const coversAction = ({ effect, actions, notAction }: CheckedStatement, action: string): boolean =>
  actions.some((pattern) => actionMatches(pattern, action, takesAway(effect, notAction))) !== notAction

const holds = ({ conditions }: Statement, keys: ConditionKeys): boolean =>
  conditions.every((condition) => condition.holds(keys))

// Denies are indexed in lower case and by what every form of their text begins with, so that no spelling escapes the
// look-up: a `%` may begin an escape or stand for itself.
const denyPrefix = (prefix: string): string => {
  const escape = prefix.indexOf('%')
  return asciiLower(decoded(escape < 0 ? prefix : prefix.slice(0, escape)))
}

const isDenied = ({ denies, deniesSlashed }: HeadIndex, spellings: Spellings, keys: ConditionKeys): boolean => {
  const denied = ({ pattern, statement }: Indexed): boolean =>
    pattern.matchesWidely(spellings, keys) && holds(statement, keys)
  for (const { folded } of spellings.texts) if (denies.some(folded, denied)) return true
  // A slash at the end finds patterns that the spelling without it does not find.
  return deniesSlashed && spellings.slashedTexts.some(({ folded }) => denies.some(folded, denied))
}

const isAllowed = (allows: PrefixTrie<Indexed>, text: string, keys: ConditionKeys): boolean =>
  allows.some(text, ({ pattern, statement }) => pattern.completes(text, keys) && holds(statement, keys))

const matchesEverySpelling = (pattern: ResourcePattern, { canonical, sent }: Spellings, keys: ConditionKeys): boolean =>
  pattern.matchesExactly(canonical, keys) && (sent === undefined || pattern.matchesExactly(sent, keys))

/** Whether `NotResource` of a Deny names the request in every spelling, be it with one pattern or with several. */
const namesEverySpelling = (
  patterns: readonly ResourcePattern[],
  { required }: Spellings,
  keys: ConditionKeys,
): boolean => required.every((text) => patterns.some((pattern) => pattern.matchesExactly(text, keys)))

const RANK: Readonly<Record<PolicyDecision, number>> = { Allowed: 0, ImplicitlyDenied: 1, ExplicitlyDenied: 2 }

/** The stricter of two decisions: a request that can be read in two ways needs an Allow for both. */
export const stricter = (one: PolicyDecision, other: PolicyDecision): PolicyDecision =>
  RANK[one] >= RANK[other] ? one : other

/** Whether `%2F` in policy text is read as it is written or as a slash. */
type SlashReading = 'raw' | 'decoded'

/** Whether `NotResource` leaves a request alone: what a Deny spares exactly, what an Allow leaves out in any spelling. */
const isExcluded = (
  { effect }: Statement,
  patterns: readonly ResourcePattern[],
  spellings: Spellings,
  keys: ConditionKeys,
): boolean =>
  effect === 'Allow'
    ? patterns.some((pattern) => pattern.matchesWidely(spellings, keys))
    : namesEverySpelling(patterns, spellings, keys)

const resourceMatches = (
  statement: Statement,
  patterns: readonly ResourcePattern[],
  spellings: Spellings,
  keys: ConditionKeys,
): boolean => {
  if (statement.notResource) return !isExcluded(statement, patterns, spellings, keys)
  return patterns.some((pattern) =>
    statement.effect === 'Deny'
      ? pattern.matchesWidely(spellings, keys)
      : matchesEverySpelling(pattern, spellings, keys),
  )
}

/** Decides in one reading of the policy. */
const decide = (index: HeadIndex, spellings: Spellings, keys: ConditionKeys): PolicyDecision => {
  const { allows, denies, excluding } = index
  if (denies.size > 0 && isDenied(index, spellings, keys)) return 'ExplicitlyDenied'
  let allowed = false
  for (const { patterns, statement } of excluding) {
    if (isExcluded(statement, patterns, spellings, keys) || !holds(statement, keys)) continue
    if (statement.effect === 'Deny') return 'ExplicitlyDenied'
    allowed = true
  }
  const { canonical, sent } = spellings
  allowed ||= isAllowed(allows, canonical, keys) && (sent === undefined || isAllowed(allows, sent, keys))
  return allowed ? 'Allowed' : 'ImplicitlyDenied'
}

/** A compiled policy document. Compile once, evaluate for every request. */
export class CompiledPolicy {
  readonly #statements: readonly Statement[]
  readonly #variables: boolean
  readonly #reach: Reach
  /** Warnings about statements that may match more than intended, one line each. */
  readonly advice: readonly string[]
  /** Whether a resource of the policy is written with `%2F`, which a layer may read as a slash. */
  readonly #namesSlash: boolean
  #head: string | undefined
  #raw: HeadIndex | undefined
  #decoded: HeadIndex | undefined
  #foreign: string | undefined | null = null

  private constructor(statements: readonly Statement[], variables: boolean, reach: Reach, advice: readonly string[]) {
    this.#statements = statements
    this.#variables = variables
    this.#reach = reach
    this.advice = advice
    this.#namesSlash = statements.some(({ resources }) => resources.some(hasEncodedSlash))
  }

  /** Compiles for one action; a string says what is malformed. */
  static compile(policy: CheckedPolicy, action: string = INVOKE, reach: Reach = 'iam'): CompiledPolicy | string {
    const { statements, variables } = policy
    const compiled: Statement[] = []
    for (const [index, statement] of statements.entries()) {
      const conditions: Condition[] = []
      for (const { operator, key, values } of statement.conditions) {
        const condition = compileCondition(operator, key, values, statement.effect, variables)
        if (typeof condition === 'string') return `policyDocument.Statement[${index}].${condition}`
        conditions.push(condition)
      }
      const { sid, effect, resources, notResource } = statement
      compiled.push({
        index,
        sid,
        effect,
        coversAction: coversAction(statement, action),
        resources,
        notResource,
        conditions,
      })
    }
    return new CompiledPolicy(compiled, variables, reach, reach === 'iam' ? adviceFor(policy) : [])
  }

  /**
   * Decides on a resource. Where the path or the policy holds `%2F`, the decoded path is also compared with the decoded
   * policy, and both readings have to be allowed (SEC-06).
   *
   * @param head the ARN up to the account
   * @param spellings the resource in the spellings that reach the same handler
   */
  evaluate(head: string, spellings: Spellings, keys: ConditionKeys): PolicyDecision {
    if (this.#head !== head) {
      this.#head = head
      this.#raw = undefined
      this.#decoded = undefined
    }
    const { decodedSlashes } = spellings
    const decision = decide((this.#raw ??= this.#indexFor(head, 'raw')), spellings, keys)
    if (!this.#hasTwoReadings(spellings)) return decision
    this.#decoded ??= this.#indexFor(head, 'decoded')
    return stricter(decision, decide(this.#decoded, decodedSlashes ?? spellings, keys))
  }

  /** Reports for each statement whether it matched, and otherwise which part did not match. */
  explain(head: string, spellings: Spellings, keys: ConditionKeys): PolicyExplanation {
    const arn = `${head}:${spellings.canonical}`
    const statements = this.#statements.map((statement): StatementExplanation => {
      const { index, sid, effect } = statement
      const base = { index, ...(sid !== undefined && { sid }), effect }
      if (!statement.coversAction) return { ...base, matched: false, failed: 'action' }
      if (!this.#matchesResource(statement, head, spellings, keys)) {
        const { resources, notResource } = statement
        const reading = { variables: this.#variables, grants: effect === 'Allow' }
        return {
          ...base,
          matched: false,
          failed: 'resource',
          ...(!notResource && resources.length > 0 && { resource: differenceFrom(arn, resources, reading) }),
        }
      }
      const failing = statement.conditions.find((condition) => !condition.holds(keys))
      return failing === undefined
        ? { ...base, matched: true }
        : { ...base, matched: false, failed: 'condition', condition: failing.label }
    })
    return { decision: this.evaluate(head, spellings, keys), methodArn: shownArn(arn), statements }
  }

  /**
   * The first field in which everything that the policy allows belongs to another API than this ARN, such as `region`;
   * `undefined` if something may be allowed in this API. Computed once: the ARNs of one contract name one API.
   */
  foreignField(arn: string): string | undefined {
    if (this.#foreign === null) {
      const allows = this.#statements.filter((each) => each.effect === 'Allow' && each.coversAction)
      this.#foreign = allows.some(({ notResource }) => notResource)
        ? undefined
        : foreignFieldOf(
            arn,
            allows.flatMap(({ resources }) => resources),
            this.#variables,
          )
    }
    return this.#foreign
  }

  #hasTwoReadings({ decodedSlashes, slashesAreData }: Spellings): boolean {
    return decodedSlashes !== undefined || (this.#namesSlash && !slashesAreData)
  }

  #matchesResource(statement: Statement, head: string, spellings: Spellings, keys: ConditionKeys): boolean {
    const raw = resourceMatches(statement, this.#patternsOf(statement, head, 'raw'), spellings, keys)
    if (!this.#hasTwoReadings(spellings)) return raw
    const patterns = this.#patternsOf(statement, head, 'decoded')
    const other = resourceMatches(statement, patterns, spellings.decodedSlashes ?? spellings, keys)
    return statement.effect === 'Deny' ? raw || other : raw && other
  }

  #patternsOf(
    { resources, effect, notResource }: Statement,
    head: string,
    reading: SlashReading,
  ): readonly ResourcePattern[] {
    const wide = takesAway(effect, notResource)
    const reach = effect === 'Allow' && !notResource ? this.#reach : 'iam'
    return resources.flatMap((text) =>
      patternsFor(head, reading === 'raw' ? text : decodeSlashes(text), this.#variables, wide, reach),
    )
  }

  #indexFor(head: string, reading: SlashReading): HeadIndex {
    const allows = new PrefixTrie<Indexed>()
    const denies = new PrefixTrie<Indexed>()
    let deniesSlashed = false
    const excluding: { patterns: readonly ResourcePattern[]; statement: Statement }[] = []
    for (const statement of this.#statements) {
      if (!statement.coversAction) continue
      const patterns = this.#patternsOf(statement, head, reading)
      if (statement.notResource) excluding.push({ patterns, statement })
      else
        for (const pattern of patterns) {
          if (statement.effect === 'Deny') {
            denies.add(denyPrefix(pattern.prefix), { pattern, statement })
            deniesSlashed ||= pattern.mayEndInSlash
          } else allows.add(pattern.prefix, { pattern, statement })
        }
    }
    return { allows, denies, deniesSlashed, excluding }
  }
}

/** A question to a policy. */
export interface PolicyQuestion {
  /** The ARN asked for, as `methodArn` builds it. */
  readonly resource: string
  /** Default `execute-api:Invoke`. */
  readonly action?: string
  /** Condition keys; names are case-insensitive. Default: none. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

const UNBOUNDED: PolicyLimits = {
  policyBytes: Number.POSITIVE_INFINITY,
  policyStatements: Number.POSITIVE_INFINITY,
  strictPolicyParser: true,
}

/**
 * Evaluates an IAM policy document as API Gateway does, and explains each statement. For tests and tools; the contracts
 * compile a policy once instead.
 *
 * @throws {AuthorizerError} `ERR_POLICY` when the document is malformed; the message names the place, not the value
 */
export const evaluatePolicy = (
  document: PolicyDocument,
  { resource, action = INVOKE, context = {} }: PolicyQuestion,
): PolicyExplanation => {
  const json = toJson(document, 'policyDocument')
  const checked = json instanceof JsonProblem ? json.problem : checkPolicy(json, UNBOUNDED)
  const compiled = typeof checked === 'string' ? checked : CompiledPolicy.compile(checked, action)
  if (typeof compiled === 'string') throw new AuthorizerError('ERR_POLICY', compiled)
  const name = parseArn(resource)
  if (name === undefined) throw new AuthorizerError('ERR_POLICY', 'resource is not an ARN of six fields')
  return compiled.explain(name.head, exactSpelling(name.resource), givenKeys(context))
}
