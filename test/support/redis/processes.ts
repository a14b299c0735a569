/** Authorizers that share results over Redis, each like one process: with its own memory, log reader and clock. @module */
import {
  allow,
  type Authorizer,
  type Clock,
  createAuthorizer,
  type Decision,
  type GatewayRequest,
  native,
  type NativeAnswer,
} from '@custom-authorizer/core'
import { redisStore, type RedisStore, type RedisStoreOptions, type SendCommand } from '@custom-authorizer/core/redis'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { RecordingLogger } from '../recording-logger.ts'
import { withToken } from '../with-token.ts'
import { beforeEach } from 'vitest'
import { FaultyCommands } from './faulty.ts'
import { newPrefix } from './fixture.ts'

export const SECRET = 'current-secret-of-32-bytes-or-more'
export const OLD_SECRET = 'previous-secret-of-32-bytes-or-more'

export interface ProcessParts extends Partial<Omit<RedisStoreOptions, 'client'>> {
  readonly send: SendCommand
  readonly prefix: string
  /** Default: allows each token, which is the principal ID. */
  readonly authorize?: (request: GatewayRequest) => NativeAnswer | Promise<NativeAnswer>
  /** More options of `createAuthorizer`. */
  readonly kernel?: object
  readonly ttlSeconds?: number
}

export interface SharedProcess {
  readonly authorizer: Authorizer
  readonly store: RedisStore
  /** What the process sends to Redis. */
  readonly commands: FaultyCommands
  readonly clock: FakeClock
  readonly logger: RecordingLogger
  readonly decisions: readonly Decision[]
  /** Tokens that the function was called for. */
  readonly called: readonly string[]
  /** Sends a request. Returns `200`, with where the result came from, or the status of the denial. */
  readonly ask: (token: string, line?: string) => Promise<string>
}

export const sharedProcess = ({
  send,
  prefix,
  authorize = (request) => allow({ principalId: request.header('authorization') ?? '' }),
  kernel = {},
  ttlSeconds = 300,
  ...options
}: ProcessParts): SharedProcess => {
  const clock = fakeClock()
  const logger = new RecordingLogger()
  const commands = new FaultyCommands(send)
  const decisions: Decision[] = []
  const called: string[] = []
  const store = redisStore({ client: commands.send, secrets: [SECRET], prefix, clock, ...options })
  const authorizer = createAuthorizer({
    authorize: (request: GatewayRequest) => {
      called.push(request.header('authorization') ?? '')
      return authorize(request)
    },
    contract: native({
      identitySources: ['$request.header.Authorization'],
      resultTtlSeconds: ttlSeconds,
      cachePer: 'identity',
    }),
    name: 'pets',
    store,
    clock,
    logger,
    onDecision: (decision) => void decisions.push(decision),
    ...kernel,
  }) as unknown as Authorizer
  // Notes on options, such as `cachePer`.
  logger.lines.splice(0)
  const ask = async (token: string, line?: string): Promise<string> => {
    const outcome = await authorizer.evaluate(withToken(token, line))
    if (!outcome.allowed) return `${outcome.response.status} ${outcome.reason}`
    return `200 ${outcome.authorizer.principalId} ${decisions.at(-1)?.cache.state}`
  }
  return { authorizer, store, commands, clock, logger, decisions, called, ask }
}

/** Starts processes on one server, under a prefix of each test. */
export interface Processes {
  readonly prefix: string
  /** Takes another prefix, as if the server were empty. */
  readonly empty: () => void
  readonly start: (parts?: Partial<ProcessParts>) => SharedProcess
}

/** To be called once in a file: each of its tests gets a prefix of its own. */
export const processesOn = (send: SendCommand): Processes => {
  let prefix = ''
  const empty = (): void => {
    prefix = newPrefix()
  }
  beforeEach(empty)
  return {
    get prefix() {
      return prefix
    },
    empty,
    start: (parts = {}) => sharedProcess({ send, prefix, ...parts }),
  }
}

/** Waits until commands that no request waits for have been sent and answered. */
export const settled = async (send: SendCommand, prefix: string): Promise<void> => {
  for (let rounds = 0; rounds < 3; rounds++) await send(['GET', `${prefix}:none`], `${prefix}:none`)
}

/** A step of {@link pass}: not longer than the deadline of a command, which takes no time of these clocks. */
const STEP_MS = 100

/** Lets time pass in processes. Commands that timers send are answered before their deadlines. */
export const pass = async (processes: readonly SharedProcess[], ms: number): Promise<void> => {
  for (let left = ms; left > 0; left -= STEP_MS) {
    for (const { clock } of processes) clock.advanceSync(Math.min(left, STEP_MS))
    for (const { commands } of processes) await commands.idle()
  }
}

/** A clock whose time a test sets. Its timers never fire, as while the event loop is blocked. */
export class BlockedClock implements Clock {
  #time = 0

  now(): number {
    return Date.UTC(2030, 0, 1) + this.#time
  }

  monotonic(): number {
    return this.#time
  }

  setTimeout(): () => void {
    return () => undefined
  }

  jump(ms: number): void {
    this.#time += ms
  }
}
