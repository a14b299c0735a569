/** One process of a fleet: an authorizer with shared results and a usage plan, controlled by messages. */
import { allow, createAuthorizer, type GatewayRequest, native, type Outcome } from '@custom-authorizer/core'
import { redisStore, redisUsageStore } from '@custom-authorizer/core/redis'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { withToken } from '../support/with-token.ts'
import type { Action, Answers, WorkerOptions } from './fleet.ts'

const options = JSON.parse(process.argv[2] ?? '') as WorkerOptions

const connect = async () => {
  if (options.client === 'redis') {
    const client = createClient({ url: `redis://127.0.0.1:${options.port}`, disableOfflineQueue: true })
    client.on('error', () => undefined)
    if (options.waitsForServer !== false) await client.connect()
    else client.connect().catch(() => undefined)
    return client
  }
  const client = new Redis({
    port: options.port,
    host: '127.0.0.1',
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: () => 50,
  })
  client.on('error', () => undefined)
  if (options.waitsForServer !== false) await new Promise((resolve) => client.once('ready', resolve))
  return client
}

const answers: (() => void)[] = []
let isHolding = false
let called = 0

const textOf = (outcome: Outcome<unknown>, token: string): string => {
  if (!outcome.allowed) return `${outcome.response.status} ${outcome.reason}`
  const { principalId, context } = outcome.authorizer as { principalId: string; context: { by?: string } }
  return principalId === token ? `200 by ${context.by}` : '200 FOR ANOTHER CALLER'
}
const main = async (): Promise<void> => {
  const { prefix, secrets, onStoreError, limit, timeoutMs } = options
  const [results, counters] = [await connect(), await connect()]
  const lines: string[] = []
  const write = (line: string): void => void lines.push(line)
  const authorizer = createAuthorizer({
    authorize: async (request: GatewayRequest) => {
      const call = ++called
      if (isHolding) await new Promise<void>((resolve) => answers.push(resolve))
      return allow({ principalId: request.header('authorization') ?? '', context: { by: `${options.name}${call}` } })
    },
    contract: native({
      identitySources: ['$request.header.Authorization'],
      resultTtlSeconds: 300,
      cachePer: 'identity',
    }),
    name: 'pets',
    store: redisStore({
      client: results,
      secrets,
      prefix,
      maxStalenessMs: Math.max(250, 2 * timeoutMs),
      timeoutMs,
      ...(onStoreError !== undefined && { onStoreError }),
    }),
    storeTimeoutMs: timeoutMs,
    logger: { warn: write, error: write },
  })
  const limited = usagePlan(authorizer, {
    subject: 'principalId',
    plans: [{ id: 'gold', quota: { limit, period: 'MONTH' } }],
    store: redisUsageStore({ client: counters, prefix }),
    storeTimeoutMs: timeoutMs,
  })
  const ask = async (token: string): Promise<string> => textOf(await authorizer.evaluate(withToken(token)), token)

  const actions: { [Name in keyof Answers]: (argument: string) => Promise<Answers[Name]> } = {
    ask,
    count: async (token) => {
      const outcome = await limited.evaluate(withToken(token))
      if (outcome.allowed && outcome.authorizer.usage?.store === 'unavailable') return '200 without store'
      return outcome.allowed ? '200' : textOf(outcome, token)
    },
    countMany: async (text) => {
      const [token = '', number = ''] = text.split(' ')
      const all = await Promise.all(Array.from({ length: Number(number) }, () => actions.count(token)))
      const found: Record<string, number> = {}
      for (const each of all) found[each] = (found[each] ?? 0) + 1
      return found
    },
    // Requests of many callers, of which a part ends early.
    abortMany: async (text) => {
      const [first = 0, number = 0] = text.split(' ').map(Number)
      const all = await Promise.all(
        Array.from({ length: number }, async (_, index) => {
          const token = `caller-${first + (index % 97)}`
          const controller = new AbortController()
          const outcome = authorizer.evaluate(withToken(token), { signal: controller.signal })
          if (index % 3 === 0) setTimeout(() => controller.abort(), 1 + (index % 50))
          return textOf(await outcome, token).replace(/ by .*/, '')
        }),
      )
      const found: Record<string, number> = {}
      for (const each of all) found[each] = (found[each] ?? 0) + 1
      return found
    },
    invalidate: async (principalId) => {
      try {
        await authorizer.invalidate({ principalId })
        return 'confirmed'
      } catch {
        return 'rejected'
      }
    },
    hold: async () => {
      isHolding = true
      return ''
    },
    answer: async () => {
      isHolding = false
      for (const resolve of answers.splice(0)) resolve()
      return ''
    },
    called: async () => called,
    log: async () => lines,
  }

  process.on('message', ({ id, name, argument }: Action) => {
    const answer = (result: unknown): void => void process.send?.({ id, result })
    actions[name](argument).then(answer, (error: unknown) => answer(`failed: ${String(error)}`))
  })
  process.send?.('ready')
}

process.once('disconnect', () => process.exit(0))
void main()
