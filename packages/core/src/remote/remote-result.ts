/** What became of one call of a function elsewhere. @module */
import type { AuthorizerErrorCode } from '../index.ts'

/** Why there is no answer. */
export class Fault {
  readonly code: Extract<AuthorizerErrorCode, `ERR_REMOTE_${string}`>
  /** The end of a sentence; never a value that was sent or received. */
  readonly problem: string
  /** Whether it tells something about the other side as such, and not about this one call: what a circuit counts. */
  readonly isOutage: boolean
  /**
   * Whether no request can have brought it about, so that `failureMode` counts it too. The status 502 is none: it is what
   * the URL of a Lambda function answers when the function crashes.
   */
  readonly isUnreachable: boolean

  constructor(code: Fault['code'], problem: string, isOutage: boolean = false, isUnreachable: boolean = isOutage) {
    this.code = code
    this.problem = problem
    this.isOutage = isOutage
    this.isUnreachable = isUnreachable
  }
}

/** The function says that it does not know the caller. */
export const UNAUTHORIZED: unique symbol = Symbol('Unauthorized')

interface Answer {
  readonly answer: unknown
}

export type Outcome = Answer | typeof UNAUTHORIZED | Fault

const codeOf = (error: unknown): string | undefined => {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[A-Z\d_]{1,64}$/.test(code) ? code : undefined
}

/** `ECONNREFUSED` and the like, or the class of the error; its message may hold anything. */
const nameOf = (error: unknown): string => {
  const code = (error instanceof Error ? codeOf(error.cause) : undefined) ?? codeOf(error)
  if (code !== undefined) return code
  return error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'an error'
}

/** Errors of a connection that could not be made. No request has any part in them. */
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
 * What has thrown could not be called, or broke off. A connection that breaks off is no outage for `failureMode`: the
 * function may have crashed on this request, or rejected a body of the client's while it was being sent.
 */
export const unreachable = (what: string, error: unknown, isServiceFailure: boolean = false): Fault => {
  const name = nameOf(error)
  return new Fault('ERR_REMOTE_UNREACHABLE', `${what} (${name})`, true, isServiceFailure || NOT_CONNECTED.has(name))
}
