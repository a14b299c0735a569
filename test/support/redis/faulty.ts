/** Commands that fail as a test wants, and are recorded. @module */
import type { SendCommand } from '@custom-authorizer/core/redis'
import { flushMicrotasks } from '../deferred.ts'

/** What happens to a command: it is sent, has no reply, is executed without a reply, or is rejected or replied to by the test. */
export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'lose' }
  | { readonly kind: 'reject'; readonly message: string }
  | { readonly kind: 'reply'; readonly value: unknown }

/**
 * Sends counting commands with the time of a clock that a test sets, as the scripts allow: ahead of the server by some
 * milliseconds. So their keys never expire during a test.
 */
export const withCountingClock =
  (send: SendCommand, aheadMs: () => number): SendCommand =>
  (args, key) => {
    const [name, script = '', count = '', hash = '', time, ...rest] = args
    const isCounting = (name === 'EVALSHA' || name === 'EVAL') && hash.includes(':u:') && time === ''
    const now = String(COUNTING_START + aheadMs())
    return send(isCounting ? [name, script, count, hash, now, ...rest] : args, key)
  }

const COUNTING_START = Date.now() + 3_600_000

/** Sends commands to a server whose clock is ahead by some milliseconds, as polls of the log see it. */
export const withServerClock =
  (send: SendCommand, aheadMs: () => number): SendCommand =>
  async (args, key) => {
    const reply = await send(args, key)
    const isPoll = Array.isArray(reply) && typeof reply[0] === 'string' && typeof reply[1] === 'number'
    return isPoll ? [reply[0], reply[1] + aheadMs(), ...(reply.slice(2) as unknown[])] : reply
  }

const never = (): Promise<never> => new Promise(() => undefined)

/** Sends commands with a client, until a fault is set. */
export class FaultyCommands {
  /** Commands that were sent, with all arguments. */
  readonly sent: (readonly string[])[] = []
  fault: Fault = { kind: 'none' }
  /** Whether a command has the fault. Default: every command. */
  applies: (args: readonly string[]) => boolean = () => true
  readonly #send: SendCommand
  readonly #running = new Set<Promise<unknown>>()

  constructor(send: SendCommand) {
    this.#send = send
  }

  /** Number of commands with this name. */
  count(name: string): number {
    return this.sent.filter(([first]) => first === name).length
  }

  readonly send: SendCommand = async (args, key) => {
    this.sent.push(args)
    const { fault } = this
    if (fault.kind === 'none' || !this.applies(args)) return this.#forward(args, key)
    if (fault.kind === 'reject') throw new Error(fault.message)
    if (fault.kind === 'reply') return fault.value
    if (fault.kind === 'lose') await this.#forward(args, key)
    return never()
  }

  async #forward(args: readonly string[], key: string): Promise<unknown> {
    const running = this.#send(args, key)
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /** Waits until no command is running at the server, and until what follows from the replies has been sent. */
  async idle(): Promise<void> {
    do {
      await Promise.allSettled(this.#running)
      await flushMicrotasks()
    } while (this.#running.size > 0)
  }
}
