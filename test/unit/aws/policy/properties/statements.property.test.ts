/** Properties of the decision over random policies (AWS-POL-02, SEC-41). */
import type { PolicyStatement } from '@custom-authorizer/core/aws'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OracleCase } from '../../../../volume/oracle/case.ts'
import { anyCase, runs, statementsOf } from './arbitraries.ts'
import { type PolicyResult, evaluateDocument } from '../decide.ts'

const FIVE_MINUTES_MS = 300_000

/** The statements of a case with another effect. */
const withEffect = (each: OracleCase, Effect: string): readonly PolicyStatement[] =>
  statementsOf(each).map((statement) => Object.assign({}, statement, { Effect }))

const decide = (each: OracleCase, statements: readonly unknown[]): PolicyResult =>
  evaluateDocument({ ...each.policy, Statement: statements }, each)

describe('random policies', { timeout: FIVE_MINUTES_MS }, () => {
  test('SEC-41 AWS-POL-02 the order of statements does not change the decision', () => {
    const shuffled = anyCase.chain((each) =>
      fc.tuple(
        fc.constant(each),
        fc.shuffledSubarray([...statementsOf(each)], { minLength: statementsOf(each).length }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([each, statements]) => {
        expect(decide(each, statements)).toBe(decide(each, statementsOf(each)))
      }),
      runs(10_000),
    )
  })

  test('SEC-41 AWS-POL-02 an additional Deny never turns a denial into an Allow', () => {
    const pairs = fc.tuple(anyCase, anyCase, fc.nat({ max: 5 }))
    fc.assert(
      fc.property(pairs, ([each, other, place]) => {
        const before = decide(each, statementsOf(each))
        const denies = withEffect(other, 'Deny')
        const after = decide(each, statementsOf(each).toSpliced(place, 0, ...denies))
        expect([before, 'ExplicitlyDenied', 'Rejected']).toContain(after)
      }),
      runs(10_000),
    )
  })

  test('SEC-41 AWS-POL-02 an additional Allow never lifts an explicit denial and never denies', () => {
    fc.assert(
      fc.property(anyCase, anyCase, (each, other) => {
        const before = decide(each, statementsOf(each))
        const allows = withEffect(other, 'Allow')
        const after = decide(each, [...statementsOf(each), ...allows])
        if (after === 'Rejected') return
        expect(after).toBe(before === 'ImplicitlyDenied' && after === 'Allowed' ? 'Allowed' : before)
      }),
      runs(2000),
    )
  })

  test('SEC-41 AWS-POL-02 a duplicate statement does not change the decision', () => {
    fc.assert(
      fc.property(anyCase, (each) => {
        const statements = statementsOf(each)
        expect(decide(each, [...statements, ...statements])).toBe(decide(each, statements))
      }),
      runs(1000),
    )
  })

  test('SEC-41 AWS-POL-02 a policy without an Allow never allows', () => {
    fc.assert(
      fc.property(anyCase, (each) => {
        const denies = statementsOf(each).filter(({ Effect }) => Effect.toLowerCase() === 'deny')
        expect(decide(each, denies)).not.toBe('Allowed')
      }),
      runs(2000),
    )
  })
})
