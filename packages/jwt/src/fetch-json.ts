/** One JSON document from a server that is trusted with keys, and with nothing else (SEC-74). @module */
import type { Clock } from '@custom-authorizer/core'
import { readBoundedBody } from '@custom-authorizer/core/contract'
import { parseObject } from './strict-json.ts'

/** As the platform's own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export interface FetchLimits {
  readonly fetch: Fetch
  readonly clock: Clock
  /** From the connection to the last byte. */
  readonly timeoutMs: number
  readonly maxBytes: number
}

type Document = Readonly<Record<string, unknown>>

const ask = async (url: string, { fetch, maxBytes }: FetchLimits, signal: AbortSignal): Promise<Document | string> => {
  const response = await fetch(url, { headers: { accept: 'application/json' }, redirect: 'error', signal })
  if (response.redirected) return 'answered with a redirect'
  if (response.status !== 200) return `answered with status ${response.status}`
  const bytes = await readBoundedBody(response.body, { maxBytes })
  if (typeof bytes === 'string') return `sent more than ${maxBytes} bytes`
  return parseObject(bytes) ?? 'did not send one unambiguous JSON object'
}

/** `ECONNREFUSED` and the like, or the class of the error; its message may hold anything. */
const nameOf = (error: unknown): string => {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  if (typeof code === 'string' && /^[A-Z\d_]{1,64}$/.test(code)) return code
  return error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'an error'
}

/** The document, or what went wrong as the end of a sentence. Never rejects, and never later than the deadline. */
export const fetchJson = (url: string, limits: FetchLimits): Promise<Document | string> => {
  const controller = new AbortController()
  return new Promise((resolve) => {
    const finish = (result: Document | string): void => {
      cancel()
      resolve(result)
      // Whatever has not been read is not wanted.
      if (typeof result === 'string') controller.abort()
    }
    const cancel = limits.clock.setTimeout(() => {
      resolve(`gave no answer within ${limits.timeoutMs} ms`)
      controller.abort()
    }, limits.timeoutMs)
    ask(url, limits, controller.signal).then(finish, (error: unknown) => finish(`could not be read (${nameOf(error)})`))
  })
}
