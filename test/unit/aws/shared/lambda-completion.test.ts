/** How a handler completes: promise, callback, context methods and combinations; the first completion counts (AWS-RUN-02 to 07, 18). */
import type * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import {
  allow,
  ALLOWED,
  AUTHORIZER_ERROR,
  BAD_RESULT,
  deny,
  EXPLICIT_DENY,
  type Handler,
  outcomeOf,
  TIMEOUT,
  tokenBench,
  raise,
  flushEventLoop,
  UNAUTHORIZED,
} from '../harness.ts'

type TokenHandler = Handler<aws.TokenEvent>

const policy = allow()
const unauthorized = (): Error => new Error('Unauthorized')

type Settle = (value: unknown) => void
const thenable = (run: (done: Settle, fail: Settle) => void): object =>
  // oxlint-disable-next-line no-thenable -- thenables are under test
  ({ then: run })
const afterEventLoop = (value: unknown): Promise<unknown> => flushEventLoop().then(() => value)
const falsy = (value: unknown): never => value as never

const rows: [rule: string, title: string, handler: TokenHandler, expected: string][] = [
  ['AWS-RUN-02', 'a fulfilled promise', async () => policy, ALLOWED],
  ['AWS-RUN-02', 'a rejected promise', () => Promise.reject(unauthorized()), UNAUTHORIZED],
  ['AWS-RUN-02', 'an error thrown by an async function', async () => raise(new Error('x')), AUTHORIZER_ERROR],
  ['AWS-RUN-02', 'a fulfilled thenable', () => thenable((done) => done(policy)), ALLOWED],
  ['AWS-RUN-02', 'a rejected thenable', () => thenable((_, fail) => fail('Unauthorized')), UNAUTHORIZED],
  [
    'AWS-RUN-02',
    'a function that is a thenable',
    () =>
      Object.assign(
        () => undefined,
        thenable((done) => done(policy)),
      ),
    ALLOWED,
  ],
  ['AWS-RUN-02', 'a promise of undefined', async () => undefined, BAD_RESULT],
  ['AWS-RUN-04', 'throwing Unauthorized', () => raise(unauthorized()), UNAUTHORIZED],
  ['AWS-RUN-04', 'throwing another error', () => raise(new TypeError('x is not a function')), AUTHORIZER_ERROR],
  ['AWS-RUN-04', 'throwing null, which equals callback(null)', () => raise(null), BAD_RESULT],
  ['AWS-RUN-05', 'callback(null, result)', (_e, _c, callback) => callback(null, policy), ALLOWED],
  ['AWS-RUN-05', 'callback(undefined, result)', (_e, _c, callback) => callback(undefined, policy), ALLOWED],
  ['AWS-RUN-05', 'callback(null)', (_e, _c, callback) => callback(null), BAD_RESULT],
  ['AWS-RUN-05', 'callback()', (_e, _c, callback) => callback(), BAD_RESULT],
  ['AWS-RUN-05', "callback('Unauthorized')", (_e, _c, callback) => callback('Unauthorized'), UNAUTHORIZED],
  ['AWS-RUN-05', 'callback(error)', (_e, _c, callback) => callback(unauthorized()), UNAUTHORIZED],
  [
    'AWS-RUN-05',
    'callback(error, result), which is an error',
    (_e, _c, callback) => callback('no', policy),
    AUTHORIZER_ERROR,
  ],
  ['AWS-RUN-06', 'context.succeed(result)', (_e, context) => context.succeed(policy), ALLOWED],
  ['AWS-RUN-06', 'context.succeed()', (_e, context) => context.succeed(undefined), BAD_RESULT],
  ['AWS-RUN-06', 'context.done(null, result)', (_e, context) => context.done(falsy(null), policy), ALLOWED],
  ['AWS-RUN-06', 'context.done(undefined, result)', (_e, context) => context.done(undefined, policy), ALLOWED],
  ['AWS-RUN-06', 'context.done(error)', (_e, context) => context.done(unauthorized()), UNAUTHORIZED],
  ['AWS-RUN-06', "context.done('')", (_e, context) => context.done(falsy(''), policy), AUTHORIZER_ERROR],
  ['AWS-RUN-06', "context.fail('Unauthorized')", (_e, context) => context.fail('Unauthorized'), UNAUTHORIZED],
  ['AWS-RUN-06', 'context.fail(error)', (_e, context) => context.fail(unauthorized()), UNAUTHORIZED],
  ['AWS-RUN-06', 'context.fail()', (_e, context) => (context.fail as () => void)(), AUTHORIZER_ERROR],
  ['AWS-RUN-06', 'context.fail(null)', (_e, context) => context.fail(falsy(null)), AUTHORIZER_ERROR],
  [
    'AWS-RUN-06',
    'context.succeed without its receiver',
    (_e, { succeed }: { succeed: (value: unknown) => void }) => succeed(policy),
    ALLOWED,
  ],
  [
    'AWS-RUN-18',
    'a callback in a later turn',
    (_e, _c, callback) => void setImmediate(() => callback(null, policy)),
    ALLOWED,
  ],
]

