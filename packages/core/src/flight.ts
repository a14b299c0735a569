/** One call of an authorizer function under a deadline. @module */
import type { Clock } from './clock.ts'
import type { AuthorizerResult } from './context.ts'
import type { AnyFunction, Contract, Invocation, Parsed, Settled } from './contract.ts'
import type { Problem } from './decision.ts'
import type { GatewayRequest } from './request.ts'

/** What a call came to. */
export interface Flight {
  readonly parsed: Parsed<AuthorizerResult>
  /** Milliseconds that the call took. */
  readonly latencyMs: number
}

export interface FlightPlan {
  readonly contract: Contract
  readonly authorize: AnyFunction
  readonly timeoutMs: number
  readonly clock: Clock
  readonly report: (kind: Problem['kind'], message: string) => void
  readonly onError: (error: unknown) => void
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  (typeof value === 'object' || typeof value === 'function') &&
  value !== null &&
  typeof (value as { then?: unknown }).then === 'function'

/** The name of what was thrown; its message may hold anything, so it is left out. */
const errorName = (error: unknown): string => {
  try {
    const name: unknown = error instanceof Error ? error.name : undefined
    return typeof name === 'string' && /^\w{1,64}$/.test(name) ? name : `a value of type ${typeof error}`
  } catch {
    return 'an object that cannot be read'
  }
}

/** Calls the function once. The first of answer, failure and deadline counts; what comes later is ignored (SEC-37). */
export const fly = (
  plan: FlightPlan,
  request: GatewayRequest,
  identity: readonly string[],
): Flight | Promise<Flight> => {
  const { contract, clock, timeoutMs, report } = plan
  const started = clock.monotonic()
  const controller = new AbortController()
  const invocation: Invocation = {
    identity,
    signal: controller.signal,
    remainingMs: () => Math.max(0, timeoutMs - (clock.monotonic() - started)),
    clock,
    warn: (message) => report('NOTE', message),
  }

  const finish = (settled: Settled): Flight => {
    const latencyMs = clock.monotonic() - started
    let parsed: Parsed<AuthorizerResult>
    try {
      parsed = contract.parseResult(settled)
    } catch {
      parsed = { accepted: false, reason: 'BAD_RESULT', problem: 'the answer could not be read' }
    }
    if (!parsed.accepted && parsed.reason !== 'UNAUTHORIZED') {
      if (settled.status === 'failed') plan.onError(settled.error)
      const message =
        parsed.problem ??
        (settled.status === 'failed'
          ? `the authorizer failed with ${errorName(settled.error)}; onAuthorizerError is given the error itself`
          : `the authorizer gave no answer within ${timeoutMs} ms`)
      report(parsed.reason, message)
      parsed = { ...parsed, problem: message }
    }
    return { parsed, latencyMs }
  }

  let answer: unknown
  try {
    const event = contract.toEvent(request, invocation)
    answer =
      contract.invoke === undefined
        ? plan.authorize(event, { signal: controller.signal })
        : contract.invoke(plan.authorize, event, invocation)
    if (!isThenable(answer)) return finish({ status: 'answered', value: answer })
  } catch (error) {
    return finish({ status: 'failed', error })
  }

  const pending = answer
  return new Promise<Flight>((resolve) => {
    let open = true
    const settle = (settled: Settled): void => {
      if (!open) {
        report('LATE_ANSWER', `the authorizer answered after its deadline of ${timeoutMs} ms; the answer was ignored`)
        return
      }
      open = false
      cancel()
      resolve(finish(settled))
    }
    const cancel = clock.setTimeout(() => {
      if (!open) return
      open = false
      resolve(finish({ status: 'timedOut' }))
      controller.abort(new DOMException(`The authorizer's deadline of ${timeoutMs} ms has passed`, 'TimeoutError'))
    }, timeoutMs)
    // A thenable that throws, settles twice or never settles is held to the same rules as a promise.
    Promise.resolve(pending).then(
      (value) => settle({ status: 'answered', value }),
      (error: unknown) => settle({ status: 'failed', error }),
    )
  })
}
