/** Bodies that come in are bounded apart from running calls, so that slow uploads can neither pile up nor block others (SEC-64). */
import { EventEmitter, once } from 'node:events'
import { allow } from '@custom-authorizer/core'
import { expect, it, onTestFinished } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { RawConnection } from '../../support/raw-client.ts'
import { serve, Watcher } from './guarded-service.ts'
import { bytesOf, post, printOf } from './payload.ts'

describeAdapters('uploads', (adapter) => {
  it('SEC-64 beyond the bound get 503, and are served again once one is through', async () => {
    const began = new EventEmitter()
    const first = adapter.customAuthorizer(() => {
      began.emit('began')
      return allow()
    })
    const watcher = new Watcher()
    const service = await serve(adapter, first, watcher.guard(adapter, {}, { limits: { pendingBodies: 1 } }))
    const slow = await RawConnection.open(service.port)
    onTestFinished(() => slow.close())
    const begun = once(began, 'began')
    slow.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n')
    await begun
    await flushMicrotasks()
    const second = await RawConnection.open(service.port)
    onTestFinished(() => second.close())
    second.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n')
    const refused = await second.read('POST')
    expect([refused.status, refused.header('Retry-After')]).toEqual([503, '1'])
    expect(JSON.parse(refused.body)).toMatchObject({ error_code: 'APIG.0601' })
    slow.write('hi')
    expect((await slow.read('POST')).body).toBe(printOf(Buffer.from('hi')))
    expect((await service.ask(post(bytesOf(3)))).body).toBe(printOf(bytesOf(3)))
  })

  it('SEC-64 a body that broke off, and one that was too large, make room again', async () => {
    const watcher = new Watcher()
    const service = await serve(adapter, watcher.guard(adapter, {}, { limits: { pendingBodies: 1 } }))
    for (const length of [5, 12_582_913]) {
      const connection = await RawConnection.open(service.port)
      connection.write(`POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\nhi`)
      await flushMicrotasks()
      connection.close()
    }
    let answer = await service.ask(post(bytesOf(3)))
    // Until the server has noticed that nobody is there any more.
    while (answer.status === 503) answer = await service.ask(post(bytesOf(3)))
    expect([answer.body, watcher.seen]).toEqual([printOf(bytesOf(3)), [printOf(bytesOf(3))]])
  })
})
