/** A body may be there before the guard, come while it waits, come in pieces, or stop halfway. */
import { EventEmitter, once } from 'node:events'
import { allow, type Decision } from '@custom-authorizer/core'
import { expect, it, onTestFinished } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { RawConnection, toBytes } from '../../support/raw-client.ts'
import { expectNothingUncaught } from '../../support/refusal.ts'
import { serve, Watcher } from './guarded-service.ts'
import { bytesOf, chunked, FRAMINGS, type Framing, post, printOf } from './payload.ts'

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

describeAdapters('a body', (adapter) => {
  expectNothingUncaught()

  it.each(FRAMINGS)('HW-CFG-12 that comes in many small pieces, framed by %s', async (framing) => {
    const watcher = new Watcher()
    const service = await serve(adapter, watcher.guard(adapter))
    const connection = await open(service.port)
    connection.write(headOf(framing))
    const bytes = wire(framing)
    for (let at = 0; at < bytes.length; at += 1009) {
      connection.write(bytes.subarray(at, at + 1009))
      await flushMicrotasks()
    }
    expect([(await connection.read('POST')).body, watcher.seen]).toEqual([printOf(BODY), [printOf(BODY)]])
  })

  it.each(FRAMINGS)('HW-CFG-12 whose end comes after everything else, framed by %s', async (framing) => {
    const service = await serve(adapter, new Watcher().guard(adapter))
    const connection = await open(service.port)
    const bytes = wire(framing)
    const last = framing === 'length' ? 1 : 5
    connection.write(Buffer.concat([Buffer.from(headOf(framing)), bytes.subarray(0, -last)]))
    for (let turn = 0; turn < 20; turn++) await flushMicrotasks()
    connection.write(bytes.subarray(-last))
    expect((await connection.read('POST')).body).toBe(printOf(BODY))
  })

  it.each(FRAMINGS)('HW-CFG-12 that comes before the guard looks for it, framed by %s', async (framing) => {
    const first = adapter.customAuthorizer(async () => {
      for (let turn = 0; turn < 30; turn++) await flushMicrotasks()
      return allow()
    })
    const watcher = new Watcher()
    const service = await serve(adapter, first, watcher.guard(adapter))
    expect((await service.ask(post(BODY, framing))).body).toBe(printOf(BODY))
    expect((await service.ask(post(bytesOf(3), framing))).body).toBe(printOf(bytesOf(3)))
    expect(watcher.seen).toEqual([printOf(BODY), printOf(bytesOf(3))])
  })

  it.each(FRAMINGS)('HW-CFG-12 that comes only after the guard has begun to wait, framed by %s', async (framing) => {
    const calls = new EventEmitter()
    const first = adapter.customAuthorizer(() => {
      calls.emit('call')
      return allow()
    })
    const watcher = new Watcher()
    const service = await serve(adapter, first, watcher.guard(adapter))
    const connection = await open(service.port)
    const begun = once(calls, 'call')
    connection.write(headOf(framing))
    await begun
    await flushMicrotasks()
    expect(watcher.seen).toEqual([])
    connection.write(wire(framing))
    expect([(await connection.read('POST')).body, watcher.seen]).toEqual([printOf(BODY), [printOf(BODY)]])
  })

  it('HW-CFG-12 with which the function takes its time, and another request goes on meanwhile', async () => {
    const answers = [new Deferred<'allow'>(), new Deferred<'allow'>()]
    const watcher = new Watcher(() => (answers[watcher.seen.length - 1] as Deferred<'allow'>).promise)
    const service = await serve(adapter, watcher.guard(adapter))
    const slow = service.ask(post(BODY))
    while (watcher.seen.length < 1) await flushMicrotasks()
    const quick = service.ask(post(bytesOf(7)))
    while (watcher.seen.length < 2) await flushMicrotasks()
    answers[1]?.resolve('allow')
    expect((await quick).body).toBe(printOf(bytesOf(7)))
    answers[0]?.resolve('allow')
    expect((await slow).body).toBe(printOf(BODY))
  })

  it('HW-CACHE-11 that nobody waits for when the result is kept', async () => {
    const watcher = new Watcher()
    const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
    const reached = new EventEmitter()
    const service = await adapter.serve({
      use: [watcher.guard(adapter, { ttl: 60, allowCacheAcrossBodies: true, identities })],
      routes: [
        {
          method: 'POST',
          path: '/upload',
          handle: async (visit) => {
            reached.emit('handler')
            return { body: printOf(await visit.body()) }
          },
        },
      ],
    })
    await service.ask(post(bytesOf(3), 'length', [['X-Token', 'a']]))
    const connection = await open(service.port)
    const handler = once(reached, 'handler')
    connection.write(headOf('length').replace('Host: a', 'Host: a\r\nX-Token: a'))
    await handler
    connection.write(BODY)
    expect([(await connection.read('POST')).body, watcher.seen]).toEqual([printOf(BODY), [printOf(bytesOf(3))]])
  })

  it.each(FRAMINGS)('SEC-97 that breaks off is never given to the function, framed by %s', async (framing) => {
    const decisions: Decision[] = []
    const decided = new EventEmitter()
    const watcher = new Watcher()
    const guard = watcher.guard(
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
    expect([watcher.seen, service.hits]).toEqual([[], []])
    expect((await service.ask(post(BODY, framing))).body).toBe(printOf(BODY))
  })

  it('HW-CFG-12 a whole request in one piece, and the next one in the same piece', async () => {
    const watcher = new Watcher()
    const service = await serve(adapter, watcher.guard(adapter))
    const connection = await open(service.port)
    const sizes = [5, 0, 100_003, 1]
    connection.write(Buffer.concat(sizes.map((size, index) => toBytes(post(bytesOf(size), FRAMINGS[index % 2])))))
    for (const size of sizes) expect((await connection.read('POST')).body).toBe(printOf(bytesOf(size)))
    expect(watcher.seen).toEqual(sizes.map((size) => printOf(bytesOf(size))))
  })
})
