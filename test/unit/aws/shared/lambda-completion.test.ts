/** How a handler completes: every style and mixture, and the first completion counts (AWS-RUN-02 to 07, 18). */
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
  settle,
  TIMEOUT,
  tokenBench,
  thrown,
  turn,
  UNAUTHORIZED,
} from '../harness.ts'

type TokenHandler = Handler<aws.TokenEvent>

const policy = allow()
const unauthorized = (): Error => new Error('Unauthorized')

type Settle = (value: unknown) => void
const thenable = (run: (done: Settle, fail: Settle) => void): object =>
  // oxlint-disable-next-line no-thenable -- what the rule is about
  ({ then: run })
const later = (value: unknown): Promise<unknown> => turn().then(() => value)
const falsy = (value: unknown): never => value as never

const rows: [rule: string, title: string, handler: TokenHandler, expected: string][] = [
  ['AWS-RUN-02', 'a promise is fulfilled', async () => policy, ALLOWED],
  ['AWS-RUN-02', 'a promise is rejected', () => Promise.reject(unauthorized()), UNAUTHORIZED],
  ['AWS-RUN-02', 'an async function throws', async () => thrown(new Error('x')), AUTHORIZER_ERROR],
  ['AWS-RUN-02', 'a thenable is fulfilled', () => thenable((done) => done(policy)), ALLOWED],
  ['AWS-RUN-02', 'a thenable is rejected', () => thenable((_, fail) => fail('Unauthorized')), UNAUTHORIZED],
  [
    'AWS-RUN-02',
    'a function with a then is fulfilled',
    () =>
      Object.assign(
        () => undefined,
        thenable((done) => done(policy)),
      ),
    ALLOWED,
  ],
  ['AWS-RUN-02', 'a promise of nothing', async () => undefined, BAD_RESULT],
  ['AWS-RUN-04', 'throws Unauthorized', () => thrown(unauthorized()), UNAUTHORIZED],
  ['AWS-RUN-04', 'throws something else', () => thrown(new TypeError('x is not a function')), AUTHORIZER_ERROR],
  ['AWS-RUN-04', 'throws null, which equals callback(null)', () => thrown(null), BAD_RESULT],
  ['AWS-RUN-05', 'callback(null, result)', (_e, _c, callback) => callback(null, policy), ALLOWED],
  ['AWS-RUN-05', 'callback(undefined, result)', (_e, _c, callback) => callback(undefined, policy), ALLOWED],
  ['AWS-RUN-05', 'callback(null)', (_e, _c, callback) => callback(null), BAD_RESULT],
  ['AWS-RUN-05', 'callback()', (_e, _c, callback) => callback(), BAD_RESULT],
  ['AWS-RUN-05', "callback('Unauthorized')", (_e, _c, callback) => callback('Unauthorized'), UNAUTHORIZED],
  ['AWS-RUN-05', 'callback(error)', (_e, _c, callback) => callback(unauthorized()), UNAUTHORIZED],
  ['AWS-RUN-05', 'an error beats a result', (_e, _c, callback) => callback('no', policy), AUTHORIZER_ERROR],
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
    'methods taken off the context',
    (_e, { succeed }: { succeed: (value: unknown) => void }) => succeed(policy),
    ALLOWED,
  ],
  [
    'AWS-RUN-18',
    'a callback from a later turn',
    (_e, _c, callback) => void setImmediate(() => callback(null, policy)),
    ALLOWED,
  ],
]

test.each(rows)('%s %s', async (_rule, _title, handler, expected) => {
  expect(await settle(tokenBench(handler))).toBe(expected)
})

test.each(['', 0, false, Number.NaN])('AWS-RUN-05 the falsy error %j is a failure, result or not', async (error) => {
  expect(await settle(tokenBench((_e, _c, callback) => callback(falsy(error), policy)))).toBe(AUTHORIZER_ERROR)
})

test('AWS-RUN-03 a value that is not a thenable is ignored: the callback decides', async () => {
  const bench = tokenBench((_e, _c, callback) => {
    setImmediate(() => callback(null, deny()))
    return policy
  })
  expect(await settle(bench)).toBe(EXPLICIT_DENY)
})

test('AWS-RUN-03 a value that is not a thenable is no answer, and the log says what to do', async () => {
  const bench = tokenBench(() => policy)
  const outcome = settle(bench)
  bench.clock.advance(10_000)
  expect(await outcome).toBe(TIMEOUT)
  expect(bench.log[0]).toMatch(/not a promise.*make the handler async/)
})

const races: [title: string, handler: TokenHandler, expected: string][] = [
  ['callback, then throw', (_e, _c, callback) => (callback(null, policy), thrown(unauthorized())), ALLOWED],
  ['callback twice', (_e, _c, callback) => (callback('Unauthorized'), callback(null, policy)), UNAUTHORIZED],
  ['succeed, then fail', (_e, context) => (context.succeed(policy), context.fail('Unauthorized')), ALLOWED],
  ['fail, then succeed', (_e, context) => (context.fail('Unauthorized'), context.succeed(policy)), UNAUTHORIZED],
  ['done, then callback', (_e, context, callback) => (context.done(undefined, policy), callback('no')), ALLOWED],
  ['callback in an async function that goes on', async (_e, _c, callback) => callback(null, policy), ALLOWED],
  ['callback, then a rejection', async (_e, _c, callback) => (callback(null, policy), thrown('Unauthorized')), ALLOWED],
  ['callback before a slower promise', (_e, _c, callback) => (callback(null, policy), later(deny())), ALLOWED],
  [
    'promise before a slower callback',
    async (_e, _c, callback) => (setImmediate(() => callback('Unauthorized')), policy),
    ALLOWED,
  ],
  [
    'async, and the callback only from a later turn',
    async (_e, _c, callback) => void setImmediate(() => callback(null, policy)),
    BAD_RESULT,
  ],
]

test.each(races)('AWS-RUN-07 %s', async (_, handler, expected) => {
  const bench = tokenBench(handler, { authorizerResultTtlInSeconds: 300 })
  expect(await settle(bench)).toBe(expected)
  await turn()
  // What came later has not changed what is kept either.
  if (expected === ALLOWED) expect(await settle(bench)).toBe(ALLOWED)
  expect(bench.handler).toHaveBeenCalledTimes(1)
})
