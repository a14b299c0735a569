/** Runs an unmodified Lambda handler: every style, first completion wins (AWS-RUN-01 to AWS-RUN-21). @module */
import {
  type Invocation,
  isThenable,
  noteIdentityHeaders,
  type Parsed,
  receivesAtMost,
  throughJson,
} from '../../contract.ts'
import type { Api } from './api.ts'

/** The second argument of a handler, as far as it exists for invocations by a gateway (AWS-RUN-16). */
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

/** A Lambda handler: async, with a callback, or with `context.succeed`, `fail` and `done`. */
export type LambdaHandler<TEvent, TResult> = (
  event: TEvent,
  context: LambdaContext,
  callback: LambdaCallback,
) => Promise<TResult> | void

const FUNCTION = 'custom-authorizer'

const RETURNED =
  'the handler returned a value that is not a promise; as on Lambda it is ignored: make the handler async, or pass the result to the callback'

// The result passes through JSON text, as on its way out of Lambda; what the gateway validates is the text (AWS-RUN-10).
const throughLambda = (value: unknown): unknown => {
  try {
    return throughJson(value) ?? null
  } catch (cause) {
    throw new Error('Unable to stringify response body', { cause })
  }
}

/**
 * Calls a handler with a fresh event. The promise settles with the handler's first completion, or never: the kernel sets
 * the deadline. A handler that returns without a promise, and receives no `context` and no `callback`, completes with
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
      // What a handler fails with need not be an Error (AWS-RUN-13).
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
      // Any error but null and undefined is a failure, falsy ones too (AWS-RUN-05).
      if (error === null || error === undefined) complete(value)
      else fail(error)
    }
    const day = new Date(invocation.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')
    const context: LambdaContext = {
      callbackWaitsForEmptyEventLoop: true,
      functionName: FUNCTION,
      functionVersion: '$LATEST',
      invokedFunctionArn: `arn:${api.partition}:lambda:${api.region}:${api.accountId}:function:${FUNCTION}`,
      memoryLimitInMB: '128',
      awsRequestId: crypto.randomUUID(),
      logGroupName: `/aws/lambda/${FUNCTION}`,
      logStreamName: `${day}/[$LATEST]${crypto.randomUUID().replaceAll('-', '')}`,
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

/**
 * The `errorMessage` of a failed invocation, the only thing the gateway looks at (AWS-RUN-12 to AWS-RUN-15). Nothing of
 * it is logged. `undefined` when it cannot even be read.
 */
export const errorMessageOf = (error: unknown): string | undefined => {
  try {
    if (error === null || error === undefined) return 'handled'
    const { name, message, stack } = error as { name?: unknown; message?: unknown; stack?: unknown }
    const errorLike = [name, message, stack].every((part) => typeof part === 'string' && part !== '')
    const native = Object.prototype.toString.call(error) === '[object Error]'
    const text = native || errorLike ? message : (error as { toString(): unknown }).toString()
    return typeof text === 'string' ? text.replaceAll('\u007f', '%7F') : undefined
  } catch {
    return undefined
  }
}

const NEAR_UNAUTHORIZED = /^[\s"'[(]*(?:(?:401|error)\W{0,4})?unauthori[sz]ed/i
const UNAUTHORIZED_HINT =
  'only the exact text "Unauthorized" gives 401, and its text merely starts with a similar one: throw new Error("Unauthorized")'

/** What a failed call means where the text `Unauthorized`, in exactly this case, is a 401 (AWS-REST-07, AWS-REST-26). */
export const failedCall = (error: unknown): Extract<Parsed<never>, { accepted: false }> => {
  const message = errorMessageOf(error)
  if (message === 'Unauthorized') return { accepted: false, reason: 'UNAUTHORIZED' }
  const near = message !== undefined && NEAR_UNAUTHORIZED.test(message.slice(0, 64))
  return { accepted: false, reason: 'AUTHORIZER_ERROR', ...(near && { hint: UNAUTHORIZED_HINT }) }
}
