/** The `Logger` interface and its console default. No other file uses `console`. @module */

/** The kind of a problem. The set is closed, so that it can be a label of a metric. */
export type ProblemKind =
  | 'AUTHORIZER_ERROR'
  | 'AUTHORIZER_TIMEOUT'
  | 'AUTHORIZER_UNREACHABLE'
  | 'AUTHORIZER_UNAVAILABLE'
  | 'BAD_RESULT'
  | 'BAD_MAPPED_VALUE'
  | 'INTERNAL_ERROR'
  | 'LATE_RESULT'
  | 'STORE_FAILURE'
  | 'HOOK_FAILURE'
  | 'OVERLOADED'
  | 'FAILED_OPEN'
  | 'UNGUARDED_LISTENER'
  | 'NOTE'

/** The parts of a log line, for structured logs. */
export interface LogFields {
  /** Name of the authorizer, or `assertGuarded`. */
  readonly authorizer: string
  readonly kind: ProblemKind
}

/**
 * Receives one line per problem: names, kinds and places; never a credential, policy or context value. The message is complete
 * without the fields.
 *
 * @example
 * // pino takes the fields first:
 * const logger = {
 *   warn: (message, fields) => log.warn(fields, message),
 *   error: (message, fields) => log.error(fields, message),
 * }
 */
export interface Logger {
  warn(message: string, fields: LogFields): void
  error(message: string, fields: LogFields): void
}

/** The default logger, which writes the message to the console. */
export const consoleLogger: Logger = {
  warn: (message) => console.warn(message),
  error: (message) => console.error(message),
}

/** Where functions without a logger of their own write. */
export const functionConsole: Pick<Console, 'info' | 'warn' | 'error' | 'debug'> = {
  info: (...message) => console.info(...message),
  warn: (...message) => console.warn(...message),
  error: (...message) => console.error(...message),
  debug: (...message) => console.debug(...message),
}
