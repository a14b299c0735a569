/** Retries and relaxed mode: which failures of a function are retried or forgiven. */
import { AuthorizerError, createAuthorizer, type Decision, type GatewayRequest } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { gatewayRequest } from '../../support/request.ts'
import { evaluate, frontendAuthorizer, functionResult, summarize } from './authorizers.ts'

const unreachable = (): AuthorizerError => new AuthorizerError('ERR_REMOTE_UNREACHABLE', 'no connection')
const DOWNGRADED = { frontend: {}, authDowngraded: true }
const relaxed = { authDowngradeEnabled: true }

const withToken = (): GatewayRequest => gatewayRequest('GET /', { headers: { 'x-token': 'a' } })

/** A function that fails `times` times with the error of `fail` and then allows. */
const failing = (times: number, fail: () => unknown): { calls: () => number; authorize: () => Promise<object> } => {
  let calls = 0
  return {
    calls: () => calls,
    authorize: async () => {
      if (++calls <= times) throw fail()
      return functionResult('allow', { n: String(calls) })
    },
  }
}

describe('retries', () => {
  test.each([
    [0, 1, '500 AUTHORIZER_ERROR', 1],
    [1, 1, { frontend: { n: '2' } }, 2],
    [2, 2, { frontend: { n: '3' } }, 3],
    [2, 5, '500 AUTHORIZER_ERROR', 3],
    [10, 20, '500 AUTHORIZER_ERROR', 11],
  ])(
    'HW-CFG-15 retryAttempts: %d limits the calls of a function that is unreachable %d times',
    async (retryAttempts, times, expected, calls) => {
      const fn = failing(times, unreachable)
      expect(summarize(await evaluate(frontendAuthorizer(fn.authorize, { retryAttempts })))).toEqual(expected)
      expect(fn.calls()).toBe(calls)
    },
  )

  test('HW-CFG-15 by default a call is not retried', async () => {
    const fn = failing(1, unreachable)
    expect(summarize(await evaluate(frontendAuthorizer(fn.authorize)))).toBe('500 AUTHORIZER_ERROR')
    expect(fn.calls()).toBe(1)
  })

  test.each([
    ['an error of the function', () => new Error('boom')],
    ['an invalid remote response', () => new AuthorizerError('ERR_REMOTE_RESPONSE', 'status 404')],
    ['an open circuit', () => new AuthorizerError('ERR_REMOTE_OVERLOADED', 'open')],
    [
      'an error that only has the code of an unreachable function',
      () => Object.assign(new Error('x'), { code: 'ERR_REMOTE_UNREACHABLE' }),
    ],
    ['undefined', () => undefined],
    [
      'a proxy that throws when inspected',
      () =>
        new Proxy(
          {},
          {
            getPrototypeOf: () => {
              throw new Error('no')
            },
          },
        ),
    ],
  ])('HW-CFG-15 a call is not retried after %s', async (_, fail) => {
    const fn = failing(1, fail)
    expect((await evaluate(frontendAuthorizer(fn.authorize, { retryAttempts: 3 }))).allowed).toBe(false)
    expect(fn.calls()).toBe(1)
  })

  test('HW-CFG-15 a call is not retried after an error response', async () => {
    let calls = 0
    const authorize = async (): Promise<object> => ({
      statusCode: ++calls === 1 ? 503 : 200,
      body: '{"status":"allow"}',
    })
    expect(summarize(await evaluate(frontendAuthorizer(authorize, { retryAttempts: 3 })))).toBe('500 BAD_RESULT')
    expect(calls).toBe(1)
  })

  test('HW-CFG-15 all retries share one deadline', async () => {
    const clock = fakeClock()
    let calls = 0
    const authorize = async (): Promise<object> => {
      calls++
      await flushMicrotasks()
      clock.advanceSync(3000)
      throw unreachable()
    }
    expect(summarize(await evaluate(frontendAuthorizer(authorize, { retryAttempts: 10 }, { clock })))).toBe(
      '500 AUTHORIZER_TIMEOUT',
    )
    expect(calls).toBe(2)
  })

  test('HW-CFG-15 each retry gets a new event', async () => {
    const seen: string[] = []
    const authorize = async (event: huawei.FrontendEvent): Promise<object> => {
      seen.push(event.user_data)
      event.user_data = 'changed'
      if (seen.length === 1) throw unreachable()
      return functionResult('allow')
    }
    await evaluate(frontendAuthorizer(authorize, { retryAttempts: 1, userData: 'u' }))
    expect(seen).toEqual(['u', 'u'])
  })
})

