/** An upload without end: the answer comes early, nothing is kept, and nobody is left waiting. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { type Adapter, describeAdapters } from '../../support/adapters.ts'
import { toBytes } from '../../support/raw-client.ts'
import { tell, Watcher } from './guarded-service.ts'
import { bytesOf, chunked, KIB, LIMIT, MIB, post, printOf } from './payload.ts'

/** A connection that is stuck is waited for in vain. */
const TIMEOUT = 15_000

/** A server that closes no connection by itself: whoever is stuck stays stuck. */
const start = async (adapter: Adapter, watcher: Watcher): Promise<{ socket: Socket; hits: readonly string[] }> => {
  const journal = { hits: [], errors: [] }
  const routes = [{ method: 'POST', path: '/upload', handle: tell }]
  const server = createServer(
    { keepAliveTimeout: 0, requestTimeout: 0 },
    adapter.listener({ use: [watcher.guard(adapter)], routes }, journal),
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

/** The other side of a connection: what it has said, and whether it is gone. */
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

  /** Sends as fast as the other side takes it. */
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
    'HW-FE-20 SEC-97 in chunks without end gets its 413 early; the rest is taken and dropped, or refused',
    async () => {
      const watcher = new Watcher()
      const { socket, hits } = await start(adapter, watcher)
      const peer = new Peer(socket)
      await peer.send(HEAD)
      let sent = 0
      let answered = 0
      for (; sent < 3 * LIMIT && !peer.closed; sent += 64 * KIB) {
        await peer.send(CHUNK)
        if (answered === 0 && peer.text.includes('\r\n\r\n')) answered = sent
      }
      expect(peer.text).toMatch(/^HTTP\/1\.1 413 /)
      // What is on its way in the buffers of two sockets comes on top of what the guard has read.
      expect(answered).toBeLessThan(LIMIT + 16 * MIB)
      await peer.send(Buffer.concat([LAST, toBytes(post(bytesOf(3)))]))
      await peer.until(printOf(bytesOf(3)))
      expect([watcher.seen.length, hits.length]).toEqual(peer.closed ? [0, 0] : [1, 1])
    },
    TIMEOUT,
  )

  it(
    'HW-FE-20 SEC-97 in chunks that is too large by one byte leaves the connection usable, or closed',
    async () => {
      const watcher = new Watcher()
      const { socket, hits } = await start(adapter, watcher)
      const peer = new Peer(socket)
      await peer.send(toBytes(post(Buffer.alloc(LIMIT + 1), 'chunks')))
      await peer.until('APIG.0201')
      await peer.send(toBytes(post(bytesOf(3))))
      await peer.until(printOf(bytesOf(3)))
      expect([watcher.seen.length, hits.length]).toEqual(peer.closed ? [0, 0] : [1, 1])
    },
    TIMEOUT,
  )
})
