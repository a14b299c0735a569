/** `onDecision` of one evaluation: it receives the decisions of that evaluation only. */
import { allOf, createAuthorizer, type Decision } from '@custom-authorizer/core'
import { scriptedAuthorizer, testRequest } from '@custom-authorizer/core/testing'
import { expect, test } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'

const verdicts = (decisions: readonly Decision[]): readonly string[] =>
  decisions.map(({ authorizer, verdict }) => `${authorizer} ${verdict}`)

test("it is called after the authorizer's own onDecision, and for this evaluation only", async () => {
  const order: string[] = []
  const authorize = scriptedAuthorizer(true, false)
  const authorizer = createAuthorizer({ authorize, onDecision: ({ verdict }) => order.push(`own ${verdict}`) })
  const evaluated = authorizer.evaluate(testRequest(), { onDecision: ({ verdict }) => order.push(`call ${verdict}`) })
  await evaluated
  await authorizer.evaluate(testRequest())
  expect(order).toEqual(['own allow', 'call allow', 'own deny'])
})

test('it is called for a synchronous decision before evaluate returns', () => {
  const decisions: Decision[] = []
  const authorizer = createAuthorizer({ authorize: () => true, name: 'sync' })
  void authorizer.evaluate(testRequest(), { onDecision: (decision) => decisions.push(decision) })
  expect(verdicts(decisions)).toEqual(['sync allow'])
  expect(decisions[0]?.durationMs).toBeGreaterThanOrEqual(0)
})

test('it receives the decisions of the members of a combined authorizer', async () => {
  const decisions: Decision[] = []
  const [one, other] = [true, false].map((result) =>
    createAuthorizer({ authorize: () => result, name: result ? 'one' : 'other' }),
  )
  if (one === undefined || other === undefined) throw new Error('two authorizers')
  await allOf(one, other).evaluate(testRequest(), { onDecision: (decision) => decisions.push(decision) })
  expect(verdicts(decisions)).toEqual(['one allow', 'other deny'])
})

test('SEC-104 an exception in it is logged and changes no decision', async () => {
  const logger = new RecordingLogger()
  const authorizer = createAuthorizer({ authorize: () => false, logger })
  const outcome = await authorizer.evaluate(testRequest(), {
    onDecision: () => {
      throw new Error('hook')
    },
  })
  expect(outcome.allowed).toBe(false)
  expect(logger.lines).toEqual([expect.stringContaining('onDecision failed; the decision is unchanged')])
})
