/** Requests parsed by Node.js, inspected while a server handles them. @module */
import { createServer, type IncomingMessage } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server, type OutgoingHttpHeaders } from 'node:http2'
import { type AddressInfo, connect, type Server } from 'node:net'

type Look<T> = (incoming: IncomingMessage) => T | Promise<T>

const portOf = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** Starts a server and resolves with the result of `look` for its first request. */
const firstOf = <T>(server: Server, look: Look<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    server.once('request', (incoming: IncomingMessage, response: { end(): void }) => {
      const looked = (async () => look(incoming))()
      looked.then(resolve, reject)
      void looked.catch(() => undefined).then(() => response.end())
    })
  })

/** Sends a request over HTTP/1: its lines without line breaks, and a body. */
export const arrive = async <T>(lines: readonly string[], look: Look<T>, body = ''): Promise<T> => {
  const server = createServer()
  const port = await portOf(server)
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write(`${[...lines, 'Host: h', 'Connection: close', '', ''].join('\r\n')}${body}`)
    return await firstOf(server, look)
  } finally {
    socket.destroy()
    server.close()
  }
}

/** Sends a request over HTTP/2, with optional trailers. */
export const arriveHttp2 = async <T>(
  headers: OutgoingHttpHeaders,
  look: Look<T>,
  trailers?: OutgoingHttpHeaders,
): Promise<T> => {
  const server = createHttp2Server()
  const port = await portOf(server)
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  try {
    const stream = session.request(headers, {
      endStream: trailers === undefined,
      waitForTrailers: trailers !== undefined,
    })
    if (trailers !== undefined) {
      stream.on('wantTrailers', () => stream.sendTrailers(trailers))
      stream.end('body')
    }
    return await firstOf(server, look)
  } finally {
    session.destroy()
    server.close()
  }
}

/** Reads a body to its end; then the trailers are available. */
export const readToEnd = (incoming: IncomingMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    incoming.on('end', resolve).on('error', reject).resume()
  })
