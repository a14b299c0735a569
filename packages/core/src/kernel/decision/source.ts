/** Remembers which authorizer a decision or a problem comes from, because several may have one name. @module */
import { Itself } from '../runtime/itself.ts'

/** An event with its source. */
class Sourced extends Itself {
  readonly #source: object

  constructor(event: object, source: object) {
    super(event)
    this.#source = source
  }

  static isFrom(event: object, source: object): boolean {
    return #source in event && event.#source === source
  }
}

/** Notes the authorizer that an event of the diagnostics channels comes from. Returns the event. */
export const noteSource = <T extends object>(event: T, source: object): T => {
  void new Sourced(event, source)
  return event
}

/** Whether {@link noteSource} has noted this source for an event. */
export const isFrom = (event: object, source: object): boolean => Sourced.isFrom(event, source)
