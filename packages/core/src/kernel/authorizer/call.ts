/** Calls an authorizer function, with a deadline. @module */
import { asciiLower } from '../util/ascii.ts'
import { isRecord } from '../util/check.ts'
import type { Clock } from '../util/clock.ts'
import type { ApiKeyIdentity, AuthorizerResult } from '../contract/context.ts'
import type { AnyFunction, Contract, Invocation, Parsed, Settled } from '../contract/contract.ts'
import type { Reporter } from '../decision/reporter.ts'
import { AuthorizerError } from '../util/errors.ts'
import { describeFailure } from '../decision/failure.ts'
import type { CallResult, NotReached } from '../contract/call-result.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { noteIdentityHeaders } from '../contract/identity-headers.ts'
import { isThenable } from '../util/thenable.ts'

/** Inputs of a call besides the request and its identity. */
export interface CallInputs {
  /** The request's body, for contracts with `maxBodyBytes`. */
  readonly body?: Uint8Array | undefined
  /** Result of the contract's `prepare`. */
  readonly prepared?: unknown
  /** Milliseconds of the deadline that `prepare` has used. Default 0. */
  readonly spentMs?: number
}

/** How the function is called. */
export interface CallSettings {
  readonly contract: Contract
  readonly authorize: AnyFunction
  readonly timeoutMs: number
  readonly clock: Clock
  readonly reporter: Reporter
  readonly onError: (error: unknown) => void
  /** Names of the headers that identify the caller, in lower case. */
  readonly identityHeaders: readonly string[]
}

/** Names of the headers that identify the caller, in lower case. */
export const identityHeadersOfContract = ({ identitySources }: Contract): readonly string[] =>
  identitySources.flatMap(({ location, name }) => (location === 'header' ? [asciiLower(name)] : []))

const read = (contract: Contract, settled: Settled): CallResult['parsed'] => {
  try {
    const parsed: unknown = contract.parseResult(settled)
    if (isParsed(parsed)) return notReached(settled, parsed) ?? parsed
  } catch {
    // A contract that throws provides no result.
  }
  return { accepted: false, reason: 'BAD_RESULT', problem: 'the contract could not read the result' }
}

/** Interprets and reports how a call, or its preparation, ended. */
export const toCallResult = (settings: CallSettings, settled: Settled, latencyMs: number): CallResult => {
  const { contract, timeoutMs, reporter } = settings
  const parsed = read(contract, settled)
  if (parsed.accepted) {
    for (const note of parsed.notes ?? []) reporter.note(note)
    if (parsed.fallbackFor !== undefined) reporter.reportCall('AUTHORIZER_UNAVAILABLE', parsed.fallbackFor)
    return { parsed, latencyMs }
  }
  if (parsed.reason === 'UNAUTHORIZED') return { parsed, latencyMs }
  if (settled.status === 'failed') settings.onError(settled.error)
  const advice = parsed.hint === undefined ? '' : `${parsed.hint}; `
  const problem =
    parsed.problem ??
    (settled.status === 'failed'
      ? `the authorizer failed with ${describeFailure(settled.error)}; ${advice}onAuthorizerError receives the error itself`
      : `the authorizer did not respond within ${timeoutMs} ms`)
  reporter.reportCall(parsed.reason, problem)
  return { parsed: { ...parsed, problem }, latencyMs }
}

/** An `AbortController` that is created when its signal is first read: most functions that return at once never read it. */
class LazyAbortController {
  #controller: AbortController | undefined

  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal
  }

  abort(reason: unknown): void {
    this.#controller ??= new AbortController()
    this.#controller.abort(reason)
  }
}

/** The second argument of a function whose contract has no `invoke`. */
const callOf = (controller: LazyAbortController, body: Uint8Array | undefined): { readonly signal: AbortSignal } => ({
  get signal() {
    return controller.signal
  },
  ...(body && { body }),
})

/** What the contract sees of a call. A class, because an object literal with a getter takes several times as much memory. */
class RunningCall implements Invocation {
  readonly identity: readonly string[]
  readonly identityHeaders: readonly string[]
  readonly apiKey: ApiKeyIdentity | undefined
  readonly body: Uint8Array | undefined
  readonly prepared: unknown
  readonly clock: Clock
  readonly warn: (message: string) => void
  readonly note: (message: string) => void
  readonly remainingMs: () => number
  readonly #controller: LazyAbortController

