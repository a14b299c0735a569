/** An authorizer function that records the events it receives. @module */

export type Event = Readonly<Record<string, unknown>>

type Handler = (event: Event, context: never, callback: never) => unknown

export class RecordedFunction {
  readonly events: Event[] = []
  readonly handler: Handler
  #onCall: () => void = () => undefined

  constructor(handler: Handler) {
    this.handler = (event, context, callback) => {
      this.events.push(event)
      this.#onCall()
      return handler(event, context, callback)
    }
  }

  /** Resolves when the function is next called. */
  nextCall(): Promise<void> {
    return new Promise((resolve) => {
      this.#onCall = resolve
    })
  }
}
