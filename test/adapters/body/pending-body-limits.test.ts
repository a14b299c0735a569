/** Pending bodies have their own limits and do not count as calls in flight. */
import { EventEmitter, once } from 'node:events'
import { allow } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, it, onTestFinished } from 'vitest'
import { type Adapter, describeAdapters, type Service } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { RawConnection, toBytes } from '../../support/raw-client.ts'
import { expectNothingUncaught } from '../../support/failure-checks.ts'
import { serve, BodyRecorder } from './guarded-service.ts'
import { bytesOf, FRAMINGS, type Framing, post, digestOf } from './payload.ts'

const HEADS: Readonly<Record<Framing, string>> = {
  length: 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx',
  chunks: 'POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n',
}

/** A service whose guard reads bodies, and a way to open connections that send one byte of a body and stall. */
const start = async (
  adapter: Adapter,
  options: object,
): Promise<{
  service: Service
  recorder: BodyRecorder
  readonly stall: (framing?: Framing) => Promise<RawConnection>
}> => {
  const began = new EventEmitter()
  const first = adapter.customAuthorizer(() => {
    began.emit('began')
    return allow()
  })
  const recorder = new BodyRecorder()
  const service = await serve(adapter, first, recorder.guard(adapter, {}, options))
  const stall = async (framing: Framing = 'length'): Promise<RawConnection> => {
    const connection = await RawConnection.open(service.port)
    onTestFinished(() => connection.close())
    const begun = once(began, 'began')
    connection.write(HEADS[framing])
    await begun
    for (let turn = 0; turn < 5; turn++) await flushMicrotasks()
    return connection
  }
  return { service, recorder, stall }
}

describeAdapters('pending bodies', (adapter) => {
  expectNothingUncaught()

  it('SEC-64 SEC-99 twenty stalled bodies do not block a service with maxInFlight: 20', async () => {
    const { service, stall } = await start(adapter, { maxInFlight: 20 })
    for (let index = 0; index < 20; index++) await stall(FRAMINGS[index % 2])
    expect((await service.send({ target: '/upload' })).status).toBe(200)
    expect((await service.send(post(bytesOf(3)))).body).toBe(digestOf(bytesOf(3)))
  })

  it('SEC-64 pending bodies above limits.pendingBodies get 503 with Retry-After, and complete requests are served', async () => {
    const { service, stall } = await start(adapter, { limits: { pendingBodies: 2 } })
    const slow = [await stall(), await stall('chunks')]
    const rejected = await stall()
    const response = await rejected.read('POST')
    expect([response.status, response.header('Retry-After')]).toEqual([503, '1'])
    expect(JSON.parse(response.body)).toMatchObject({ error_code: 'APIG.0601' })
    expect((await service.send({ target: '/upload' })).status).toBe(200)
    expect((await service.send(post(bytesOf(3)))).body).toBe(digestOf(bytesOf(3)))
    slow[0]?.write('y'.repeat(99))
    expect((await slow[0]?.read('POST'))?.body).toBe(digestOf(Buffer.from(`x${'y'.repeat(99)}`)))
    const next = await stall()
    next.write('y'.repeat(99))
    expect((await next.read('POST')).status).toBe(200)
  })

  it('SEC-64 a client that disconnects releases its slot', async () => {
    const { service, stall } = await start(adapter, { limits: { pendingBodies: 1 } })
    const gone = await stall()
    gone.close()
    let response = { status: 503, body: '' }
    // Repeat until the server has noticed the disconnect.
    while (response.status === 503) {
      const next = await stall()
      next.write('y'.repeat(99))
      response = await next.read('POST')
    }
    expect(response.status).toBe(200)
    expect((await service.send({ target: '/upload' })).status).toBe(200)
  })

  it.each(FRAMINGS)(
    'SEC-80 a stalled body gets 408 at limits.bodyTimeoutMs and its connection is closed (%s)',
    async (framing) => {
      const clock = fakeClock()
      const { service, recorder, stall } = await start(adapter, {
        clock,
        limits: { bodyTimeoutMs: 2000, pendingBodies: 1 },
      })
      const slow = await stall(framing)
      clock.advanceSync(1999)
      await flushMicrotasks()
      clock.advanceSync(1)
      const response = await slow.read('POST')
      expect(response.status).toBe(408)
      expect(JSON.parse(response.body)).toMatchObject({ error_msg: 'Request timeout.' })
      expect((await slow.rest()).length).toBe(0)
      expect([recorder.seen, service.hits, clock.pending]).toEqual([[], [], 0])
      const next = await stall()
      next.write('y'.repeat(99))
      expect((await next.read('POST')).status).toBe(200)
    },
  )

  it('SEC-64 SEC-97 bodies above limits.pendingBodyBytes in total get 503', async () => {
    const { service, stall } = await start(adapter, { limits: { pendingBodyBytes: 1000 } })
    const slow = await stall()
    const rejected = await service.send(post(bytesOf(1000)))
    expect([rejected.status, rejected.header('Retry-After')]).toEqual([503, '1'])
    expect((await service.send(post(bytesOf(999)))).body).toBe(digestOf(bytesOf(999)))
    slow.write('y'.repeat(99))
    expect((await slow.read('POST')).status).toBe(200)
    expect((await service.send(post(bytesOf(1000)))).body).toBe(digestOf(bytesOf(1000)))
  })

  it('SEC-97 a connection whose body was rejected serves the next request or is closed', async () => {
    const { service } = await start(adapter, { limits: { pendingBodyBytes: 1000 } })
    const connection = await RawConnection.open(service.port)
    onTestFinished(() => connection.close())
    connection.write(toBytes(post(bytesOf(100_003))))
    expect((await connection.read('POST')).status).toBe(503)
    connection.write(toBytes(post(bytesOf(10))))
    const next = await connection.read('POST').then(
      ({ body }) => body,
      () => 'closed',
    )
    expect(['closed', digestOf(bytesOf(10))]).toContain(next)
  })
})
