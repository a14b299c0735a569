import { type AnyFunction, type Contract, createAuthorizer } from '@custom-authorizer/core'
import { describe, expect, test } from 'vitest'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { flushMicrotasks } from '../../../support/deferred.ts'
import {
  boom,
  type Evaluates,
  expectNothingUncaught,
  expectRefused,
  settledOrUndefined,
} from '../../../support/refusal.ts'
import { withToken } from '../../../support/with-token.ts'

type Overrides = Partial<Contract<AnyFunction, 'typed'>>

/** Members that throw, and answers that no contract may give. */
const faults: readonly [string, Overrides][] = [
  ['extraKeyParts throws', { extraKeyParts: boom }],
  ['precheck throws', { precheck: boom }],
  ['validateIdentity throws', { validateIdentity: boom }],
  ['toEvent throws', { toEvent: boom }],
  ['invoke throws', { invoke: boom }],
  ['parseResult throws', { parseResult: boom }],
  ['decide throws', { decide: boom }],
  ['an identity source throws', { identitySources: [{ location: 'header', name: 'x', read: boom }] }],
  ['parseResult answers nothing', { parseResult: () => undefined as never }],
  ['parseResult answers null', { parseResult: () => null as never }],
  ['parseResult accepts no result', { parseResult: () => ({ accepted: true }) as never }],
  ['parseResult accepts null', { parseResult: () => ({ accepted: true, result: null }) as never }],
  ['parseResult answers with a promise', { parseResult: () => Promise.resolve({ accepted: true }) as never }],
  ['parseResult gives no reason', { parseResult: () => ({ accepted: false }) as never }],
  ['parseResult says neither yes nor no', { parseResult: () => ({ accepted: 'no', result: plainResult() }) as never }],
  ['decide answers nothing', { decide: () => undefined as never }],
  ['decide answers with a promise', { decide: () => Promise.resolve({ allowed: true }) as never }],
  ['decide says neither yes nor no', { decide: () => ({ allowed: 'false' }) as never }],
  ['decide gives no reason', { decide: () => ({ allowed: false }) as never }],
  ['respond throws', { decide: () => ({ allowed: false, reason: 'DENIED' }), respond: boom }],
  [
    'respond answers nothing',
    { decide: () => ({ allowed: false, reason: 'DENIED' }), respond: () => undefined as never },
  ],
]

const functions: readonly [string, AnyFunction][] = [
  ['at once', () => plainResult()],
  ['later', async () => plainResult()],
]

expectNothingUncaught()

describe.each(functions)('with a function that answers %s', (_, authorize) => {
  const authorizerWith = (overrides: Overrides): Evaluates =>
    createAuthorizer({ authorize, contract: plainContract(overrides), logger: null, onDecision: () => undefined })

  test.each(faults)('INV-3 a contract in which %s refuses, again and again', async (_name, overrides) => {
    const authorizer = authorizerWith(overrides)
    await expectRefused(authorizer)
    await expectRefused(authorizer)
  })

  test('SEC-64 calls that ended in a fault of the contract do not count as outstanding', async () => {
    let broken = true
    const sound = plainContract()
    const contract = plainContract({
      parseResult: (settled) => (broken ? (null as never) : sound.parseResult(settled)),
    })
    const authorizer = createAuthorizer({ authorize, contract, logger: null, maxInFlight: 3 })
    for (let round = 0; round < 5; round++) await settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))
    broken = false
    await expect(settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))).resolves.toMatchObject({
      allowed: true,
    })
  })
})

test('SEC-63 an abort that cannot be put into words still ends the wait', async () => {
  const controller = new AbortController()
  const contract = plainContract({ respond: boom })
  const authorizer = createAuthorizer({ authorize: () => new Promise<never>(() => undefined), contract, logger: null })
  const outcome = authorizer.evaluate(withToken('t'), { signal: controller.signal })
  controller.abort()
  await flushMicrotasks()
  await expect(settledOrUndefined(outcome)).resolves.toMatchObject({ allowed: false })
})

test('SEC-37 a deadline that the contract cannot read still ends the wait', async () => {
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
