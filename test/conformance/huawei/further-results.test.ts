/** Results of functions beyond the results table: without a framework, in every style. @module */
import { toGatewayRequest } from '@custom-authorizer/core/fetch'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, it } from 'vitest'
import { HUAWEI_RESPONSES, type HuaweiRow, readResults, type Style } from './corpus.ts'
import { apig } from './gateway.ts'

const corpus = readResults('answers-of-functions')
const cases = corpus.rows.flatMap((row) =>
  apig.casesOf(row, corpus).map(([title, style]) => [title, row, style] as const),
)

const expectOutcome = async (row: HuaweiRow, style: Style): Promise<void> => {
  const [step] = row.steps
  if (step === undefined || !('calls' in step)) throw new Error(`${row.id} has no step`)
  const { service, answer = '' } = step.expect
  const { authorizer, functions } = apig.setUp(corpus, row, style, fakeClock())
  const outcome = await authorizer.evaluate(toGatewayRequest(new Request('https://service.test/pets/7')))
  expect(functions.get('frontend')?.events).toHaveLength(1)
  if (outcome.allowed) {
    const { requestContext, context } = outcome.authorizer
    expect(service, 'the request was allowed').toBeDefined()
    if (service?.authorizer !== undefined) expect(requestContext.authorizer).toEqual(service.authorizer)
    if (service?.context !== undefined) expect(context).toEqual(service.context)
  } else {
    expect(service, outcome.reason).toBe(undefined)
    const { status, body } = HUAWEI_RESPONSES.answers[answer] ?? { status: 0, body: '' }
    const id = /"request_id":"([\da-f]{32})"/.exec(outcome.response.body)?.[1] ?? ''
    expect([outcome.response.status, outcome.response.body]).toEqual([status, body.replace('{requestId}', id)])
  }
}

describe('function results', () => {
  it.each(cases)('%s', (_, row, style) => expectOutcome(row, style))
})
