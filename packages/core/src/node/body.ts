/** Reads the request body and unshifts it, so that later readers find it unchanged. @module */
import type { IncomingMessage } from 'node:http'
import type { BodyProblem, BodyReader, BodyTerms } from '../adapter.ts'
import { http2Stream } from './connection.ts'

/** Whether the whole message has arrived. For HTTP/2, the stream reports it. */
const hasArrived = (incoming: IncomingMessage): boolean => http2Stream(incoming)?.readableEnded ?? incoming.complete

const hasBody = (incoming: IncomingMessage): boolean =>
  http2Stream(incoming) !== undefined || isFramed(incoming.headers)

const isFramed = (headers: IncomingMessage['headers']): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

/** Whether other code has started to read the stream, so that the rest is not the whole body. */
const isTaken = (incoming: IncomingMessage): boolean =>
  incoming.readableEnded ||
  incoming.readableDidRead ||
  incoming.readableFlowing === true ||
  incoming.readableEncoding !== null

const read = (
  incoming: IncomingMessage,
  maxBytes: number,
  terms: BodyTerms | undefined,
): Promise<Uint8Array | BodyProblem> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const settle = (body: Uint8Array | BodyProblem): void => {
      incoming.off('readable', readChunks).off('close', onClose).off('error', onClose)
      terms?.signal.removeEventListener('abort', onTimeout)
      chunks.length = 0
      resolve(body)
    }
    const onClose = (): void => settle('BROKEN')
    const onTimeout = (): void => settle('TIMED_OUT')
    const readChunks = (): void => {
      // Reading an empty, complete stream would emit `end` before the downstream handler listens for it.
      while (incoming.readableLength > 0 && length <= maxBytes) {
        const chunk: unknown = incoming.read()
        if (chunk === null) break
        // Other code has set an encoding in the meantime.
        if (!Buffer.isBuffer(chunk)) return settle('GONE')
        if (terms?.hold(chunk.length) === false) return settle('REFUSED')
        length += chunk.length
        chunks.push(chunk)
      }
      if (length <= maxBytes && !hasArrived(incoming)) return
      const body = Buffer.concat(chunks, length)
      // Unshift in the same tick as the last read: the stream emits `end` only while it is empty.
      if (length > 0) incoming.unshift(body)
      settle(length > maxBytes ? 'TOO_LARGE' : new Uint8Array(body.buffer, body.byteOffset, length))
    }
    if (terms?.signal.aborted === true) return onTimeout()
    terms?.signal.addEventListener('abort', onTimeout, { once: true })
    incoming.on('close', onClose).on('error', onClose)
    if (hasArrived(incoming)) readChunks()
    else incoming.on('readable', readChunks)
  })

const startReading = (
  incoming: IncomingMessage,
  maxBytes: number,
  terms: BodyTerms | undefined,
): Promise<Uint8Array | BodyProblem> => {
  if (!hasBody(incoming)) return Promise.resolve(new Uint8Array())
  if (isTaken(incoming)) return Promise.resolve('GONE')
  if (Number(incoming.headers['content-length']) > maxBytes) return Promise.resolve('TOO_LARGE')
  return new Promise((resolve, reject) => {
    // Node has not yet parsed the bytes that arrived with the headers. With a listener added before that, the stream emits
    // `end` while no handler listens for it.
    setImmediate(() => {
      if (incoming.destroyed) resolve('BROKEN')
      else if (isTaken(incoming)) resolve('GONE')
      else if (!hasArrived(incoming) && terms?.wait() === false) resolve('REFUSED')
      else read(incoming, maxBytes, terms).then(resolve, reject)
    })
  })
}

/** Wraps a framework's reader so that `terms.wait` is not called for a body that has arrived completely. */
export const onceParsed =
  (incoming: IncomingMessage, reader: BodyReader): BodyReader =>
  async (maxBytes, terms) => {
    // Node parses the bytes that arrived with the headers in this tick.
    await new Promise<void>((resolve) => void setImmediate(resolve))
    return reader(maxBytes, terms && { ...terms, wait: () => hasArrived(incoming) || terms.wait() })
  }

const bodies = new WeakMap<IncomingMessage, Promise<Uint8Array | BodyProblem>>()

/**
 * Reads the whole body, but never more than `maxBytes` of it, and unshifts it, so that later streams and parsers receive
 * every byte. It is read once per request, even with several guards. Never rejects.
 */
export const readBody = (
  incoming: IncomingMessage,
  maxBytes: number,
  terms?: BodyTerms,
): Promise<Uint8Array | BodyProblem> => {
  let body = bodies.get(incoming)
  if (body === undefined) {
    body = startReading(incoming, maxBytes, terms)
    bodies.set(incoming, body)
  }
  return body.then((result) => (typeof result !== 'string' && result.length > maxBytes ? 'TOO_LARGE' : result))
}
