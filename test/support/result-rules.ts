/** The default rules for results of REST API authorizers. @module */
import type { ResultRules } from '../../packages/core/src/aws/shared/result.ts'

export const RULES: ResultRules = {
  missingPrincipalId: 'reject',
  contextBytes: 8192,
  contextValues: 'text',
  unknownMembers: 'reject',
  segmentWildcards: 'iam',
  policyBytes: 8192,
  policyStatements: 100,
  strictPolicyParser: true,
}
