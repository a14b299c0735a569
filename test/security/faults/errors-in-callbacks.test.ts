/**
 * Errors that reach the library through a callback, a timer or a thenable of the function give 500. An exception in a timer of
 * the function never reaches the library: see docs/trust-boundary.md.
 */
import { type AnyFunction, type Contract, createAuthorizer, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { throwError, expectNothingUncaught } from '../../support/failure-checks.ts'
import { withToken } from '../../support/with-token.ts'

type Complete = (error: unknown, result?: unknown) => void
type Context = {
  succeed(value: unknown): void
  fail(error: unknown): void
  done(error: unknown, value?: unknown): void
}

const unreadable = (): object => Object.defineProperty({}, 'statusCode', { enumerable: true, get: throwError })
const cyclic = (): object => {
  const value: Record<string, unknown> = {}
  value['self'] = value
  return value
}
const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const mute = (): Error => Object.defineProperty(new Error('x'), 'message', { get: throwError })

/** Values that throw when they are read or serialised. */
const VALUES: readonly (readonly [string, () => unknown])[] = [
  ['a result whose toJSON throws', () => ({ toJSON: throwError })],
  ['a result with a member that throws', unreadable],
  ['a cyclic result', cyclic],
  ['a revoked proxy', revoked],
  ['a bigint', () => 1n],
]

/** Ways in which a function completes from a later turn of the event loop. */
const CALLBACKS: readonly (readonly [string, (complete: Complete, value: unknown) => void])[] = [
  ['in a timer', (complete, value) => void setTimeout(() => complete(null, value), 0)],
  ['in an immediate', (complete, value) => void setImmediate(() => complete(null, value))],
  ['in a microtask', (complete, value) => queueMicrotask(() => complete(null, value))],
  ['in the next tick', (complete, value) => process.nextTick(() => complete(null, value))],
  ['and throws then', (complete, value) => (complete(null, value), throwError())],
]

const CONTRACTS: readonly (readonly [string, unknown])[] = [
  ['aws.token', aws.token({ authorizerResultTtlInSeconds: 0 })],
  ['aws.httpApi', aws.httpApi()],
  ['huawei.frontend', huawei.frontend()],
]

const statusOf = async (contract: unknown, authorize: AnyFunction): Promise<number> => {
  const authorizer = createAuthorizer<AnyFunction, AnyFunction>({
    authorize,
    contract: contract as Contract<AnyFunction, 'typed'>,
    logger: null,
  })
  const outcome = await authorizer.evaluate(withToken('Bearer t'))
  return outcome.allowed ? 200 : outcome.response.status
}

describe.each(CONTRACTS)('results that throw under %s', (_, contract) => {
  expectNothingUncaught()

  describe.each(VALUES)('%s', (_value, make) => {
    test.each(CALLBACKS)('SEC-36 passed to the callback %s gives 500', async (_how, run) => {
      expect(await statusOf(contract, (_event, _context, callback: Complete) => run(callback, make()))).toBe(500)
    })

    test('SEC-36 as the value of a promise gives 500', async () => {
      expect(await statusOf(contract, async () => make())).toBe(500)
    })
  })

  test.each([
    ['an error that cannot be read', mute],
    ['a revoked proxy', revoked],
    ['a symbol', () => Symbol('x')],
  ])('SEC-36 %s passed to the callback in a timer gives 500', async (_error, make) => {
    const authorize = (_event: unknown, _context: unknown, callback: Complete): void =>
      void setTimeout(() => callback(make()), 0)
    expect(await statusOf(contract, authorize)).toBe(500)
  })
})

describe('completion through the Lambda context', () => {
  expectNothingUncaught()

  test.each<readonly [string, (context: Context) => void]>([
    ['succeed with a result whose toJSON throws', (context) => context.succeed({ toJSON: throwError })],
    ['succeed with a cyclic result', (context) => context.succeed(cyclic())],
    ['fail with an error that cannot be read', (context) => context.fail(mute())],
    ['done with a revoked proxy', (context) => context.done(revoked())],
    ['done with a result that cannot be read', (context) => context.done(null, unreadable())],
  ])('SEC-36 %s, in a timer, gives 500', async (_, complete) => {
    const authorize = (_event: unknown, context: Context): void => void setTimeout(() => complete(context), 0)
    expect(await statusOf(aws.token({ authorizerResultTtlInSeconds: 0 }), authorize)).toBe(500)
  })
})

describe('thenables of a native function', () => {
  expectNothingUncaught()
  const named = ['th', 'en'].join('')

  test.each<readonly [string, (resolve: (value: unknown) => void, reject: (error: unknown) => void) => void]>([
    ['throws', throwError],
    ['rejects in a timer with an error that cannot be read', (_, reject) => void setTimeout(() => reject(mute()), 0)],
    [
      'resolves in a timer with a result that cannot be read',
      (resolve) => void setTimeout(() => resolve(unreadable()), 0),
    ],
    ['rejects twice', (_, reject) => (reject(new Error('x')), reject(new Error('y')))],
  ])('SEC-36 a thenable that %s gives 500', async (_, run) => {
    expect(await statusOf(native(), () => Object.defineProperty({}, named, { value: run }))).toBe(500)
  })
})
