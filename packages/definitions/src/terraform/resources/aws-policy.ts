/** Resource policies of the AWS provider (DEF-TF-08, DEF-CFN-17). @module */
import { checkResourcePolicy } from '../../building/resource-policy.ts'
import { type Node, textOf } from '../../document/node.ts'
import type { ReadContext } from '../../reading/read-context.ts'

/** Adds the finding for a policy: a document, or the text of one. */
export const readPolicy = (policy: Node | undefined, context: ReadContext): void => {
  const text = textOf(policy)
  if (policy === undefined || text === undefined || text === '' || policy.assumed !== undefined) {
    checkResourcePolicy(policy, 'DEF-CFN-17', context.findings)
    return
  }
  const document = context.attempt(() => context.parse({ name: policy.origin.file, text }))
  checkResourcePolicy(document && { ...document, origin: policy.origin }, 'DEF-CFN-17', context.findings)
}
