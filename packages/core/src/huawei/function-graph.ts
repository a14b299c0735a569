/** Calls an unmodified FunctionGraph function in the handler styles of its Node.js runtimes (HW-FG-01 to HW-FG-06). @module */
import { AuthorizerError } from '../index.ts'
import { functionConsole, type Invocation, isThenable, noteIdentityHeaders, receivesAtMost } from '../contract.ts'

/** What `context.getLogger()` returns. */
export interface FunctionLogger {
  info(...message: unknown[]): void
  warn(...message: unknown[]): void
  error(...message: unknown[]): void
  debug(...message: unknown[]): void
}

/** The second argument of a function, not to be confused with the `context` of a result (HW-FG-04). */
export interface FunctionContext {
  getRequestID(): string
  getRemainingTimeInMilliSeconds(): number
  /** An environment variable of the function, not the authorizer's user data. */
  getUserData(key: string): string | undefined
  getFunctionName(): string
  getVersion(): string
  getAlias(): string
  getPackage(): string
  getToken(): string
  getAccessKey(): string
  getSecretKey(): string
  getSecurityAccessKey(): string
  getSecuritySecretKey(): string
  getSecurityToken(): string
  getMemorySize(): number
  getCPUNumber(): number
  getRunningTimeInSeconds(): number
  getProjectID(): string
  getLogger(): FunctionLogger
}

// oxlint-disable-next-line no-explicit-any -- functions return objects or JSON text
export type FunctionCallback = (error?: any, result?: any) => void

/** A FunctionGraph function: async, or with a callback. */
export type FunctionGraphHandler<TEvent> = (
  event: TEvent,
  context: FunctionContext,
  callback: FunctionCallback,
) => Promise<unknown> | void

/** The runtime environment of functions. */
export interface FunctionOptions {
  /** Environment variables of the function, which `context.getUserData(key)` returns. Default: none. */
  environmentVariables?: Readonly<Record<string, string>>
  /** Logger that `context.getLogger()` returns. Default: the console. */
  functionLogger?: FunctionLogger
}

const FUNCTION = 'custom-authorizer'

const RETURNED =
  'the function returned a value that is not a promise, which is ignored: make it async, or pass the result to the callback'

const empty = (): string => ''

const contextOf = (
  { environmentVariables = {}, functionLogger }: FunctionOptions,
  invocation: Invocation,
  timeoutMs: number,
  requestId: string = crypto.randomUUID(),
): FunctionContext => ({
  getRequestID: () => requestId,
  getRemainingTimeInMilliSeconds: () => Math.floor(invocation.remainingMs()),
  getUserData: (key) => (Object.hasOwn(environmentVariables, key) ? environmentVariables[key] : undefined),
  getFunctionName: () => FUNCTION,
  getVersion: () => 'latest',
  getAlias: empty,
  getPackage: () => 'default',
  getToken: empty,
  getAccessKey: empty,
  getSecretKey: empty,
  getSecurityAccessKey: empty,
  getSecuritySecretKey: empty,
  getSecurityToken: empty,
  getMemorySize: () => 128,
  getCPUNumber: () => 300,
  getRunningTimeInSeconds: () => Math.ceil(timeoutMs / 1000),
  getProjectID: empty,
  getLogger: () => functionLogger ?? functionConsole,
})

/** Settings of a call. `retryAttempts` applies if the function is unreachable (HW-CFG-15). */
export interface FunctionCall {
  readonly functionOptions: FunctionOptions
  readonly retryAttempts: number
  readonly timeoutMs: number
}

const callOnce = (
  handler: FunctionGraphHandler<never>,
  event: unknown,
  context: FunctionContext,
  invocation: Invocation,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    let completed = false
    const callback: FunctionCallback = (error: unknown, result: unknown) => {
      completed = true
      // A function may fail with a value that is not an Error.
      // oxlint-disable-next-line prefer-promise-reject-errors
      if (error !== null && error !== undefined) reject(error)
      else resolve(result)
    }
    // FunctionGraph passes the event as JSON (HW-FG-02).
    const returned: unknown = handler(JSON.parse(JSON.stringify(event)) as never, context, callback)
    if (isThenable(returned)) {
      returned.then(resolve, reject)
      return
    }
    if (completed) return
    if (returned !== undefined) invocation.note(RETURNED)
    // Without a callback parameter the function cannot complete any more: `context` has no method for it (HW-FG-04).
    if (receivesAtMost(2, handler)) resolve(undefined)
  })

const isUnreachable = (error: unknown): boolean => {
  try {
    return error instanceof AuthorizerError && error.code === 'ERR_REMOTE_UNREACHABLE'
  } catch {
    return false
  }
}

/** Calls a function with a copy of the event per attempt. The kernel enforces one deadline for all attempts. */
export const invokeFunction = async (
  handler: FunctionGraphHandler<never>,
  event: unknown,
  invocation: Invocation,
  { functionOptions, retryAttempts, timeoutMs }: FunctionCall,
): Promise<unknown> => {
  const context = noteIdentityHeaders(contextOf(functionOptions, invocation, timeoutMs), invocation.identityHeaders)
  for (let attempt = 0; ; attempt++) {
    try {
      return await callOnce(handler, event, context, invocation)
    } catch (error) {
      if (attempt >= retryAttempts || !isUnreachable(error) || invocation.remainingMs() <= 0) throw error
    }
  }
}
