/** Contracts whose members throw or return invalid values get a denial (INV-3). */
import { type AnyFunction, type Contract, createAuthorizer } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { flushMicrotasks } from '../../../support/deferred.ts'
import {
  throwError,
  type Evaluator,
  expectNothingUncaught,
  expectFailClosed,
  settledOrUndefined,
} from '../../../support/failure-checks.ts'
import { withToken } from '../../../support/with-token.ts'

type Overrides = Partial<Contract<AnyFunction, 'typed'>>

/** Members that throw, and members that return invalid values. */
const failures: readonly [string, Overrides][] = [
  ['extraKeyParts throws', { extraKeyParts: throwError }],
  ['precheck throws', { precheck: throwError }],
  ['validateIdentity throws', { validateIdentity: throwError }],
  ['toEvent throws', { toEvent: throwError }],
  ['invoke throws', { invoke: throwError }],
  ['parseResult throws', { parseResult: throwError }],
  ['decide throws', { decide: throwError }],
  ['an identity source throws', { identitySources: [{ location: 'header', name: 'x', read: throwError }] }],
  ['parseResult returns undefined', { parseResult: () => undefined as never }],
  ['parseResult returns null', { parseResult: () => null as never }],
  ['parseResult accepts undefined', { parseResult: () => ({ accepted: true }) as never }],
  ['parseResult accepts null', { parseResult: () => ({ accepted: true, result: null }) as never }],
  ['parseResult returns a promise', { parseResult: () => Promise.resolve({ accepted: true }) as never }],
  ['parseResult rejects without a reason', { parseResult: () => ({ accepted: false }) as never }],
  ['parseResult returns accepted: "no"', { parseResult: () => ({ accepted: 'no', result: plainResult() }) as never }],
  ['decide returns undefined', { decide: () => undefined as never }],
  ['decide returns a promise', { decide: () => Promise.resolve({ allowed: true }) as never }],
  ['decide returns allowed: "false"', { decide: () => ({ allowed: 'false' }) as never }],
  ['decide denies without a reason', { decide: () => ({ allowed: false }) as never }],
  ['respond throws', { decide: () => ({ allowed: false, reason: 'DENIED' }), respond: throwError }],
  [
    'respond returns undefined',
    { decide: () => ({ allowed: false, reason: 'DENIED' }), respond: () => undefined as never },
  ],
]

const functions: readonly [string, AnyFunction][] = [
  ['synchronous', () => plainResult()],
  ['asynchronous', async () => plainResult()],
]

expectNothingUncaught()

describe.each(functions)('%s function', (_, authorize) => {
  const authorizerWith = (overrides: Overrides): Evaluator =>
    createAuthorizer({ authorize, contract: plainContract(overrides), logger: null, onDecision: () => undefined })

  test.each(failures)('INV-3 a contract in which %s gets 500 for every request', async (_name, overrides) => {
    const authorizer = authorizerWith(overrides)
    await expectFailClosed(authorizer)
    await expectFailClosed(authorizer)
  })

  test('SEC-64 calls that ended with an error of the contract no longer count towards maxInFlight', async () => {
    let broken = true
    const valid = plainContract()
    const contract = plainContract({
      parseResult: (settled) => (broken ? (null as never) : valid.parseResult(settled)),
    })
    const authorizer = createAuthorizer({ authorize, contract, logger: null, maxInFlight: 3 })
    for (let round = 0; round < 5; round++) await settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))
    broken = false
    await expect(settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))).resolves.toMatchObject({
      allowed: true,
    })
  })
})

test('SEC-63 an aborted request is denied even if respond throws', async () => {
  const controller = new AbortController()
  const contract = plainContract({ respond: throwError })
  const authorizer = createAuthorizer({ authorize: () => new Promise<never>(() => undefined), contract, logger: null })
  const outcome = authorizer.evaluate(withToken('t'), { signal: controller.signal })
  controller.abort()
  await flushMicrotasks()
  await expect(settledOrUndefined(outcome)).resolves.toMatchObject({ allowed: false })
})

test('SEC-37 a request that times out is denied even if parseResult returns null', async () => {
  const contract = plainContract({ timeoutMs: 1, parseResult: () => null as never })
  const authorizer = createAuthorizer({
    authorize: () => new Promise<never>(() => undefined),
    contract,
    logger: null,
    clock: { now: () => 0, monotonic: () => 0, setTimeout: (callback) => (setImmediate(callback), () => undefined) },
  })
  const outcome = authorizer.evaluate(withToken('t'))
  await flushMicrotasks()
  await flushMicrotasks()
  await expect(settledOrUndefined(outcome)).resolves.toMatchObject({ allowed: false })
})
