/** Endless uploads: the response is sent early, nothing is buffered further, and the connection does not hang. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { type Adapter, describeAdapters } from '../../support/adapters.ts'
import { toBytes } from '../../support/raw-client.ts'
import { respondWithDigest, BodyRecorder } from './guarded-service.ts'
import { bytesOf, chunked, KIB, LIMIT, MIB, post, digestOf } from './payload.ts'

/** Shorter than the default, so that a connection that hangs fails quickly. */
const TIMEOUT = 15_000

/** A server without timeouts, so that a connection that hangs keeps hanging. */
const start = async (
  adapter: Adapter,
  recorder: BodyRecorder,
): Promise<{ socket: Socket; hits: readonly string[] }> => {
  const journal = { hits: [], errors: [] }
  const routes = [{ method: 'POST', path: '/upload', handle: respondWithDigest }]
  const server = createServer(
    { keepAliveTimeout: 0, requestTimeout: 0 },
    adapter.listener({ use: [recorder.guard(adapter)], routes }, journal),
  )
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' })
  onTestFinished(async () => {
    socket.destroy()
    server.closeAllConnections()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  return { socket, hits: journal.hits }
}

/** The client's side of a connection: the bytes it has received, and whether it is closed. */
class Peer {
  text = ''
  closed = false
  readonly #socket: Socket
  readonly #gone: Promise<void>

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk) => (this.text += chunk.toString('latin1')))
    socket.on('error', () => undefined)
    this.#gone = new Promise((resolve) => {
      socket.once('close', () => {
        this.closed = true
        resolve()
      })
    })
  }

  /** Sends as fast as the server reads. */
  async send(bytes: Buffer | string): Promise<void> {
    await Promise.race([new Promise<void>((resolve) => void this.#socket.write(bytes, () => resolve())), this.#gone])
  }

  async until(text: string): Promise<void> {
    while (!this.text.includes(text) && !this.closed) await Promise.race([once(this.#socket, 'data'), this.#gone])
  }
}

const HEAD = 'POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'
const CHUNK = chunked(bytesOf(64 * KIB), 64 * KIB).subarray(0, -5)
const LAST = Buffer.from('0\r\n\r\n')

describeAdapters('an upload', (adapter) => {
  it(
    'HW-FE-20 SEC-97 an endless chunked upload gets 413 early, and the rest is discarded or the connection closed',
    async () => {
      const recorder = new BodyRecorder()
      const { socket, hits } = await start(adapter, recorder)
      const peer = new Peer(socket)
      await peer.send(HEAD)
      let sent = 0
      let responses = 0
      for (; sent < 3 * LIMIT && !peer.closed; sent += 64 * KIB) {
        await peer.send(CHUNK)
        if (responses === 0 && peer.text.includes('\r\n\r\n')) responses = sent
      }
      expect(peer.text).toMatch(/^HTTP\/1\.1 413 /)
      // The buffers of two sockets hold more bytes than the guard has read.
      expect(responses).toBeLessThan(LIMIT + 16 * MIB)
      await peer.send(Buffer.concat([LAST, toBytes(post(bytesOf(3)))]))
      await peer.until(digestOf(bytesOf(3)))
      expect([recorder.seen.length, hits.length]).toEqual(peer.closed ? [0, 0] : [1, 1])
    },
    TIMEOUT,
  )

  it(
    'HW-FE-20 SEC-97 after a chunked body of one byte too many, the connection is usable or closed',
    async () => {
      const recorder = new BodyRecorder()
      const { socket, hits } = await start(adapter, recorder)
      const peer = new Peer(socket)
      await peer.send(toBytes(post(Buffer.alloc(LIMIT + 1), 'chunks')))
      await peer.until('APIG.0201')
      await peer.send(toBytes(post(bytesOf(3))))
      await peer.until(digestOf(bytesOf(3)))
      expect([recorder.seen.length, hits.length]).toEqual(peer.closed ? [0, 0] : [1, 1])
    },
    TIMEOUT,
  )
})
