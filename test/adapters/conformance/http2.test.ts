/** Denials over HTTP/2, on the frameworks that support it; Express does not. @module */
import { connect, createServer, type IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ADAPTERS, type Adapter, type Plan } from '../../support/adapters.ts'
import { REST_RESPONSES } from '../../conformance/rest/gateway.ts'
import { policy, requestContract, tokenContract } from './callers.ts'

const CAPABLE = ADAPTERS.filter(({ name }) => !name.startsWith('Express'))

// Koa 2 never ends its response to HEAD over HTTP/2, with or without a guard.
const methodsOf = ({ name }: Adapter): readonly string[] =>
  name === 'Koa 2' ? ['GET', 'POST'] : ['GET', 'HEAD', 'POST']

interface Http2Response {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

type Send = (headers: Record<string, string>) => Promise<Http2Response>

const serve = async (adapter: Adapter, plan: Plan): Promise<{ hits: readonly string[]; settings: Send }> => {
  const journal = { hits: [], errors: [] }
  const server = createServer(adapter.listener(plan, journal) as never)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(async () => {
    await new Promise<void>((resolve) => session.close(resolve))
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  })
  const settings: Send = (headers) =>
    new Promise((resolve, reject) => {
      const stream = session.request(headers)
      let received: IncomingHttpHeaders = {}
      const chunks: Buffer[] = []
      stream.on('response', (lines) => {
        received = lines
      })
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => resolve({ headers: received, body: Buffer.concat(chunks).toString() }))
      stream.on('error', reject)
    })
  return { hits: journal.hits, settings }
}

describe.each(CAPABLE.map((adapter) => [adapter.name, adapter] as const))('HTTP/2 on %s', (_, adapter) => {
  it.each(methodsOf(adapter))(
    'AWS-REST-02 AWS-REST-31 a denied %s has the headers of HTTP/1, in lower case',
    async (method) => {
      const guard = adapter.customAuthorizer(async () => policy({ '*': 'Deny' }), { contract: tokenContract() })
      const { settings, hits } = await serve(adapter, { use: [guard], routes: [{ path: '*' }] })
      const { headers, body } = await settings({ ':method': method, ':path': '/pets/7', authorization: 't' })
      const denied = REST_RESPONSES.answers['AWS-REST-09']
      expect([headers[':status'], body]).toEqual([403, method === 'HEAD' ? '' : denied?.body])
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'content-length': '110',
        'cache-control': 'no-store',
        'x-amzn-errortype': 'AccessDeniedException',
      })
      expect(headers['x-amzn-requestid']).toMatch(/^[\da-f-]{36}$/)
      expect(hits).toEqual([])
    },
  )

  it('AWS-ID-09 AWS-EVT-12 AWS-EVT-16 identity sources match lower-case names, which the event keeps', async () => {
    const events: Record<string, unknown>[] = []
    const guard = adapter.customAuthorizer(
      async (event: Record<string, unknown>) => {
        events.push(event)
        return policy({ 'GET/pets/7': 'Allow' })
      },
      { contract: requestContract({ identitySource: 'method.request.header.Authorization' }) },
    )
    const { settings, hits } = await serve(adapter, { use: [guard], routes: [{ path: '*' }] })
    expect((await settings({ ':path': '/pets/7', authorization: 't', 'x-a': '1' })).headers[':status']).toBe(200)
    expect((await settings({ ':path': '/pets/7' })).headers[':status']).toBe(401)
    expect(hits).toHaveLength(1)
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({ headers: { authorization: 't', 'x-a': '1' }, path: '/pets/7' })
    expect(Object.keys(events[0]?.['headers'] as object).filter((name) => name.startsWith(':'))).toEqual([])
    expect(events[0]?.['requestContext']).toMatchObject({ protocol: 'HTTP/1.1', httpMethod: 'GET' })
  })
})
