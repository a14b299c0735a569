/** A failing clock, or a value that is not a request, never makes `evaluate` throw or reject (INV-3). */
import { type Clock, createAuthorizer, type GatewayRequest } from '@custom-authorizer/core'
import { systemClock } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { throwError, expectNothingUncaught, settledOrUndefined } from '../../../support/failure-checks.ts'
import { withToken } from '../../../support/with-token.ts'

expectNothingUncaught()

describe.each([
  ['synchronous', () => plainResult()],
  ['asynchronous', async () => plainResult()],
])('failing clock, %s function', (_, authorize) => {
  // The decision reads the clock, as date conditions of a policy do.
  const contract = plainContract({ decide: (_result, _request, clock) => ({ allowed: clock.now() > 0 }) as never })

  test.each(['now', 'monotonic', 'setTimeout'] as const)(
    'INV-3 a clock whose %s throws never makes evaluate throw or reject',
    async (member) => {
      const clock: Clock = { ...systemClock, [member]: throwError }
      const authorizer = createAuthorizer({ authorize, clock, contract, logger: null, onDecision: () => undefined })
      const outcome = await settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))
      expect(outcome).toHaveProperty('allowed')
      // The decision depends on `now` only, so that other failures may leave the request allowed.
      if (member === 'now') expect(outcome).toMatchObject({ allowed: false })
    },
  )

  test('SEC-64 a call that ended with an error of the clock is not cached and no longer counts towards maxInFlight', async () => {
    let broken = true
    const clock: Clock = {
      ...systemClock,
      setTimeout: (...given) => (broken ? throwError() : systemClock.setTimeout(...given)),
      monotonic: () => (broken ? throwError() : systemClock.monotonic()),
    }
    const authorizer = createAuthorizer({ authorize, clock, contract, logger: null, maxInFlight: 3 })
    for (let round = 0; round < 5; round++) await settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))
    broken = false
    await expect(settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))).resolves.toMatchObject({
      allowed: true,
    })
  })
})

const invalidRequests: readonly [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a string', 'GET /'],
  ['an object whose members throw', Object.defineProperty({}, 'problem', { get: throwError })],
]
test.each(invalidRequests)('INV-3 %s instead of a request never makes evaluate throw or reject', async (_, request) => {
  const authorizer = createAuthorizer({ authorize: () => true, logger: null, onDecision: () => undefined })
  await expect(settledOrUndefined(authorizer.evaluate(request as GatewayRequest))).resolves.toHaveProperty('allowed')
})
