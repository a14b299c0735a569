/** Results of a call to a remote function. @module */
import type { AuthorizerErrorCode } from '../index.ts'

/** A call without a usable response. */
export class RemoteFailure {
  readonly code: Extract<AuthorizerErrorCode, `ERR_REMOTE_${string}`>
  /** Completes a sentence that begins with the name of the function; never a value that was sent or received. */
  readonly problem: string
  /** Whether the failure concerns the remote service as a whole, not this one call. The circuit breaker counts these. */
  readonly isOutage: boolean
  /**
   * Whether no request can have caused the failure; only then does `failureMode` apply. Status 502 does not qualify: a Lambda
   * function URL returns it when the function crashes.
   */
  readonly isUnreachable: boolean

  constructor(
    code: RemoteFailure['code'],
    problem: string,
    isOutage: boolean = false,
    isUnreachable: boolean = isOutage,
  ) {
    this.code = code
    this.problem = problem
    this.isOutage = isOutage
    this.isUnreachable = isUnreachable
  }
}

/** The function rejected the caller, as by throwing `Error('Unauthorized')`. */
export const UNAUTHORIZED: unique symbol = Symbol('Unauthorized')

interface Answer {
  readonly answer: unknown
}

export type RemoteResult = Answer | typeof UNAUTHORIZED | RemoteFailure

const codeOf = (error: unknown): string | undefined => {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z\d_]{1,64}$/.test(code) ? code : undefined
}

/** The code of an error, such as `ECONNREFUSED`, or its class. The message may contain secrets. */
const nameOf = (error: unknown): string => {
  const code = (error instanceof Error ? codeOf(error.cause) : undefined) ?? codeOf(error)
  if (code !== undefined) return code
  return error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'an error'
}

/** Errors of a connection that was never established, so no request can have caused them. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * The failure of a call that threw. A lost connection does not count for `failureMode`: the function may have crashed on this
 * request, or rejected the client's body while it was being sent.
 */
export const connectionFailure = (
  problem: string,
  error: unknown,
  isServiceFailure: boolean = false,
): RemoteFailure => {
  const name = nameOf(error)
  return new RemoteFailure(
    'ERR_REMOTE_UNREACHABLE',
    `${problem} (${name})`,
    true,
    isServiceFailure || NOT_CONNECTED.has(name),
  )
}
