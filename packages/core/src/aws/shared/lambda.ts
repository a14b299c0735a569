/** Calls an unmodified Lambda handler in any handler style; the first completion counts (AWS-RUN-01 to AWS-RUN-21). @module */
import { type Invocation, isThenable, noteIdentityHeaders, receivesAtMost, throughJson } from '../../contract.ts'
import type { Api } from './api.ts'

/** The second argument of a handler, without the members that only exist for mobile clients (AWS-RUN-16). */
export interface LambdaContext {
  callbackWaitsForEmptyEventLoop: boolean
  functionName: string
  functionVersion: string
  invokedFunctionArn: string
  memoryLimitInMB: string
  awsRequestId: string
  logGroupName: string
  logStreamName: string
  getRemainingTimeInMillis(): number
  done(error?: Error, result?: unknown): void
  fail(error: Error | string): void
  succeed(result: unknown): void
}

// oxlint-disable-next-line no-explicit-any -- as in @types/aws-lambda, so that handlers typed with it are accepted
export type LambdaCallback<TResult = any> = (error?: Error | string | null, result?: TResult) => void

/** A Lambda handler: async, with a callback, or with `context.succeed`, `context.fail` and `context.done`. */
export type LambdaHandler<TEvent, TResult> = (
  event: TEvent,
  context: LambdaContext,
  callback: LambdaCallback,
) => Promise<TResult> | void

const FUNCTION = 'custom-authorizer'

const RETURNED =
  'the handler returned a value that is not a promise, which is ignored as on Lambda: make the handler async, or pass the result to the callback'

// Lambda serializes the result, and the gateway validates the JSON text (AWS-RUN-10).
const throughLambda = (value: unknown): unknown => {
  try {
    return throughJson(value) ?? null
  } catch (cause) {
    throw new Error('Unable to stringify response body', { cause })
  }
}

const DAY_MS = 86_400_000
let logStream = { day: Number.NaN, name: '' }

/** The log stream of this process: each execution environment of a Lambda function has one, whose name begins with the day. */
const logStreamAt = (now: number): string => {
  const day = Math.floor(now / DAY_MS)
  if (day !== logStream.day) {
    const date = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/')
    logStream = { day, name: `${date}/[$LATEST]${crypto.randomUUID().replaceAll('-', '')}` }
  }
  return logStream.name
}

/**
 * Calls a handler with a copy of the event. The promise settles with the handler's first completion, or never: the kernel
 * enforces the deadline. A handler that returns no promise and declares neither `context` nor `callback` completes with
 * `null` at once, as on Lambda.
 */
export const invokeLambda = (
  handler: LambdaHandler<never, unknown>,
  event: unknown,
  invocation: Invocation,
  api: Api,
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    let completed = false
    const fail = (error: unknown): void => {
      completed = true
      // A handler may fail with a value that is not an Error (AWS-RUN-13).
      // oxlint-disable-next-line prefer-promise-reject-errors
      reject(error)
    }
    const complete = (value: unknown): void => {
      completed = true
      try {
        resolve(throughLambda(value))
      } catch (error) {
        fail(error)
      }
    }
    const callback: LambdaCallback = (error, value: unknown) => {
      // Any error except null and undefined is a failure, including other falsy values (AWS-RUN-05).
      if (error === null || error === undefined) complete(value)
      else fail(error)
    }
    const context: LambdaContext = {
      callbackWaitsForEmptyEventLoop: true,
      functionName: FUNCTION,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:${api.partition}:lambda:${api.region}:${api.accountId}:function:${FUNCTION}`,
      memoryLimitInMB: '128',
      awsRequestId: crypto.randomUUID(),
      logGroupName: `/aws/lambda/${FUNCTION}`,
      logStreamName: logStreamAt(invocation.clock.now()),
      getRemainingTimeInMillis: () => Math.floor(invocation.remainingMs()),
      done: callback,
      fail,
      succeed: complete,
    }
    noteIdentityHeaders(context, invocation.identityHeaders)
    try {
      const returned: unknown = handler(JSON.parse(JSON.stringify(event)) as never, context, callback)
      if (isThenable(returned)) {
        returned.then(complete, reject)
        return
      }
      if (completed) return
      if (returned !== undefined) invocation.note(RETURNED)
      if (receivesAtMost(1, handler)) complete(null)
    } catch (error) {
      callback(error as Error)
    }
  })
