/** How each evaluator is asked. `iam-simulate` is called through its public API and is otherwise a black box. @module */
import { runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate'
import { AuthorizerError } from '@custom-authorizer/core'
import { evaluatePolicy, type PolicyDecision } from '@custom-authorizer/core/aws'
import type { OracleCase } from './case.ts'

/** `Refused`: the policy is malformed. `Failed`: the simulator threw. In both cases there is no answer. */
export type Answer = PolicyDecision | 'Refused' | 'Failed'

export const ourAnswer = ({ policy, action, resource, context }: OracleCase): Answer => {
  try {
    return evaluatePolicy(policy, { action, resource, context }).decision
  } catch (error) {
    if (error instanceof AuthorizerError && error.code === 'ERR_POLICY') return 'Refused'
    throw error
  }
}

/** The policy as one of a caller in the account that owns the API, with nothing else that grants or denies. */
export const itsAnswer = ({ policy, action, resource, context }: OracleCase): Answer => {
  const accountId = resource.split(':')[4] ?? ''
  const copies = Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]])
  const simulation: Simulation = {
    request: {
      principal: `arn:aws:iam::${accountId}:user/caller`,
      action,
      resource: { resource, accountId },
      contextVariables: Object.fromEntries(copies) as Record<string, string | string[]>,
    },
    identityPolicies: [{ name: 'policy', policy }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }
  try {
    return runUnsafeSimulation(simulation, {})
  } catch {
    return 'Failed'
  }
}
