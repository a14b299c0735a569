/** Policy evaluation: an explicit Deny wins, an Allow is needed, the rest is denied (AWS-POL-01 to AWS-POL-03). @module */
import {
  asciiLower,
  AuthorizerError,
  JsonProblem,
  type PolicyExplanation,
  type StatementExplanation,
  toJson,
} from '../../index.ts'
import { compileCondition, type Condition } from './condition.ts'
import {
  type CheckedPolicy,
  type CheckedStatement,
  checkPolicy,
  type PolicyDocument,
  type PolicyLimits,
} from './document.ts'
import { compileText } from './text.ts'
import { type ConditionKeys, givenKeys } from './keys.ts'
import { parseArn, patternsFor } from './arn-pattern.ts'
import { adviceFor } from './cautions.ts'
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

/** What remains of a policy for requests with one head: which patterns can match at all, found by their beginning. */
interface HeadIndex {
  readonly head: string
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

// Denies are indexed by what their beginning decodes to, without letter case, so that no spelling escapes the look-up. A
// beginning that ends inside of an escape is cut before it.
const denyPrefix = (prefix: string): string => asciiLower(decoded(prefix.replace(/%[\dA-Fa-f]?$/, '')))

const isDenied = ({ denies, deniesSlashed }: HeadIndex, spellings: Spellings, keys: ConditionKeys): boolean => {
  const denied = ({ pattern, statement }: Indexed): boolean =>
    pattern.matchesWidely(spellings, keys) && holds(statement, keys)
  for (const { folded } of spellings.texts) if (denies.some(folded, denied)) return true
  // The slash at the end leads to patterns that the spelling without it does not reach.
  const slashed = deniesSlashed ? spellings.slashedText : undefined
  return slashed !== undefined && denies.some(slashed.folded, denied)
}

const isAllowed = (allows: PrefixTrie<Indexed>, text: string, keys: ConditionKeys): boolean =>
  allows.some(text, ({ pattern, statement }) => pattern.completes(text, keys) && holds(statement, keys))

const matchesEverySpelling = (pattern: ResourcePattern, { canonical, sent }: Spellings, keys: ConditionKeys): boolean =>
  pattern.matchesExactly(canonical, keys) && (sent === undefined || pattern.matchesExactly(sent, keys))

/** A compiled policy document. Compile once, evaluate for every request. */
export class CompiledPolicy {
  readonly #statements: readonly Statement[]
  readonly #variables: boolean
  readonly #reach: Reach
  /** What the policy may mean other than its author thinks, one line each. */
  readonly advice: readonly string[]
  #index: HeadIndex | undefined

  private constructor(statements: readonly Statement[], variables: boolean, reach: Reach, advice: readonly string[]) {
    this.#statements = statements
    this.#variables = variables
    this.#reach = reach
    this.advice = advice
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

  /** Decides on a resource. `head` is the ARN up to the account, `spellings` the resource as the router may read it. */
  evaluate(head: string, spellings: Spellings, keys: ConditionKeys): PolicyDecision {
    if (this.#index?.head !== head) this.#index = this.#indexFor(head)
    const { allows, denies, excluding } = this.#index
    if (denies.size > 0 && isDenied(this.#index, spellings, keys)) return 'ExplicitlyDenied'
    let allowed = false
    for (const { patterns, statement } of excluding) {
      const excluded = patterns.some((pattern) =>
        statement.effect === 'Allow'
          ? pattern.matchesWidely(spellings, keys)
          : matchesEverySpelling(pattern, spellings, keys),
      )
      if (excluded || !holds(statement, keys)) continue
      if (statement.effect === 'Deny') return 'ExplicitlyDenied'
      allowed = true
    }
    const { canonical, sent } = spellings
    allowed ||= isAllowed(allows, canonical, keys) && (sent === undefined || isAllowed(allows, sent, keys))
    return allowed ? 'Allowed' : 'ImplicitlyDenied'
  }

  /** Says of each statement whether it matched, and otherwise what did not. */
  explain(head: string, spellings: Spellings, keys: ConditionKeys): PolicyExplanation {
    const statements = this.#statements.map((statement): StatementExplanation => {
      const { index, sid, effect } = statement
      const base = { index, ...(sid !== undefined && { sid }), effect }
      if (!statement.coversAction) return { ...base, matched: false, failed: 'action' }
      const wide = takesAway(effect, statement.notResource)
      const matched = this.#patternsOf(statement, head).some((pattern) =>
        wide ? pattern.matchesWidely(spellings, keys) : matchesEverySpelling(pattern, spellings, keys),
      )
      if (matched === statement.notResource) return { ...base, matched: false, failed: 'resource' }
      const failing = statement.conditions.find((condition) => !condition.holds(keys))
      return failing === undefined
        ? { ...base, matched: true }
        : { ...base, matched: false, failed: 'condition', condition: failing.label }
    })
    return { decision: this.evaluate(head, spellings, keys), statements }
  }

  #patternsOf({ resources, effect, notResource }: Statement, head: string): readonly ResourcePattern[] {
    const wide = takesAway(effect, notResource)
    const reach = effect === 'Allow' && !notResource ? this.#reach : 'iam'
    return resources.flatMap((text) => patternsFor(head, text, this.#variables, wide, reach))
  }

  #indexFor(head: string): HeadIndex {
    const allows = new PrefixTrie<Indexed>()
    const denies = new PrefixTrie<Indexed>()
    let deniesSlashed = false
    const excluding: { patterns: readonly ResourcePattern[]; statement: Statement }[] = []
    for (const statement of this.#statements) {
      if (!statement.coversAction) continue
      const patterns = this.#patternsOf(statement, head)
      if (statement.notResource) excluding.push({ patterns, statement })
      else
        for (const pattern of patterns) {
          if (statement.effect === 'Deny') {
            denies.add(denyPrefix(pattern.prefix), { pattern, statement })
            deniesSlashed ||= pattern.mayEndInSlash
          } else allows.add(pattern.prefix, { pattern, statement })
        }
    }
    return { head, allows, denies, deniesSlashed, excluding }
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
  maxPolicyBytes: Number.POSITIVE_INFINITY,
  maxStatements: Number.POSITIVE_INFINITY,
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
