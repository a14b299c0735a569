/** Simple responses of HTTP API authorizers: `{ isAuthorized, context }` (AWS-OUT-40 to AWS-OUT-43). @module */
import type { AuthorizerResult } from '../../index.ts'
import { check, JsonProblem, omitJsonNumbers, type Parsed, toJson } from '../../contract.ts'
import { contextOf, isMembers, type JsonContext, type ResultRules } from '../shared/result.ts'
import { badResult } from '../shared/settled.ts'

/** Result of a function with `enableSimpleResponses`. */
export interface SimpleResponse {
  /** Exactly `true` or `false` (AWS-OUT-41). */
  isAuthorized: boolean
  context?: JsonContext
}

/** A checked simple response. */
export interface SimpleResult extends AuthorizerResult {
  readonly isAuthorized: boolean
}

/** Members that are read; `policyDocument` only for an error message. */
const READ_MEMBERS: ReadonlySet<string> = new Set(['isAuthorized', 'context', 'policyDocument'])

export const parseSimpleResponse = (value: unknown, rules: ResultRules): Parsed<SimpleResult> => {
  const json = toJson(value, 'result', (given) =>
    check.isRecord(given) ? omitJsonNumbers(given, READ_MEMBERS) : given,
  )
  if (json instanceof JsonProblem) return badResult(json.problem)
  if (!isMembers(json)) return badResult('the function did not return an object; allowed: { isAuthorized, context }')
  const { isAuthorized } = json
  if (typeof isAuthorized !== 'boolean') {
    return badResult(
      Object.hasOwn(json, 'policyDocument')
        ? 'the result is a policy without isAuthorized; set enableSimpleResponses: false'
        : 'isAuthorized is not true or false',
    )
  }
  const context = contextOf(json['context'], rules)
  if (context instanceof JsonProblem) return badResult(context.problem)
  return { accepted: true, result: Object.freeze({ isAuthorized, principalId: '', context }) }
}

/** Validates a simple response from a store as if the function had just returned it (SEC-65). */
export const reviveSimpleResponse = (stored: unknown, rules: ResultRules): SimpleResult | undefined => {
  const parsed = parseSimpleResponse(stored, rules)
  return parsed.accepted ? parsed.result : undefined
}
