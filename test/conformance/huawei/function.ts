/** Builds the FunctionGraph functions that the corpus describes, and notes down how they are called. @module */
import { expand, type FunctionDescription, type Style } from './corpus.ts'

type Event = Readonly<Record<string, unknown>>
type Callback = (error?: unknown, result?: unknown) => void
type Handler = (event: Event, context: unknown, callback: Callback) => unknown

const STYLES: Readonly<Record<Style, (answer: unknown, error: unknown, callback: Callback) => unknown>> = {
  async: (answer) => Promise.resolve(answer),
  'async text': (answer) => Promise.resolve(JSON.stringify(answer)),
  callback: (answer, _, callback) => callback(null, answer),
  'callback text': (answer, _, callback) => callback(null, JSON.stringify(answer)),
  throw: (_, error) => {
    throw error
  },
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- functions throw whatever they like
  reject: (_, error) => Promise.reject(error),
  'callback error': (_, error, callback) => callback(error),
}

const errorOf = (error: FunctionDescription['error']): unknown => {
  if (error === undefined) return undefined
  return 'Error' in error ? new Error(error.Error) : error.value
}

/** The styles that a function is written in where its description names none. */
export const stylesOf = ({ styles, error }: FunctionDescription): readonly Style[] =>
  styles ?? (error === undefined ? ['async'] : ['throw'])

/** A FunctionGraph function and its log. */
export class FunctionGraphFunction {
  readonly events: Event[] = []
  readonly handler: Handler
  #called: () => void = () => undefined

  constructor(description: FunctionDescription, style: Style) {
    const answer = expand(description.answer)
    this.handler = (event, _, callback) => {
      this.events.push(event)
      this.#called()
      return description.silent === true ? undefined : STYLES[style](answer, errorOf(description.error), callback)
    }
  }

  /** Resolves when the function is next called. */
  nextCall(): Promise<void> {
    return new Promise((resolve) => {
      this.#called = resolve
    })
  }
}
