/** What shared results and counters cost, beside plain commands through the same client. The port of Redis is in the environment. */
import { Redis } from 'ioredis'
import { createAuthorizer } from '@custom-authorizer/core'
import { toGatewayRequest } from '@custom-authorizer/core/node'
import { redisStore, redisUsageStore } from '@custom-authorizer/core/redis'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import { authorizerWith, tokenContract, typicalPolicy } from '../guarded.mjs'
import { incomingWith } from '../loop/requests.mjs'

const SECRETS = ['a-secret-of-the-benchmark-with-32-bytes']
const LARGE = 1_000_000_000
const PLAN = {
  subject: 'principalId',
  plans: [
    {
      id: 'gold',
      throttle: { rateLimit: LARGE, burstLimit: LARGE },
      quota: { limit: 1000 * LARGE, period: 'MONTH' },
    },
  ],
}

const connect = async () => {
  const client = new Redis({
    port: Number(process.env.BENCH_REDIS_PORT),
    host: '127.0.0.1',
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
  })
  await new Promise((resolve) => client.once('ready', resolve))
  return client
}

let used = 0
const useAllowed = (outcome) => {
  if (!outcome.allowed) throw new Error(`The request was denied: ${outcome.reason}`)
  used += outcome.authorizer.principalId.length
}

/** Decisions on requests whose tokens a function makes. */
const deciding = async (authorizer, tokenOf) => {
  const prepare = () => toGatewayRequest(incomingWith(tokenOf())('/pets/10000'))
  const run = (request) => {
    const outcome = authorizer.evaluate(request)
    return outcome instanceof Promise ? outcome.then(useAllowed) : useAllowed(outcome)
  }
  for (let index = 0; index < 4; index++) await run(prepare())
  return { prepare, run }
}

const authorizerOf = (options) =>
  createAuthorizer({
    authorize: authorizerWith(typicalPolicy),
    contract: tokenContract(),
    name: 'pets',
    logger: null,
    ...options,
  })

const shared = async (options) =>
  authorizerOf({ store: redisStore({ client: await connect(), secrets: SECRETS }), ...options })

const same = () => 'token-of-a-caller'
let made = 0
/** Two callers in turn, of whom a memory for one entry forgets each before it comes again. */
const alternating = () => `token-of-caller-${made++ % 2}`
const unknown = () => `token-of-caller-${process.pid}-${made++}`

const planned = async (authorizer) =>
  usagePlan(authorizer, { ...PLAN, store: redisUsageStore({ client: await connect() }) })

const plain = (command) => async () => {
  const client = await connect()
  await client.set('plain', 'x'.repeat(900))
  const digest = await client.script('LOAD', 'return 1')
  const send = command === 'GET' ? () => client.get('plain') : () => client.evalsha(digest, 1, 'plain')
  return { prepare: () => undefined, run: async () => (used += String(await send()).length) }
}

export const FLEET_SUBJECTS = {
  'plain GET': plain('GET'),
  'plain EVALSHA': plain('EVALSHA'),
  'hit, memory store': () => deciding(authorizerOf(), same),
  'hit, local': async () => deciding(await shared(), same),
  'hit, shared': async () => deciding(await shared({ maxEntries: 1 }), alternating),
  'miss, memory store': () => deciding(authorizerOf(), unknown),
  'miss, shared store': async () => deciding(await shared(), unknown),
  'hit and plan in memory': () => deciding(usagePlan(authorizerOf(), PLAN), same),
  'hit, local, and plan in Redis': async () => deciding(await planned(await shared()), same),
  'hit, shared, and plan in Redis': async () => deciding(await planned(await shared({ maxEntries: 1 })), alternating),
}
