/** Options of clients that are not safe are named at construction (FLEET-48, FLEET-86). */
import { createAuthorizer, native } from '@custom-authorizer/core'
import { redisStore, redisUsageStore } from '@custom-authorizer/core/redis'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import { expect, test } from 'vitest'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { SECRET } from '../../support/redis/processes.ts'

const calling = (options: object) => ({ call: async () => null, options })
const cluster = (options: object) => ({ ...calling(options), isCluster: true })
const sending = (options: object) => ({ sendCommand: async () => null, options })

const RESEND = expect.stringContaining('autoResendUnfulfilledCommands')
const RETRY = expect.stringContaining('maxRetriesPerRequest')
const FAILOVER = expect.stringContaining('retryDelayOnFailover')
const QUEUE = expect.stringContaining('queues commands without limit')
const CERTIFICATE = expect.stringContaining('does not verify the certificate')
const SAFE = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, enableOfflineQueue: false }

test.each<[string, object, readonly unknown[], readonly unknown[]]>([
  ['ioredis with its defaults', calling({}), [RESEND, RETRY, QUEUE], [QUEUE]],
  ['ioredis as documented', calling(SAFE), [], []],
  ['ioredis that retries', calling({ ...SAFE, maxRetriesPerRequest: null }), [RETRY], []],
  ['a cluster of ioredis', cluster({ redisOptions: SAFE }), [FAILOVER], []],
  ['a cluster of ioredis as documented', cluster({ redisOptions: SAFE, retryDelayOnFailover: 0 }), [], []],
  ['a Sentinel client of redis', { ...sending({ disableOfflineQueue: true }), acquire: async () => null }, [], []],
  ['redis with its defaults', sending({}), [QUEUE], [QUEUE]],
  ['redis as documented', sending({ disableOfflineQueue: true }), [], []],
  ['a cluster of redis', { ...sending({ defaults: { disableOfflineQueue: true } }), masters: [] }, [], []],
  [
    'ioredis without checks of certificates',
    calling({ ...SAFE, tls: { rejectUnauthorized: false } }),
    [CERTIFICATE],
    [CERTIFICATE],
  ],
  [
    'redis without checks of certificates',
    sending({ disableOfflineQueue: true, socket: { tls: true, rejectUnauthorized: false } }),
    [CERTIFICATE],
    [CERTIFICATE],
  ],
  ['a client without published options', { call: async () => null }, [], []],
])('FLEET-48 FLEET-86 warnings about %s', (_, client, counters, results) => {
  expect(redisUsageStore({ client: client as never }).warnings).toEqual(counters)
  expect(redisStore({ client: client as never, secrets: [SECRET] }).warnings).toEqual(results)
})

test('FLEET-48 a function that sends commands has no warnings', () => {
  expect(redisUsageStore({ client: async () => null }).warnings).toEqual([])
})

test('FLEET-48 warnings are logged when the authorizer is built, and it starts nevertheless', () => {
  const logger = new RecordingLogger()
  const authorizer = createAuthorizer({
    authorize: () => true,
    contract: native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 60 }),
    name: 'pets',
    store: redisStore({ client: calling({}), secrets: [SECRET] }),
    logger,
  })
  expect(logger.lines).toEqual([QUEUE])
  usagePlan(authorizer, {
    plans: [{ id: 'gold', quota: { limit: 1, period: 'DAY' } }],
    subject: 'principalId',
    store: redisUsageStore({ client: calling({}) }),
  })
  expect(logger.lines).toEqual([QUEUE, RESEND, RETRY, QUEUE])
})