test.each(rows)('%s a handler can complete with %s', async (_rule, _title, handler, expected) => {
  expect(await outcomeOf(tokenBench(handler))).toBe(expected)
})

test.each(['', 0, false, Number.NaN])(
  'AWS-RUN-05 the falsy error %j is an error, even with a result',
  async (error) => {
    expect(await outcomeOf(tokenBench((_e, _c, callback) => callback(falsy(error), policy)))).toBe(AUTHORIZER_ERROR)
  },
)

test('AWS-RUN-03 a returned value that is not a thenable is ignored in favour of the callback', async () => {
  const bench = tokenBench((_e, _c, callback) => {
    setImmediate(() => callback(null, deny()))
    return policy
  })
  expect(await outcomeOf(bench)).toBe(EXPLICIT_DENY)
})

test('AWS-RUN-03 returning a value that is not a thenable times out, and the log advises to make the handler async', async () => {
  const bench = tokenBench(() => policy)
  const outcome = outcomeOf(bench)
  bench.clock.advanceSync(10_000)
  expect(await outcome).toBe(TIMEOUT)
  expect(bench.log[0]).toMatch(/not a promise.*make the handler async/)
})

const races: [title: string, handler: TokenHandler, expected: string][] = [
  [
    'a throw after the callback is ignored',
    (_e, _c, callback) => (callback(null, policy), raise(unauthorized())),
    ALLOWED,
  ],
  [
    'a second callback is ignored',
    (_e, _c, callback) => (callback('Unauthorized'), callback(null, policy)),
    UNAUTHORIZED,
  ],
  [
    'context.fail after context.succeed is ignored',
    (_e, context) => (context.succeed(policy), context.fail('Unauthorized')),
    ALLOWED,
  ],
  [
    'context.succeed after context.fail is ignored',
    (_e, context) => (context.fail('Unauthorized'), context.succeed(policy)),
    UNAUTHORIZED,
  ],
  [
    'a callback after context.done is ignored',
    (_e, context, callback) => (context.done(undefined, policy), callback('no')),
    ALLOWED,
  ],
  ['a callback in an async function precedes its promise', async (_e, _c, callback) => callback(null, policy), ALLOWED],
  [
    'a rejection after the callback is ignored',
    async (_e, _c, callback) => (callback(null, policy), raise('Unauthorized')),
    ALLOWED,
  ],
  [
    'a slower promise after the callback is ignored',
    (_e, _c, callback) => (callback(null, policy), afterEventLoop(deny())),
    ALLOWED,
  ],
  [
    'a slower callback after the promise is ignored',
    async (_e, _c, callback) => (setImmediate(() => callback('Unauthorized')), policy),
    ALLOWED,
  ],
  [
    'a callback after the promise of an async function is ignored',
    async (_e, _c, callback) => void setImmediate(() => callback(null, policy)),
    BAD_RESULT,
  ],
]

test.each(races)('AWS-RUN-07 %s', async (_, handler, expected) => {
  const bench = tokenBench(handler, { authorizerResultTtlInSeconds: 300 })
  expect(await outcomeOf(bench)).toBe(expected)
  await flushEventLoop()
  // The later completion does not change the cached result either.
  if (expected === ALLOWED) expect(await outcomeOf(bench)).toBe(ALLOWED)
  expect(bench.handler).toHaveBeenCalledTimes(1)
})
