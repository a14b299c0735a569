/** Statements of a policy, compiled for one action. @module */
import { asciiLower } from '../../contract.ts'
import { compileCondition, type Condition } from './condition.ts'
import type { ConditionKeys } from './condition-keys.ts'
import type { CheckedPolicy, CheckedStatement } from './document.ts'
import { compileText } from './pattern-text.ts'

/** The action of every request (AWS-POL-10). */
export const INVOKE_ACTION = 'execute-api:Invoke'

/** A compiled statement. */
export interface Statement {
  readonly index: number
  readonly sid: string | undefined
  readonly effect: 'Allow' | 'Deny'
  readonly coversAction: boolean
  readonly resources: readonly string[]
  readonly notResource: boolean
  readonly conditions: readonly Condition[]
}

const NO_KEYS: ConditionKeys = { get: () => undefined }

// A wildcard before the colon is not documented. It never matches in an Allow, and matches any service in a Deny (SEC-48).
const actionMatches = (pattern: string, action: string, restricting: boolean): boolean =>
  pattern === action ||
  ((restricting || pattern === '*' || !/[*?]/.test(pattern.slice(0, pattern.indexOf(':')))) &&
    compileText(asciiLower(pattern), { wildcards: true, variables: false })(asciiLower(action), NO_KEYS))

/** Whether a match removes permissions: the resources of a Deny, and the exceptions of an Allow. */
export const restricts = (effect: 'Allow' | 'Deny', negated: boolean): boolean => (effect === 'Deny') !== negated

const coversAction = ({ effect, actions, notAction }: CheckedStatement, action: string): boolean =>
  actions.some((pattern) => actionMatches(pattern, action, restricts(effect, notAction))) !== notAction

export const conditionsHold = ({ conditions }: Statement, keys: ConditionKeys): boolean =>
  conditions.every((condition) => condition.holds(keys))

/** Compiles the statements for one action; a string describes the malformed condition. */
export const compileStatements = (
  { statements, variables }: CheckedPolicy,
  action: string,
): readonly Statement[] | string => {
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
  return compiled
}
