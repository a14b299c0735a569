/** Identity sources for the credentials of browsers: cookies, WebSocket subprotocols, and a function that chooses one. @module */
import { asciiLower } from '../util/ascii.ts'
import { isThenable } from '../util/thenable.ts'
import type { GatewayRequest } from './gateway-request.ts'
import { cookieOnce, REPEATED } from './headers.ts'
import type { IdentitySource } from './identity-source.ts'
import { subprotocolAfter } from './subprotocol.ts'

type Read = string | undefined | typeof REPEATED

const readCookie = (request: GatewayRequest, name: string): Read => cookieOnce(request.headerValues('cookie'), name)

/** An identity source that reads a cookie, undecoded. `name` is case-sensitive. */
export const cookieSource = (name: string): IdentitySource => ({
  location: 'cookie',
  name,
  read: (request) => readCookie(request, name),
  isAmbient: (request) => readCookie(request, name) !== undefined,
})

/**
 * An identity source that reads the entry after `name` in `Sec-WebSocket-Protocol`: pages cannot set other headers of a
 * WebSocket, but they can call `new WebSocket(url, [name, token])` (SEC-123). `name` is case-sensitive.
 */
export const subprotocolSource = (name: string): IdentitySource => ({
  location: 'subprotocol',
  name,
  read: (request) => subprotocolAfter(request.headerValues('sec-websocket-protocol'), name),
})

/** The names that a credential of these sources follows in `Sec-WebSocket-Protocol`. */
export const subprotocolsOf = (sources: readonly IdentitySource[]): readonly string[] =>
  sources.flatMap(({ location, name }) => (location === 'subprotocol' ? [name] : []))

/** What the function of a {@link functionSource} may read. A value that was sent more than once rejects the request. */
export interface CredentialReader {
  /** The value of a header. Names are case-insensitive. */
  readonly header: (name: string) => string | undefined
  /** The value of a cookie, undecoded. Names are case-sensitive. */
  readonly cookie: (name: string) => string | undefined
  /** The value of a query parameter, decoded. Names are case-sensitive. */
  readonly query: (name: string) => string | undefined
}

/** Placeholder for a value that is no text. This character is rejected in identities (SEC-55). */
const UNREADABLE = '\u0000'

interface Reading {
  readonly value: Read
  readonly isAmbient: boolean
}

const ignore = (): void => undefined

const readWith = (choose: (reader: CredentialReader) => string | undefined, request: GatewayRequest): Reading => {
  let isRepeated = false
  let isAmbient = false
  const once = (value: Read): string | undefined => {
    if (value !== REPEATED) return value
    isRepeated = true
    return undefined
  }
  const reader: CredentialReader = {
    header: (name) => {
      const lower = asciiLower(name)
      const value = once(request.headerOnce(lower))
      isAmbient ||= lower === 'cookie' && value !== undefined
      return value
    },
    cookie: (name) => {
      const value = once(readCookie(request, name))
      isAmbient ||= value !== undefined
      return value
    },
    query: (name) => {
      const [first, ...others] = request.queryParameters.filter((each) => each.name === name)
      if (first === undefined) return undefined
      return once(others.length > 0 ? REPEATED : (first.value ?? UNREADABLE))
    },
  }
  let value: string | undefined = UNREADABLE
  try {
    const chosen: unknown = choose(Object.freeze(reader))
    if (chosen === undefined || typeof chosen === 'string') value = chosen
    // A rejection of the promise must not end the process.
    else if (isThenable(chosen)) Promise.resolve(chosen).then(undefined, ignore)
  } catch {
    // The value is unreadable, so the request is rejected.
  }
  return { value: isRepeated ? REPEATED : value, isAmbient }
}

/**
 * An identity source whose value a function chooses. It is called once for each request. If it throws, or returns anything but
 * a string or `undefined`, the request is rejected.
 *
 * @param name name for explanations
 */
export const functionSource = (
  name: string,
  choose: (reader: CredentialReader) => string | undefined,
): IdentitySource => {
  const readings = new WeakMap<GatewayRequest, Reading>()
  const readingOf = (request: GatewayRequest): Reading => {
    const known = readings.get(request)
    if (known !== undefined) return known
    const reading = readWith(choose, request)
    readings.set(request, reading)
    return reading
  }
  return {
    location: 'function',
    name,
    read: (request) => readingOf(request).value,
    isAmbient: (request) => readingOf(request).isAmbient,
  }
}
