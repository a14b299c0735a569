/** Rows that the options of several contracts share. @module */
import { type Check, check } from '../index.ts'

/** At most 100, names of letters, digits and "_", values of at most 512 characters (AWS-QUO-18). */
export const stageVariablesOption: Check = check.mapOf(
  check.text(/^\w{1,64}$/, 'letters, digits and "_", at most 64'),
  check.text(/^[^]{0,512}$/, 'a string of at most 512 characters'),
  100,
)

/** How answers with policies are read: bounds that can be raised (SEC-33, SEC-51), and how far wildcards reach (SEC-46). */
export const policyOptions: Readonly<
  Record<'maxPolicyBytes' | 'maxStatements' | 'maxContextBytes' | 'segmentWildcards', Check>
> = {
  segmentWildcards: check.oneOf('iam', 'strict'),
  maxPolicyBytes: check.integer(1, 1_048_576, 'bytes'),
  maxStatements: check.integer(1, 1000, 'statements'),
  maxContextBytes: check.integer(1, 1_048_576, 'bytes'),
}
