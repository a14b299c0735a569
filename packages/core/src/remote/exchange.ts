/** One POST of JSON, and one answer that is taken for no more than it is (SEC-81, SEC-82). @module */
import { Fault, unreachable } from './remote-result.ts'

/** As the platform's own; one that is bound to an agent of its own, say, for a private authority or a Unix socket. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface Target {
  readonly url: string
  /** Fixed headers; none of those that the transport sets. */
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: Fetch
  readonly maxBytes: number
  /** Whether the body of a success is of this media type, given in lower case and without parameters. */
  readonly isType: (type: string) => boolean
  /** Statuses that are answers, beside 200. */
  readonly statuses: ReadonlySet<number>
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array
}

/** Added last, so that nothing in a configuration says otherwise. */
const CONTROL = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' }

/** What a status means that is no answer: the code, whether a circuit counts it, and whether `failureMode` does. */
const STATUSES: Readonly<Record<number, readonly [code: Fault['code'], isOutage: boolean, isUnreachable: boolean]>> = {
  500: ['ERR_REMOTE_UNREACHABLE', false, false],
  502: ['ERR_REMOTE_RESPONSE', true, false],
  503: ['ERR_REMOTE_UNREACHABLE', true, true],
  504: ['ERR_REMOTE_RESPONSE', true, true],
}

const statusFault = (status: number): Fault => {
  const [code, isOutage, isUnreachable] = STATUSES[status] ?? ['ERR_REMOTE_RESPONSE', false, false]
  return new Fault(code, `answered with status ${status}`, isOutage, isUnreachable)
}

export const isJson = (type: string): boolean => /^application\/(?:[\w.-]+\+)?json$/.test(type)

const hasType = (headers: Headers, isType: Target['isType']): boolean => {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').toLowerCase().split(';')
  const charsets = parameters.map((each) => each.trim()).filter((each) => each.startsWith('charset='))
  return isType(type.trim()) && charsets.every((each) => /^charset="?utf-8"?$/.test(each))
}

const readBody = async (body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = body?.getReader()
  for (let step = await reader?.read(); step?.value !== undefined; step = await reader?.read()) {
    length += step.value.length
    if (length > maxBytes) return undefined
    chunks.push(step.value)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** Whoever is given a fault has to abort the signal: the body may not have been read. */
export const post = async (target: Target, body: string, signal: AbortSignal): Promise<Reply | Fault> => {
  let response: Response
  try {
    const headers = { ...target.headers, ...CONTROL }
    response = await target.fetch(target.url, { method: 'POST', headers, body, redirect: 'manual', signal })
  } catch (error) {
    return unreachable('could not be reached', error)
  }
  const { status, headers } = response
  if (response.redirected) return new Fault('ERR_REMOTE_RESPONSE', 'answered with a redirect that was followed')
  if (status !== 200 && !target.statuses.has(status)) return statusFault(status)
  if (status === 200 && !hasType(headers, target.isType))
    return new Fault('ERR_REMOTE_RESPONSE', 'answered with a content type that is not JSON')
  try {
    const bytes = await readBody(response.body, target.maxBytes)
    return bytes === undefined
      ? new Fault(
          'ERR_REMOTE_RESPONSE',
          `answered with more than ${target.maxBytes} bytes; maxResponseBytes raises the bound`,
        )
      : { status, headers, bytes }
  } catch (error) {
    // What cannot be decompressed fails here too, and is no connection that broke off.
    return headers.has('content-encoding')
      ? new Fault('ERR_REMOTE_RESPONSE', 'answered with a body that cannot be decompressed')
      : unreachable('broke off', error)
  }
}
