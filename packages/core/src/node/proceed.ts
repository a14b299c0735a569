/** What follows a decision where there is a callback to go on with: `next`, or a listener of upgrades. @module */
import type { ServerResponse } from 'node:http'
import type { Authorizer } from '../index.ts'
import { writableResponse } from '../adapter.ts'
import { writeGatewayResponse } from './response.ts'

/** The steps of a guard with a callback. */
export interface Steps<TDecision> {
  decide(): TDecision | Promise<TDecision>
  /** Carries the decision out. Returns whether the request goes on. */
  carryOut(decision: TDecision): boolean
  /** Runs the downstream handler. */
  goOn(): void
  /** Receives what `decide` and `carryOut` throw. */
  fail(error: unknown): void
  /** Ends the exchange when `goOn` has thrown and no caller is left to receive the error. */
  abandon(): void
}

/**
 * Runs the steps so that nothing that is thrown is lost. What `decide` or `carryOut` throws goes to `fail`. What `goOn`
 * throws belongs to the downstream handler: after a synchronous decision it reaches the caller; after an asynchronous one
 * there is no caller, so that the exchange is ended and the error is rethrown as an uncaught exception, as it would be
 * without the guard.
 */
export const runSteps = <TDecision>(steps: Steps<TDecision>): void => {
  const carryOut = (decision: TDecision): void => {
    let goesOn: boolean
    try {
      goesOn = steps.carryOut(decision)
    } catch (error) {
      return steps.fail(error)
    }
    if (goesOn) steps.goOn()
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
    .catch((thrown: unknown) => {
      steps.abandon()
      process.nextTick(() => {
        throw thrown
      })
    })
}

/** How a middleware with a `next` callback decides on a request and what it does with the decision. */
export interface Procedure<TDecision> extends Pick<Steps<TDecision>, 'decide' | 'carryOut'> {
  readonly response: ServerResponse
  readonly next: (error?: unknown) => void
  /** Reports an error that `next` cannot receive, because it declares no parameter. */
  readonly authorizer?: Pick<Authorizer<never>, 'report'>
}

/**
 * Decides on a request and calls `next` once, or not at all where the request ends here. What is thrown before that goes to
 * `next(error)`. A `next` without a parameter would run the handler instead, so that the client gets 500.
 */
export const proceed = <TDecision>(procedure: Procedure<TDecision>): void => {
  const { response, next, authorizer } = procedure
  // 500 where the response has not begun; otherwise the connection is closed.
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
      abandon()
      if (authorizer !== undefined) reportFailure(authorizer, error)
    },
    abandon,
  })
}

/** Reports an error that no error handler receives. The report names the class of the error, never its text. */
export const reportFailure = (authorizer: Pick<Authorizer<never>, 'report'>, error: unknown): void => {
  try {
    const kind = error instanceof Error ? error.constructor.name : typeof error
    authorizer.report?.('INTERNAL_ERROR', `a request could not be passed on after the decision (${kind}); it got 500`)
  } catch {
    // An authorizer of the application's own may fail here, too; the client has its response already.
  }
}
