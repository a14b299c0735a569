/** From Node's messages to canonical requests: which of the views of a message counts. */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { toGatewayRequest } from '@custom-authorizer/core/node'
import { describe, expect, test, vi } from 'vitest'
import { arrive, arriveHttp2 } from '../../support/arriving.ts'
import { EXACT, LOOSE } from '../../support/request.ts'

describe('HTTP/1', () => {
  test('SEC-01 lines are taken as they came, the peer from the socket', async () => {
    const lines = ['PATCH /a%62?x=1 HTTP/1.1', 'X-A: 1', 'x-a: 2']
    const request = await arrive(lines, (incoming) => {
      const built = toGatewayRequest(incoming)
      return { ...pick(built), peer: built.peer, sourceIp: built.sourceIp }
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

  test('SEC-15 a request line cannot turn it into another protocol', async () => {
    const request = await arrive(['GET / HTTP/2.0'], toGatewayRequest)
    expect([request.problem, request.protocol]).toEqual(['HTTP_VERSION', 'HTTP/unknown'])
  })

  test.each([
    ['the one that the adapter names', '/c', { originalUrl: '/b' }, '/c', undefined],
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

  test('SEC-12 a request with an original URL and no base URL is rejected, as nothing explains the difference', async () => {
    const request = await arrive(['GET /a HTTP/1.1'], (incoming) =>
      toGatewayRequest(Object.assign(incoming, { originalUrl: '/b/a' })),
    )
    expect(request.problem).toBe('UNEXPLAINED_TARGET')
  })

  test.each([
    ['no original URL', {}, '/api/a', undefined],
    ['an original URL', { originalUrl: '/api/a' }, '/api/a', undefined],
    ['another original URL', { originalUrl: '/api/b' }, '/api/a', '/api/b'],
    ['an empty base URL', { originalUrl: '/api/a', baseUrl: '' }, '/api/a', undefined],
  ])('SEC-12 a stated mount explains %s', async (_, members, path, received) => {
    const built = await arrive(['GET /a HTTP/1.1'], (incoming) =>
      toGatewayRequest(Object.assign(incoming, members), { mountPath: { segments: ['api'] } }),
    )
    expect([built.path, built.received?.path, built.problem]).toEqual([path, received, undefined])
  })

  test('SEC-98 a listener is called at once when the connection is already closed', () => {
    const listener = vi.fn()
    const socket = new Socket()
    socket.destroy()
    toGatewayRequest(new IncomingMessage(socket)).onAbort(listener)
    expect(listener).toHaveBeenCalledOnce()
  })

  test('SEC-11 SEC-26 options of the mount are handed on; a router that is not known is loose', async () => {
    const [bare, told] = await arrive(['GET /pets/7 HTTP/1.1'], (incoming) => [
      toGatewayRequest(incoming),
      toGatewayRequest(incoming, { routing: EXACT, route: '/pets/{id}', body: async () => 'BROKEN' }),
    ])
    expect([bare?.routing, bare?.route]).toEqual([LOOSE, undefined])
    expect([told?.routing, told?.route?.parameters]).toEqual([EXACT, { id: '7' }])
    expect(await told?.readBody(1)).toBe('BROKEN')
  })

  test('the body is Node’s unless an adapter says otherwise', async () => {
    const body = await arrive(
      ['POST / HTTP/1.1', 'Content-Length: 2'],
      (incoming) => toGatewayRequest(incoming).readBody(10),
      'ab',
    )
    expect(body).toEqual(new Uint8Array([97, 98]))
  })
})

describe('HTTP/2', () => {
  test('SEC-114 pseudo-headers are read', async () => {
    const headers = { ':method': 'DELETE', ':path': '/a?x=1', 'x-a': '1' }
    const request = await arriveHttp2(headers, (incoming) => pick(toGatewayRequest(incoming)))
    expect(request).toEqual({
      method: 'DELETE',
      path: '/a',
      queryString: 'x=1',
      protocol: 'HTTP/2',
      headers: [['x-a', '1']],
      problem: undefined,
    })
  })

  test('SEC-01 what is added to the message later is not part of the request', async () => {
    const seen = await arriveHttp2({ ':path': '/' }, (incoming) => {
      const request = toGatewayRequest(incoming)
      incoming.rawHeaders.push('x-later', '1')
      return request.header('x-later')
    })
    expect(seen).toBeUndefined()
  })
})

describe('messages that no server has made', () => {
  test('SEC-01 are requests that will be refused, not faults', () => {
    const incoming = new IncomingMessage(new Socket())
    const request = toGatewayRequest(incoming)
    expect([request.method, request.path, request.problem]).toEqual(['', '/', 'TARGET_FORM'])
    expect(request.sourceIp).toBeUndefined()
  })

  test('SEC-27 have no peer without a socket, and no target without a url', () => {
    const incoming = Object.assign(new IncomingMessage(new Socket()), { socket: undefined, url: undefined })
    const request = toGatewayRequest(incoming)
    expect([request.sourceIp, request.peer, request.rawPath]).toEqual([undefined, undefined, ''])
  })
})

const pick = (request: ReturnType<typeof toGatewayRequest>) => {
  const { method, path, queryString, protocol, headers, problem } = request
  return { method, path, queryString, protocol, headers, problem }
}
