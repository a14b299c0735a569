/** Without `needBody` the guard neither reads the body nor waits for it. @module */
import { createHash, randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { allow } from '@custom-authorizer/core'
import { expect, it, onTestFinished } from 'vitest'
import { describeAdapters, type HandledRequest } from '../../support/adapters.ts'
import { RawConnection } from '../../support/raw-client.ts'
import { paced, PACES } from './callers.ts'

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const sendBack = async (request: HandledRequest): Promise<{ body: Buffer }> => ({ body: await request.body() })
const MEGABYTE = randomBytes(1_048_576)

const chunked = (bytes: Buffer, size: number): Buffer => {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}

describeAdapters('body', (adapter) => {
  for (const pace of PACES) {
    // Context headers can make an adapter build a new request around the body.
    const guard = adapter.customAuthorizer(
      paced(pace, () => allow({ principalId: 'ann' })),
      { contextHeaders: { 'x-user-id': 'principalId' } },
    )
    const plan = { use: [guard], routes: [{ method: 'POST', path: '/upload', handle: sendBack }] }

    it(`SEC-97 SEC-113 a body of one megabyte reaches the handler unchanged (${pace})`, async () => {
      const service = await adapter.serve(plan)
      const response = await service.send({ method: 'POST', target: '/upload', body: MEGABYTE })
      expect([response.status, response.bytes.length, sha256(response.bytes)]).toEqual([
        200,
        1_048_576,
        sha256(MEGABYTE),
      ])
    })

    it(`SEC-97 a chunked body of one megabyte reaches the handler unchanged (${pace})`, async () => {
      const service = await adapter.serve(plan)
      const headers = [['Transfer-Encoding', 'chunked']] as const
      const body = chunked(MEGABYTE, 10_007)
      const response = await service.send({ method: 'POST', target: '/upload', headers, body })
      expect([response.status, sha256(response.bytes)]).toEqual([200, sha256(MEGABYTE)])
    })

    it(`SEC-97 the guard decides before the client has sent the body (${pace})`, async () => {
      const calls = new EventEmitter()
      const call = once(calls, 'call')
      const pacedGuard = adapter.customAuthorizer(paced(pace, () => calls.emit('call')))
      const service = await adapter.serve({ ...plan, use: [pacedGuard] })
      const connection = await RawConnection.open(service.port)
      onTestFinished(() => connection.close())
      connection.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\n')
      await call
      connection.write('hello')
      expect((await connection.read('POST')).body).toBe('hello')
    })

    it(`SEC-97 a denial is sent before the client has sent the body (${pace})`, async () => {
      const service = await adapter.serve({ ...plan, use: [adapter.customAuthorizer(paced(pace, () => false))] })
      const connection = await RawConnection.open(service.port)
      onTestFinished(() => connection.close())
      connection.write('POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n')
      expect((await connection.read('POST')).status).toBe(403)
      expect(service.hits).toEqual([])
    })
  }
})
