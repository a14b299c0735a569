/** Runs a guard as a middleware with a `next` callback. @module */
import type { ServerResponse } from 'node:http'
import type { Authorizer } from '../index.ts'
import type { Denying, GuardResult, Mount } from '../adapter.ts'
import type { IncomingPlace } from './place.ts'
import { NextSteps } from './proceed.ts'
import { setHeaderLines, writeGatewayResponse } from './response.ts'
import { guardRequest } from './run-mount.ts'

type Result = GuardResult<Record<string, unknown>>

/** One guarded request. Frameworks pass the result on to handlers in {@link admit}. */
export class GuardSteps extends NextSteps<Result> {
  protected readonly place: IncomingPlace
  readonly #mount: Mount<Record<string, unknown>>

  constructor(
    mount: Mount<Record<string, unknown>>,
    place: IncomingPlace,
    response: ServerResponse,
    next: (error?: unknown) => void,
  ) {
    super(response, next)
    this.place = place
    this.#mount = mount
  }

  protected override get reporter(): Authorizer<never> {
    return this.#mount.authorizer as Authorizer<never>
  }

  decide(): Result | Promise<Result> {
    return guardRequest(this.#mount, this.place.incoming, this.place)
  }

  carryOut(result: Result): boolean {
    if (result.kind === 'denied') {
      if (result.error !== undefined) throw result.error
      writeGatewayResponse(this.response, result.denied.response)
      return false
    }
    this.admit(result)
    return true
  }

  /** Prepares the response for the handler of a request that passes. */
  protected admit(result: Exclude<Result, Denying>): void {
    if (result.kind === 'allowed') setHeaderLines(this.response, result.responseHeaders)
  }
}
