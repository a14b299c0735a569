/** Reduces a case as long as a predicate is true, so that a mismatch is easy to read. @module */
import type { PolicyDocument, PolicyStatement } from '@custom-authorizer/core/aws'
import { listOf, type OracleCase, statementsOf } from './case.ts'

type Members = Readonly<Record<string, unknown>>

const without = (members: Members, name: string): Members =>
  Object.fromEntries(Object.entries(members).filter(([each]) => each !== name))

/** Every copy of a value with one element or member removed at any depth. */
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

/** Removes one part at a time while `fails` is true for the rest. */
export const shrink = (start: OracleCase, fails: (each: OracleCase) => boolean): OracleCase => {
  let smallest = start
  for (let next: OracleCase | undefined = start; next !== undefined;) {
    smallest = next
    next = undefined
    for (const candidate of smallerCases(smallest)) {
      if (!fails(candidate)) continue
      next = candidate
      break
    }
  }
  return smallest
}
