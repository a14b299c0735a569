/** Removes credentials in `Sec-WebSocket-Protocol` from every view of a Node request (SEC-123). @module */
import type { IncomingMessage } from 'node:http'
import { withoutCredentials } from '../../adapter.ts'
import { replaceRawHeaders } from '../views/header-views.ts'

const NAME = 'sec-websocket-protocol'

/** The received values of the header. Not a member of the request, whose members may be logged. */
const receivedValues = new WeakMap<IncomingMessage, string>()
/** Whether this process has removed any credential. A look-up for each request is not free. */
let hasRemoved = false

const isSubprotocol = (name: string | undefined): boolean => name?.toLowerCase() === NAME

/** Replaces the header with one line, at the place of the first. */
const replaceValue = (lines: readonly string[], value: string): string[] => {
  const at = lines.findIndex((name, index) => index % 2 === 0 && isSubprotocol(name))
  return lines.flatMap((name, index) => {
    if (index % 2 === 1) return []
    if (index === at) return [name, value]
    return isSubprotocol(name) ? [] : [name, lines[index + 1] as string]
  })
}

/**
 * Removes the entry after each of these names. The server then selects the name or another protocol, and neither it nor the
 * listener can log or send back the credential.
 */
export const removeCredentials = (incoming: IncomingMessage, names: readonly string[] = []): void => {
  if (names.length === 0) return
  const { rawHeaders } = incoming
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && isSubprotocol(rawHeaders[index - 1]))
  const remaining = withoutCredentials(values, names)
  if (remaining === undefined) return
  hasRemoved = true
  if (!receivedValues.has(incoming)) receivedValues.set(incoming, values.join(', '))
  // Reading `headers` makes Node build it before the raw list changes.
  incoming.headers[NAME] = remaining
  replaceRawHeaders(incoming, replaceValue(rawHeaders, remaining))
}

/** The header lines for a later guard of the same request, which reads the credential too; `lines` if none was removed. */
export const withCredentials = (
  incoming: IncomingMessage,
  lines: readonly string[] | undefined,
): readonly string[] | undefined => {
  const received = hasRemoved ? receivedValues.get(incoming) : undefined
  return received === undefined ? lines : replaceValue(lines ?? incoming.rawHeaders, received)
}
