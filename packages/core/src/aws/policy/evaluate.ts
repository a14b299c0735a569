/** `evaluatePolicy`, for tests and tools. @module */
import { AuthorizerError, type PolicyExplanation } from '../../index.ts'
import { JsonProblem, toJson } from '../../contract.ts'
import { parseArn } from './arn-pattern.ts'
import { CompiledPolicy } from './compiled-policy.ts'
import { givenKeys } from './condition-keys.ts'
import { checkPolicy, type PolicyDocument, type PolicyLimits } from './document.ts'
import { exactSpelling } from './matching/spelling.ts'
import { INVOKE_ACTION } from './statement.ts'

/** A request that a policy is evaluated for. */
export interface PolicyQuestion {
  /** The ARN of the request, as `methodArn` builds it. */
  readonly resource: string
  /** Default `execute-api:Invoke`. */
  readonly action?: string
  /** Values of condition keys; key names are case-insensitive. Default: none. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

const UNLIMITED: PolicyLimits = {
  policyBytes: Number.POSITIVE_INFINITY,
  policyStatements: Number.POSITIVE_INFINITY,
  strictPolicyParser: true,
}

/**
 * Evaluates an IAM policy document as API Gateway does, and explains each statement. For tests and tools; contracts compile a
 * policy once and evaluate it for every request.
 *
 * @throws {AuthorizerError} `ERR_POLICY` if the document or the ARN is malformed; the message names the element, not its value
 */
export const evaluatePolicy = (
  document: PolicyDocument,
  { resource, action = INVOKE_ACTION, context = {} }: PolicyQuestion,
): PolicyExplanation => {
  const json = toJson(document, 'policyDocument')
  const checked = json instanceof JsonProblem ? json.problem : checkPolicy(json, UNLIMITED)
  const compiled = typeof checked === 'string' ? checked : CompiledPolicy.compile(checked, action)
  if (typeof compiled === 'string') throw new AuthorizerError('ERR_POLICY', compiled)
  const arn = parseArn(resource)
  if (arn === undefined) throw new AuthorizerError('ERR_POLICY', 'resource is not an ARN with six fields')
  return compiled.explain(arn.arnPrefix, exactSpelling(arn.resource), givenKeys(context))
}
