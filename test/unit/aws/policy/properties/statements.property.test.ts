import type { PolicyStatement } from '@custom-authorizer/core/aws'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { OracleCase } from '../../../../volume/oracle/case.ts'
import { anyCase, runs, statementsOf } from './arbitraries.ts'
import { type Answer, answerTo } from '../decide.ts'

const FIVE_MINUTES_MS = 300_000

/** The answer to the question of a case, with other statements in its policy. */
const withEffect = (each: OracleCase, Effect: string): readonly PolicyStatement[] =>
  statementsOf(each).map((statement) => Object.assign({}, statement, { Effect }))

const answer = (each: OracleCase, statements: readonly unknown[]): Answer =>
  answerTo({ ...each.policy, Statement: statements }, each)

describe('SEC-41 AWS-POL-02 over 10,000 random policies', { timeout: FIVE_MINUTES_MS }, () => {
  test('SEC-41 the order of statements does not matter', () => {
    const shuffled = anyCase.chain((each) =>
      fc.tuple(
        fc.constant(each),
        fc.shuffledSubarray([...statementsOf(each)], { minLength: statementsOf(each).length }),
      ),
    )
    fc.assert(
      fc.property(shuffled, ([each, statements]) => {
        expect(answer(each, statements)).toBe(answer(each, statementsOf(each)))
      }),
      runs(10_000),
    )
  })

  test('SEC-41 a further Deny never turns a denial into an allowance', () => {
    const pairs = fc.tuple(anyCase, anyCase, fc.nat({ max: 5 }))
    fc.assert(
      fc.property(pairs, ([each, other, place]) => {
        const before = answer(each, statementsOf(each))
        const denies = withEffect(other, 'Deny')
        const after = answer(each, statementsOf(each).toSpliced(place, 0, ...denies))
        expect([before, 'ExplicitlyDenied', 'Refused']).toContain(after)
      }),
      runs(10_000),
    )
  })

  test('SEC-41 a further Allow never lifts an explicit denial, and takes nothing away', () => {
    fc.assert(
      fc.property(anyCase, anyCase, (each, other) => {
        const before = answer(each, statementsOf(each))
        const allows = withEffect(other, 'Allow')
        const after = answer(each, [...statementsOf(each), ...allows])
        if (after === 'Refused') return
        expect(after).toBe(before === 'ImplicitlyDenied' && after === 'Allowed' ? 'Allowed' : before)
      }),
      runs(2000),
    )
  })

  test('SEC-41 a statement that is there twice counts once', () => {
    fc.assert(
      fc.property(anyCase, (each) => {
        const statements = statementsOf(each)
        expect(answer(each, [...statements, ...statements])).toBe(answer(each, statements))
      }),
      runs(1000),
    )
  })

  test('SEC-41 without an Allow nothing is allowed', () => {
    fc.assert(
      fc.property(anyCase, (each) => {
        const denies = statementsOf(each).filter(({ Effect }) => Effect.toLowerCase() === 'deny')
        expect(answer(each, denies)).not.toBe('Allowed')
      }),
      runs(2000),
    )
  })
})
