/** Runs a guard that continues with a callback: `next`, or a listener of `upgrade`. @module */
import type { ServerResponse } from 'node:http'
import type { Authorizer } from '../index.ts'
import { DeniedError, type Denying, writableResponse } from '../adapter.ts'
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
  let decision: TDecision | Promise<TDecision>
  try {
    decision = steps.decide()
  } catch (error) {
    return steps.fail(error)
  }
  if (!(decision instanceof Promise)) return carryOut(steps, decision)
  decision
    .then(
      (settled) => carryOut(steps, settled),
      (error: unknown) => steps.fail(error),
    )
    .catch((error: unknown) => {
      steps.abandon()
      process.nextTick(() => {
        throw error
      })
    })
}

const carryOut = <TDecision>(steps: Steps<TDecision>, decision: TDecision): void => {
  let continues: boolean
  try {
    continues = steps.carryOut(decision)
  } catch (error) {
    return steps.fail(error)
  }
  if (continues) steps.goOn()
}

/**
 * The steps of a middleware with a `next` callback. It calls `next` once, or not at all if the request ends here. Errors before
 * that go to `next(error)`. A `next` that declares no parameter would run the handler instead, so the client gets 500.
 */
// A class, because closures for each request cost more than the rest of a step.
export abstract class NextSteps<TDecision> implements Steps<TDecision> {
  protected readonly response: ServerResponse
  readonly #next: (error?: unknown) => void

  constructor(response: ServerResponse, next: (error?: unknown) => void) {
    this.response = response
    this.#next = next
  }

  abstract decide(): TDecision | Promise<TDecision>
  abstract carryOut(decision: TDecision): boolean

  /** Reports an error that `next` cannot receive because it declares no parameter. Default: not reported. */
  protected get reporter(): Pick<Authorizer<never>, 'report'> | undefined {
    return undefined
  }

  goOn(): void {
    // Not called as a method: `next` must not receive this object as `this`.
    const next = this.#next
    next()
  }

  fail(error: unknown): void {
    const next = this.#next
    if (next.length > 0) return next(error)
    if (error instanceof DeniedError) return writeGatewayResponse(this.response, error.response)
    this.abandon()
    if (this.reporter !== undefined) reportFailure(this.reporter, error)
  }

  /** Responds with 500 if the response has not started; otherwise closes the connection. */
  abandon(): void {
    const { response } = this
    try {
      if (!response.writableEnded) writeGatewayResponse(response, writableResponse(undefined))
    } catch {
      response.destroy()
    }
  }
}

/** Runs a requirement: `decide` checks it, and a denial ends the request. */
export class RequirementSteps extends NextSteps<Denying | undefined> {
  readonly #check: () => Denying | undefined

  constructor(check: () => Denying | undefined, response: ServerResponse, next: (error?: unknown) => void) {
    super(response, next)
    this.#check = check
  }

  decide(): Denying | undefined {
    return this.#check()
  }

  carryOut(denied: Denying | undefined): boolean {
    if (denied?.error !== undefined) throw denied.error
    if (denied !== undefined) writeGatewayResponse(this.response, denied.denied.response)
    return denied === undefined
  }
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
