/** Marks of results: what was known of invalidations when a call began (FLEET-71). @module */
import type { Position } from './position.ts'

/** The epoch of the log, the position in it, and the number of invalidations by this process. */
export class Mark {
  readonly epoch: string
  readonly position: Position
  /** 0 for results of other processes. */
  readonly own: number

  constructor(epoch: string, position: Position, own: number) {
    this.epoch = epoch
    this.position = position
    this.own = own
  }
}
