/** Redis and Valkey: `import { redisStore, redisUsageStore } from '@custom-authorizer/core/redis'`. @module */
export { checkRedis, type CheckRedisOptions } from './check-redis.ts'
export type {
  CallingClient,
  RedisClient,
  SendCommand,
  SendingClient,
  SendingCluster,
  SendingSentinel,
} from './client/commands.ts'
export { redisUsageStore, type RedisUsageStoreOptions } from './counters/redis-usage-store.ts'
export { redisStore, type RedisStore, type RedisStoreOptions } from './redis-store.ts'
export type { Secret } from './secrets.ts'
export type { StoreCounts } from './results/store-counts.ts'
