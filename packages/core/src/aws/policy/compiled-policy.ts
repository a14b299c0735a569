/** A policy document, compiled once and evaluated for every request. @module */
import type { PolicyExplanation, StatementExplanation } from '../../index.ts'
import { decodeSlashes, hasEncodedSlash } from '../../contract.ts'
import { patternsFor } from './arn-pattern.ts'
import type { ConditionKeys } from './condition-keys.ts'
import {
  decide,
  DenyLiterals,
  isDecidedBelow,
  type IndexedPattern,
  type PolicyDecision,
  type PolicyIndex,
  resourceMatches,
  stricter,
} from './decide.ts'
import { differenceFrom, foreignFieldOf, shownArn } from './difference.ts'
import type { CheckedPolicy } from './document.ts'
import { adviceFor } from './policy-warnings.ts'
import type { Continuation, Reach, ResourcePattern } from './resource.ts'
import type { Spellings } from './matching/spelling.ts'
import { compileStatements, INVOKE_ACTION, restricts, type Statement } from './statement.ts'
import { PatternIndex } from './matching/pattern-index.ts'

/** How `%2F` in policy text is interpreted: as written, or as a slash. */
type SlashReading = 'raw' | 'decoded'

/** The number of policies that this process has compiled. */
let compiledPolicies = 0

/** A compiled policy document. */
export class CompiledPolicy {
  /** Identifies this policy in this process. Unlike a reference, it keeps no memory. */
  readonly id: number = ++compiledPolicies
  /** Whether the decision depends on the resource alone: there are neither conditions nor variables. */
  readonly isUnconditional: boolean
  readonly #statements: readonly Statement[]
  readonly #variables: boolean
  readonly #reach: Reach
  /** Warnings about statements that may match more than intended, one line each. */
  readonly advice: readonly string[]
  /** Whether a resource of the policy contains `%2F`, which some layers interpret as a slash. */
  readonly #hasEncodedSlash: boolean
  #arnPrefix: string | undefined
  #raw: PolicyIndex | undefined
  #decoded: PolicyIndex | undefined
  #foreign: string | undefined | null = null

  private constructor(statements: readonly Statement[], variables: boolean, reach: Reach, advice: readonly string[]) {
    this.#statements = statements
    this.#variables = variables
    this.#reach = reach
    this.advice = advice
    this.isUnconditional = statements.every(
      ({ conditions, resources }) =>
        conditions.length === 0 && !(variables && resources.some((text) => text.includes('$'))),
    )
    this.#hasEncodedSlash = statements.some(({ resources }) => resources.some(hasEncodedSlash))
  }

  /** Compiles a policy for one action; a string describes what is malformed. */
  static compile(policy: CheckedPolicy, action: string = INVOKE_ACTION, reach: Reach = 'iam'): CompiledPolicy | string {
    const compiled = compileStatements(policy, action)
    if (typeof compiled === 'string') return compiled
    return new CompiledPolicy(compiled, policy.variables, reach, reach === 'iam' ? adviceFor(policy) : [])
  }

