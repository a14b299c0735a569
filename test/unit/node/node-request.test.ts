/** `toGatewayRequest` for Node: an `IncomingMessage` as a canonical request. */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { toGatewayRequest } from '@custom-authorizer/core/node'
import { describe, expect, test, vi } from 'vitest'
import { arrive, arriveHttp2 } from '../../support/arriving.ts'
import { EXACT, LOOSE } from '../../support/request.ts'

describe('HTTP/1', () => {
  test('SEC-01 headers are taken from rawHeaders, the peer from the socket', async () => {
    const lines = ['PATCH /a%62?x=1 HTTP/1.1', 'X-A: 1', 'x-a: 2']
    const request = await arrive(lines, (incoming) => {
      const built = toGatewayRequest(incoming)
      return { ...membersOf(built), peer: built.peer, sourceIp: built.sourceIp }
    })
    expect(request).toEqual({
      method: 'PATCH',
      path: '/ab',
      queryString: 'x=1',
      protocol: 'HTTP/1.1',
      headers: [
        ['X-A', '1'],
        ['x-a', '2'],
        ['Host', 'h'],
        ['Connection', 'close'],
      ],
      problem: undefined,
      peer: '127.0.0.1',
      sourceIp: '127.0.0.1',
    })
  })

  test('SEC-15 HTTP/2.0 in the request line of HTTP/1 is rejected', async () => {
    const request = await arrive(['GET / HTTP/2.0'], toGatewayRequest)
    expect([request.problem, request.protocol]).toEqual(['HTTP_VERSION', 'HTTP/unknown'])
  })

  test.each([
    ['the target option', '/c', { originalUrl: '/b' }, '/c', undefined],
    ['the base URL and the URL', undefined, { originalUrl: '/b/a', baseUrl: '/b' }, '/b/a', undefined],
    ['the base URL and the rewritten URL', undefined, { originalUrl: '/c', baseUrl: '/b' }, '/b/a', '/c'],
    ['the URL that the server received', undefined, {}, '/a', undefined],
  ])('SEC-12 the routed target is %s', async (_, target, members, path, received) => {
    const built = await arrive(['GET /a HTTP/1.1'], (incoming) => {
      Object.assign(incoming, members)
      return toGatewayRequest(incoming, { target })
    })
    expect([built.path, built.received?.path, built.problem]).toEqual([path, received, undefined])
  })

  test('SEC-12 a request with a different originalUrl and no baseUrl is rejected', async () => {
    const request = await arrive(['GET /a HTTP/1.1'], (incoming) =>
      toGatewayRequest(Object.assign(incoming, { originalUrl: '/b/a' })),
    )
    expect(request.problem).toBe('UNEXPLAINED_TARGET')
  })

  test.each([
    ['no originalUrl', {}, '/api/a', undefined],
    ['an originalUrl', { originalUrl: '/api/a' }, '/api/a', undefined],
    ['another originalUrl', { originalUrl: '/api/b' }, '/api/a', '/api/b'],
    ['an empty baseUrl', { originalUrl: '/api/a', baseUrl: '' }, '/api/a', undefined],
  ])('SEC-12 mountPath explains %s', async (_, members, path, received) => {
    const built = await arrive(['GET /a HTTP/1.1'], (incoming) =>
      toGatewayRequest(Object.assign(incoming, members), { mountPath: { segments: ['api'] } }),
    )
    expect([built.path, built.received?.path, built.problem]).toEqual([path, received, undefined])
  })

  test('SEC-98 onAbort calls the listener at once if the connection is already closed', () => {
    const listener = vi.fn()
    const socket = new Socket()
    socket.destroy()
    toGatewayRequest(new IncomingMessage(socket)).onAbort(listener)
    expect(listener).toHaveBeenCalledOnce()
  })

  test('SEC-11 SEC-26 routing, route and body are passed as options; routing is loose by default', async () => {
    const [bare, configured] = await arrive(['GET /pets/7 HTTP/1.1'], (incoming) => [
      toGatewayRequest(incoming),
      toGatewayRequest(incoming, { routing: EXACT, route: '/pets/{id}', body: async () => 'BROKEN' }),
    ])
    expect([bare?.routing, bare?.route]).toEqual([LOOSE, undefined])
    expect([configured?.routing, configured?.route?.parameters]).toEqual([EXACT, { id: '7' }])
    expect(await configured?.readBody(1)).toBe('BROKEN')
  })

  test('the body is read from the message by default', async () => {
    const body = await arrive(
      ['POST / HTTP/1.1', 'Content-Length: 2'],
      (incoming) => toGatewayRequest(incoming).readBody(10),
      'ab',
    )
    expect(body).toEqual(new Uint8Array([97, 98]))
  })
})

describe('HTTP/2', () => {
  test('SEC-114 method and target are read from the pseudo-headers of HTTP/2', async () => {
    const headers = { ':method': 'DELETE', ':path': '/a?x=1', 'x-a': '1' }
    const request = await arriveHttp2(headers, (incoming) => membersOf(toGatewayRequest(incoming)))
    expect(request).toEqual({
      method: 'DELETE',
      path: '/a',
      queryString: 'x=1',
      protocol: 'HTTP/2',
      headers: [['x-a', '1']],
      problem: undefined,
    })
  })

  test('SEC-01 headers added to the message later are not part of the request', async () => {
    const seen = await arriveHttp2({ ':path': '/' }, (incoming) => {
      const request = toGatewayRequest(incoming)
      incoming.rawHeaders.push('x-later', '1')
      return request.header('x-later')
    })
    expect(seen).toBeUndefined()
  })
})

describe('messages not created by a server', () => {
  test('SEC-01 an empty message becomes a request that is rejected', () => {
    const incoming = new IncomingMessage(new Socket())
    const request = toGatewayRequest(incoming)
    expect([request.method, request.path, request.problem]).toEqual(['', '/', 'TARGET_FORM'])
    expect(request.sourceIp).toBeUndefined()
  })

  test('SEC-27 a message without a socket and url has no peer and an empty target', () => {
    const incoming = Object.assign(new IncomingMessage(new Socket()), { socket: undefined, url: undefined })
    const request = toGatewayRequest(incoming)
    expect([request.sourceIp, request.peer, request.rawPath]).toEqual([undefined, undefined, ''])
  })
})

const membersOf = (request: ReturnType<typeof toGatewayRequest>) => {
  const { method, path, queryString, protocol, headers, problem } = request
  return { method, path, queryString, protocol, headers, problem }
}
