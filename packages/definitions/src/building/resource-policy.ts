/** Resource policies: they may reject what a guard would let pass, and are not evaluated (DEF-CFN-17). @module */
import { assumedWithin, entriesOf, isAbsent, itemsOf, member, type Node, textOf } from '../document/node.ts'
import type { Findings } from './findings.ts'

const isEveryone = (principal: Node | undefined): boolean =>
  textOf(principal) === '*' || textOf(member(principal, 'AWS')) === '*'

const allows = (statement: Node): boolean => {
  const resources = member(statement, 'Resource')
  const texts = resources?.kind === 'list' ? resources.items.map((each) => textOf(each)) : [textOf(resources)]
  const isEverything = texts.some((text) => text !== undefined && /^(?:\*|execute-api:\/\*(?:\/\*)*)$/.test(text))
  const action = member(statement, 'Action')
  const actions = action?.kind === 'list' ? action.items.map((each) => textOf(each)) : [textOf(action)]
  return (
    textOf(member(statement, 'Effect')) === 'Allow' &&
    isEveryone(member(statement, 'Principal')) &&
    isAbsent(member(statement, 'Condition')) &&
    isEverything &&
    actions.every((text) => text === '*' || text === 'execute-api:Invoke' || text === 'execute-api:*')
  )
}

/** Whether a policy allows everyone everything, and denies nothing. */
const allowsEverything = (policy: Node): boolean => {
  const statement = member(policy, 'Statement')
  const statements = statement?.kind === 'map' ? [statement] : itemsOf(statement)
  return statements.length > 0 && statements.every(allows)
}

/** Adds the finding for a resource policy, if there is one. */
export const checkResourcePolicy = (policy: Node | undefined, code: string, findings: Findings): void => {
  if (policy === undefined || (isAbsent(policy) && policy.assumed === undefined) || textOf(policy) === '') return
  if (policy.kind === 'map' && entriesOf(policy).length === 0) return
  if (assumedWithin(policy) === undefined && allowsEverything(policy)) {
    const message = 'the resource policy allows everyone everything'
    findings.report('ignored', code, policy, { message, advice: 'Nothing has to be done.' })
    return
  }
  findings.stop('resource-policy', code, policy, {
    message: 'the API has a resource policy, which may reject requests and is not evaluated',
    advice: 'Enforce it in front of the service, then accept this finding.',
  })
}
