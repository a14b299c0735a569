/** Where a developer reads what went wrong. The only file that knows a console. @module */

/** Receives one line per problem: names, kinds and places; never a credential, policy or context value. */
export interface Logger {
  warn(message: string): void
  error(message: string): void
}

export const consoleLogger: Logger = {
  warn: (message) => console.warn(message),
  error: (message) => console.error(message),
}

/** What functions write to that bring no logger of their own. */
export const functionConsole: Pick<Console, 'info' | 'warn' | 'error' | 'debug'> = {
  info: (...message) => console.info(...message),
  warn: (...message) => console.warn(...message),
  error: (...message) => console.error(...message),
  debug: (...message) => console.debug(...message),
}