  constructor(
    { clock, reporter, identityHeaders }: CallSettings,
    identity: readonly string[],
    { body, prepared }: CallInputs,
    apiKey: ApiKeyIdentity | undefined,
    { controller, endsAt }: { readonly controller: LazyAbortController; readonly endsAt: number },
  ) {
    this.identity = identity
    this.identityHeaders = identityHeaders
    this.apiKey = apiKey
    this.body = body
    this.prepared = prepared
    this.clock = clock
    this.warn = (message) => reporter.reportCall('NOTE', message)
    this.note = (message) => reporter.note(message)
    this.remainingMs = () => Math.max(0, endsAt - clock.monotonic())
    this.#controller = controller
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }
}

/** Calls the function once. The first of result, error and deadline counts; anything later is ignored (SEC-37). */
export const callAuthorizer = (
  settings: CallSettings,
  request: GatewayRequest,
  identity: readonly string[],
  inputs: CallInputs = {},
  apiKey?: ApiKeyIdentity,
): CallResult | Promise<CallResult> => {
  const { contract, clock, timeoutMs, reporter, identityHeaders } = settings
  const leftMs = Math.max(0, timeoutMs - (inputs.spentMs ?? 0))
  const started = clock.monotonic()
  const controller = new LazyAbortController()
  const invocation = new RunningCall(settings, identity, inputs, apiKey, { controller, endsAt: started + leftMs })

  const finish = (settled: Settled): CallResult => toCallResult(settings, settled, clock.monotonic() - started)

  // An error here is a bug in the contract or the library. It must not count as a failure of the function, for which a
  // contract may let the request pass.
  const event = contract.toEvent(request, invocation)
  let returned: unknown
  try {
    returned =
      contract.invoke === undefined
        ? settings.authorize(event, noteIdentityHeaders(callOf(controller, inputs.body), identityHeaders))
        : contract.invoke(settings.authorize, event, invocation)
    if (!isThenable(returned)) return finish({ status: 'returned', value: returned })
  } catch (error) {
    return finish({ status: 'failed', error })
  }

  const pending = returned
  return new Promise<CallResult>((resolve, reject) => {
    let isOpen = true
    const settle = (settled: Settled): void => {
      if (!isOpen) {
        reporter.reportCall(
          'LATE_RESULT',
          `the authorizer responded after its deadline of ${timeoutMs} ms; the result was ignored`,
        )
        return
      }
      isOpen = false
      cancel()
      resolve(finish(settled))
    }
    const cancel = clock.setTimeout(() => {
      if (!isOpen) return
      isOpen = false
      try {
        resolve(finish({ status: 'timedOut' }))
      } catch (error) {
        // oxlint-disable-next-line prefer-promise-reject-errors -- passed on as it is
        reject(error)
      }
      controller.abort(new DOMException(`The authorizer's deadline of ${timeoutMs} ms has passed`, 'TimeoutError'))
    }, leftMs)
    Promise.resolve(pending)
      .then(
        (value) => settle({ status: 'returned', value }),
        (error: unknown) => settle({ status: 'failed', error }),
      )
      .catch(reject)
  })
}

const remoteError = (settled: Settled): AuthorizerError | undefined => {
  if (settled.status !== 'failed') return undefined
  try {
    return settled.error instanceof AuthorizerError ? settled.error : undefined
  } catch {
    return undefined
  }
}

/**
 * The denial if a remote function was not called or could not be reached. Gateways always make the call, so contracts define
 * no response for a call that was not made, and must not let such a request pass: clients can cause it (SEC-86). For an
 * unreachable function, only the reason changes, which `failureMode` depends on; the client gets the contract's response
 * for a failed function (SEC-87).
 */
const notReached = (settled: Settled, parsed: Parsed<AuthorizerResult>): NotReached | undefined => {
  const error = remoteError(settled)
  if (error === undefined) return undefined
  if (error.code === 'ERR_REMOTE_OVERLOADED')
    return { accepted: false, reason: error.isOutage ? 'AUTHORIZER_UNAVAILABLE' : 'OVERLOADED' }
  return error.isOutage && !parsed.accepted && parsed.reason === 'AUTHORIZER_ERROR'
    ? { ...parsed, reason: 'AUTHORIZER_UNREACHABLE' }
    : undefined
}

const REASONS: ReadonlySet<unknown> = new Set([
  'UNAUTHORIZED',
  'AUTHORIZER_ERROR',
  'AUTHORIZER_TIMEOUT',
  'AUTHORIZER_UNAVAILABLE',
  'BAD_RESULT',
])

/** Whether a contract returned a valid {@link Parsed}. */
const isParsed = (value: unknown): value is Parsed<AuthorizerResult> =>
  isRecord(value) &&
  (value['accepted'] === true
    ? isRecord(value['result']) &&
      typeof value['result']['principalId'] === 'string' &&
      isRecord(value['result']['context'])
    : value['accepted'] === false && REASONS.has(value['reason']))
