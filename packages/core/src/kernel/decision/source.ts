/** Remembers which authorizer a decision or a problem comes from, because several may have one name. @module */

const sources = new WeakMap<object, object>()

/** Notes the authorizer that an event of the diagnostics channels comes from. Returns the event. */
export const noteSource = <T extends object>(event: T, source: object): T => {
  sources.set(event, source)
  return event
}

/** Whether {@link noteSource} has noted this source for an event. */
export const isFrom = (event: object, source: object): boolean => sources.get(event) === source
