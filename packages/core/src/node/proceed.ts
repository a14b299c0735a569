/** Runs a guard that continues with a callback: `next`, or a listener of `upgrade`. @module */
import type { ServerResponse } from 'node:http'
import type { Authorizer } from '../index.ts'
import { DeniedError, writableResponse } from '../adapter.ts'
import { writeGatewayResponse } from './response.ts'

/** The steps of a guard with a callback. */
export interface Steps<TDecision> {
  decide(): TDecision | Promise<TDecision>
  /** Applies the decision. Returns whether the request continues. */
  carryOut(decision: TDecision): boolean
  /** Runs the downstream handler. */
  goOn(): void
  /** Receives errors of `decide` and `carryOut`. */
  fail(error: unknown): void
  /** Ends the exchange if `goOn` throws and no caller can receive the error. */
  abandon(): void
}

/**
 * Runs the steps without losing an error. Errors of `decide` and `carryOut` go to `fail`. Errors of `goOn` belong to the
 * downstream handler: after a synchronous decision they reach the caller. After an asynchronous decision there is no caller,
 * so the exchange is ended and the error is rethrown as an uncaught exception, as it would be without the guard.
 */
export const runSteps = <TDecision>(steps: Steps<TDecision>): void => {
  const carryOut = (decision: TDecision): void => {
    let continues: boolean
    try {
      continues = steps.carryOut(decision)
    } catch (error) {
      return steps.fail(error)
    }
    if (continues) steps.goOn()
  }
  let decision: TDecision | Promise<TDecision>
  try {
    decision = steps.decide()
  } catch (error) {
    return steps.fail(error)
  }
  if (!(decision instanceof Promise)) return carryOut(decision)
  decision
    .then(carryOut, (error: unknown) => steps.fail(error))
    .catch((error: unknown) => {
      steps.abandon()
      process.nextTick(() => {
        throw error
      })
    })
}

/** How a middleware with a `next` callback decides on a request and applies the decision. */
export interface Procedure<TDecision> extends Pick<Steps<TDecision>, 'decide' | 'carryOut'> {
  readonly response: ServerResponse
  readonly next: (error?: unknown) => void
  /** Reports an error that `next` cannot receive because it declares no parameter. Default: not reported. */
  readonly authorizer?: Pick<Authorizer<never>, 'report'>
}

/**
 * Decides on a request and calls `next` once, or not at all if the request ends here. Errors before that go to `next(error)`.
 * A `next` that declares no parameter would run the handler instead, so the client gets 500.
 */
export const proceed = <TDecision>(procedure: Procedure<TDecision>): void => {
  const { response, next, authorizer } = procedure
  // Responds with 500 if the response has not started; otherwise closes the connection.
  const abandon = (): void => {
    try {
      if (!response.writableEnded) writeGatewayResponse(response, writableResponse(undefined))
    } catch {
      response.destroy()
    }
  }
  runSteps<TDecision>({
    decide: () => procedure.decide(),
    carryOut: (decision) => procedure.carryOut(decision),
    goOn: () => next(),
    fail: (error) => {
      if (next.length > 0) return next(error)
      if (error instanceof DeniedError) return writeGatewayResponse(response, error.response)
      abandon()
      if (authorizer !== undefined) reportFailure(authorizer, error)
    },
    abandon,
  })
}

/** Reports an error that no error handler receives. The report contains the class of the error, never its message. */
export const reportFailure = (authorizer: Pick<Authorizer<never>, 'report'>, error: unknown): void => {
  try {
    const className = error instanceof Error ? error.constructor.name : typeof error
    authorizer.report?.('INTERNAL_ERROR', `the guard failed to pass on a request (${className}); the client got 500`)
  } catch {
    // The application's own implementation of `Authorizer` may throw here; the client already has its response.
  }
}