describe('relaxed mode', () => {
  test.each([
    ['an error of the function', () => new Error('boom'), DOWNGRADED],
    ['an unreachable function', unreachable, DOWNGRADED],
    [
      'an invalid remote response',
      () => new AuthorizerError('ERR_REMOTE_RESPONSE', 'status 404'),
      '500 AUTHORIZER_ERROR',
    ],
  ])('HW-RSP-14 relaxed mode handles %s', async (_, fail, expected) => {
    expect(summarize(await evaluate(frontendAuthorizer(failing(9, fail).authorize, relaxed)))).toEqual(expected)
  })

  test("HW-RSP-14 each downgrade is logged without the function's body", async () => {
    const logger = new RecordingLogger()
    const decisions: Decision[] = []
    const kernel = { logger, onDecision: (decision: Decision) => decisions.push(decision) }
    const authorizer = frontendAuthorizer(async () => ({ statusCode: 503, body: 'secret' }), relaxed, kernel)
    await evaluate(authorizer)
    await evaluate(authorizer)
    const lines = logger.lines.filter((line) => line.includes('authDowngradeEnabled'))
    expect(lines.filter((line) => line.includes('503'))).toHaveLength(2)
    expect(lines.join()).not.toContain('secret')
    expect(decisions.map(({ verdict }) => verdict)).toEqual(['allow', 'allow'])
  })

  test('HW-RSP-14 a result after the deadline does not change the downgrade', async () => {
    const clock = fakeClock()
    const result = new Deferred<object>()
    const pending = evaluate(frontendAuthorizer(() => result.promise, relaxed, { clock }))
    await flushMicrotasks()
    clock.advanceSync(5000)
    result.resolve(functionResult('deny'))
    expect(summarize(await pending)).toEqual(DOWNGRADED)
  })

  const broken: readonly (readonly [string, () => GatewayRequest, string])[] = [
    ['an ambiguous request target', () => gatewayRequest('GET /a//b'), '400 MALFORMED_REQUEST'],
    [
      'a repeated credential',
      () =>
        gatewayRequest('GET /', {
          headers: [
            ['authorization', 'a'],
            ['authorization', 'b'],
          ],
        }),
      '401 IDENTITY_SOURCE_REPEATED',
    ],
    ['a missing identity', () => gatewayRequest('GET /'), '401 IDENTITY_SOURCE_MISSING'],
    [
      'an identity that does not match',
      () => gatewayRequest('GET /', { headers: { 'x-token': 'no' } }),
      '401 IDENTITY_VALIDATION_FAILED',
    ],
  ]
  test.each(broken)('HW-RSP-14 relaxed mode does not allow %s', async (_, request, expected) => {
    const identities = [{ location: 'HEADER', name: 'X-Token', validation: '[0-9]+' }] as const
    expect(
      summarize(
        await evaluate(frontendAuthorizer(failing(9, unreachable).authorize, { ...relaxed, identities }), request()),
      ),
    ).toBe(expected)
  })

  test('HW-RSP-14 relaxed mode does not allow an error in the library', async () => {
    const contract = huawei.frontend(relaxed)
    const faulty = createAuthorizer({
      authorize: (async () => functionResult('allow')) as never,
      contract: {
        ...contract,
        toEvent: () => {
          throw new Error('an error in the contract')
        },
      },
      logger: null,
    })
    expect(summarize(await evaluate(faulty))).toBe('500 INTERNAL_ERROR')
  })

  test('HW-RSP-14 relaxed mode does not allow a request whose body is unavailable', async () => {
    // This request has no body reader.
    expect(
      summarize(
        await evaluate(frontendAuthorizer(async () => functionResult('allow'), { ...relaxed, needBody: true })),
      ),
    ).toBe('500 BODY_UNAVAILABLE')
  })

  test('HW-RSP-14 relaxed mode does not allow requests above maxInFlight', async () => {
    const authorizer = frontendAuthorizer(() => new Promise(() => undefined), relaxed, {
      maxInFlight: 1,
      clock: fakeClock(),
    })
    void evaluate(authorizer)
    expect(summarize(await evaluate(authorizer))).toBe('503 OVERLOADED')
  })

  test('HW-RSP-15 HW-RSP-14 relaxed mode does not change a deny result', async () => {
    expect(summarize(await evaluate(frontendAuthorizer(async () => functionResult('deny'), relaxed)))).toBe(
      '401 DENIED',
    )
  })

  test('HW-RSP-14 requests that share a downgraded call each get an empty context', async () => {
    const clock = fakeClock()
    const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
    const authorizer = frontendAuthorizer(
      () => new Promise(() => undefined),
      { ...relaxed, identities, ttl: 60 },
      { clock },
    )
    const pending = Promise.all([evaluate(authorizer, withToken()), evaluate(authorizer, withToken())])
    await flushMicrotasks()
    clock.advanceSync(5000)
    expect((await pending).map(summarize)).toEqual([DOWNGRADED, DOWNGRADED])
  })
})
