/** Reads a body before the code behind does, and puts it back as if nothing had happened. @module */
import type { IncomingMessage } from 'node:http'
import type { BodyProblem, BodyReader, BodyTerms } from '../adapter.ts'
import { http2Stream } from './connection.ts'

/** Whether every byte of the message has arrived. HTTP/2 says so on its stream. */
const hasArrived = (incoming: IncomingMessage): boolean => http2Stream(incoming)?.readableEnded ?? incoming.complete

const hasBody = (incoming: IncomingMessage): boolean =>
  http2Stream(incoming) !== undefined || isFramed(incoming.headers)

const isFramed = (headers: IncomingMessage['headers']): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

/** Whether other code reads the stream, or has begun to: what is left is not the whole body. */
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
      incoming.off('readable', take).off('close', broken).off('error', broken)
      terms?.signal.removeEventListener('abort', late)
      chunks.length = 0
      resolve(body)
    }
    const broken = (): void => settle('BROKEN')
    const late = (): void => settle('TIMED_OUT')
    const take = (): void => {
      // A read on an empty stream that has arrived whole would end it before the code behind can see that.
      while (incoming.readableLength > 0 && length <= maxBytes) {
        const chunk: unknown = incoming.read()
        if (chunk === null) break
        // Other code has made text of it in the meantime.
        if (!Buffer.isBuffer(chunk)) return settle('GONE')
        if (terms?.hold(chunk.length) === false) return settle('REFUSED')
        length += chunk.length
        chunks.push(chunk)
      }
      if (length <= maxBytes && !hasArrived(incoming)) return
      const body = Buffer.concat(chunks, length)
      // In the same turn as the last read: the stream announces its end only while it is empty.
      if (length > 0) incoming.unshift(body)
      settle(length > maxBytes ? 'TOO_LARGE' : new Uint8Array(body.buffer, body.byteOffset, length))
    }
    if (terms?.signal.aborted === true) return late()
    terms?.signal.addEventListener('abort', late, { once: true })
    incoming.on('close', broken).on('error', broken)
    if (hasArrived(incoming)) take()
    else incoming.on('readable', take)
  })

const begin = (
  incoming: IncomingMessage,
  maxBytes: number,
  terms: BodyTerms | undefined,
): Promise<Uint8Array | BodyProblem> => {
  if (!hasBody(incoming)) return Promise.resolve(new Uint8Array())
  if (isTaken(incoming)) return Promise.resolve('GONE')
  if (Number(incoming.headers['content-length']) > maxBytes) return Promise.resolve('TOO_LARGE')
  return new Promise((resolve, reject) => {
    // The rest of what came with the headers is still to be parsed. A listener that is there before it makes the stream
    // announce an end that nobody hears.
    setImmediate(() => {
      if (incoming.destroyed) resolve('BROKEN')
      else if (isTaken(incoming)) resolve('GONE')
      else if (!hasArrived(incoming) && terms?.wait() === false) resolve('REFUSED')
      else read(incoming, maxBytes, terms).then(resolve, reject)
    })
  })
}

/** The same reader, for which a body that has arrived completely is not one that has to be waited for. */
export const onceParsed =
  (incoming: IncomingMessage, reader: BodyReader): BodyReader =>
  async (maxBytes, terms) => {
    // Node parses what came with the headers in this turn.
    await new Promise<void>((resolve) => void setImmediate(resolve))
    return reader(maxBytes, terms && { ...terms, wait: () => hasArrived(incoming) || terms.wait() })
  }

const bodies = new WeakMap<IncomingMessage, Promise<Uint8Array | BodyProblem>>()

/**
 * Reads the body whole, but never more than `maxBytes` of it, and puts it back: whoever reads the request afterwards, as
 * a stream or with a parser, finds every byte of it. It is read once, however many guards ask. Never rejects.
 */
export const readBody = (
  incoming: IncomingMessage,
  maxBytes: number,
  terms?: BodyTerms,
): Promise<Uint8Array | BodyProblem> => {
  let body = bodies.get(incoming)
  if (body === undefined) {
    body = begin(incoming, maxBytes, terms)
    bodies.set(incoming, body)
  }
  return body.then((known) => (typeof known !== 'string' && known.length > maxBytes ? 'TOO_LARGE' : known))
}
