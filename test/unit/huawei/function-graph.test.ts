/** Functions run as on FunctionGraph: handler styles, event and runtime context. */
import { createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { gatewayRequest } from '../../support/request.ts'
import { evaluate, frontendAuthorizer, functionResult, summarize } from './authorizers.ts'

type Callback = (error?: unknown, result?: unknown) => void

const respondAndReturn = (_event: object, _context: object, callback: Callback): number => {
  callback(null, functionResult('allow'))
  return 1
}
const silent = (): void => undefined

/** Runs a function once and returns its runtime context. */
const contextOf = async (options: huawei.FrontendOptions = {}): Promise<huawei.FunctionContext> => {
  let seen: huawei.FunctionContext | undefined
  const outcome = await evaluate(
    frontendAuthorizer(async (_: unknown, context: huawei.FunctionContext) => {
      seen = context
      return functionResult('allow')
    }, options),
  )
  expect(outcome.allowed).toBe(true)
  if (seen === undefined) throw new Error('the function was not called')
  return seen
}

describe('handler styles', () => {
  const STYLES: Readonly<Record<string, (event: unknown, context: unknown, callback: Callback) => unknown>> = {
    'the promise of an async function': async () => functionResult('allow'),
    'a promise': () => Promise.resolve(functionResult('allow')),
    'a callback at once': (_, __, callback) => callback(null, functionResult('allow')),
    'a callback with undefined as error': (_, __, callback) => callback(undefined, functionResult('allow')),
    'a callback later': (_, __, callback) => void setImmediate(() => callback(null, functionResult('allow'))),
    'a callback with JSON text': (_, __, callback) => callback(null, JSON.stringify(functionResult('allow'))),
    'a callback before a slower promise': async (_, __, callback) => {
      callback(null, functionResult('allow'))
      await flushMicrotasks()
      return functionResult('deny')
    },
    'a callback that is called twice': (_, __, callback) => {
      callback(null, functionResult('allow'))
      callback(null, functionResult('deny'))
      callback(new Error('late'))
    },
    // oxlint-disable-next-line unicorn/no-thenable -- promises of other libraries
    'a thenable': () => ({ then: (resolve: (value: unknown) => void) => resolve(functionResult('allow')) }),
  }
  test.each(Object.entries(STYLES))('HW-FG-01 a function may respond with %s', async (_, authorize) => {
    expect(summarize(await evaluate(frontendAuthorizer(authorize)))).toEqual({ frontend: {} })
  })

  const FAILURES: Readonly<Record<string, (event: unknown, context: unknown, callback: Callback) => unknown>> = {
    'a callback with an error': (_, __, callback) => callback(new Error('no'), functionResult('allow')),
    'a callback with a string as error': (_, __, callback) => callback('no', functionResult('allow')),
    'a callback with false as error': (_, __, callback) => callback(false, functionResult('allow')),
    'a callback with an error and a later result': (_, __, callback) => {
      callback(new Error('no'))
      callback(null, functionResult('allow'))
    },
    'a throw': () => {
      throw new Error('no')
    },
  }
  test.each(Object.entries(FAILURES))('HW-FG-01 HW-RSP-13 %s gives 500', async (_, authorize) => {
    expect(summarize(await evaluate(frontendAuthorizer(authorize)))).toBe('500 AUTHORIZER_ERROR')
  })

  test('HW-FG-01 HW-RSP-12 a callback without a result gives 500', async () => {
    expect(
      summarize(await evaluate(frontendAuthorizer((_: unknown, __: unknown, callback: Callback) => callback()))),
    ).toBe('500 BAD_RESULT')
  })

  const RETURNED = /returned a value that is not a promise/

  test.each<[string, unknown]>([
    ['no parameters', () => functionResult('allow')],
    ['event', (_event: object) => functionResult('allow')],
    ['event and context', (_event: object, _context: object) => functionResult('allow')],
    ['event, returning undefined', (_event: object) => undefined],
  ])('HW-FG-01 HW-RSP-12 a function that can no longer respond fails immediately: %s', async (_, authorize) => {
    const logger = new RecordingLogger()
    const authorizer = frontendAuthorizer(authorize, {}, { clock: fakeClock(), logger })
    expect(summarize(await evaluate(authorizer))).toBe('500 BAD_RESULT')
    expect(summarize(await evaluate(authorizer))).toBe('500 BAD_RESULT')
    const advice = logger.lines.filter((line) => RETURNED.test(line))
    expect(advice).toHaveLength(String(authorize).includes('undefined') ? 0 : 1)
  })

  test.each<[string, unknown]>([
    ['a callback', (_event: object, _context: object, _callback: Callback) => functionResult('allow')],
    ['a rest parameter', (..._all: unknown[]) => functionResult('allow')],
    ['a bound function', functionResult.bind(undefined, 'allow')],
  ])('HW-FG-01 a function that may still respond is logged immediately and waited for: %s', async (_, authorize) => {
    const clock = fakeClock()
    const logger = new RecordingLogger()
    const pending = evaluate(frontendAuthorizer(authorize, {}, { clock, logger }))
    await flushMicrotasks()
    expect(logger.lines.join('\n')).toMatch(RETURNED)
    clock.advanceSync(5000)
    expect(summarize(await pending)).toBe('500 AUTHORIZER_TIMEOUT')
  })

  test('HW-FG-01 a value returned after the callback is not logged', async () => {
    const logger = new RecordingLogger()
    expect(summarize(await evaluate(frontendAuthorizer(respondAndReturn, {}, { logger })))).toEqual({ frontend: {} })
    expect(logger.lines).toEqual([])
  })

  test('HW-FG-02 HW-FG-01 each call gets a new event that the function may change', async () => {
    const events: huawei.FrontendEvent[] = []
    const authorizer = frontendAuthorizer(
      async (event: huawei.FrontendEvent) => {
        events.push(structuredClone(event))
        event.user_data = 'changed'
        event.headers['x-evil'] = '1'
        return functionResult('allow')
      },
      { userData: 'u' },
    )
    const request = gatewayRequest('GET /pets/7')
    await evaluate(authorizer, request)
    await evaluate(authorizer, request)
    expect(events.map(({ user_data }) => user_data)).toEqual(['u', 'u'])
    expect(events[1]?.headers).not.toHaveProperty('x-evil')
    expect(Object.getPrototypeOf(events[0]?.headers ?? {})).toBe(Object.prototype)
  })
})

describe('runtime context', () => {
  test('HW-FG-04 the context has every method of the runtimes', async () => {
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

  test('HW-FG-04 the context contains no credentials', async () => {
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

  test('HW-FG-04 getUserData returns environment variables, not the authorizer’s user data', async () => {
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

  test('HW-FG-04 getRequestID differs between calls', async () => {
    const one = (await contextOf()).getRequestID()
    expect([one, (await contextOf()).getRequestID()]).toEqual([
      expect.stringMatching(/^[\da-f-]{36}$/),
      expect.not.stringContaining(one),
    ])
  })

  test('HW-FG-04 getRemainingTimeInMilliSeconds counts down to the deadline', async () => {
    const clock = fakeClock()
    const left: number[] = []
    const authorizer = frontendAuthorizer(
      async (_: unknown, context: huawei.FunctionContext) => {
        left.push(context.getRemainingTimeInMilliSeconds())
        clock.advanceSync(1200)
        left.push(context.getRemainingTimeInMilliSeconds(), context.getRunningTimeInSeconds())
        return functionResult('allow')
      },
      { timeout: 3000 },
      { clock },
    )
    await evaluate(authorizer)
    expect(left).toEqual([3000, 1800, 3])
  })

  test.each([
    [undefined, 5000],
    [3000, 3000],
    [600_000, 600_000],
  ])('HW-CFG-14 HW-RSP-13 HW-FG-04 timeout: %s ends the call at its deadline', async (timeout, deadline) => {
    const clock = fakeClock()
    const authorizer = frontendAuthorizer(() => new Promise(silent), timeout === undefined ? {} : { timeout }, {
      clock,
    })
    const pending = evaluate(authorizer)
    await flushMicrotasks()
    clock.advanceSync(deadline - 1)
    await flushMicrotasks()
    expect(clock.pending).toBe(1)
    clock.advanceSync(1)
    expect(summarize(await pending)).toBe('500 AUTHORIZER_TIMEOUT')
  })

  test('HW-FG-05 HW-FG-04 getLogger returns functionLogger', async () => {
    const functionLogger = { info: silent, warn: silent, error: silent, debug: silent }
    expect((await contextOf({ functionLogger })).getLogger()).toBe(functionLogger)
  })

  test('HW-FG-05 HW-FG-04 getLogger returns a logger with all four methods by default', async () => {
    const logger = (await contextOf()).getLogger()
    expect(['info', 'warn', 'error', 'debug'].map((name) => typeof logger[name as 'info'])).toEqual(
      Array.from({ length: 4 }, () => 'function'),
    )
  })
})

const typed = async (event: huawei.FrontendEvent, context: huawei.FunctionContext): Promise<string> =>
  JSON.stringify(functionResult(event.user_data === context.getUserData('A') ? 'allow' : 'deny'))

test('HW-FG-01 a function typed for FunctionGraph is accepted', () => {
  expect(createAuthorizer({ authorize: typed, contract: huawei.frontend() }).name).toBe('typed')
})
