import { type Clock, createAuthorizer, type GatewayRequest } from '@custom-authorizer/core'
import { systemClock } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { boom, expectNothingUncaught, settledOrUndefined } from '../../../support/refusal.ts'
import { withToken } from '../../../support/with-token.ts'

expectNothingUncaught()

describe.each([
  ['at once', () => plainResult()],
  ['later', async () => plainResult()],
])('a clock that throws, with a function that answers %s', (_, authorize) => {
  // The decision reads the time, as conditions of a policy do.
  const contract = plainContract({ decide: (_result, _request, clock) => ({ allowed: clock.now() > 0 }) as never })

  test.each(['now', 'monotonic', 'setTimeout'] as const)(
    'INV-3 %s never makes evaluate throw or reject',
    async (member) => {
      const clock: Clock = { ...systemClock, [member]: boom }
      const authorizer = createAuthorizer({ authorize, clock, contract, logger: null, onDecision: () => undefined })
      const outcome = await settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))
      expect(outcome).toHaveProperty('allowed')
      // Only the clock that the function's answer does not depend on may leave the request allowed.
      if (member === 'now') expect(outcome).toMatchObject({ allowed: false })
    },
  )

  test('SEC-64 a fault of the clock does not stick to the key, nor count as an outstanding call', async () => {
    let broken = true
    const clock: Clock = {
      ...systemClock,
      setTimeout: (...given) => (broken ? boom() : systemClock.setTimeout(...given)),
      monotonic: () => (broken ? boom() : systemClock.monotonic()),
    }
    const authorizer = createAuthorizer({ authorize, clock, contract, logger: null, maxInFlight: 3 })
    for (let round = 0; round < 5; round++) await settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))
    broken = false
    await expect(settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))).resolves.toMatchObject({
      allowed: true,
    })
  })
})

const noRequests: readonly [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a string', 'GET /'],
  ['an object whose members throw', Object.defineProperty({}, 'problem', { get: boom })],
]
test.each(noRequests)('INV-3 %s in place of a request does not make evaluate throw or reject', async (_, request) => {
  const authorizer = createAuthorizer({ authorize: () => true, logger: null, onDecision: () => undefined })
  await expect(settledOrUndefined(authorizer.evaluate(request as GatewayRequest))).resolves.toHaveProperty('allowed')
})
