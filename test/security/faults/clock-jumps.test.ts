/**
 * The wall clock jumps, for instance when the system time is corrected. Cache lifetimes and deadlines do not change; only the
 * expiry of a credential and dates in policies are compared with wall-clock time (SEC-59, SEC-37).
 * @module
 */
import { allow } from '@custom-authorizer/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import {
  Client,
  type ContractName,
  type Harness,
  METHODS,
  openHarness,
  requestOf,
  TIMEOUT_MS,
} from '../../support/faults/harness.ts'
import { resultOf, forbid, permit } from '../../support/fixture/authorizer.ts'
import { APPLICATIONS } from '../../support/fixture/service.ts'

const HOUR = 3_600_000
const DECADE = 10 * 365 * 24 * HOUR

/** The new time of the wall clock. */
const JUMPS: readonly (readonly [string, (now: number) => number])[] = [
  ['an hour back', (now) => now - HOUR],
  ['an hour on', (now) => now + HOUR],
  ['a decade back', (now) => now - DECADE],
  ['a decade on', (now) => now + DECADE],
  ['to the epoch', () => 0],
  ['before the epoch', () => -DECADE],
]

describe.each(APPLICATIONS.map((each) => [each.name, each] as const))(
  'jumps of the wall clock on %s',
  (_, application) => {
    const harnesses = new Map<ContractName, Harness>()
    const clients = new Map<ContractName, Client>()
    beforeAll(async () => {
      for (const name of ['aws.token', 'native'] as const) {
        const harness = await openHarness(application, name)
        harnesses.set(name, harness)
        clients.set(name, new Client(harness.fixture.port))
      }
    })
    afterAll(async () => {
      for (const client of clients.values()) client.close()
      for (const harness of harnesses.values()) await harness.close()
    })
    const running = (
      name: ContractName,
    ): { harness: Harness; send: (method?: (typeof METHODS)[number]) => Promise<number> } => {
      const [harness, client] = [harnesses.get(name), clients.get(name)]
      if (harness === undefined || client === undefined) throw new Error('not running')
      return {
        harness,
        send: async (method = 'GET') => {
          await client.send(requestOf(method, 't'))
          return (await client.read(method)).status
        },
      }
    }

    test.each(JUMPS)('SEC-59 %s: a cached policy keeps its lifetime', async (_name, jump) => {
      const { harness, send } = running('aws.token')
      await harness.authorizer.invalidateAll()
      harness.set(async () => resultOf('u', permit('*')))
      expect(await send()).toBe(200)
      harness.clock.setTime(jump(harness.clock.now()))
      for (const method of METHODS) expect([method, await send(method)]).toEqual([method, 200])
      harness.clock.advanceSync(299_999)
      expect([await send(), harness.calls()]).toEqual([200, 1])
      harness.clock.advanceSync(1)
      expect([await send(), harness.calls()]).toEqual([200, 2])
    })

    test.each(JUMPS)('SEC-37 %s during a call: the deadline does not change', async (_name, jump) => {
      const { harness, send } = running('aws.token')
      await harness.authorizer.invalidateAll()
      harness.set(() => new Promise(() => undefined))
      const pending = send()
      await harness.called()
      harness.clock.setTime(jump(harness.clock.now()))
      harness.clock.advanceSync(TIMEOUT_MS - 1)
      await flushMicrotasks()
      expect(harness.clock.pending).toBe(1)
      harness.clock.advanceSync(1)
      expect([await pending, harness.clock.pending]).toEqual([500, 0])
    })

    test('SEC-59 a credential expires by wall-clock time, and a clock that is set back does not extend the cached result', async () => {
      const { harness, send } = running('native')
      await harness.authorizer.invalidateAll()
      harness.clock.setTime(Date.UTC(2030, 0, 1))
      const expiresAt = harness.clock.now() + 10_000
      harness.set(() => allow({ principalId: 'u', expiresAt }))
      expect(await send()).toBe(200)
      // The clock is set back: after ten seconds the result has expired anyway, and the function is called again.
      harness.clock.setTime(harness.clock.now() - HOUR)
      harness.clock.advanceSync(9999)
      expect([await send(), harness.calls()]).toEqual([200, 1])
      harness.clock.advanceSync(1)
      expect([await send(), harness.calls()]).toEqual([200, 2])
      // The clock is past the expiry: the cached result is not used, and a new one is not accepted.
      harness.clock.setTime(expiresAt)
      expect([await send(), harness.calls()]).toEqual([500, 3])
    })

    test('SEC-50 SEC-59 a date in a cached policy is compared with the current wall-clock time', async () => {
      const { harness, send } = running('aws.token')
      await harness.authorizer.invalidateAll()
      const Condition = { DateGreaterThan: { 'aws:CurrentTime': '2031-01-01T00:00:00Z' } }
      harness.set(async () => resultOf('u', permit('*'), { ...forbid('*'), Condition }))
      harness.clock.setTime(Date.UTC(2030, 11, 31))
      expect(await send()).toBe(200)
      harness.clock.setTime(Date.UTC(2031, 0, 2))
      expect(await send()).toBe(403)
      harness.clock.setTime(Date.UTC(2030, 11, 31))
      expect([await send(), harness.calls()]).toEqual([200, 1])
    })
  },
)