  /**
   * Decides on a resource. If the path or the policy contains `%2F`, the decoded path is also compared with the decoded
   * policy, and both interpretations have to be allowed (SEC-06).
   *
   * @param arnPrefix the ARN up to the account
   * @param spellings the resource in the spellings that reach the same handler
   */
  evaluate(arnPrefix: string, spellings: Spellings, keys: ConditionKeys): PolicyDecision {
    if (this.#arnPrefix !== arnPrefix) {
      this.#arnPrefix = arnPrefix
      this.#raw = undefined
      this.#decoded = undefined
    }
    const { decodedSlashes } = spellings
    const decision = decide((this.#raw ??= this.#indexFor(arnPrefix, 'raw')), spellings, keys)
    if (!this.#hasTwoReadings(spellings)) return decision
    this.#decoded ??= this.#indexFor(arnPrefix, 'decoded')
    return stricter(decision, decide(this.#decoded, decodedSlashes ?? spellings, keys))
  }

  /**
   * Whether {@link evaluate} has the same result for all resources that begin with this text, which ends in a slash, and continue
   * as stated. In doubt false.
   *
   * @param arnPrefix the same as in {@link evaluate}, which has to be called first
   */
  isDecidedBelow(arnPrefix: string, start: string, continuation: Continuation): boolean {
    return (
      this.isUnconditional &&
      !this.#hasEncodedSlash &&
      this.#arnPrefix === arnPrefix &&
      this.#raw !== undefined &&
      isDecidedBelow(this.#raw, start, continuation)
    )
  }

  /** Reports for each statement whether it matched, and otherwise which part did not match. */
  explain(arnPrefix: string, spellings: Spellings, keys: ConditionKeys): PolicyExplanation {
    const arn = `${arnPrefix}:${spellings.canonical}`
    const statements = this.#statements.map((statement): StatementExplanation => {
      const { index, sid, effect } = statement
      const base = { index, ...(sid !== undefined && { sid }), effect }
      if (!statement.coversAction) return { ...base, matched: false, failed: 'action' }
      if (!this.#matchesResource(statement, arnPrefix, spellings, keys)) {
        const { resources, notResource } = statement
        const use = { variables: this.#variables, grants: effect === 'Allow' }
        return {
          ...base,
          matched: false,
          failed: 'resource',
          ...(!notResource && resources.length > 0 && { resource: differenceFrom(arn, resources, use) }),
        }
      }
      const failing = statement.conditions.find((condition) => !condition.holds(keys))
      return failing === undefined
        ? { ...base, matched: true }
        : { ...base, matched: false, failed: 'condition', condition: failing.label }
    })
    return { decision: this.evaluate(arnPrefix, spellings, keys), methodArn: shownArn(arn), statements }
  }

  /**
   * The first field, such as `region`, that shows that everything the policy allows belongs to another API than this ARN;
   * `undefined` if the policy may allow something in this API. Computed once, since a contract has one API.
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
    return decodedSlashes !== undefined || (this.#hasEncodedSlash && !slashesAreData)
  }

  #matchesResource(statement: Statement, arnPrefix: string, spellings: Spellings, keys: ConditionKeys): boolean {
    const raw = resourceMatches(statement, this.#patternsOf(statement, arnPrefix, 'raw'), spellings, keys)
    if (!this.#hasTwoReadings(spellings)) return raw
    const patterns = this.#patternsOf(statement, arnPrefix, 'decoded')
    const other = resourceMatches(statement, patterns, spellings.decodedSlashes ?? spellings, keys)
    return statement.effect === 'Deny' ? raw || other : raw && other
  }

  #patternsOf(
    { resources, effect, notResource }: Statement,
    arnPrefix: string,
    reading: SlashReading,
  ): readonly ResourcePattern[] {
    const use = {
      variables: this.#variables,
      restricting: restricts(effect, notResource),
      reach: effect === 'Allow' && !notResource ? this.#reach : 'iam',
    } as const
    const patterns: ResourcePattern[] = []
    for (const text of resources)
      patterns.push(...patternsFor(arnPrefix, reading === 'raw' ? text : decodeSlashes(text), use))
    return patterns
  }

  #indexFor(arnPrefix: string, reading: SlashReading): PolicyIndex {
    const allows = new PatternIndex<IndexedPattern>()
    const denies = new PatternIndex<IndexedPattern>()
    let deniesSlashed = false
    const notResources: { patterns: readonly ResourcePattern[]; statement: Statement }[] = []
    for (const statement of this.#statements) {
      if (!statement.coversAction) continue
      const patterns = this.#patternsOf(statement, arnPrefix, reading)
      if (statement.notResource) notResources.push({ patterns, statement })
      else
        for (const pattern of patterns) {
          if (statement.effect === 'Deny') {
            denies.add(new DenyLiterals(pattern), { pattern, statement })
            deniesSlashed ||= pattern.mayEndInSlash
          } else allows.add(pattern, { pattern, statement })
        }
    }
    return { allows, denies, deniesSlashed, notResources }
  }
}
