/** The log of invalidations that all processes write and poll (FLEET-70 to FLEET-78). @module */
import { randomUUID } from 'node:crypto'
import { AuthorizerError, type Clock, type InvalidationMark, type UsableResults } from '../../index.ts'
import { replyWithin } from '../../contract.ts'
import type { SendCommand } from '../client/commands.ts'
import { textOf } from '../client/reply-values.ts'
import { APPEND, KEPT_MS, MAX_LIFETIME_MS, POLL } from '../scripts/invalidations.ts'
import { KnownInvalidations } from './known-invalidations.ts'
import { Mark } from './mark.ts'
import { pollReplyOf, type PollReply } from './poll-reply.ts'
import { PollTimer } from './poll-timer.ts'
import { later, parsePosition, type Position, positionText, START } from './position.ts'
import { ServerClock, timedReply, timesOf } from './server-clock.ts'

/** Polls in a row, if the log begins anew again and again. */
const MAX_POLLS = 5
/** Number of epochs that were left, and are not taken up again. */
const MAX_LEFT = 100

export interface InvalidationLogSettings {
  readonly send: SendCommand
  readonly clock: Clock
  /** Start of the keys. */
  readonly prefix: string
  /** Names of the secrets whose tags this process can compare. */
  readonly secrets: ReadonlySet<string>
  readonly maxStalenessMs: number
  /** Deadline of a command in milliseconds. */
  readonly timeoutMs: number
  /** What may be used while the log cannot be read. */
  readonly withoutStore: Exclude<UsableResults, 'all'>
  /** Writes a log line. */
  readonly report: (message: string) => void
}

/** Thrown when a poll has no valid reply. */
class NoReply extends Error {}

export class InvalidationLog {
  /** Increases when an invalidation becomes known. */
  revision = 0
  readonly #settings: InvalidationLogSettings
  readonly #keys: readonly [log: string, epoch: string]
  readonly #known = new KnownInvalidations()
  readonly #serverClock = new ServerClock()
  readonly #timer: PollTimer
  #mark = new Mark('', START, 0)
  /** Epochs that this process has known before. */
  #left: readonly string[] = []
  /** The newest record that this process knows, its own included. */
  #newest: Position | undefined = undefined
  #freshUntil = Number.NEGATIVE_INFINITY
  #attemptedAt = Number.NEGATIVE_INFINITY
  #succeededAt = Number.NEGATIVE_INFINITY
  #isFailing = false
  #polling: Promise<void> | undefined = undefined
  #asking: Promise<UsableResults> | undefined = undefined
  readonly #appends = new Set<Promise<unknown>>()

  constructor(settings: InvalidationLogSettings) {
    const { prefix, clock, maxStalenessMs } = settings
    this.#settings = settings
    this.#keys = [`{${prefix}}:log`, `{${prefix}}:epoch`]
    this.#timer = new PollTimer(clock, maxStalenessMs / 2, () => this.poll().then(() => !this.#isFailing))
  }

  /** What is known of invalidations. */
  get mark(): Mark {
    return this.#mark
  }

  /** The earliest time of the server that it may be, in milliseconds; `undefined` before the first poll. */
  get earliestTime(): number | undefined {
    return this.#serverClock.earliest(this.#settings.clock.monotonic())
  }

  /** The latest time of the server that it may be; `undefined` before the first poll. */
  get latestTime(): number | undefined {
    return this.#serverClock.latest(this.#settings.clock.monotonic())
  }

  usable(): UsableResults | Promise<UsableResults> {
    const { clock, maxStalenessMs, withoutStore } = this.#settings
    const now = clock.monotonic()
    this.#timer.use()
    if (now < this.#freshUntil) return 'all'
    // During an outage requests do not wait for polls, which the timer continues.
    if (this.#isFailing && now - this.#attemptedAt < maxStalenessMs / 2) return withoutStore
    return (this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    }))
  }

  async #ask(): Promise<UsableResults> {
    const { clock, withoutStore } = this.#settings
    await this.poll()
    // A poll that was running already may have begun too long ago, if the event loop was blocked.
    if (clock.monotonic() >= this.#freshUntil && !this.#isFailing) await this.poll()
    return clock.monotonic() < this.#freshUntil ? 'all' : withoutStore
  }

  isInvalidated(mark: InvalidationMark, tags: () => readonly string[]): boolean {
    return !(mark instanceof Mark) || mark.epoch !== this.#mark.epoch || this.#known.selects(mark, tags)
  }

  /** Invalidates in this process at once, and in all others with a record. Rejects if that is not confirmed in time. */
  async invalidate(secret: string, tag: string): Promise<void> {
    const name = `${secret}:${tag}`
    const number = this.#begin(this.#known.hide(name, this.#settings.clock.monotonic()))
    const appending = this.#append(secret, tag)
    this.#appends.add(appending)
    try {
      const position = await appending
      this.#known.confirm(name, number, position)
      this.#newest = this.#newest === undefined ? position : later(position, this.#newest)
      this.revision++
      // A record that is lost in a failover is noticed by the process that knows it.
      this.#timer.watch()
      void this.poll()
    } catch (error) {
      this.#known.fail(name, number)
      throw error
    } finally {
      this.#appends.delete(appending)
    }
  }

