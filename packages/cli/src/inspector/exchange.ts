/** A request to the inspector and its reply, without the server that carries them. @module */

/** The address at the other end of the connection. `known: false`: the server shows no socket. */
export type Peer = { readonly known: true; readonly address: string | undefined } | { readonly known: false }

/** The body of a request, or why it cannot be used. */
export type Body = { readonly text: string } | { readonly failure: 'TOO_LARGE' | 'UNREADABLE' }

/** A request to the inspector. */
export interface PageRequest {
  readonly method: string
  /** Path below the inspector, such as `/api/state`. */
  readonly path: string
  readonly query: URLSearchParams
  readonly peer: Peer
  /** The values of every line of a header. `name` is in lower case. */
  headers(name: string): readonly string[]
  /** Reads the whole body. Never rejects. */
  body(): Promise<Body>
}

/** One reader of a live stream. */
export interface StreamClient {
  /** Returns whether the client is still connected and reads fast enough. */
  send(text: string): boolean
  end(): void
}

/** A reply that is complete. */
export interface TextReply {
  readonly status: number
  readonly type: string
  readonly body: string
  /** Further headers. Default: none. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A reply that continues until one side ends it. */
export interface StreamReply {
  readonly type: 'text/event-stream'
  /** Starts the stream. Returns a function that the server calls when the client has disconnected. */
  readonly start: (client: StreamClient) => () => void
}

/** The reply to a request. */
export type Reply = TextReply | StreamReply

/** Maximum size of a request's body in bytes. */
export const MAX_BODY_BYTES = 65_536

const TEXT = 'text/plain; charset=utf-8'

/** A reply of one constant line. */
export const textReply = (status: number, line: string, headers?: Readonly<Record<string, string>>): TextReply => ({
  status,
  type: TEXT,
  body: `${line}\n`,
  ...(headers && { headers }),
})

/** A reply with data for the page. */
export const jsonReply = (status: number, value: unknown): TextReply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
})

/** The headers of every reply. A reply may replace the content security policy by its own. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store, no-transform',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

/** All headers of a reply. */
export const headersOf = (reply: Reply): Readonly<Record<string, string>> => ({
  ...SECURITY_HEADERS,
  'Content-Type': reply.type,
  ...('headers' in reply && reply.headers),
})
