/** Policy results of HTTP API authorizers. @module */
import { JsonProblem, type Parsed } from '../../contract.ts'
import type { PolicyDocument } from '../policy/document.ts'
import { checkResult, type JsonContext, policyOf, type PolicyResult, type ResultRules } from '../shared/result.ts'
import { badResult } from '../shared/settled.ts'

/** Result with a policy. Members that the gateway does not know are ignored. */
export interface HttpPolicyResponse {
  principalId?: string | number | boolean | null | undefined
  policyDocument: PolicyDocument
  /** JSON values; handlers receive them with their types (AWS-OUT-16). */
  context?: JsonContext
}

export const parsePolicyResponse = (value: unknown, rules: ResultRules): Parsed<PolicyResult> => {
  const result = checkResult(value, rules)
  if (!(result instanceof JsonProblem)) return { accepted: true, result, notes: policyOf(result, rules).advice }
  const simple = typeof value === 'object' && value !== null && 'isAuthorized' in value && !('policyDocument' in value)
  return badResult(
    simple
      ? 'the result is a simple response without policyDocument; set enableSimpleResponses: true, with authorizerPayloadFormatVersion: "2.0"'
      : result.problem,
  )
}
