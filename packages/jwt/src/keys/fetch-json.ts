/** Fetches one JSON document with a deadline and a size limit (SEC-74). @module */
import type { Clock } from '@custom-authorizer/core'
import { readBoundedBody } from '@custom-authorizer/core/contract'
import { parseObject } from '../token/strict-json.ts'

/** The signature of the platform's `fetch`. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface FetchLimits {
  readonly fetch: Fetch
  readonly clock: Clock
  /** Deadline from the connection to the last byte, in milliseconds. */
  readonly timeoutMs: number
  readonly maxBytes: number
}

type Document = Readonly<Record<string, unknown>>

const download = async (
  url: string,
  { fetch, maxBytes }: FetchLimits,
  signal: AbortSignal,
): Promise<Document | string> => {
  const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal })
  if (response.redirected) return 'was a redirect'
  if (response.status !== 200) return `has status ${response.status}`
  const bytes = await readBoundedBody(response.body, { maxBytes })
  if (typeof bytes === 'string') return `has more than ${maxBytes} bytes`
  return parseObject(bytes) ?? 'is not one unambiguous JSON object'
}

/** The code of an error, such as `ECONNREFUSED`, or its class. The message may contain secrets. */
const nameOf = (error: unknown): string => {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  if (typeof code === 'string' && /^[A-Z\d_]{1,64}$/.test(code)) return code
  return error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'an error'
}

/**
 * Returns the document, or the problem as the end of a sentence whose subject is the document. Never rejects, and resolves at
 * the deadline at the latest.
 */
export const fetchJson = (url: string, limits: FetchLimits): Promise<Document | string> => {
  const controller = new AbortController()
  return new Promise((resolve) => {
    const finish = (result: Document | string): void => {
      cancel()
      resolve(result)
      // Stops a response that is still being transferred.
      if (typeof result === 'string') controller.abort()
    }
    const cancel = limits.clock.setTimeout(() => {
      resolve(`was not received within ${limits.timeoutMs} ms`)
      controller.abort()
    }, limits.timeoutMs)
    download(url, limits, controller.signal).then(finish, (error: unknown) =>
      finish(`could not be read (${nameOf(error)})`),
    )
  })
}
