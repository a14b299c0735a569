/** Handlers that return their result directly, which Lambda ignores: what the log says, and how long the request waits. */
import { type Contract, createAuthorizer, type Outcome } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { describe, expect, test } from 'vitest'
import { TestClock } from '../../../support/clock.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { allow, API, bearer, said, turn } from '../harness.ts'

const RETURNED = /returned a value that is not a promise.*make the handler async/
const NOTHING = /the function (?:returned nothing|did not return an object)/

interface Asked {
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

/** Puts a handler through requests on a clock that stands still; `undefined` for one that is still waiting. */
const ask = async (authorize: unknown, contract: unknown, requests = 1): Promise<Asked | undefined> => {
  const logger = new RecordingLogger()
  const clock = new TestClock()
  const authorizer = createAuthorizer({
    authorize: authorize as () => unknown,
    contract: contract as Contract,
    clock,
    logger,
  })
  let settled: Asked | undefined
  const note = (outcome: Outcome): void => {
    settled = { text: said(outcome), reason: outcome.allowed ? '' : outcome.reason, log: logger.lines }
  }
  for (let count = 0; count < requests; count++) {
    settled = undefined
    void Promise.resolve(authorizer.evaluate(gatewayRequest('GET /pets/7', bearer()))).then(note)
    await turn()
  }
  return settled ?? (logger.lines.length > 0 ? { text: 'waiting', reason: '', log: logger.lines } : undefined)
}

const policy = allow()
const one = function handler(_event: object): object {
  return policy
}
const more = function handler(_event: object): unknown {
  return Array.prototype.slice.call(arguments, 3)
}
const responds = function handler(): number {
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
    ['a function expression', one],
    ['a result that is not an object', (_event: object) => false],
  ])('AWS-RUN-03 a handler that cannot respond any more fails at once with 500: %s', async (_title, authorize) => {
    const asked = await ask(authorize, contract())
    expect([asked?.text.slice(0, 3), asked?.reason]).toEqual(['500', 'BAD_RESULT'])
    expect(asked?.log[0]).toMatch(RETURNED)
    expect(asked?.log[1]).toMatch(NOTHING)
  })

  test('AWS-RUN-03 a handler that returns nothing and cannot respond fails at once with 500', async () => {
    const asked = await ask((_event: object) => undefined, contract())
    expect([asked?.text.slice(0, 3), asked?.reason]).toEqual(['500', 'BAD_RESULT'])
    expect(asked?.log).toHaveLength(1)
    expect(asked?.log[0]).toMatch(NOTHING)
  })

  test('AWS-RUN-03 the advice is logged once per authorizer, the failure each time', async () => {
    const asked = await ask(() => policy, contract(), 3)
    expect(asked?.log.filter((line) => RETURNED.test(line))).toHaveLength(1)
    expect(asked?.log.filter((line) => NOTHING.test(line))).toHaveLength(3)
  })

  test.each<[string, unknown]>([
    ['it declares context', (_event: object, _context: object) => policy],
    ['it declares callback', (_event: object, _context: object, _callback: object) => policy],
    ['parameters follow one with a default value', (_event = {}, _context: object, _callback: object) => policy],
    ['it has a rest parameter', (..._all: unknown[]) => policy],
    ['its source mentions arguments', more],
    ['it is bound', read.bind(undefined, 'x')],
    ['it is a proxy', new Proxy((_event: object) => policy, {})],
  ])('AWS-RUN-03 a handler that may still respond is logged at once and waited for: %s', async (_title, authorize) => {
    const asked = await ask(authorize, contract())
    expect(asked?.text).toBe('waiting')
    expect(asked?.log).toHaveLength(1)
    expect(asked?.log[0]).toMatch(RETURNED)
  })

  test.each<[string, unknown]>([
    ['the callback', (_event: object, _context: object, callback: aws.LambdaCallback) => (callback('no'), 1)],
    ['context.fail', (_event: object, context: aws.LambdaContext) => (context.fail('no'), 1)],
    ['arguments', responds],
  ])('AWS-RUN-07 a value returned after a response is not logged: %s', async (_title, authorize) => {
    const asked = await ask(authorize, contract())
    expect(asked?.reason).toBe('AUTHORIZER_ERROR')
    expect(asked?.log.join('\n')).not.toMatch(RETURNED)
  })
})
