/** Describes decisions for messages of failed tests. @module */
import { type Decision, type Explanation, formatDecision } from '../index.ts'

const UNEXPLAINED: Explanation = {
  summary: 'the contract failed to explain its decision',
  identitySources: [],
  cache: { state: 'unused' },
}

/** The explanation of a decision. A contract that fails to explain itself leaves the rest of the message intact. */
export const explanationOf = (decision: Decision): Explanation => {
  try {
    return decision.explain()
  } catch {
    return UNEXPLAINED
  }
}

type Statement = NonNullable<Explanation['policy']>['statements'][number]

const statementLines = ({ index, effect, matched, failed, condition, resource }: Statement): readonly string[] => {
  const why = failed === 'condition' && condition !== undefined ? `condition ${condition}` : failed
  const first = `  statement ${index}, ${effect}: ${matched ? 'matches' : `does not match (${why ?? 'unknown part'})`}`
  return resource === undefined ? [first] : [first, ...resource.text.split('\n').map((line) => `    ${line}`)]
}

/**
 * A decision as lines of text: the line of `formatDecision`, each identity source, where the result came from, each statement
 * of a policy with the part that did not match, problem and hint.
 */
export const decisionLines = (decision: Decision): readonly string[] => {
  const { identitySources, cache, policy, problem, hint } = explanationOf(decision)
  const { issuedFor } = cache
  return [
    formatDecision(decision),
    ...identitySources.map(({ location, name, state }) => `  identity source ${location} ${name}: ${state}`),
    `  cache: ${cache.state}${issuedFor === undefined ? '' : `, issued for ${issuedFor.method} ${issuedFor.path}`}`,
    ...(policy === undefined ? [] : [`  policy: ${policy.decision}`, ...policy.statements.flatMap(statementLines)]),
    ...(problem === undefined ? [] : [`  problem: ${problem}`]),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ]
}