  /** Results that begin now are later than an event of this process. */
  #begin(number: number): number {
    this.#mark = new Mark(this.#mark.epoch, this.#mark.position, number)
    this.revision++
    return number
  }

  async #append(secret: string, tag: string): Promise<Position> {
    const { send, clock, timeoutMs } = this.#settings
    const args = [...this.#epochArguments(), secret, tag]
    const reply = await replyWithin(clock, timeoutMs, APPEND.run(send, this.#keys, args))
    const position = reply.status === 'ready' ? parsePosition(textOf(reply.value)) : undefined
    if (position !== undefined) return position
    throw new AuthorizerError('ERR_STORE', 'Redis has not confirmed an invalidation; it holds in this process only')
  }

  #epochArguments(epoch: string = this.#mark.epoch): readonly string[] {
    return [randomUUID(), epoch, this.#newest === undefined ? '' : positionText(this.#newest)]
  }

  /** Reads what is new. One poll at a time; never rejects. */
  poll(): Promise<void> {
    return (this.#polling ??= this.#pollAll().finally(() => {
      this.#polling = undefined
    }))
  }

  async #pollAll(): Promise<void> {
    const { report, withoutStore } = this.#settings
    try {
      for (let polls = 0; polls < MAX_POLLS; polls++) {
        if (await this.#pollOnce()) {
          if (this.#isFailing) report('the log of invalidations is read again')
          this.#isFailing = false
          return
        }
      }
    } catch {
      // Below.
    }
    const used = withoutStore === 'none' ? 'no cached result is used' : 'results in memory are used'
    if (!this.#isFailing) report(`the log of invalidations cannot be read; ${used}`)
    this.#isFailing = true
  }

  /** Returns `false` if the log has to be read again, from its beginning. */
  async #pollOnce(epochToReplace?: string): Promise<boolean> {
    const { send, clock, timeoutMs, maxStalenessMs } = this.#settings
    const { epoch, position } = this.#mark
    const sent = timesOf(clock)
    const sentAt = (this.#attemptedAt = sent.monotonic)
    const args = [
      ...this.#epochArguments(epochToReplace),
      positionText(position),
      epochToReplace === undefined ? '' : 'replace',
    ]
    const received = await replyWithin(clock, timeoutMs, POLL.run(send, this.#keys, args))
    const reply = received.status === 'ready' ? pollReplyOf(received.value) : undefined
    if (reply === undefined) throw new NoReply()
    const timed = timedReply(sent, timesOf(clock), reply.now)
    const step = this.#serverClock.stepIn(timed)
    if (epochToReplace === undefined) {
      // An epoch that was left comes back only if the key was changed by another program.
      if (this.#left.includes(reply.epoch)) return this.#pollOnce(reply.epoch)
      if (epoch !== '' && step === 'server') return this.#pollOnce(epoch)
    }
    this.#serverClock.note(timed)
    if (reply.epoch !== epoch) {
      this.#restart(reply.epoch)
      // A process that knew nothing has read the log from its beginning.
      if (epoch !== '') return false
    }
    // Results may be older than they seem, or records may have been trimmed since the last poll.
    if (step === 'process' || sentAt - this.#succeededAt > MAX_LIFETIME_MS) this.#begin(this.#known.forget())
    this.#apply(reply, sentAt)
    this.#freshUntil = sentAt + maxStalenessMs
    this.#succeededAt = sentAt
    return true
  }

  /** Under a new epoch nothing old counts. */
  #restart(epoch: string): void {
    this.#succeededAt = this.#settings.clock.monotonic()
    this.#known.restart()
    // Until the log was read from its beginning, nothing from Redis is used.
    this.#freshUntil = Number.NEGATIVE_INFINITY
    this.#newest = undefined
    if (this.#mark.epoch !== '') this.#left = [...this.#left, this.#mark.epoch].slice(-MAX_LEFT)
    this.#mark = new Mark(epoch, START, this.#known.count)
    this.revision++
  }

  #apply({ epoch, now, news }: PollReply, sentAt: number): void {
    let { position } = this.#mark
    if ('length' in news) {
      for (const record of news) {
        position = later(record.position, position)
        // The tag of an unknown secret cannot be compared, so it selects everything.
        if (this.#settings.secrets.has(record.secret))
          this.#known.add(`${record.secret}:${record.tag}`, record.position)
        else this.#known.addAll(record.position)
      }
    } else {
      position = later(news, position)
      this.#known.addAll(news)
    }
    this.#known.trim(now - KEPT_MS, this.#settings.clock.monotonic() - KEPT_MS)
    this.#known.reach(position, sentAt)
    if (position === this.#mark.position) return
    this.#newest = this.#newest === undefined ? position : later(position, this.#newest)
    this.#mark = new Mark(epoch, position, this.#known.count)
    this.revision++
  }

  /** Stops the timer, and waits for records that are being written until their deadline. */
  async close(): Promise<void> {
    this.#timer.stop()
    await Promise.allSettled(this.#appends)
  }
}
