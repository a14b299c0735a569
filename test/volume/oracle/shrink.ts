/** Makes a case smaller for as long as something about it holds, so that a mismatch can be read. @module */
import type { PolicyDocument, PolicyStatement } from '@custom-authorizer/core/aws'
import { listOf, type OracleCase, statementsOf } from './case.ts'

type Members = Readonly<Record<string, unknown>>

const without = (members: Members, name: string): Members =>
  Object.fromEntries(Object.entries(members).filter(([each]) => each !== name))

/** Every list or object that is one element smaller somewhere inside. */
const smaller = function* (value: unknown): Generator {
  if (Array.isArray(value)) {
    for (const index of value.keys()) yield value.toSpliced(index, 1)
    for (const [index, each] of value.entries()) for (const less of smaller(each)) yield value.with(index, less)
  } else if (typeof value === 'object' && value !== null) {
    const members = value as Members
    for (const name of Object.keys(members)) yield without(members, name)
    for (const [name, each] of Object.entries(members))
      for (const less of smaller(each)) yield { ...members, [name]: less }
  }
}

const REQUIRED: readonly (readonly [string, string])[] = [
  ['Action', 'NotAction'],
  ['Resource', 'NotResource'],
]
const isWhole = (statement: PolicyStatement): boolean =>
  typeof statement.Effect === 'string' &&
  REQUIRED.every((pair) => pair.some((name) => (statement as unknown as Members)[name] !== undefined))

const smallerCases = function* (each: OracleCase): Generator<OracleCase> {
  for (const policy of smaller({ ...each.policy, Statement: listOf(each.policy.Statement) })) {
    if (!Object.hasOwn(policy as Members, 'Statement')) continue
    const smallerCase = { ...each, policy: policy as PolicyDocument }
    if (statementsOf(smallerCase).every(isWhole)) yield smallerCase
  }
  for (const context of smaller(each.context)) yield { ...each, context: context as OracleCase['context'] }
}

/** The smallest case found by leaving parts out one at a time for which `holds` still holds. */
export const shrink = (start: OracleCase, holds: (each: OracleCase) => boolean): OracleCase => {
  let smallest = start
  for (let next: OracleCase | undefined = start; next !== undefined;) {
    smallest = next
    next = undefined
    for (const candidate of smallerCases(smallest)) {
      if (!holds(candidate)) continue
      next = candidate
      break
    }
  }
  return smallest
}
