/** `native({ maxBodyBytes })`: a webhook whose signature covers the bytes of the body. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { native, type NativeAuthorize } from '@custom-authorizer/core'
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import type { RawRequest } from '../../support/raw-client.ts'

const SECRET = 'webhook secret'
const sign = (body: Uint8Array | string): string => createHmac('sha256', SECRET).update(body).digest('hex')

const verify: NativeAuthorize = (request, { body = new Uint8Array() }) => {
  const sent = Buffer.from(request.header('x-signature') ?? '', 'hex')
  const expected = Buffer.from(sign(body), 'hex')
  return sent.length === expected.length && timingSafeEqual(sent, expected)
}

const hook = (body: string, signature: string = sign(body)): RawRequest => ({
  method: 'POST',
  target: '/hook',
  headers: [['X-Signature', signature]],
  body,
})

describeAdapters('the raw body of a native authorizer', (adapter) => {
  const serve = (use: readonly unknown[] = []): ReturnType<typeof adapter.serve> =>
    adapter.serve({
      use: [
        ...(use as never[]),
        adapter.customAuthorizer(verify, { contract: native({ maxBodyBytes: 100 }), logger: null }),
      ],
      routes: [
        { method: 'POST', path: '/hook', handle: async (request) => ({ body: await request.body() }) },
        { path: '/hook', handle: () => ({ body: 'read' }) },
      ],
    })

  it('passes the bytes that the client sent, and the handler can still read them', async () => {
    const service = await serve()
    const body = '{ "a":1,\r\n"b": "\u00e9" }'
    const response = await service.send(hook(body))
    expect([response.status, response.body]).toEqual([200, body])
    expect((await service.send(hook(body, sign('other')))).status).toBe(403)
  })

  it('passes an empty body if the request has none', async () => {
    const service = await serve()
    const response = await service.send({ target: '/hook', headers: [['X-Signature', sign('')]] })
    expect([response.status, response.body]).toEqual([200, 'read'])
  })

  it('SEC-97 a body over maxBodyBytes is 413 and reaches neither function nor handler', async () => {
    const service = await serve()
    expect((await service.send(hook('x'.repeat(101)))).status).toBe(413)
    expect(service.hits).toEqual([])
  })
})
