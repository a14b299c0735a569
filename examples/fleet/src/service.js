/** One process of the service. Its counters, results and invalidations are in Redis. */
import { setTimeout as wait } from 'node:timers/promises'
import { allow, createAuthorizer, native, unauthorized } from '@custom-authorizer/core'
import { checkRedis, redisStore, redisUsageStore } from '@custom-authorizer/core/redis'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/express'
import express from 'express'
import { Redis } from 'ioredis'

/** Within this time, a session that was ended is rejected by every process. */
const MAX_STALENESS_MS = 500

const redisUrl = process.env.REDIS_URL ?? ''
// Counting commands must not be sent twice, and nothing waits for a server that is down.
const settings = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, enableOfflineQueue: false }
const client = new Redis(redisUrl, settings)
const counting = client.duplicate()
for (const each of [client, counting]) each.on('error', (error) => console.error(error.message))
await Promise.all([client, counting].map((each) => new Promise((resolve) => each.once('ready', resolve))))
for (const warning of await checkRedis({ client })) console.warn(warning)

let lookups = 0

const authorizer = createAuthorizer({
  name: 'sessions',
  contract: native({
    identitySources: ['$request.header.Authorization'],
    resultTtlSeconds: 300,
    cachePer: 'identity',
  }),
  authorize: async (request) => {
    lookups++
    const [, session] = /^Bearer (\w+)$/.exec(request.header('authorization') ?? '') ?? []
    const customer = session === undefined ? null : await client.get(`session:${session}`)
    return customer === null ? unauthorized() : allow({ principalId: customer })
  },
  store: redisStore({ client, secrets: [process.env.AUTHORIZER_SECRET ?? ''], maxStalenessMs: MAX_STALENESS_MS }),
})

const limited = usagePlan(authorizer, {
  subject: 'principalId',
  plans: [{ id: 'trial', quota: { limit: 5, period: 'MONTH' } }],
  store: redisUsageStore({ client: counting }),
})

/**
 * Ends a session. When the promise resolves, no process accepts it any more.
 *
 * @param {string | undefined} authorization
 * @param {string} principalId
 */
const signOut = async (authorization, principalId) => {
  await client.del(`session:${authorization?.slice('Bearer '.length)}`)
  await authorizer.invalidate({ principalId })
  await wait(MAX_STALENESS_MS)
}

const app = express()
// Signing out does not count.
app.delete('/session', customAuthorizer(authorizer), (req, res, next) => {
  signOut(req.get('authorization'), getAuthorizer(req).principalId).then(() => res.status(204).end(), next)
})
app.get('/birds', customAuthorizer(limited), (req, res) => {
  const { principalId, usage } = getAuthorizer(req)
  res.json({ process: process.env.NAME, customer: principalId, remaining: usage?.remaining, lookups })
})

const server = app.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  process.send?.(port)
})
process.once('disconnect', () => process.exit())
