/** Reads a body before the code behind does, and puts it back as if nothing had happened. @module */
import type { IncomingMessage } from 'node:http'
import type { BodyProblem } from '../index.ts'
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

const read = (incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array | BodyProblem> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const settle = (body: Uint8Array | BodyProblem): void => {
      incoming.off('readable', take).off('close', broken).off('error', broken)
      resolve(body)
    }
    const broken = (): void => settle('BROKEN')
    const take = (): void => {
      // A read on an empty stream that has arrived whole would end it before the code behind can see that.
      while (incoming.readableLength > 0 && length <= maxBytes) {
        const chunk: unknown = incoming.read()
        if (chunk === null) break
        // Other code has made text of it in the meantime.
        if (!Buffer.isBuffer(chunk)) return settle('GONE')
        length += chunk.length
        chunks.push(chunk)
      }
      if (length <= maxBytes && !hasArrived(incoming)) return
      const body = Buffer.concat(chunks, length)
      // In the same turn as the last read: the stream announces its end only while it is empty.
      if (length > 0) incoming.unshift(body)
      settle(length > maxBytes ? 'TOO_LARGE' : new Uint8Array(body.buffer, body.byteOffset, length))
    }
    incoming.on('close', broken).on('error', broken)
    if (hasArrived(incoming)) take()
    else incoming.on('readable', take)
  })

const begin = (incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array | BodyProblem> => {
  if (!hasBody(incoming)) return Promise.resolve(new Uint8Array())
  if (isTaken(incoming)) return Promise.resolve('GONE')
  if (Number(incoming.headers['content-length']) > maxBytes) return Promise.resolve('TOO_LARGE')
  return new Promise((resolve, reject) => {
    // The rest of what came with the headers is still to be parsed. A listener that is there before it makes the stream
    // announce an end that nobody hears.
    setImmediate(() => {
      if (incoming.destroyed) resolve('BROKEN')
      else if (isTaken(incoming)) resolve('GONE')
      else read(incoming, maxBytes).then(resolve, reject)
    })
  })
}

const bodies = new WeakMap<IncomingMessage, Promise<Uint8Array | BodyProblem>>()

/**
 * Reads the body whole, but never more than `maxBytes` of it, and puts it back: whoever reads the request afterwards, as
 * a stream or with a parser, finds every byte of it. It is read once, however many guards ask. Never rejects.
 */
export const readBody = (incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array | BodyProblem> => {
  let body = bodies.get(incoming)
  if (body === undefined) {
    body = begin(incoming, maxBytes)
    bodies.set(incoming, body)
  }
  return body.then((known) => (typeof known !== 'string' && known.length > maxBytes ? 'TOO_LARGE' : known))
}
