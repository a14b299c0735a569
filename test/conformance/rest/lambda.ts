/** Builds the Lambda functions that the corpus describes, and notes down how they are called. @module */
import { expand, type HandlerDescription, type Style } from './corpus.ts'

interface LambdaContext {
  succeed(result: unknown): void
  fail(...error: unknown[]): void
  done(error: unknown, result?: unknown): void
}
type Callback = (error: unknown, result?: unknown) => void
type Event = Readonly<Record<string, unknown>>
type Handler = (event: Event, context: LambdaContext, callback: Callback) => unknown

/** What the function is to do, with placeholders filled in for one event. */
interface Deed {
  readonly failed: boolean
  /** Arguments of `context.fail`: none at all is not the same as `undefined`. */
  readonly errors: readonly unknown[]
  readonly result: unknown
}

const STYLES: Readonly<Record<Style, (deed: Deed, context: LambdaContext, callback: Callback) => unknown>> = {
  async: ({ failed, errors, result }) =>
    // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- Lambda functions throw whatever they like
    failed ? Promise.reject(errors[0]) : Promise.resolve(result),
  throw: ({ errors }) => {
    // Lambda functions throw whatever they like.
    throw errors[0]
  },
  callback: ({ failed, errors, result }, _, callback) => (failed ? callback(errors[0]) : callback(null, result)),
  'context.succeed': ({ result }, context) => context.succeed(result),
  'context.fail': ({ errors }, context) => context.fail(...errors),
  'context.done': ({ failed, errors, result }, context) =>
    failed ? context.done(errors[0]) : context.done(null, result),
  silent: () => undefined,
}

const errorOf = (error: HandlerDescription['error']): unknown => {
  if (error === undefined) return undefined
  return 'Error' in error ? new Error(error.Error) : error.value
}

/** A Lambda function and its log. */
export class Lambda {
  readonly events: Event[] = []
  readonly handler: Handler
  #called: () => void = () => undefined

  constructor(description: HandlerDescription, style: Style) {
    const { error } = description
    this.handler = (event, context, callback) => {
      this.events.push(event)
      this.#called()
      const names = { 'event.methodArn': String(event['methodArn']) }
      const deed: Deed = {
        failed: error !== undefined,
        errors: error === undefined ? [] : [errorOf(error)],
        result: expand(description.result, names),
      }
      return STYLES[style](deed, context, callback)
    }
  }

  /** Resolves when the function is next called. */
  nextCall(): Promise<void> {
    return new Promise((resolve) => {
      this.#called = resolve
    })
  }
}
