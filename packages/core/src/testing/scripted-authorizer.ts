/** An authorizer function that follows a script. @module */

/** How a call of a {@link ScriptedAuthorizer} ends, if not with a value. */
export class ScriptedEnd {
  readonly end: (args: readonly unknown[]) => Promise<never>

  constructor(end: (args: readonly unknown[]) => Promise<never>) {
    this.end = end
  }
}

/** An authorizer function for any contract. `TEvent` is the type of its events. */
// oxlint-disable-next-line no-explicit-any -- a function for every contract
export interface ScriptedAuthorizer<TEvent = any> {
  // oxlint-disable-next-line no-explicit-any -- the script determines what it returns
  (event: TEvent, ...rest: any[]): Promise<any>
  /** The events of all calls so far, in order. */
  readonly calls: readonly TEvent[]
}

/** The error of a call for which the script has no step. */
class ScriptEndedError extends Error {
  override readonly name = 'ScriptEndedError'
}

/** A step that fails with this error. */
export const throws = (error: unknown): ScriptedEnd =>
  new ScriptedEnd(async () => {
    throw error
  })

const signalIn = (args: readonly unknown[]): AbortSignal | undefined => {
  for (const each of args) {
    const signal: unknown = typeof each === 'object' && each !== null && 'signal' in each ? each.signal : undefined
    if (signal instanceof AbortSignal) return signal
  }
  return undefined
}

/** A step that never settles, until the signal of the call is aborted; then it fails with the reason of the signal. */
export const hangs = (): ScriptedEnd =>
  new ScriptedEnd(
    (args) =>
      new Promise((_, reject) => {
        const signal = signalIn(args.slice(1))
        const abort = (): void => reject(signal?.reason as Error)
        if (signal?.aborted === true) abort()
        else signal?.addEventListener('abort', abort, { once: true })
      }),
  )

/**
 * Creates an authorizer function, for any contract, that follows a script: each call takes the next step. A step is the value
 * to return, a function of the event that returns it, `throws(error)` or `hangs()`. Further calls fail.
 *
 * @example
 * const authorize = scriptedAuthorizer(allow({ principalId: 'ann' }), throws(new Error('down')), hangs())
 */
// oxlint-disable-next-line no-explicit-any -- a function for every contract
export const scriptedAuthorizer = <TEvent = any>(...steps: readonly unknown[]): ScriptedAuthorizer<TEvent> => {
  const calls: TEvent[] = []
  const scripted = async (event: TEvent, ...rest: readonly unknown[]): Promise<unknown> => {
    const position = calls.push(event)
    if (position > steps.length)
      throw new ScriptEndedError(`scriptedAuthorizer: call ${position}, but the script has ${steps.length} step(s)`)
    const step = steps[position - 1]
    if (step instanceof ScriptedEnd) return step.end([event, ...rest])
    return typeof step === 'function' ? (step as (event: TEvent) => unknown)(event) : step
  }
  return Object.defineProperty(scripted, 'calls', { get: () => [...calls] }) as ScriptedAuthorizer<TEvent>
}
