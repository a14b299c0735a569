/** Describes errors of the user's own code: class, message and place. @module */
import { isAbsolute, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** An error of a function or of its module. */
export interface Failure {
  /** Name of its class, or the kind of a value that is not an error. */
  readonly class: string
  readonly message: string
  /** The first place in the file of the function, such as `authorizer.js:12:7`; else in any file. Absent if unknown. */
  readonly at?: string
  /** `code` of an error of Node.js, such as `ERR_MODULE_NOT_FOUND`. */
  readonly code?: string
}

const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Name of the class as the error itself states it. A bare name of a subclass is more useful than `Error`. */
const classOf = (error: Error): string => {
  const { name } = error
  const own = textOf(attempt(() => error.constructor.name))
  return (textOf(name) === 'Error' ? own : textOf(name)) ?? 'Error'
}

const PLACE = /:(\d+)(?::(\d+))?\)?$/

/** A line of a stack as `file:line:column`, relative to the working directory; `undefined` if it names no file. */
const placeIn = (line: string, cwd: string): string | undefined => {
  const [position, row, column] = PLACE.exec(line) ?? []
  if (position === undefined) return undefined
  const rest = line.slice(0, -position.length)
  const start = rest.search(/file:\/\/|(?<=^|\(|at (?:async )?)(?:\/|[A-Za-z]:\\)/)
  if (start < 0) return undefined
  const named = rest.slice(start)
  const path = named.startsWith('file:') ? attempt(() => fileURLToPath(named)) : named
  if (path === undefined || !isAbsolute(path)) return undefined
  const below = relative(cwd, path)
  return `${below.startsWith('..') ? path : below}:${row}${column === undefined ? '' : `:${column}`}`
}

const placeOf = (stack: string, file: string, cwd: string): string | undefined => {
  const lines = stack.split('\n').filter((line) => PLACE.test(line) && !line.includes('node:internal'))
  const url = pathToFileURL(file).href
  const own = lines.filter((line) => line.includes(file) || line.includes(url))
  for (const line of [...own, ...lines]) {
    const place = placeIn(line, cwd)
    if (place !== undefined) return place
  }
  return undefined
}

/**
 * Describes what a function or its module threw. Never throws, also if reading the error does.
 *
 * @param file absolute path of the user's module
 */
export const failureOf = (error: unknown, file: string, cwd: string): Failure => {
  if (!(error instanceof Error)) {
    const kind = error === null ? 'null' : typeof error
    return { class: `a value of type ${kind}`, message: textOf(error) ?? attempt(() => String(error)) ?? '' }
  }
  const stack = textOf(attempt(() => error.stack))
  const at = stack === undefined ? undefined : placeOf(stack, file, cwd)
  const code = textOf(attempt(() => (error as { readonly code?: unknown }).code))
  return {
    class: attempt(() => classOf(error)) ?? 'Error',
    message: textOf(attempt(() => error.message)) ?? '',
    ...(at !== undefined && { at }),
    ...(code !== undefined && { code }),
  }
}

/** One line: `TypeError: x is not a function (authorizer.js:12:7)`. */
export const failureText = ({ class: name, message, at }: Failure): string =>
  `${name}${message === '' ? '' : `: ${message}`}${at === undefined ? '' : ` (${at})`}`
