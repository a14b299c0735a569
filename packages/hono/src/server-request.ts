/**
 * The `Request` of `@hono/node-server`: an object that reads Node's request, and builds a web-standard `Request` when a member
 * needs one. While nothing is built, changed headers need no second `Request`, which costs more than everything else in a guard.
 * @module
 */
import type { Incoming } from './incoming.ts'

/** What the server's `Request` has built from Node's request. `'request'` also stands for every other `Request`. */
type Built = 'nothing' | 'headers' | 'request'

/** Private symbols of the server's `Request`, by description, that exist before a web-standard `Request` is built. */
const UNBUILT: ReadonlySet<string | undefined> = new Set(['incomingKey', 'urlKey', 'methodKey'])
const HEADERS = 'headersKey'

const MARKER = 'x-custom-authorizer-probe'

/** Prototypes of the server's `Request`, and whether its headers are those that Node's request has when they are first read. */
const readers = new WeakMap<object, boolean>()

/** Whether a header that is added to Node's request now is seen through the `Request`. Leaves both without it. */
const seesChange = (raw: Request, incoming: Incoming): boolean => {
  const { rawHeaders } = incoming
  // Read first: Node builds this view from the raw lines.
  const { headers } = incoming
  headers[MARKER] = '1'
  incoming.rawHeaders = [...rawHeaders, MARKER, '1']
  let seen: Headers | undefined
  try {
    seen = raw.headers
    return seen.get(MARKER) === '1'
  } catch {
    return false
  } finally {
    incoming.rawHeaders = rawHeaders
    delete headers[MARKER]
    seen?.delete(MARKER)
  }
}

const builtOf = (raw: Request): Built => {
  let built: Built = 'nothing'
  for (const { description } of Object.getOwnPropertySymbols(raw)) {
    if (description === HEADERS) built = 'headers'
    else if (!UNBUILT.has(description)) return 'request'
  }
  return built
}

/** What the server's own `Request` for a Node request has built from it. */
export const builtFrom = (raw: Request, incoming: Incoming): Built => {
  const built = builtOf(raw)
  if (built === 'request') return built
  const prototype = Object.getPrototypeOf(raw) as object
  const isKnown = readers.get(prototype)
  if (isKnown !== undefined) return isKnown ? built : 'request'
  if (built !== 'nothing' || incoming.httpVersionMajor !== 1) return 'request'
  // Another version of the server may copy the headers earlier, so one request of the process is tested.
  const isReader = seesChange(raw, incoming)
  readers.set(prototype, isReader)
  return isReader ? 'headers' : 'request'
}
