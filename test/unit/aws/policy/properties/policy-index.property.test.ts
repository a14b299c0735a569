/** Properties of the policy index (AWS-POL-02, AWS-POL-03, SEC-27). */
import type { PolicyExplanation } from '@custom-authorizer/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyCase, compiled, partsOf, runs, spellingsOf, withUnknown } from './arbitraries.ts'
import { exactSpelling, toSpellings } from '../internals.ts'

const FIVE_MINUTES_MS = 300_000

/** The decision that follows from the explanation of all statements. */
const decisionOf = ({ statements }: PolicyExplanation): PolicyExplanation['decision'] => {
  const matched = new Set(statements.filter((each) => each.matched).map(({ effect }) => effect))
  return matched.has('Deny') ? 'ExplicitlyDenied' : matched.has('Allow') ? 'Allowed' : 'ImplicitlyDenied'
}

const spelled = anyCase.chain((each) => fc.tuple(fc.constant(each), spellingsOf(partsOf(each).resource)))

describe('policy index', { timeout: FIVE_MINUTES_MS }, () => {
  test('AWS-POL-02 the index gives the same decision as evaluating every statement', () => {
    fc.assert(
      fc.property(spelled, ([each, spellings]) => {
        const policy = compiled(each)
        if (policy === undefined) return
        const { arnPrefix, keys } = partsOf(each)
        const expected = decisionOf(policy.explain(arnPrefix, toSpellings(spellings), keys))
        // The index is built after some searches.
        for (let search = 0; search < 5; search++)
          expect(policy.evaluate(arnPrefix, toSpellings(spellings), keys)).toBe(expected)
      }),
      runs(4000),
    )
  })

  test('SEC-27 AWS-POL-02 the index gives the same decision as evaluating every statement if a key is indeterminate', () => {
    fc.assert(
      fc.property(
        spelled,
        fc.constantFrom('aws:sourceip', 'aws:useragent', 'x:level'),
        ([each, spellings], unknown) => {
          const policy = compiled(each)
          if (policy === undefined) return
          const { arnPrefix, ...parts } = partsOf(each)
          const keys = withUnknown(parts.keys, unknown)
          expect(policy.evaluate(arnPrefix, toSpellings(spellings), keys)).toBe(
            decisionOf(policy.explain(arnPrefix, toSpellings(spellings), keys)),
          )
        },
      ),
      runs(1500),
    )
  })

  test('AWS-POL-02 earlier evaluations do not affect a decision', () => {
    fc.assert(
      fc.property(fc.array(anyCase, { minLength: 2, maxLength: 6 }), (cases) => {
        const [first] = cases
        const used = first === undefined ? undefined : compiled(first)
        if (first === undefined || used === undefined) return
        for (const each of cases) {
          const { arnPrefix, resource, keys } = partsOf(each)
          const fresh = compiled(first)
          expect(used.evaluate(arnPrefix, exactSpelling(resource), keys)).toBe(
            fresh?.evaluate(arnPrefix, exactSpelling(resource), keys),
          )
        }
      }),
      runs(300),
    )
  })

  test('AWS-POL-03 AWS-POL-02 an explanation names the first part that failed', () => {
    fc.assert(
      fc.property(anyCase, (each) => {
        const policy = compiled(each)
        if (policy === undefined) return
        const { arnPrefix, resource, keys } = partsOf(each)
        for (const { matched, failed, condition } of policy.explain(arnPrefix, exactSpelling(resource), keys)
          .statements) {
          expect(failed === undefined).toBe(matched)
          expect(condition !== undefined).toBe(failed === 'condition')
        }
      }),
      runs(1000),
    )
  })
})
