/** An unmodified FunctionGraph function in the handler styles of its Node.js runtimes (HW-FG-01 to HW-FG-06). @module */
import { AuthorizerError } from '../index.ts'
import { functionConsole, type Invocation, isThenable, noteIdentityHeaders, receivesAtMost } from '../contract.ts'

/** What `context.getLogger()` returns. */
export interface FunctionLogger {
  info(...message: unknown[]): void
  warn(...message: unknown[]): void
  error(...message: unknown[]): void
  debug(...message: unknown[]): void
}

/** The second argument of a function; nothing of it has to do with the `context` of an answer (HW-FG-04). */
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

// oxlint-disable-next-line no-explicit-any -- functions answer with objects of their own making, or with JSON text
export type FunctionCallback = (error?: any, result?: any) => void

/** A FunctionGraph function: async, or with a callback. */
export type FunctionGraphHandler<TEvent> = (
  event: TEvent,
  context: FunctionContext,
  callback: FunctionCallback,
) => Promise<unknown> | void

/** What functions are told about themselves. */
export interface FunctionOptions {
  /** What `context.getUserData(key)` answers: the function's environment variables. Default: none. */
  environmentVariables?: Readonly<Record<string, string>>
  /** What `context.getLogger()` returns. Default: the console. */
  functionLogger?: FunctionLogger
}

const FUNCTION = 'custom-authorizer'

const RETURNED =
  'the function returned a value that is not a promise, which is ignored: make it async, or pass the result to the callback'

const none = (): string => ''

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
  getAlias: none,
  getPackage: () => 'default',
  getToken: none,
  getAccessKey: none,
  getSecretKey: none,
  getSecurityAccessKey: none,
  getSecuritySecretKey: none,
  getSecurityToken: none,
  getMemorySize: () => 128,
  getCPUNumber: () => 300,
  getRunningTimeInSeconds: () => Math.ceil(timeoutMs / 1000),
  getProjectID: none,
  getLogger: () => functionLogger ?? functionConsole,
})

/** A call of a function, and how often it is made again when the function cannot be reached (HW-CFG-15). */
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
      // What a function fails with need not be an Error.
      // oxlint-disable-next-line prefer-promise-reject-errors
      if (error !== null && error !== undefined) reject(error)
      else resolve(result)
    }
    // The event has been through JSON on its way to the function (HW-FG-02).
    const returned: unknown = handler(JSON.parse(JSON.stringify(event)) as never, context, callback)
    if (isThenable(returned)) {
      returned.then(resolve, reject)
      return
    }
    if (completed) return
    if (returned !== undefined) invocation.note(RETURNED)
    // Only the callback can respond: `context` has no method for it (HW-FG-04).
    if (receivesAtMost(2, handler)) resolve(undefined)
  })

const isUnreachable = (error: unknown): boolean => {
  try {
    return error instanceof AuthorizerError && error.code === 'ERR_REMOTE_UNREACHABLE'
  } catch {
    return false
  }
}

/** Calls a function with a fresh event each time. The deadline, which holds for all attempts together, is the kernel's. */
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
