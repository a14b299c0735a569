/** Usage stores for the suite of `core/testing`. @module */
import { type RedisClient, redisUsageStore } from '@custom-authorizer/core/redis'
import type { UsageStoreSubject } from '@custom-authorizer/core/testing'
import { commandsOf } from '../../../packages/core/src/redis/client/commands.ts'
import { withCountingClock } from './faulty.ts'
import { newPrefix } from './fixture.ts'

/** Two stores on one server, with a clock that the test advances. */
export const usageSubject =
  (client: RedisClient, prefixOf: () => string | Promise<string> = newPrefix) =>
  async (): Promise<UsageStoreSubject> => {
    const prefix = await prefixOf()
    let aheadMs = 0
    const send = commandsOf('test', client)
    const clocked = withCountingClock(send, () => aheadMs)
    const store = redisUsageStore({ client: clocked, prefix })
    return { store, other: redisUsageStore({ client: clocked, prefix }), advance: (ms) => void (aheadMs += ms) }
  }
