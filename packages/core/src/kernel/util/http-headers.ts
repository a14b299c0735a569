/**
 * The standard request and response headers, each with its roles. Every list of headers in this project that follows from a
 * role is derived from this table. Lists that a gateway documents add their own names.
 * @module
 */

/** What a header is for. */
export type HeaderRole =
  /** Delimits a message or manages its connection; only the code that writes the message sets it. */
  | 'framing'
  /** Meant for the next hop only (RFC 9110, section 7.6.1). */
  | 'hop-by-hop'
  /** Names an option of `Connection` that a client may list there without harm. */
  | 'connection-option'
  /** Describes the body that a handler has prepared; wrong for any other body. */
  | 'representation'
  /** Set by the HTTP client for each request that it sends. */
  | 'transport'
  /** Length, type and coding of the body. */
  | 'content'
  /** Formats and languages that the client accepts. */
  | 'negotiation'
  /** Identifies the caller, or requests or stores such an identification. */
  | 'credential'
  /** Preconditions and ranges. */
  | 'conditional'
  /** Cross-origin requests. */
  | 'cors'
  /** Written by browsers alone. */
  | 'browser'
  /** Describes the original request or the path that it took, as written by proxies. */
  | 'forwarded'
  /** Added to what other middleware has set for a response, instead of replacing it. */
  | 'cumulative'
  /** Other standard headers that control how a request is handled. */
  | 'control'

const HEADERS: Readonly<Record<string, readonly HeaderRole[]>> = {
  accept: ['negotiation', 'transport'],
  'accept-charset': ['negotiation'],
  'accept-encoding': ['negotiation', 'transport'],
  'accept-language': ['negotiation'],
  'accept-ranges': ['representation'],
  'access-control-request-headers': ['cors'],
  'access-control-request-method': ['cors'],
  authorization: ['credential'],
  'cache-control': ['control'],
  connection: ['framing', 'hop-by-hop'],
  'content-encoding': ['content', 'representation', 'transport'],
  'content-length': ['content', 'framing', 'transport'],
  'content-range': ['representation'],
  'content-type': ['content', 'transport'],
  cookie: ['credential'],
  date: ['control'],
  etag: ['representation'],
  expect: ['control', 'transport'],
  forwarded: ['forwarded'],
  from: ['control'],
  host: ['control', 'transport'],
  'http2-settings': ['connection-option', 'hop-by-hop'],
  'if-match': ['conditional'],
  'if-modified-since': ['conditional'],
  'if-none-match': ['conditional'],
  'if-range': ['conditional'],
  'if-unmodified-since': ['conditional'],
  'keep-alive': ['connection-option', 'framing', 'hop-by-hop'],
  'last-modified': ['representation'],
  'max-forwards': ['control'],
  origin: ['cors'],
  'proxy-authenticate': ['credential', 'hop-by-hop'],
  'proxy-authorization': ['credential', 'hop-by-hop'],
  'proxy-connection': ['framing', 'hop-by-hop'],
  range: ['conditional'],
  referer: ['control'],
  'sec-ch-ua': ['browser'],
  'sec-fetch-site': ['browser'],
  'sec-websocket-key': ['browser'],
  'sec-websocket-protocol': ['browser'],
  'set-cookie': ['credential', 'cumulative'],
  te: ['connection-option', 'framing', 'hop-by-hop'],
  trailer: ['connection-option', 'framing', 'hop-by-hop'],
  'transfer-encoding': ['framing', 'hop-by-hop', 'representation'],
  upgrade: ['connection-option', 'framing', 'hop-by-hop'],
  'user-agent': ['control'],
  vary: ['cumulative'],
  via: ['forwarded'],
  'www-authenticate': ['credential'],
  'x-forwarded-for': ['forwarded'],
  'x-forwarded-host': ['forwarded'],
  'x-forwarded-port': ['forwarded'],
  'x-forwarded-prefix': ['forwarded'],
  'x-forwarded-proto': ['forwarded'],
  'x-forwarded-uri': ['forwarded'],
  'x-http-method-override': ['control'],
  'x-real-ip': ['forwarded'],
}

/** The headers that have at least one of these roles, in lower case and in alphabetical order. */
export const headersFor = (...roles: readonly HeaderRole[]): ReadonlySet<string> =>
  new Set(
    Object.entries(HEADERS)
      .filter(([, assigned]) => assigned.some((role) => roles.includes(role)))
      .map(([name]) => name),
  )

/** A header name: a token of RFC 9110. */
export const FIELD_NAME: RegExp = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/
/** A header value: printable Latin-1 text and tabs. No line break, NUL or other control character can be part of it. */
export const FIELD_VALUE: RegExp = /^[\t\x20-\x7e\x80-\xff]*$/
/** A header value in ASCII. */
export const ASCII_FIELD_VALUE: RegExp = /^[\t\x20-\x7e]*$/
