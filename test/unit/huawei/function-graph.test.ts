/** Functions run as on FunctionGraph: their styles, their context, what they may do to either. */
import { createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { TestClock } from '../../support/clock.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { gatewayRequest } from '../../support/request.ts'
import { ask, front, saying, told } from './authorizers.ts'

type Callback = (error?: unknown, result?: unknown) => void

const respondAndReturn = (_event: object, _context: object, callback: Callback): number => {
  callback(null, saying('allow'))
  return 1
}
const silent = (): void => undefined

/** Runs a function once and answers with the context that it was given. */
const contextOf = async (options: huawei.FrontendOptions = {}): Promise<huawei.FunctionContext> => {
  let seen: huawei.FunctionContext | undefined
  const outcome = await ask(
    front(async (_: unknown, context: huawei.FunctionContext) => {
      seen = context
      return saying('allow')
    }, options),
  )
  expect(outcome.allowed).toBe(true)
  if (seen === undefined) throw new Error('the function was not called')
  return seen
}

describe('HW-FG-01 styles', () => {
  const STYLES: Readonly<Record<string, (event: unknown, context: unknown, callback: Callback) => unknown>> = {
    async: async () => saying('allow'),
    'a promise': () => Promise.resolve(saying('allow')),
    'a callback at once': (_, __, callback) => callback(null, saying('allow')),
    'a callback with undefined for no error': (_, __, callback) => callback(undefined, saying('allow')),
    'a callback later': (_, __, callback) => void setImmediate(() => callback(null, saying('allow'))),
    'a callback with JSON text': (_, __, callback) => callback(null, JSON.stringify(saying('allow'))),
    'a callback with a promise besides that answers later': async (_, __, callback) => {
      callback(null, saying('allow'))
      await flushMicrotasks()
      return saying('deny')
    },
    'a callback that is called twice': (_, __, callback) => {
      callback(null, saying('allow'))
      callback(null, saying('deny'))
      callback(new Error('late'))
    },
    // oxlint-disable-next-line unicorn/no-thenable -- promises of other libraries
    'a thenable': () => ({ then: (resolve: (value: unknown) => void) => resolve(saying('allow')) }),
  }
  test.each(Object.entries(STYLES))('%s', async (_, authorize) => {
    expect(told(await ask(front(authorize)))).toEqual({ frontend: {} })
  })

  const FAILURES: Readonly<Record<string, (event: unknown, context: unknown, callback: Callback) => unknown>> = {
    'a callback with an error': (_, __, callback) => callback(new Error('no'), saying('allow')),
    'a callback with text for an error': (_, __, callback) => callback('no', saying('allow')),
    'a callback with false for an error': (_, __, callback) => callback(false, saying('allow')),
    'an error after which it answers': (_, __, callback) => {
      callback(new Error('no'))
      callback(null, saying('allow'))
    },
    'a throw after a callback would have been': () => {
      throw new Error('no')
    },
  }
  test.each(Object.entries(FAILURES))('HW-RSP-13 %s', async (_, authorize) => {
    expect(told(await ask(front(authorize)))).toBe('500 AUTHORIZER_ERROR')
  })

  test('HW-RSP-12 a callback without anything is no answer', async () => {
    expect(told(await ask(front((_: unknown, __: unknown, callback: Callback) => callback())))).toBe('500 BAD_RESULT')
  })

  const RETURNED = /returned a value that is not a promise/

  test.each<[string, unknown]>([
    ['no parameter', () => saying('allow')],
    ['event', (_event: object) => saying('allow')],
    ['event and context, which cannot respond', (_event: object, _context: object) => saying('allow')],
    ['event, and it returns nothing', (_event: object) => undefined],
  ])('HW-RSP-12 a function that cannot respond any more fails at once: %s', async (_, authorize) => {
    const logger = new RecordingLogger()
    const authorizer = front(authorize, {}, { clock: new TestClock(), logger })
    expect(told(await ask(authorizer))).toBe('500 BAD_RESULT')
    expect(told(await ask(authorizer))).toBe('500 BAD_RESULT')
    const advice = logger.lines.filter((line) => RETURNED.test(line))
    expect(advice).toHaveLength(String(authorize).includes('undefined') ? 0 : 1)
  })

  test.each<[string, unknown]>([
    ['a callback', (_event: object, _context: object, _callback: Callback) => saying('allow')],
    ['a rest parameter', (..._all: unknown[]) => saying('allow')],
    ['a bound function', saying.bind(undefined, 'allow')],
  ])('a function that may still respond is logged at once and waited for: %s', async (_, authorize) => {
    const clock = new TestClock()
    const logger = new RecordingLogger()
    const asked = ask(front(authorize, {}, { clock, logger }))
    await flushMicrotasks()
    expect(logger.lines.join('\n')).toMatch(RETURNED)
    clock.advance(5000)
    expect(told(await asked)).toBe('500 AUTHORIZER_TIMEOUT')
  })

  test('a value that is returned after the callback is not logged', async () => {
    const logger = new RecordingLogger()
    expect(told(await ask(front(respondAndReturn, {}, { logger })))).toEqual({ frontend: {} })
    expect(logger.lines).toEqual([])
  })

  test('HW-FG-02 the event is an object of its own for each call, which the function may change', async () => {
    const events: huawei.FrontendEvent[] = []
    const authorizer = front(
      async (event: huawei.FrontendEvent) => {
        events.push(structuredClone(event))
        event.user_data = 'changed'
        event.headers['x-evil'] = '1'
        return saying('allow')
      },
      { userData: 'u' },
    )
    const request = gatewayRequest('GET /pets/7')
    await ask(authorizer, request)
    await ask(authorizer, request)
    expect(events.map(({ user_data }) => user_data)).toEqual(['u', 'u'])
    expect(events[1]?.headers).not.toHaveProperty('x-evil')
    expect(Object.getPrototypeOf(events[0]?.headers ?? {})).toBe(Object.prototype)
  })
})

describe('HW-FG-04 the runtime context', () => {
  test('has every method of the runtimes', async () => {
    const context = await contextOf()
    const TEXTS = [
      'getRequestID',
      'getFunctionName',
      'getVersion',
      'getAlias',
      'getPackage',
      'getToken',
      'getAccessKey',
      'getSecretKey',
      'getSecurityAccessKey',
      'getSecuritySecretKey',
      'getSecurityToken',
      'getProjectID',
    ] as const
    for (const name of TEXTS) expect(context[name](), name).toBeTypeOf('string')
    const NUMBERS = [
      'getRemainingTimeInMilliSeconds',
      'getMemorySize',
      'getCPUNumber',
      'getRunningTimeInSeconds',
    ] as const
    for (const name of NUMBERS) expect(context[name](), name).toBeTypeOf('number')
    expect([context.getUserData('A'), context.getLogger()]).toEqual([undefined, expect.any(Object)])
  })

  test('gives no credential away', async () => {
    const context = await contextOf()
    expect([
      context.getToken(),
      context.getAccessKey(),
      context.getSecretKey(),
      context.getSecurityAccessKey(),
      context.getSecuritySecretKey(),
      context.getSecurityToken(),
    ]).toEqual(['', '', '', '', '', ''])
  })

  test('getUserData answers with environment variables, not with the authorizer’s user data', async () => {
    const variables: Record<string, string> = { A: '1', EMPTY: '' }
    const context = await contextOf({ userData: 'u', environmentVariables: variables })
    variables['A'] = '2'
    expect(['A', 'EMPTY', 'B', 'user_data', 'toString', '__proto__'].map((key) => context.getUserData(key))).toEqual([
      '1',
      '',
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  test('getRequestID is another for each call', async () => {
    const one = (await contextOf()).getRequestID()
    expect([one, (await contextOf()).getRequestID()]).toEqual([
      expect.stringMatching(/^[\da-f-]{36}$/),
      expect.not.stringContaining(one),
    ])
  })

  test('getRemainingTimeInMilliSeconds counts down to the deadline', async () => {
    const clock = new TestClock()
    const left: number[] = []
    const authorizer = front(
      async (_: unknown, context: huawei.FunctionContext) => {
        left.push(context.getRemainingTimeInMilliSeconds())
        clock.advance(1200)
        left.push(context.getRemainingTimeInMilliSeconds(), context.getRunningTimeInSeconds())
        return saying('allow')
      },
      { timeout: 3000 },
      { clock },
    )
    await ask(authorizer)
    expect(left).toEqual([3000, 1800, 3])
  })

  test.each([
    [undefined, 5000],
    [3000, 3000],
    [600_000, 600_000],
  ])('HW-CFG-14 HW-RSP-13 a timeout of %s milliseconds', async (timeout, deadline) => {
    const clock = new TestClock()
    const authorizer = front(() => new Promise(silent), timeout === undefined ? {} : { timeout }, { clock })
    const asked = ask(authorizer)
    await flushMicrotasks()
    clock.advance(deadline - 1)
    await flushMicrotasks()
    expect(clock.pending).toBe(1)
    clock.advance(1)
    expect(told(await asked)).toBe('500 AUTHORIZER_TIMEOUT')
  })

  test('HW-FG-05 getLogger is the one that was given', async () => {
    const functionLogger = { info: silent, warn: silent, error: silent, debug: silent }
    expect((await contextOf({ functionLogger })).getLogger()).toBe(functionLogger)
  })

  test('HW-FG-05 getLogger has all four methods without one', async () => {
    const logger = (await contextOf()).getLogger()
    expect(['info', 'warn', 'error', 'debug'].map((name) => typeof logger[name as 'info'])).toEqual(
      Array.from({ length: 4 }, () => 'function'),
    )
  })
})

const typed = async (event: huawei.FrontendEvent, context: huawei.FunctionContext): Promise<string> =>
  JSON.stringify(saying(event.user_data === context.getUserData('A') ? 'allow' : 'deny'))

test('HW-FG-01 types: a function of FunctionGraph is taken as it is', () => {
  expect(createAuthorizer({ authorize: typed, contract: huawei.frontend() }).name).toBe('typed')
})
