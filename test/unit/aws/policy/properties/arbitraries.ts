/** Random policies, evaluation inputs and spellings for property tests. @module @module */
import type { PolicyStatement } from '@custom-authorizer/core/aws'
import * as fc from 'fast-check'
import type { Json } from '@custom-authorizer/core'
import { listOf, type OracleCase } from '../../../../volume/oracle/case.ts'
import { makeCase } from '../../../../volume/oracle/generate.ts'
import { scaled } from '../../../../support/volume.ts'
import {
  checkPolicy,
  CompiledPolicy,
  type ConditionKeys,
  givenKeys,
  INDETERMINATE,
  parseArn,
  type Spelled,
} from '../internals.ts'

/** Every run uses the same inputs; a counterexample prints its seed and path. */
export const runs = (count: number): { seed: number; numRuns: number } => ({
  seed: 20_260_301,
  numRuns: scaled(count),
})

/** Random cases with their own seed. */
export const anyCase: fc.Arbitrary<OracleCase> = fc.nat().map((number) => makeCase(77, number))

export const statementsOf = ({ policy }: OracleCase): readonly PolicyStatement[] => listOf(policy.Statement)

/** The compiled policy of a case; `undefined` if it is malformed. */
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

/** The evaluation input of a case in the form that compiled policies take. */
export const partsOf = ({ resource, context }: OracleCase): Parts => {
  const name = parseArn(resource)
  if (name === undefined) throw new Error('not an ARN')
  return { ...name, keys: givenKeys(context) }
}

/** Condition keys of which one is indeterminate. */
export const withUnknown = (keys: ConditionKeys, unknown: string): ConditionKeys => ({
  get: (key) => (key === unknown ? INDETERMINATE : keys.get(key)),
})

const swapCase = (text: string): string =>
  text.replace(/[a-z]/gi, (char) => (char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase()))

/** Ways in which a router may read a resource: as sent, with a slash, or ignoring letter case from some position. */
export const spellingsOf = (resource: string): fc.Arbitrary<Spelled> => {
  const canonical = fc.constantFrom(resource, swapCase(resource))
  return fc.record({
    canonical,
    sent: fc.option(fc.constantFrom(resource.replace('+', '%2B'), resource.replace('7', '%37')), { nil: undefined }),
    otherSlash: fc.constantFrom('added' as const, undefined),
    foldFrom: fc.option(fc.nat({ max: resource.length }), { nil: undefined }),
  })
}
