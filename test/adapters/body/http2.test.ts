/** Bodies over HTTP/2, on the frameworks that support it; Express does not. @module */
import { fakeClock } from '@custom-authorizer/core/testing'
import { once } from 'node:events'
import {
  connect,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  createServer,
  type IncomingHttpHeaders,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ADAPTERS, type Adapter } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { respondWithDigest, BodyRecorder } from './guarded-service.ts'
import { bytesOf, LIMIT, digestOf } from './payload.ts'

const CAPABLE = ADAPTERS.filter(({ name }) => !name.startsWith('Express'))

interface Exchange {
  readonly status: number
  readonly body: string
}

/** Shorter than the default, so that a stream that hangs fails quickly. */
const TIMEOUT = 15_000

const start = async (adapter: Adapter, recorder: BodyRecorder, options: object = {}): Promise<ClientHttp2Session> => {
  const routes = ['GET', 'POST'].map((method) => ({ method, path: '/upload', handle: respondWithDigest }))
  const journal = { hits: [], errors: [] }
  const server = createServer(
    adapter.listener({ use: [recorder.guard(adapter, {}, options)], routes }, journal) as never,
  )
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    session.destroy()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  return session
}

const exchange = (session: ClientHttp2Session, method: string, pieces: readonly Buffer[]): Promise<Exchange> =>
  new Promise((resolve) => {
    const stream = session.request({ ':method': method, ':path': '/upload' }, { endStream: pieces.length === 0 })
    let status = 0
    let body = ''
    stream.on('response', (headers) => (status = headers[':status'] ?? 0))
    stream.on('data', (chunk: Buffer) => (body += chunk.toString()))
    // A server may reset the stream once it has responded.
    stream.on('error', () => undefined)
    stream.on('close', () => resolve({ status, body }))
    for (const piece of pieces) stream.write(piece)
    if (pieces.length > 0) stream.end()
  })

const parts = (body: Buffer, size: number): Buffer[] =>
  Array.from({ length: Math.ceil(body.length / size) }, (_, index) => body.subarray(index * size, (index + 1) * size))

describe.each(CAPABLE.map((adapter) => [adapter.name, adapter] as const))('HTTP/2 on %s', (_, adapter) => {
  it.each([
    [1, 1],
    [100_003, 100_003],
    [1_000_003, 40_009],
  ])(
    'HW-CFG-12 %d bytes in pieces of %d reach function and handler',
    async (size, piece) => {
      const body = bytesOf(size)
      const recorder = new BodyRecorder()
      const session = await start(adapter, recorder)
      expect(await exchange(session, 'POST', parts(body, piece))).toEqual({ status: 200, body: digestOf(body) })
      expect(recorder.seen).toEqual([digestOf(body)])
    },
    TIMEOUT,
  )

  it.each([
    ['GET without a body', 'GET', []],
    ['POST without a body', 'POST', []],
    ['POST with an empty body', 'POST', [Buffer.alloc(0)]],
  ])(
    'HW-CFG-12 %s passes an empty body to function and handler',
    async (_title, method, body) => {
      const recorder = new BodyRecorder()
      const session = await start(adapter, recorder)
      const nothing = digestOf(Buffer.alloc(0))
      expect(await exchange(session, method, body)).toEqual({ status: 200, body: nothing })
      expect(recorder.seen).toEqual([nothing])
    },
    TIMEOUT,
  )

  it(
    'HW-FE-20 SEC-97 a body that is too large gets 413 and leaves the session usable',
    async () => {
      const recorder = new BodyRecorder()
      const session = await start(adapter, recorder)
      expect((await exchange(session, 'POST', parts(Buffer.alloc(LIMIT + 1), 65_536))).status).toBe(413)
      const body = bytesOf(70_001)
      expect(await exchange(session, 'POST', [body])).toEqual({ status: 200, body: digestOf(body) })
      expect(recorder.seen).toEqual([digestOf(body)])
    },
    TIMEOUT,
  )

  it(
    'HW-FE-20 SEC-97 a Content-Length that is too large gets 413 before the body is sent',
    async () => {
      const session = await start(adapter, new BodyRecorder())
      const stream = session.request({ ':method': 'POST', ':path': '/upload', 'content-length': String(LIMIT + 1) })
      const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
      expect(headers[':status']).toBe(413)
      stream.on('error', () => undefined).close()
      const body = bytesOf(70_001)
      expect(await exchange(session, 'POST', [body])).toEqual({ status: 200, body: digestOf(body) })
    },
    TIMEOUT,
  )

  it(
    'SEC-97 a session serves an allowed request after a denied one',
    async () => {
      const recorder = new BodyRecorder(() => (recorder.seen.length === 1 ? 'deny' : 'allow'))
      const session = await start(adapter, recorder)
      const body = bytesOf(70_001)
      expect((await exchange(session, 'POST', [body])).status).toBe(401)
      expect(await exchange(session, 'POST', [body])).toEqual({ status: 200, body: digestOf(body) })
    },
    TIMEOUT,
  )

  it(
    'SEC-80 SEC-64 a stalled body gets 408 at the deadline, its stream is closed, and the session stays usable',
    async () => {
      const clock = fakeClock()
      const recorder = new BodyRecorder()
      const limits = { bodyTimeoutMs: 2000, pendingBodies: 1 }
      const session = await start(adapter, recorder, { clock, limits })
      const stall = (): ClientHttp2Stream => {
        const stream = session.request({ ':method': 'POST', ':path': '/upload' }, { endStream: false })
        stream.on('error', () => undefined).resume()
        stream.write('x')
        return stream
      }
      const slow = stall()
      const closed = once(slow, 'close')
      for (let turn = 0; turn < 1000 && clock.pending === 0; turn++) await flushMicrotasks()
      await flushMicrotasks()
      const [rejected] = (await once(stall(), 'response')) as [IncomingHttpHeaders]
      expect([rejected[':status'], rejected['retry-after']]).toEqual([503, '1'])
      const response = once(slow, 'response')
      clock.advanceSync(2000)
      const [headers] = (await response) as [IncomingHttpHeaders]
      expect([headers[':status'], 'connection' in headers]).toEqual([408, false])
      await closed
      expect(slow.rstCode).toBe(0)
      const body = bytesOf(70_001)
      expect(await exchange(session, 'POST', [body])).toEqual({ status: 200, body: digestOf(body) })
      expect(recorder.seen).toEqual([digestOf(body)])
    },
    TIMEOUT,
  )

  it(
    'HW-CFG-12 concurrent bodies on one session each reach their handler',
    async () => {
      const recorder = new BodyRecorder()
      const session = await start(adapter, recorder)
      const bodies = [1, 70_001, 200_003, 3].map(bytesOf)
      const responses = await Promise.all(bodies.map((body) => exchange(session, 'POST', parts(body, 10_007))))
      expect(responses.map(({ body }) => body)).toEqual(bodies.map(digestOf))
    },
    TIMEOUT,
  )
})
