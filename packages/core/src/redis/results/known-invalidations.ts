/** What this process knows of invalidations: records of the log, and its own that the log does not confirm yet. @module */
import type { Mark } from './mark.ts'
import { isAfter, later, type Position, START } from './position.ts'

/** Maximum number of tags. Beyond it, everything that is older than the newest record is invalid (FLEET-76). */
const MAX_TAGS = 10_000

/** After every record. */
const END: Position = { ms: Number.POSITIVE_INFINITY, seq: 0 }

/** The newest records of one tag. */
interface Known {
  /** The newest record of another process. */
  readonly foreign: Position
  /** The newest record of this process. */
  readonly own: Position
  /** Number of the newest invalidation by this process: its results since then are later. */
  readonly number: number
}

/** An invalidation by this process that the log has not confirmed. It hides results of other processes up to a position. */
interface Unconfirmed {
  readonly number: number
  /** {@link END} until a poll that was sent after the attempt has ended. */
  readonly position: Position
  /** Monotonic time in milliseconds. */
  readonly at: number
  /** Whether the attempt to append a record has ended. */
  readonly hasEnded: boolean
}

const NOTHING: Known = { foreign: START, own: START, number: 0 }

/** The newest invalidation of each tag. Bounded. */
export class KnownInvalidations {
  readonly #records = new Map<string, Known>()
  readonly #unconfirmed = new Map<string, Unconfirmed>()
  /** Everything before it is invalid. */
  #floor: Position = START
  #ownFloor: Unconfirmed | undefined = undefined
  /** The newest record. */
  #newest: Position = START
  #count = 0
  /** Number of the last {@link forget}. */
  #forgotten = 0

  /** Number of events of this process. */
  get count(): number {
    return this.#count
  }

  /** Adds a record of the log. */
  add(tag: string, position: Position): void {
    const { foreign, own, number } = this.#records.get(tag) ?? NOTHING
    const isOwn = own.ms === position.ms && own.seq === position.seq
    if (!isOwn) this.#set(tag, { foreign: later(position, foreign), own, number }, position)
  }

  #set(tag: string, known: Known, position: Position): void {
    this.#newest = later(position, this.#newest)
    // The newest records are last, so that the oldest are removed first.
    this.#records.delete(tag)
    this.#records.set(tag, known)
    if (this.#records.size > MAX_TAGS) this.addAll(this.#newest)
  }

  /** Adds a record that selects everything before it. */
  addAll(position: Position): void {
    this.#newest = later(position, this.#newest)
    this.#floor = later(position, this.#floor)
    this.#records.clear()
  }

  /** Makes every result invalid that this process has now. What it reads from now on counts. Returns the number of the event. */
  forget(): number {
    this.#forgotten = ++this.#count
    return this.#count
  }

  /**
   * Adds an invalidation by this process. It hides every earlier result. Returns its number.
   *
   * @param at monotonic time in milliseconds
   */
  hide(tag: string, at: number): number {
    const number = ++this.#count
    const unconfirmed: Unconfirmed = { number, position: END, at, hasEnded: false }
    this.#unconfirmed.delete(tag)
    this.#unconfirmed.set(tag, unconfirmed)
    if (this.#unconfirmed.size > MAX_TAGS) {
      this.#ownFloor = { ...unconfirmed, hasEnded: true }
      this.#unconfirmed.clear()
    }
    return number
  }

  /** The log has confirmed an invalidation by this process at a position. */
  confirm(tag: string, number: number, position: Position): void {
    const { foreign, own, number: earlier } = this.#records.get(tag) ?? NOTHING
    this.#set(tag, { foreign, own: later(position, own), number: Math.max(number, earlier) }, position)
    if (this.#unconfirmed.get(tag)?.number === number) this.#unconfirmed.delete(tag)
  }

  /** An invalidation by this process was not confirmed. */
  fail(tag: string, number: number): void {
    const unconfirmed = this.#unconfirmed.get(tag)
    if (unconfirmed?.number === number) this.#unconfirmed.set(tag, { ...unconfirmed, hasEnded: true })
  }

  /** Forgets the records, because the log begins anew. Invalidations by this process hide everything until it is read. */
  restart(): void {
    for (const [tag, { number }] of this.#records)
      if (number > 0 && !this.#unconfirmed.has(tag))
        this.#unconfirmed.set(tag, { number, position: END, at: Number.NEGATIVE_INFINITY, hasEnded: true })
    this.#records.clear()
    this.#floor = START
    this.#newest = START
    for (const [tag, each] of this.#unconfirmed) this.#unconfirmed.set(tag, { ...each, position: END })
    if (this.#ownFloor !== undefined) this.#ownFloor = { ...this.#ownFloor, position: END }
  }

  /** The log was read up to a position, with a poll that was sent at a monotonic time: results after it are later. */
  reach(position: Position, sentAt: number): void {
    const reached = (each: Unconfirmed): Unconfirmed =>
      each.position === END && each.hasEnded && each.at < sentAt ? { ...each, position } : each
    for (const [tag, each] of this.#unconfirmed) this.#unconfirmed.set(tag, reached(each))
    if (this.#ownFloor !== undefined) this.#ownFloor = reached(this.#ownFloor)
  }

  /**
   * Removes what no result is old enough for.
   *
   * @param oldestMs time of the server before which records are removed
   * @param oldestAt monotonic time before which invalidations by this process are removed
   */
  trim(oldestMs: number, oldestAt: number): void {
    for (const [tag, { foreign, own }] of this.#records) {
      if (later(foreign, own).ms >= oldestMs) break
      this.#records.delete(tag)
    }
    for (const [tag, { at }] of this.#unconfirmed) {
      if (at >= oldestAt) break
      this.#unconfirmed.delete(tag)
    }
    if (this.#ownFloor !== undefined && this.#ownFloor.at < oldestAt) this.#ownFloor = undefined
  }

  /** Whether an invalidation after the mark selects one of the tags. */
  selects({ position, own, since }: Mark, tags: () => readonly string[]): boolean {
    const isSelected = (known: Known | undefined): boolean =>
      known !== undefined && (isAfter(known.foreign, position) || (own < known.number && isAfter(known.own, position)))
    const isHidden = (each: Unconfirmed | undefined): boolean =>
      each !== undefined && own < each.number && !isAfter(position, each.position)
    if (since < this.#forgotten || isAfter(this.#floor, position) || isHidden(this.#ownFloor)) return true
    const hasRecords = this.#records.size > 0 && isAfter(this.#newest, position)
    const hasUnconfirmed = this.#unconfirmed.size > 0 && own < this.#count
    if (!hasRecords && !hasUnconfirmed) return false
    return tags().some((tag) => isSelected(this.#records.get(tag)) || isHidden(this.#unconfirmed.get(tag)))
  }
}
