/** Finds the policy document in the file of `explain`. @module */
import type { PolicyDocument } from '@custom-authorizer/core/aws'
import { ownMember } from '@custom-authorizer/core/contract'
import { UsageError } from '../usage-error.ts'

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The policy document: the value itself, or the member `policyDocument` of an authorizer's response.
 *
 * @param name the name of the file for messages
 * @throws {UsageError} if the value contains no policy
 */
export const policyIn = (value: unknown, name: string): PolicyDocument => {
  if (!isObject(value)) throw new UsageError(`${name} is not a policy: it is not a JSON object`)
  // `evaluatePolicy` checks the document, and reports what is wrong.
  if (Object.hasOwn(value, 'policyDocument')) return ownMember(value, 'policyDocument') as PolicyDocument
  if (Object.hasOwn(value, 'Statement') || Object.hasOwn(value, 'Version')) return value as PolicyDocument
  const advice = Object.hasOwn(value, 'isAuthorized')
    ? 'It is a simple response, which has no policy.'
    : 'Pass the policy document, or the whole result of the authorizer function.'
  throw new UsageError(`${name} has neither Statement nor policyDocument`, advice)
}

/** The statements of a policy that `evaluatePolicy` has accepted. */
export const statementsOf = ({ Statement }: PolicyDocument): readonly object[] =>
  Array.isArray(Statement) ? (Statement as readonly object[]) : [Statement]
