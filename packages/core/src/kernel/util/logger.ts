/** The `Logger` interface and its console default. No other file uses `console`. @module */

/** Receives one line per problem: names, kinds and places; never a credential, policy or context value. */
export interface Logger {
  warn(message: string): void
  error(message: string): void
}

/** The default logger, which writes to the console. */
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
