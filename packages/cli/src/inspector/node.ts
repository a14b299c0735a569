/** Serves the inspector with `node:http`, `node:http2`, and as middleware of Express and Connect. @module */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Body, headersOf, MAX_BODY_BYTES, type PageRequest, type Reply, type StreamReply } from './exchange.ts'
import type { PageTarget } from './target.ts'

/** Bytes that a slow client may leave unread before its stream is ended. */
const MAX_UNREAD_BYTES = 1_048_576

const UNREADABLE: Body = { failure: 'UNREADABLE' }

const linesOf = ({ rawHeaders }: IncomingMessage, name: string): readonly string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)

/** Reads the body once. Other middleware may have read it, and the client may disconnect. */
const readBody = (incoming: IncomingMessage): Promise<Body> => {
  if (incoming.readableDidRead || incoming.readableEnded || incoming.destroyed) return Promise.resolve(UNREADABLE)
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    incoming
      .on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > MAX_BODY_BYTES) return resolve({ failure: 'TOO_LARGE' })
        chunks.push(chunk)
      })
      .once('end', () => resolve({ text: Buffer.concat(chunks).toString('utf8') }))
      .once('error', () => resolve(UNREADABLE))
      .once('close', () => resolve(UNREADABLE))
  })
}

/** The request as the inspector reads it. */
export const fromNode = (incoming: IncomingMessage, { path, query }: PageTarget): PageRequest => ({
  method: incoming.method ?? '',
  path,
  query,
  peer: { known: true, address: incoming.socket?.remoteAddress },
  // HTTP/2 clients send `:authority`.
  headers: (name) =>
    name === 'host' ? [...linesOf(incoming, ':authority'), ...linesOf(incoming, name)] : linesOf(incoming, name),
  body: () => readBody(incoming),
})

const stream = (response: ServerResponse, { start }: StreamReply): void => {
  response.flushHeaders?.()
  const stop = start({
    send: (text) => {
      if (response.destroyed || response.writableEnded) return false
      response.write(text)
      return response.writableLength <= MAX_UNREAD_BYTES
    },
    end: () => void response.end(),
  })
  response.once('close', stop)
}

/** Writes a reply. Headers of other middleware that open the response to other origins are removed. */
export const writeToNode = (incoming: IncomingMessage, response: ServerResponse, reply: Reply): void => {
  if (response.headersSent || response.destroyed) return
  for (const name of response.getHeaderNames()) if (name.startsWith('access-control-')) response.removeHeader(name)
  for (const [name, value] of Object.entries(headersOf(reply))) response.setHeader(name, value)
  const isStream = 'start' in reply
  response.statusCode = isStream ? 200 : reply.status
  if (incoming.method === 'HEAD') response.end()
  else if (isStream) stream(response, reply)
  else response.end(reply.body)
}
