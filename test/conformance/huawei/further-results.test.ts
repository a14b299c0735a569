/** What a function may answer besides the rows of the table: without a framework, in every style. @module */
import { toGatewayRequest } from '@custom-authorizer/core/fetch'
import { expect, it } from 'vitest'
import { ANSWERS, readResults, type Row, type Style } from './corpus.ts'
import { HandlerSet, rowStyles, titleOf } from './run-row.ts'

const corpus = readResults('answers-of-functions')
const cases = corpus.rows.flatMap((row) => rowStyles(row).map((style) => [titleOf(row, style), row, style] as const))

const expectOutcome = async (row: Row, style: Style): Promise<void> => {
  const [step] = row.steps
  if (step === undefined || !('calls' in step)) throw new Error(`${row.id} has no step`)
  const { service, answer = '' } = step.expect
  const { authorizer, functions } = new HandlerSet(row, style)
  const outcome = await authorizer.evaluate(toGatewayRequest(new Request('https://service.test/pets/7')))
  expect(functions.get('frontend')?.events).toHaveLength(1)
  if (outcome.allowed) {
    const { requestContext, context } = outcome.authorizer
    expect(service, 'it was allowed').toBeDefined()
    if (service?.authorizer !== undefined) expect(requestContext.authorizer).toEqual(service.authorizer)
    if (service?.context !== undefined) expect(context).toEqual(service.context)
  } else {
    expect(service, outcome.reason).toBe(undefined)
    const { status, body } = ANSWERS.answers[answer] ?? { status: 0, body: '' }
    const id = /"request_id":"([\da-f]{32})"/.exec(outcome.response.body)?.[1] ?? ''
    expect([outcome.response.status, outcome.response.body]).toEqual([status, body.replace('{requestId}', id)])
  }
}

it.each(cases)('%s', (_, row, style) => expectOutcome(row, style))
