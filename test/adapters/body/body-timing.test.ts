/** A body may arrive before the guard runs, while it waits, in pieces, or only in part. */
import { EventEmitter, once } from 'node:events'
import { allow, type Decision } from '@custom-authorizer/core'
import { expect, it, onTestFinished } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { RawConnection, toBytes } from '../../support/raw-client.ts'
import { expectNothingUncaught } from '../../support/failure-checks.ts'
import { serve, BodyRecorder } from './guarded-service.ts'
import { bytesOf, chunked, FRAMINGS, type Framing, post, digestOf } from './payload.ts'

const BODY = bytesOf(100_003)

const open = async (port: number): Promise<RawConnection> => {
  const connection = await RawConnection.open(port)
  onTestFinished(() => connection.close())
  return connection
}

const headOf = (framing: Framing): string =>
  `POST /upload HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${
    framing === 'length' ? `Content-Length: ${BODY.length}` : 'Transfer-Encoding: chunked'
  }\r\n\r\n`

const wire = (framing: Framing): Buffer => (framing === 'length' ? BODY : chunked(BODY, 9973))

describeAdapters('body timing', (adapter) => {
  expectNothingUncaught()

  it.each(FRAMINGS)(
    'HW-CFG-12 a body in many small pieces reaches function and handler, framed by %s',
    async (framing) => {
      const recorder = new BodyRecorder()
      const service = await serve(adapter, recorder.guard(adapter))
      const connection = await open(service.port)
      connection.write(headOf(framing))
      const bytes = wire(framing)
      for (let at = 0; at < bytes.length; at += 1009) {
        connection.write(bytes.subarray(at, at + 1009))
        await flushMicrotasks()
      }
      expect([(await connection.read('POST')).body, recorder.seen]).toEqual([digestOf(BODY), [digestOf(BODY)]])
    },
  )

  it.each(FRAMINGS)(
    'HW-CFG-12 a body whose end arrives late reaches function and handler, framed by %s',
    async (framing) => {
      const service = await serve(adapter, new BodyRecorder().guard(adapter))
      const connection = await open(service.port)
      const bytes = wire(framing)
      const last = framing === 'length' ? 1 : 5
      connection.write(Buffer.concat([Buffer.from(headOf(framing)), bytes.subarray(0, -last)]))
      for (let turn = 0; turn < 20; turn++) await flushMicrotasks()
      connection.write(bytes.subarray(-last))
      expect((await connection.read('POST')).body).toBe(digestOf(BODY))
    },
  )

  it.each(FRAMINGS)(
    'HW-CFG-12 a body that arrives before the guard reads it reaches function and handler, framed by %s',
    async (framing) => {
      const first = adapter.customAuthorizer(async () => {
        for (let turn = 0; turn < 30; turn++) await flushMicrotasks()
        return allow()
      })
      const recorder = new BodyRecorder()
      const service = await serve(adapter, first, recorder.guard(adapter))
      expect((await service.send(post(BODY, framing))).body).toBe(digestOf(BODY))
      expect((await service.send(post(bytesOf(3), framing))).body).toBe(digestOf(bytesOf(3)))
      expect(recorder.seen).toEqual([digestOf(BODY), digestOf(bytesOf(3))])
    },
  )

  it.each(FRAMINGS)(
    'HW-CFG-12 a body that arrives after the guard began to read reaches function and handler, framed by %s',
    async (framing) => {
      const calls = new EventEmitter()
      const first = adapter.customAuthorizer(() => {
        calls.emit('call')
        return allow()
      })
      const recorder = new BodyRecorder()
      const service = await serve(adapter, first, recorder.guard(adapter))
      const connection = await open(service.port)
      const begun = once(calls, 'call')
      connection.write(headOf(framing))
      await begun
      await flushMicrotasks()
      expect(recorder.seen).toEqual([])
      connection.write(wire(framing))
      expect([(await connection.read('POST')).body, recorder.seen]).toEqual([digestOf(BODY), [digestOf(BODY)]])
    },
  )

  it('HW-CFG-12 a slow function does not hold up another request with a body', async () => {
    const results = [new Deferred<'allow'>(), new Deferred<'allow'>()]
    const recorder = new BodyRecorder(() => (results[recorder.seen.length - 1] as Deferred<'allow'>).promise)
    const service = await serve(adapter, recorder.guard(adapter))
    const slow = service.send(post(BODY))
    while (recorder.seen.length < 1) await flushMicrotasks()
    const quick = service.send(post(bytesOf(7)))
    while (recorder.seen.length < 2) await flushMicrotasks()
    results[1]?.resolve('allow')
    expect((await quick).body).toBe(digestOf(bytesOf(7)))
    results[0]?.resolve('allow')
    expect((await slow).body).toBe(digestOf(BODY))
  })

  it('HW-CACHE-11 with a cached result the guard does not wait for the body', async () => {
    const recorder = new BodyRecorder()
    const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
    const reached = new EventEmitter()
    const service = await adapter.serve({
      use: [recorder.guard(adapter, { ttl: 60, allowCacheAcrossBodies: true, identities })],
      routes: [
        {
          method: 'POST',
          path: '/upload',
          handle: async (request) => {
            reached.emit('handler')
            return { body: digestOf(await request.body()) }
          },
        },
      ],
    })
    await service.send(post(bytesOf(3), 'length', [['X-Token', 'a']]))
    const connection = await open(service.port)
    const handler = once(reached, 'handler')
    connection.write(headOf('length').replace('Host: a', 'Host: a\r\nX-Token: a'))
    await handler
    connection.write(BODY)
    expect([(await connection.read('POST')).body, recorder.seen]).toEqual([digestOf(BODY), [digestOf(bytesOf(3))]])
  })

  it.each(FRAMINGS)('SEC-97 an incomplete body never reaches the function, framed by %s', async (framing) => {
    const decisions: Decision[] = []
    const decided = new EventEmitter()
    const recorder = new BodyRecorder()
    const guard = recorder.guard(
      adapter,
      { authDowngradeEnabled: true },
      {
        onDecision: (decision: Decision) => {
          decisions.push(decision)
          decided.emit('decision')
        },
      },
    )
    const began = new EventEmitter()
    const first = adapter.customAuthorizer(() => {
      began.emit('began')
      return allow()
    })
    const service = await serve(adapter, first, guard)
    const connection = await RawConnection.open(service.port)
    const [begun, decision] = [once(began, 'began'), once(decided, 'decision')]
    connection.write(Buffer.concat([Buffer.from(headOf(framing)), wire(framing).subarray(0, 50_000)]))
    await begun
    await flushMicrotasks()
    connection.close()
    await decision
    expect(decisions.map(({ verdict, reason }) => [verdict, reason])).toEqual([['deny', 'BODY_UNAVAILABLE']])
    expect([recorder.seen, service.hits]).toEqual([[], []])
    expect((await service.send(post(BODY, framing))).body).toBe(digestOf(BODY))
  })

  it('HW-CFG-12 pipelined requests with bodies in one packet are all served', async () => {
    const recorder = new BodyRecorder()
    const service = await serve(adapter, recorder.guard(adapter))
    const connection = await open(service.port)
    const sizes = [5, 0, 100_003, 1]
    connection.write(Buffer.concat(sizes.map((size, index) => toBytes(post(bytesOf(size), FRAMINGS[index % 2])))))
    for (const size of sizes) expect((await connection.read('POST')).body).toBe(digestOf(bytesOf(size)))
    expect(recorder.seen).toEqual(sizes.map((size) => digestOf(bytesOf(size))))
  })
})
