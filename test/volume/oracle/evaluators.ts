/** The two evaluators. `iam-simulate` is called through its public API only. @module */
import { runUnsafeSimulation, type Simulation } from '@cloud-copilot/iam-simulate'
import { AuthorizerError } from '@custom-authorizer/core'
import { evaluatePolicy, type PolicyDecision } from '@custom-authorizer/core/aws'
import type { OracleCase } from './case.ts'

/** `Rejected`: the policy is malformed. `Failed`: the simulator threw. Neither is a decision. */
export type Evaluated = PolicyDecision | 'Rejected' | 'Failed'

export const evaluateHere = ({ policy, action, resource, context }: OracleCase): Evaluated => {
  try {
    return evaluatePolicy(policy, { action, resource, context }).decision
  } catch (error) {
    if (error instanceof AuthorizerError && error.code === 'ERR_POLICY') return 'Rejected'
    throw error
  }
}

/** Evaluates the policy as the only policy of a caller in the account that owns the API. */
export const evaluateWithSimulator = ({ policy, action, resource, context }: OracleCase): Evaluated => {
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
