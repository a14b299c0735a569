/** Checks for errors inside an authorizer (INV-3). @module */
import type { GatewayRequest, Outcome } from '@custom-authorizer/core'
import { afterEach, beforeEach, expect } from 'vitest'
import { flushMicrotasks } from './deferred.ts'
import { withToken } from './with-token.ts'

/** The method of an authorizer that these checks use. */
export interface Evaluator {
  evaluate(request: GatewayRequest): Outcome<unknown> | Promise<Outcome<unknown>>
}

/** The outcome, or `undefined` if it is still pending after all microtasks. */
export const settledOrUndefined = async <T>(outcome: T | Promise<T>): Promise<T | undefined> =>
  Promise.race([outcome, flushMicrotasks().then(() => undefined)])

/** Expects a denial with status 500, not an exception, a rejection or a pending promise. */
export const expectFailClosed = async (
  authorizer: Evaluator,
  request: GatewayRequest = withToken('Bearer t'),
): Promise<void> => {
  await expect(settledOrUndefined(authorizer.evaluate(request))).resolves.toMatchObject({
    allowed: false,
    response: { status: 500 },
  })
}

/** Fails a test with an uncaught exception or unhandled rejection, which would end the service. */
export const expectNothingUncaught = (): void => {
  const uncaught: unknown[] = []
  const note = (error: unknown): void => void uncaught.push(error)
  beforeEach(() => {
    uncaught.length = 0
    process.on('uncaughtException', note).on('unhandledRejection', note)
  })
  afterEach(async () => {
    await flushMicrotasks()
    process.off('uncaughtException', note).off('unhandledRejection', note)
    expect(uncaught).toEqual([])
  })
}

export const throwError = (): never => {
  throw new Error('boom')
}
