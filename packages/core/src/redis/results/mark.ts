/** Marks of results: what was known of invalidations when a call began (FLEET-71). @module */
import type { Position } from './position.ts'

/** The epoch of the log, the position in it, and numbers of invalidations by this process. */
export class Mark {
  readonly epoch: string
  readonly position: Position
  /** The last invalidation by this process before the call; 0 for results of other processes. */
  readonly own: number
  /** The last event of this process before it had the result. */
  readonly since: number

  constructor(epoch: string, position: Position, own: number, since: number = own) {
    this.epoch = epoch
    this.position = position
    this.own = own
    this.since = since
  }
}
