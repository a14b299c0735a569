/** Policy evaluation: an explicit Deny wins, an Allow is needed, the rest is denied (AWS-POL-01 to AWS-POL-03). @module */
import { AuthorizerError, JsonProblem, type PolicyExplanation, type StatementExplanation, toJson } from '../../index.ts'
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
import {
  type ArnPattern,
  compileArn,
  decodeDelimiters,
  exactSpelling,
  parseArn,
  type ResourcePattern,
  type Spellings,
} from './resource.ts'
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
  readonly notResource: boolean
  readonly patterns: readonly ArnPattern[]
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
  readonly excluding: readonly { readonly patterns: readonly ResourcePattern[]; readonly statement: Statement }[]
}

const asciiLower = (text: string): string =>
  text.replace(/[A-Z]/g, (char) => String.fromCharCode(char.charCodeAt(0) | 32))

const actionMatches = (pattern: string, action: string): boolean =>
  compileText(asciiLower(pattern), { wildcards: true, variables: false })(asciiLower(action), NO_KEYS)

const NO_KEYS: ConditionKeys = { get: () => undefined }

const holds = ({ conditions }: Statement, keys: ConditionKeys): boolean =>
  conditions.every((condition) => condition.holds(keys))

// Prefixes of denies are indexed without letter case, so that no spelling escapes the look-up.
const isDenied = (denies: PrefixTrie<Indexed>, spellings: Spellings, keys: ConditionKeys): boolean => {
  const denied = ({ pattern, statement }: Indexed): boolean =>
    pattern.matchesWidely(spellings, keys) && holds(statement, keys)
  return (
    denies.some(asciiLower(spellings.canonical), denied) ||
    spellings.others.some((other) => denies.some(asciiLower(other), denied))
  )
}

/** A compiled policy document. Compile once, evaluate for every request. */
export class CompiledPolicy {
  readonly #statements: readonly Statement[]
  #index: HeadIndex | undefined

  private constructor(statements: readonly Statement[]) {
    this.#statements = statements
  }

  /** Compiles for one action; a string says what is malformed. */
  static compile({ statements, variables }: CheckedPolicy, action: string = INVOKE): CompiledPolicy | string {
    const compiled: Statement[] = []
    for (const [index, statement] of statements.entries()) {
      const conditions: Condition[] = []
      for (const { operator, key, values } of statement.conditions) {
        const condition = compileCondition(operator, key, values, statement.effect, variables)
        if (typeof condition === 'string') return `policyDocument.Statement[${index}].${condition}`
        conditions.push(condition)
      }
      // What a pattern takes away from the caller is taken widely: Resource of a Deny, NotResource of an Allow (SEC-11).
      const wide = (statement.effect === 'Deny') !== statement.notResource
      compiled.push({
        index,
        sid: statement.sid,
        effect: statement.effect,
        coversAction: coversAction(statement, action),
        notResource: statement.notResource,
        patterns: statement.resources.flatMap((each) =>
          spellingsOf(each, wide).map((spelling) => compileArn(spelling, variables, wide)),
        ),
        conditions,
      })
    }
    return new CompiledPolicy(compiled)
  }

  /** Decides on a resource. `head` is the ARN up to the account, `spellings` the resource as the router may read it. */
  evaluate(head: string, spellings: Spellings, keys: ConditionKeys): PolicyDecision {
    if (this.#index?.head !== head) this.#index = this.#indexFor(head)
    const { allows, denies, excluding } = this.#index
    if (denies.size > 0 && isDenied(denies, spellings, keys)) return 'ExplicitlyDenied'
    let allowed = false
    for (const { patterns, statement } of excluding) {
      const excluded = patterns.some((pattern) =>
        statement.effect === 'Allow'
          ? pattern.matchesWidely(spellings, keys)
          : pattern.matchesExactly(spellings.canonical, keys),
      )
      if (excluded || !holds(statement, keys)) continue
      if (statement.effect === 'Deny') return 'ExplicitlyDenied'
      allowed = true
    }
    const { canonical } = spellings
    allowed ||= allows.some(
      canonical,
      ({ pattern, statement }) => pattern.matchesExactly(canonical, keys) && holds(statement, keys),
    )
    return allowed ? 'Allowed' : 'ImplicitlyDenied'
  }

  /** Says of each statement whether it matched, and otherwise what did not. */
  explain(head: string, spellings: Spellings, keys: ConditionKeys): PolicyExplanation {
    const statements = this.#statements.map((statement): StatementExplanation => {
      const { index, sid, effect } = statement
      const base = { index, ...(sid !== undefined && { sid }), effect }
      if (!statement.coversAction) return { ...base, matched: false, failed: 'action' }
      const wide = (effect === 'Deny') !== statement.notResource
      const matched = statement.patterns
        .flatMap((pattern) => pattern.forHead(head))
        .some((pattern) =>
          wide ? pattern.matchesWidely(spellings, keys) : pattern.matchesExactly(spellings.canonical, keys),
        )
      if (matched === statement.notResource) return { ...base, matched: false, failed: 'resource' }
      const failing = statement.conditions.find((condition) => !condition.holds(keys))
      return failing === undefined
        ? { ...base, matched: true }
        : { ...base, matched: false, failed: 'condition', condition: failing.label }
    })
    return { decision: this.evaluate(head, spellings, keys), statements }
  }

  #indexFor(head: string): HeadIndex {
    const allows = new PrefixTrie<Indexed>()
    const denies = new PrefixTrie<Indexed>()
    const excluding: { patterns: readonly ResourcePattern[]; statement: Statement }[] = []
    for (const statement of this.#statements) {
      if (!statement.coversAction) continue
      const patterns = statement.patterns.flatMap((pattern) => pattern.forHead(head))
      if (statement.notResource) excluding.push({ patterns, statement })
      else
        for (const pattern of patterns) {
          if (statement.effect === 'Deny') denies.add(asciiLower(pattern.prefix), { pattern, statement })
          else allows.add(pattern.prefix, { pattern, statement })
        }
    }
    return { head, allows, denies, excluding }
  }
}

/** A path character may be written raw or encoded; a router that decodes parameters takes both for one (SEC-07). */
const spellingsOf = (pattern: string, wide: boolean): readonly string[] => {
  const decoded = wide ? decodeDelimiters(pattern, /[!&'()+,;=:@]/) : pattern
  return decoded === pattern ? [pattern] : [pattern, decoded]
}

const coversAction = ({ actions, notAction }: CheckedStatement, action: string): boolean =>
  actions.some((pattern) => actionMatches(pattern, action)) !== notAction

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
