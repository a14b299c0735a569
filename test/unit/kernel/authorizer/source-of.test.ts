import diagnostics from 'node:diagnostics_channel'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  allOf,
  anyOf,
  type Authorizer,
  type Decision,
  DECISION_CHANNEL,
  type Problem,
  PROBLEM_CHANNEL,
} from '@custom-authorizer/core'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import { member } from '../../../support/members.ts'
import { TWO_A_DAY } from '../../../support/planned.ts'
import { gatewayRequest } from '../../../support/request.ts'

const messages: (Decision | Problem)[] = []
const record = (message: unknown): void => void messages.push(message as Decision)

beforeEach(() => {
  messages.length = 0
  diagnostics.subscribe(DECISION_CHANNEL, record)
  diagnostics.subscribe(PROBLEM_CHANNEL, record)
})
afterEach(() => {
  diagnostics.unsubscribe(DECISION_CHANNEL, record)
  diagnostics.unsubscribe(PROBLEM_CHANNEL, record)
})

/** The message that an authorizer publishes. */
const published = async (authorizer: Authorizer): Promise<Decision | Problem> => {
  await authorizer.evaluate(gatewayRequest())
  return messages.at(-1) as Decision
}

test('authorizers with one name know their own decisions', async () => {
  const [one, other] = [member(() => true), member(() => true)]
  const decision = await published(one)
  expect(decision.authorizer).toBe(other.name)
  expect([one.isSourceOf?.(decision), other.isSourceOf?.(decision)]).toEqual([true, false])
})

test('authorizers with one name know their own problems', () => {
  const [one, other] = [member(() => true), member(() => true)]
  one.report('NOTE', 'a note')
  const problem = messages.at(-1) as Problem
  expect(problem).toEqual({ authorizer: 'member', kind: 'NOTE', message: 'a note' })
  expect([one.isSourceOf?.(problem), other.isSourceOf?.(problem)]).toEqual([true, false])
})

test('compositions are the source of what their members decide', async () => {
  const [first, second, stranger] = [member(() => false), member(() => true), member(() => true)]
  const composed = allOf(anyOf(first, second))
  const decision = await published(second)
  const foreign = await published(stranger)
  expect([composed.isSourceOf?.(decision), composed.isSourceOf?.(foreign)]).toEqual([true, false])
  const planned = usagePlan(composed, { ...TWO_A_DAY, api: { apiId: 'a', stage: 'b' } })
  expect([planned.isSourceOf?.(decision), planned.isSourceOf?.(foreign)]).toEqual([true, false])
})

test('a copy of a message has no source', async () => {
  const authorizer = member(() => true)
  expect(authorizer.isSourceOf?.({ ...(await published(authorizer)) })).toBe(false)
})
