/** Posts JSON and validates the response (SEC-81, SEC-82). @module */
import { readBoundedBody } from '../contract.ts'
import { connectionFailure, RemoteFailure } from './remote-result.ts'

/** The platform's `fetch`, or one with its own agent, for example for a private certificate authority or a Unix socket. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface Target {
  readonly url: string
  /** Fixed headers, without those that the transport sets. */
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: Fetch
  readonly maxBytes: number
  /** Whether a successful response may have this media type, given in lower case and without parameters. */
  readonly isType: (type: string) => boolean
  /** Statuses besides 200 that are valid responses. */
  readonly statuses: ReadonlySet<number>
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
}

/** Added last, so that configured headers cannot override them. */
const TRANSPORT_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json',
  'accept-encoding': 'identity',
}

/** How other statuses fail: the error code, whether the circuit breaker counts them, and whether `failureMode` does. */
const STATUSES: Readonly<
  Record<number, readonly [code: RemoteFailure['code'], isOutage: boolean, isUnreachable: boolean]>
> = {
  500: ['ERR_REMOTE_UNREACHABLE', false, false],
  502: ['ERR_REMOTE_RESPONSE', true, false],
  503: ['ERR_REMOTE_UNREACHABLE', true, true],
  504: ['ERR_REMOTE_RESPONSE', true, true],
}

const statusFailure = (status: number): RemoteFailure => {
  const [code, isOutage, isUnreachable] = STATUSES[status] ?? ['ERR_REMOTE_RESPONSE', false, false]
  return new RemoteFailure(code, `returned status ${status}`, isOutage, isUnreachable)
}

export const isJson = (type: string): boolean => /^application\/(?:[\w.-]+\+)?json$/.test(type)

const hasType = (headers: Headers, isType: Target['isType']): boolean => {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  const charsets = parameters.map((each) => each.trim()).filter((each) => each.startsWith('charset='))
  return isType(type.trim()) && charsets.every((each) => /^charset="?utf-8"?$/.test(each))
}

/** After a failure, the caller has to abort the signal: the body may still be unread. */
export const post = async (target: Target, body: string, signal: AbortSignal): Promise<Reply | RemoteFailure> => {
  let response: Response
  try {
    const headers = { ...target.headers, ...TRANSPORT_HEADERS }
    response = await target.fetch(target.url, { method: 'POST', headers, body, redirect: 'manual', signal })
  } catch (error) {
    return connectionFailure('could not be reached', error)
  }
  const { status, headers } = response
  if (response.redirected) return new RemoteFailure('ERR_REMOTE_RESPONSE', 'returned a redirect, which fetch followed')
  if (status !== 200 && !target.statuses.has(status)) return statusFailure(status)
  if (status === 200 && !hasType(headers, target.isType))
    return new RemoteFailure('ERR_REMOTE_RESPONSE', 'returned a content type other than JSON')
  try {
    const bytes = await readBoundedBody(response.body, target)
    return typeof bytes === 'string'
      ? new RemoteFailure(
          'ERR_REMOTE_RESPONSE',
          `returned more than ${target.maxBytes} bytes; maxResponseBytes sets the limit`,
        )
      : { status, headers, bytes }
  } catch (error) {
    // A body that cannot be decompressed fails here too, although the connection is intact.
    return headers.has('content-encoding')
      ? new RemoteFailure('ERR_REMOTE_RESPONSE', 'returned a body that cannot be decompressed')
      : connectionFailure('the connection failed during the response', error)
  }
}
