/** Failures of the function, of what it depends on, and of the library: what is tried again, forgiven, and never is. */
import { AuthorizerError, createAuthorizer, type Decision, type GatewayRequest } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { TestClock } from '../../support/clock.ts'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { gatewayRequest } from '../../support/request.ts'
import { ask, front, saying, told } from './authorizers.ts'

const unreachable = (): AuthorizerError => new AuthorizerError('ERR_REMOTE_UNREACHABLE', 'no connection')
const DOWNGRADED = { frontend: {}, authDowngraded: true }
const relaxed = { authDowngradeEnabled: true }

const withToken = (): GatewayRequest => gatewayRequest('GET /', { headers: { 'x-token': 'a' } })

/** Fails so often, with what `fail` makes, and says yes afterwards. */
const failing = (times: number, fail: () => unknown): { calls: () => number; authorize: () => Promise<object> } => {
  let calls = 0
  return {
    calls: () => calls,
    authorize: async () => {
      if (++calls <= times) throw fail()
      return saying('allow', { n: String(calls) })
    },
  }
}

describe('HW-CFG-15 retries', () => {
  test.each([
    [0, 1, '500 AUTHORIZER_ERROR', 1],
    [1, 1, { frontend: { n: '2' } }, 2],
    [2, 2, { frontend: { n: '3' } }, 3],
    [2, 5, '500 AUTHORIZER_ERROR', 3],
    [10, 20, '500 AUTHORIZER_ERROR', 11],
  ])('%d of them, the function unreachable %d times', async (retryAttempts, times, expected, calls) => {
    const fn = failing(times, unreachable)
    expect(told(await ask(front(fn.authorize, { retryAttempts })))).toEqual(expected)
    expect(fn.calls()).toBe(calls)
  })

  test('none unless they were asked for', async () => {
    const fn = failing(1, unreachable)
    expect(told(await ask(front(fn.authorize)))).toBe('500 AUTHORIZER_ERROR')
    expect(fn.calls()).toBe(1)
  })

  test.each([
    ['an error of the function', () => new Error('boom')],
    ['an answer that is none', () => new AuthorizerError('ERR_REMOTE_RESPONSE', 'status 404')],
    ['a circuit that is open', () => new AuthorizerError('ERR_REMOTE_OVERLOADED', 'open')],
    ['something that only looks like it', () => Object.assign(new Error('x'), { code: 'ERR_REMOTE_UNREACHABLE' })],
    ['nothing', () => undefined],
    [
      'something that throws when it is looked at',
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
  ])('not after %s', async (_, fail) => {
    const fn = failing(1, fail)
    expect((await ask(front(fn.authorize, { retryAttempts: 3 }))).allowed).toBe(false)
    expect(fn.calls()).toBe(1)
  })

  test('not after an answer, whatever it is', async () => {
    let calls = 0
    const authorize = async (): Promise<object> => ({
      statusCode: ++calls === 1 ? 503 : 200,
      body: '{"status":"allow"}',
    })
    expect(told(await ask(front(authorize, { retryAttempts: 3 })))).toBe('500 BAD_RESULT')
    expect(calls).toBe(1)
  })

  test('all within one deadline', async () => {
    const clock = new TestClock()
    let calls = 0
    const authorize = async (): Promise<object> => {
      calls++
      await flushMicrotasks()
      clock.advance(3000)
      throw unreachable()
    }
    expect(told(await ask(front(authorize, { retryAttempts: 10 }, { clock })))).toBe('500 AUTHORIZER_TIMEOUT')
    expect(calls).toBe(2)
  })

  test('each with an event of its own', async () => {
    const seen: string[] = []
    const authorize = async (event: huawei.FrontendEvent): Promise<object> => {
      seen.push(event.user_data)
      event.user_data = 'changed'
      if (seen.length === 1) throw unreachable()
      return saying('allow')
    }
    await ask(front(authorize, { retryAttempts: 1, userData: 'u' }))
    expect(seen).toEqual(['u', 'u'])
  })
})

describe('HW-RSP-14 relaxed mode', () => {
  test.each([
    ['the function fails', () => new Error('boom'), DOWNGRADED],
    ['the function cannot be reached', unreachable, DOWNGRADED],
    [
      'what was asked is no function',
      () => new AuthorizerError('ERR_REMOTE_RESPONSE', 'status 404'),
      '500 AUTHORIZER_ERROR',
    ],
  ])('%s', async (_, fail, expected) => {
    expect(told(await ask(front(failing(9, fail).authorize, relaxed)))).toEqual(expected)
  })

  test('is reported, each time, without a word of what the function said', async () => {
    const logger = new RecordingLogger()
    const decisions: Decision[] = []
    const kernel = { logger, onDecision: (decision: Decision) => decisions.push(decision) }
    const authorizer = front(async () => ({ statusCode: 503, body: 'secret' }), relaxed, kernel)
    await ask(authorizer)
    await ask(authorizer)
    const lines = logger.lines.filter((line) => line.includes('authDowngradeEnabled'))
    expect(lines.filter((line) => line.includes('503'))).toHaveLength(2)
    expect(lines.join()).not.toContain('secret')
    expect(decisions.map(({ verdict }) => verdict)).toEqual(['allow', 'allow'])
  })

  test('what the function does after its deadline changes nothing', async () => {
    const clock = new TestClock()
    const answer = new Deferred<object>()
    const asked = ask(front(() => answer.promise, relaxed, { clock }))
    await flushMicrotasks()
    clock.advance(5000)
    answer.resolve(saying('deny'))
    expect(told(await asked)).toEqual(DOWNGRADED)
  })

  const broken: readonly (readonly [string, () => GatewayRequest, string])[] = [
    ['a request that can be read in two ways', () => gatewayRequest('GET /a//b'), '400 MALFORMED_REQUEST'],
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
  test.each(broken)('does not forgive %s', async (_, request, expected) => {
    const identities = [{ location: 'HEADER', name: 'X-Token', validation: '[0-9]+' }] as const
    expect(told(await ask(front(failing(9, unreachable).authorize, { ...relaxed, identities }), request()))).toBe(
      expected,
    )
  })

  test('does not forgive a fault of the library', async () => {
    const contract = huawei.frontend(relaxed)
    const faulty = createAuthorizer({
      authorize: (async () => saying('allow')) as never,
      contract: {
        ...contract,
        toEvent: () => {
          throw new Error('a fault')
        },
      },
      logger: null,
    })
    expect(told(await ask(faulty))).toBe('500 INTERNAL_ERROR')
  })

  test('does not forgive a body that cannot be had', async () => {
    // A request that was built without a way to read its body.
    expect(told(await ask(front(async () => saying('allow'), { ...relaxed, needBody: true })))).toBe(
      '500 BODY_UNAVAILABLE',
    )
  })

  test('does not forgive too many calls at a time', async () => {
    const authorizer = front(() => new Promise(() => undefined), relaxed, { maxInFlight: 1, clock: new TestClock() })
    void ask(authorizer)
    expect(told(await ask(authorizer))).toBe('503 OVERLOADED')
  })

  test('HW-RSP-15 does not soften a deny', async () => {
    expect(told(await ask(front(async () => saying('deny'), relaxed)))).toBe('401 DENIED')
  })

  test('passes two requests that share one call, each with an empty context', async () => {
    const clock = new TestClock()
    const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
    const authorizer = front(() => new Promise(() => undefined), { ...relaxed, identities, ttl: 60 }, { clock })
    const asked = Promise.all([ask(authorizer, withToken()), ask(authorizer, withToken())])
    await flushMicrotasks()
    clock.advance(5000)
    expect((await asked).map(told)).toEqual([DOWNGRADED, DOWNGRADED])
  })
})
