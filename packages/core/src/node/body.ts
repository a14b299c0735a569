/** Reads a body before the code behind does, and puts it back as if nothing had happened. @module */
import type { IncomingMessage } from 'node:http'
import type { BodyProblem } from '../index.ts'

/** Whether every byte of the message has arrived. HTTP/2 says so on its stream. */
const hasArrived = (incoming: IncomingMessage): boolean => {
  const { stream } = incoming as { stream?: { readableEnded?: boolean } }
  return stream === undefined ? incoming.complete : stream.readableEnded === true
}

const hasBody = ({ headers, httpVersionMajor }: IncomingMessage): boolean =>
  httpVersionMajor === 2 || headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

/**
 * Reads the body whole, but never more than `maxBytes` of it, and puts it back: whoever reads the request afterwards, as
 * a stream or with a parser, finds every byte of it. Never rejects.
 */
export const readBody = (incoming: IncomingMessage, maxBytes: number): Promise<Uint8Array | BodyProblem> =>
  new Promise((resolve) => {
    if (incoming.readableEnded || incoming.readableDidRead || incoming.readableFlowing === true) return resolve('GONE')
    if (incoming.destroyed) return resolve('BROKEN')
    if (!hasBody(incoming)) return resolve(new Uint8Array())
    if (Number(incoming.headers['content-length']) > maxBytes) return resolve('TOO_LARGE')
    const chunks: Buffer[] = []
    let length = 0
    const settle = (body: Uint8Array | BodyProblem): void => {
      incoming.off('readable', take).off('close', broken).off('error', broken)
      resolve(body)
    }
    const broken = (): void => settle('BROKEN')
    const take = (): void => {
      // A read on an empty stream that has arrived whole would end it before the code behind can see that.
      while (incoming.readableLength > 0) {
        const chunk = incoming.read() as Buffer | null
        if (chunk === null) break
        length += chunk.length
        if (length > maxBytes) return settle('TOO_LARGE')
        chunks.push(chunk)
      }
      if (!hasArrived(incoming)) return
      const body = Buffer.concat(chunks, length)
      // In the same turn as the last read: the stream announces its end only while it is empty.
      if (length > 0) incoming.unshift(body)
      settle(new Uint8Array(body.buffer, body.byteOffset, length))
    }
    incoming.on('close', broken).on('error', broken)
    if (hasArrived(incoming)) take()
    else incoming.on('readable', take)
  })
