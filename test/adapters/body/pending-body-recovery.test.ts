/** Slots of limits.pendingBodies are released when a body completes, breaks off or is too large (SEC-64). */
import { EventEmitter, once } from 'node:events'
import { allow } from '@custom-authorizer/core'
import { expect, it, onTestFinished } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { RawConnection } from '../../support/raw-client.ts'
import { serve, BodyRecorder } from './guarded-service.ts'
import { bytesOf, post, digestOf } from './payload.ts'

describeAdapters('uploads', (adapter) => {
  it('SEC-64 an upload above limits.pendingBodies gets 503, and is served once another completes', async () => {
    const began = new EventEmitter()
    const first = adapter.customAuthorizer(() => {
      began.emit('began')
      return allow()
    })
    const recorder = new BodyRecorder()
    const service = await serve(adapter, first, recorder.guard(adapter, {}, { limits: { pendingBodies: 1 } }))
    const slow = await RawConnection.open(service.port)
    onTestFinished(() => slow.close())
    const begun = once(began, 'began')
    slow.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n')
    await begun
    await flushMicrotasks()
    const second = await RawConnection.open(service.port)
    onTestFinished(() => second.close())
    second.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n')
    const rejected = await second.read('POST')
    expect([rejected.status, rejected.header('Retry-After')]).toEqual([503, '1'])
    expect(JSON.parse(rejected.body)).toMatchObject({ error_code: 'APIG.0601' })
    slow.write('hi')
    expect((await slow.read('POST')).body).toBe(digestOf(Buffer.from('hi')))
    expect((await service.send(post(bytesOf(3)))).body).toBe(digestOf(bytesOf(3)))
  })

  it('SEC-64 a body that breaks off or is too large releases its slot', async () => {
    const recorder = new BodyRecorder()
    const service = await serve(adapter, recorder.guard(adapter, {}, { limits: { pendingBodies: 1 } }))
    for (const length of [5, 12_582_913]) {
      const connection = await RawConnection.open(service.port)
      connection.write(`POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\nhi`)
      await flushMicrotasks()
      connection.close()
    }
    let response = await service.send(post(bytesOf(3)))
    // Repeat until the server has noticed the disconnect.
    while (response.status === 503) response = await service.send(post(bytesOf(3)))
    expect([response.body, recorder.seen]).toEqual([digestOf(bytesOf(3)), [digestOf(bytesOf(3))]])
  })
})
