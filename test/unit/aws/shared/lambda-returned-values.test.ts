/** Handlers that return a result without a promise, which Lambda ignores: log messages and waiting time. */
import { type Contract, createAuthorizer, type Outcome } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { allow, API, bearer, describeOutcome, flushEventLoop } from '../harness.ts'

const RETURNED = /returned a value that is not a promise.*make the handler async/
const NOTHING = /the function (?:returned nothing|did not return an object)/

interface Observed {
  readonly text: string
  readonly reason: string
  readonly log: readonly string[]
}

const CONTRACTS: Readonly<Record<string, () => unknown>> = {
  'aws.token': () => aws.token({ api: API, authorizerResultTtlInSeconds: 0 }),
  'aws.request': () => aws.request({ api: API, authorizerResultTtlInSeconds: 0 }),
  'aws.httpApi': () => aws.httpApi({ api: API }),
  'aws.httpApi with simple responses': () => aws.httpApi({ api: API, enableSimpleResponses: true }),
  'aws.webSocket': () => aws.webSocket({ api: API }),
}

/** Sends requests to a handler with a manual clock; `undefined` if it is still waiting and logged nothing. */
const evaluateHandler = async (authorize: unknown, contract: unknown, requests = 1): Promise<Observed | undefined> => {
  const logger = new RecordingLogger()
  const clock = fakeClock()
  const authorizer = createAuthorizer({
    authorize: authorize as () => unknown,
    contract: contract as Contract,
    clock,
    logger,
  })
  let settled: Observed | undefined
  const note = (outcome: Outcome): void => {
    settled = { text: describeOutcome(outcome), reason: outcome.allowed ? '' : outcome.reason, log: logger.lines }
  }
  for (let count = 0; count < requests; count++) {
    settled = undefined
    void Promise.resolve(authorizer.evaluate(gatewayRequest('GET /pets/7', bearer()))).then(note)
    await flushEventLoop()
  }
  return settled ?? (logger.lines.length > 0 ? { text: 'waiting', reason: '', log: logger.lines } : undefined)
}

const policy = allow()
const functionExpression = function handler(_event: object): object {
  return policy
}
const usesArguments = function handler(_event: object): unknown {
  return Array.prototype.slice.call(arguments, 3)
}
const respondsThroughArguments = function handler(): number {
  const callback = arguments[2] as aws.LambdaCallback
  callback('no')
  return 1
}
const read = (name: string): object => ({ name })

describe.each(Object.entries(CONTRACTS))('%s', (_, contract) => {
  test.each<[string, unknown]>([
    ['no parameter', () => policy],
    ['one parameter', (_event: object) => policy],
    ['one parameter with a default value', (_event = {}) => policy],
    ['a destructured parameter', ({ type: _type }: { type: string }) => policy],
    ['a function expression', functionExpression],
    ['a result that is not an object', (_event: object) => false],
  ])('AWS-RUN-03 a handler that can no longer respond fails immediately with 500: %s', async (_title, authorize) => {
    const observed = await evaluateHandler(authorize, contract())
    expect([observed?.text.slice(0, 3), observed?.reason]).toEqual(['500', 'BAD_RESULT'])
    expect(observed?.log[0]).toMatch(RETURNED)
    expect(observed?.log[1]).toMatch(NOTHING)
  })

  test('AWS-RUN-03 a handler that returns undefined and cannot respond fails immediately with 500', async () => {
    const observed = await evaluateHandler((_event: object) => undefined, contract())
    expect([observed?.text.slice(0, 3), observed?.reason]).toEqual(['500', 'BAD_RESULT'])
    expect(observed?.log).toHaveLength(1)
    expect(observed?.log[0]).toMatch(NOTHING)
  })

  test('AWS-RUN-03 the advice is logged once per authorizer, the failure for each request', async () => {
    const observed = await evaluateHandler(() => policy, contract(), 3)
    expect(observed?.log.filter((line) => RETURNED.test(line))).toHaveLength(1)
    expect(observed?.log.filter((line) => NOTHING.test(line))).toHaveLength(3)
  })

  test.each<[string, unknown]>([
    ['it declares context', (_event: object, _context: object) => policy],
    ['it declares callback', (_event: object, _context: object, _callback: object) => policy],
    ['parameters follow one with a default value', (_event = {}, _context: object, _callback: object) => policy],
    ['it has a rest parameter', (..._all: unknown[]) => policy],
    ['its source mentions arguments', usesArguments],
    ['it is bound', read.bind(undefined, 'x')],
    ['it is a proxy', new Proxy((_event: object) => policy, {})],
  ])(
    'AWS-RUN-03 a handler that may still respond is logged immediately and waited for: %s',
    async (_title, authorize) => {
      const observed = await evaluateHandler(authorize, contract())
      expect(observed?.text).toBe('waiting')
      expect(observed?.log).toHaveLength(1)
      expect(observed?.log[0]).toMatch(RETURNED)
    },
  )

  test.each<[string, unknown]>([
    ['the callback', (_event: object, _context: object, callback: aws.LambdaCallback) => (callback('no'), 1)],
    ['context.fail', (_event: object, context: aws.LambdaContext) => (context.fail('no'), 1)],
    ['arguments', respondsThroughArguments],
  ])('AWS-RUN-07 a value returned after a response is not logged: %s', async (_title, authorize) => {
    const observed = await evaluateHandler(authorize, contract())
    expect(observed?.reason).toBe('AUTHORIZER_ERROR')
    expect(observed?.log.join('\n')).not.toMatch(RETURNED)
  })
})
