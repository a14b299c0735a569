/** Random policies, questions and spellings for properties. @module */
import type { PolicyStatement } from '@custom-authorizer/core/aws'
import * as fc from 'fast-check'
import type { Json } from '@custom-authorizer/core'
import { listOf, type OracleCase } from '../../../../volume/oracle/case.ts'
import { makeCase } from '../../../../volume/oracle/generate.ts'
import {
  checkPolicy,
  CompiledPolicy,
  type ConditionKeys,
  givenKeys,
  INDETERMINATE,
  parseArn,
  type Spelled,
} from '../internals.ts'

/** Every property is tried on the same inputs each time; a counterexample names its seed and path. */
export const runs = (numRuns: number): { seed: number; numRuns: number } => ({ seed: 20_260_301, numRuns })

/** The cases that iam-simulate is asked about, from a seed of their own. */
export const anyCase: fc.Arbitrary<OracleCase> = fc.nat().map((number) => makeCase(77, number))

export const statementsOf = ({ policy }: OracleCase): readonly PolicyStatement[] => listOf(policy.Statement)

/** The policy of a case in its compiled form; `undefined` when it is malformed. */
export const compiled = ({ policy, action }: OracleCase): CompiledPolicy | undefined => {
  const checked = checkPolicy(policy as unknown as Json)
  const result = typeof checked === 'string' ? checked : CompiledPolicy.compile(checked, action)
  return typeof result === 'string' ? undefined : result
}

export interface Parts {
  readonly arnPrefix: string
  readonly resource: string
  readonly keys: ConditionKeys
}

/** The question of a case as compiled policies take it. */
export const partsOf = ({ resource, context }: OracleCase): Parts => {
  const name = parseArn(resource)
  if (name === undefined) throw new Error('not an ARN')
  return { ...name, keys: givenKeys(context) }
}

/** Keys of which one cannot be told. */
export const withUnknown = (keys: ConditionKeys, unknown: string): ConditionKeys => ({
  get: (key) => (key === unknown ? INDETERMINATE : keys.get(key)),
})

const swapCase = (text: string): string =>
  text.replace(/[a-z]/gi, (char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()))

/** Ways in which routers may read a resource: as it was sent, with a slash, and without letter case from some place on. */
export const spellingsOf = (resource: string): fc.Arbitrary<Spelled> => {
  const canonical = fc.constantFrom(resource, swapCase(resource))
  return fc.record({
    canonical,
    sent: fc.option(fc.constantFrom(resource.replace('+', '%2B'), resource.replace('7', '%37')), { nil: undefined }),
    otherSlash: fc.constantFrom('added' as const, undefined),
    foldFrom: fc.option(fc.nat({ max: resource.length }), { nil: undefined }),
  })
}
