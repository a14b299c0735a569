/** Recognizes results of functions that belong to another contract, for a hint. @module */
import { ownMember } from '@custom-authorizer/core/contract'
import type { EvaluationData } from './data.ts'

/** Kinds of results by a member that only they have, and how to evaluate them. */
const SHAPES: readonly { readonly member: string; readonly hint: string }[] = [
  {
    member: 'policyDocument',
    hint: 'the result has an IAM policy: use aws.token, aws.request, aws.webSocket, or aws.httpApi without --simple-responses',
  },
  {
    member: 'isAuthorized',
    hint: 'the result is a simple response: use --contract aws.httpApi --simple-responses, or native',
  },
  { member: 'statusCode', hint: 'the result has a statusCode: use huawei.frontend or huawei.backend' },
]

/** What to change if the function returned a result of another contract; `undefined` if it did not. */
export const shapeHint = ({ decision, result }: EvaluationData): string | undefined => {
  if (decision.reason !== 'BAD_RESULT' || result?.status !== 'returned') return undefined
  return SHAPES.find(({ member }) => ownMember(result.value, member) !== undefined)?.hint
}
