/** After a response of the guard, the connection can be reused or is closed; it never hangs. */
import { connect } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { describeAdapters, type Service } from '../../support/adapters.ts'
import { RawConnection, toBytes } from '../../support/raw-client.ts'
import { serve, BodyRecorder } from './guarded-service.ts'
import { bytesOf, chunked, FRAMINGS, LIMIT, post, digestOf } from './payload.ts'

const BODY = bytesOf(100_003)

/** Shorter than the default, so that a connection that hangs fails quickly. */
const TIMEOUT = 10_000

const open = async (service: Service): Promise<RawConnection> => {
  const connection = await RawConnection.open(service.port)
  onTestFinished(() => connection.close())
  return connection
}

/** The response to one more request on a connection, or `closed`. */
const oneMore = async (connection: RawConnection): Promise<string> => {
  connection.write(toBytes(post(BODY)))
  return connection.read('POST').then(
    ({ status, body }) => `${status} ${body}`,
    () => 'closed',
  )
}

describeAdapters('a connection', (adapter) => {
  it.each(FRAMINGS)(
    'SEC-97 it serves the next request after an allowed one, whether the handler read the body or not (%s)',
    async (framing) => {
      const service = await serve(adapter, new BodyRecorder().guard(adapter))
      const connection = await open(service)
      for (const target of ['/upload', '/ignore', '/upload', '/ignore', '/upload']) {
        connection.write(toBytes({ ...post(BODY, framing), target }))
        const response = await connection.read('POST')
        expect([response.status, response.body]).toEqual([200, target === '/upload' ? digestOf(BODY) : 'ignored'])
      }
    },
  )

  it.each(FRAMINGS)('SEC-97 it serves the next request after a denied one (%s)', async (framing) => {
    const verdicts: ('allow' | 'deny')[] = ['deny', 'allow', 'deny', 'deny', 'allow']
    const recorder = new BodyRecorder(() => verdicts[recorder.seen.length - 1] ?? 'deny')
    const service = await serve(adapter, recorder.guard(adapter))
    const connection = await open(service)
    for (const verdict of verdicts) {
      connection.write(toBytes(post(BODY, framing)))
      const response = await connection.read('POST')
      expect(response.status).toBe(verdict === 'allow' ? 200 : 401)
      if (verdict === 'allow') expect(response.body).toBe(digestOf(BODY))
    }
    expect(recorder.seen).toHaveLength(verdicts.length)
  })

  it.each(FRAMINGS)(
    'SEC-97 it serves the next request after a request without identity, or is closed (%s)',
    async (framing) => {
      const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
      const recorder = new BodyRecorder()
      const service = await serve(adapter, recorder.guard(adapter, { identities }))
      const connection = await open(service)
      connection.write(toBytes(post(BODY, framing)))
      expect((await connection.read('POST')).status).toBe(401)
      expect(['closed', expect.stringMatching(/^401 /)]).toContainEqual(await oneMore(connection))
      expect([recorder.seen, service.hits]).toEqual([[], []])
    },
  )

  it(
    'HW-FE-20 SEC-97 after a 413 for its Content-Length alone, the body is drained or the connection closed',
    async () => {
      const recorder = new BodyRecorder()
      const service = await serve(adapter, recorder.guard(adapter))
      const connection = await open(service)
      connection.write(`POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: ${LIMIT + 1}\r\n\r\n`)
      expect((await connection.read('POST')).status).toBe(413)
      connection.write(Buffer.alloc(LIMIT + 1))
      expect(['closed', `200 ${digestOf(BODY)}`]).toContain(await oneMore(connection))
    },
    TIMEOUT,
  )

  it.each([
    ['a length', `Content-Length: ${BODY.length}`, BODY],
    ['chunks', 'Transfer-Encoding: chunked', chunked(BODY)],
  ])(
    'HW-CFG-12 Expect: 100-continue is acknowledged before the body arrives, framed by %s',
    async (_, framing, body) => {
      const recorder = new BodyRecorder()
      const service = await serve(adapter, recorder.guard(adapter))
      const socket = connect({ port: service.port, host: '127.0.0.1' })
      onTestFinished(() => void socket.destroy())
      let received = ''
      const until = (text: string): Promise<void> =>
        new Promise((resolve, reject) => {
          const look = (chunk: Buffer | string): void => {
            received += chunk.toString('latin1')
            if (!received.includes(text)) return
            socket.off('data', look)
            resolve()
          }
          socket.on('data', look)
          socket.once('close', () => reject(new Error(`closed; received ${JSON.stringify(received)}`)))
        })
      socket.write(
        `POST /upload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\n${framing}\r\n\r\n`,
      )
      await until('HTTP/1.1 100 Continue\r\n\r\n')
      socket.write(body)
      await until(digestOf(BODY))
      expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
      expect(recorder.seen).toEqual([digestOf(BODY)])
    },
  )
})
