/** Changes Hono's request: removes reserved headers, applies the edits of a mount, and reads the body. @module */
import type { RequestEdits, RequestMapping } from '@custom-authorizer/core'
import { type BodyReader, editTarget, withoutCredentials } from '@custom-authorizer/core/adapter'
import { readBody, withBody } from '@custom-authorizer/core/fetch'
import type { Context } from 'hono'
import { type Incoming, nodeOf, replaces, serverIncoming } from './incoming.ts'
import { builtFrom } from './server-request.ts'

/** What the server has built from Node's request for this context. */
const builtFor = ({ req: { raw } }: Context, incoming: Incoming | undefined): ReturnType<typeof builtFrom> =>
  incoming !== undefined && serverIncoming(raw) === incoming ? builtFrom(raw, incoming) : 'request'

// Once a `Request` is built, it is replaced instead of changing its headers: if it was cloned or read before, it has a second
// copy of them, which a proxy would forward.
const editHeaders = (
  c: Context,
  edit: (headers: Headers) => void,
  built: ReturnType<typeof builtFrom> = builtFor(c, nodeOf(c)),
): void => {
  const { raw } = c.req
  if (built === 'headers') {
    edit(raw.headers)
    return
  }
  const headers = new Headers(raw.headers)
  edit(headers)
  const copy = withHeaders(raw, raw.url, headers)
  if (copy !== undefined) c.req.raw = replaces(c, copy)
  // The body has been read, so the request cannot be forwarded.
  else edit(raw.headers)
}

/** A copy of a request with other headers; `undefined` if it cannot be copied. */
// Copied member by member, because the server's object may only look like a `Request`.
const withHeaders = (raw: Request, url: string, headers: Headers): Request | undefined => {
  try {
    // Reading a member may create the request, which fails for a URL with credentials.
    const { method, signal, body } = raw
    const init: RequestInit & { duplex: 'half' } = { method, headers, signal, body, duplex: 'half' }
    return new Request(url, init)
  } catch {
    return undefined
  }
}

/** Applies the edits of a mount to Hono's request. */
export const applyEdits = (c: Context, edits: RequestEdits): void => {
  const { headers } = edits
  if (headers.length > 0) {
    const built = builtFor(c, nodeOf(c))
    // Otherwise Node's request has these lines already.
    if (built !== 'nothing')
      editHeaders(c, (each) => headers.forEach(([name, value]) => each.append(name, value)), built)
  }
  const { raw } = c.req
  const mapped = editTarget(raw.url, edits)
  if (mapped === raw.url) return
  // Without its body, if that has been read.
  const copy =
    withHeaders(raw, mapped, raw.headers) ?? new Request(mapped, { method: raw.method, headers: raw.headers })
  c.req.raw = replaces(c, copy)
}

/**
 * Reads the body once, up to a limit, for contracts that need it. Handlers receive it in a new request, or from Hono's own
 * cache.
 */
export const bodyOf =
  (c: Context): BodyReader =>
  async (maxBytes, terms) => {
    const { raw } = c.req
    if (raw.bodyUsed) {
      if (Object.keys(c.req.bodyCache).length === 0) return 'GONE'
      const cached = new Uint8Array(await c.req.arrayBuffer())
      return cached.length > maxBytes ? 'TOO_LARGE' : cached
    }
    const body = await readBody(raw, maxBytes, terms)
    if (typeof body !== 'string' && raw.body !== null)
      c.req.raw = replaces(c, new Request(raw.url, withBody(raw, body)))
    return body
  }

const SUBPROTOCOLS = 'Sec-WebSocket-Protocol'

/**
 * Removes the headers that only the mapping may set from a `Request`.
 *
 * @param incoming the Node request from which its caller removes them next, if Hono routes that one
 */
export const stripOwned = (c: Context, mapping: RequestMapping, incoming: Incoming | undefined): void => {
  const built = builtFor(c, incoming)
  if (built === 'nothing') return
  const owned = [...c.req.raw.headers.keys()].filter((name) => mapping.ownsHeader(name))
  if (owned.length > 0) editHeaders(c, (headers) => owned.forEach((name) => headers.delete(name)), built)
}

/** Removes credentials from the header that offers WebSocket subprotocols (SEC-123). */
export const removeOfferedCredentials = (c: Context, names: readonly string[] = []): void => {
  const offered = names.length === 0 ? null : c.req.raw.headers.get(SUBPROTOCOLS)
  const remaining = offered === null ? undefined : withoutCredentials([offered], names)
  if (remaining !== undefined) editHeaders(c, (headers) => headers.set(SUBPROTOCOLS, remaining))
}
