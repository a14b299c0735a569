/** `GatewayRequest`: single headers, cookies, addresses, the route and the body. */
import { REPEATED, GatewayRequest } from '@custom-authorizer/core/contract'
import { type GatewayRequestInit } from '@custom-authorizer/core/adapter'
import { describe, expect, test, vi } from 'vitest'
import { EXACT, gatewayRequest } from '../../../support/request.ts'

const init: GatewayRequestInit = {
  method: 'POST',
  target: '/pets',
  rawHeaders: ['Host', 'h'],
  httpVersion: '1.1',
  peer: () => '203.0.113.9',
  routing: EXACT,
}

describe('headerOnce', () => {
  const request = gatewayRequest('GET /', {
    headers: [
      ['X-A', '1'],
      ['X-B', '1'],
      ['x-b', '1'],
      ['X-E', ''],
      ['x-e', ''],
      ['X-F', ''],
    ],
  })

  test.each([
    ['x-a', '1'],
    ['x-b', REPEATED],
    ['x-c', undefined],
    ['x-e', REPEATED],
    ['x-f', ''],
    ['host', 'api.example.com'],
  ])('SEC-24 headerOnce(%j) is %s', (name, value) => {
    expect(request.headerOnce(name)).toBe(value)
  })
})

test.each([
  ['Coo', 'cookie'],
  ['Cookies', 'cookie'],
  ['x@y', 'x`y'],
  ['x[y', 'x{y'],
])('SEC-16 the header %s is not read as %s', (sent, name) => {
  const request = gatewayRequest('GET /', { headers: [[sent, '1']] })
  expect([request.header(name), request.headerValues(name)]).toEqual([undefined, []])
  expect(request.headerOnce(name)).toBeUndefined()
})

describe('cookies', () => {
  test.each([
    ['sidx', 'sid', undefined],
    ['sidx; sid=1', 'sid', '1'],
    ['sid = a ; b=c', 'sid', 'a'],
    ['\tsid\t=\ta\t', 'sid', 'a'],
  ])('SEC-24 in Cookie: %j, the value of %s is %s', (line, name, value) => {
    expect(gatewayRequest('GET /', { headers: { Cookie: line } }).cookie(name)).toBe(value)
  })
})

describe('peer', () => {
  test('SEC-26 behind a trusted proxy the peer is the proxy, in canonical form', () => {
    const headers = { 'X-Forwarded-For': '198.51.100.7' }
    const request = gatewayRequest('GET /', { peer: '::FFFF:10.0.0.1', headers, trustedProxies: ['10.0.0.0/8'] })
    expect([request.peer, request.sourceIp]).toEqual(['10.0.0.1', '198.51.100.7'])
    expect(gatewayRequest('GET /', { peer: 'unix' }).peer).toBeUndefined()
  })

  test('SEC-26 without trusted proxies the peer is the source IP', () => {
    const rawHeaders = ['Host', 'h', 'X-Forwarded-For', '198.51.100.7']
    expect(new GatewayRequest({ ...init, rawHeaders }).sourceIp).toBe('203.0.113.9')
  })

  test('SEC-27 the peer address is read once, and only if it is needed', () => {
    const peer = vi.fn(() => '203.0.113.9')
    const request = new GatewayRequest({ ...init, peer })
    expect(peer).not.toHaveBeenCalled()
    expect([request.sourceIp, request.sourceIp]).toEqual(['203.0.113.9', '203.0.113.9'])
    expect(peer).toHaveBeenCalledTimes(1)
  })

  test('SEC-27 the peer address stays available after the connection has ended', () => {
    const peer = vi.fn<() => string | undefined>().mockReturnValueOnce('127.0.0.1')
    const request = new GatewayRequest({ ...init, peer })
    expect([request.sourceIp, request.sourceIp, request.peer, request.peer]).toEqual(Array(4).fill('127.0.0.1'))
  })
})

test('SEC-98 onAbort registers the listener once and returns a function that removes it', () => {
  const remove = vi.fn()
  const onAbort = vi.fn(() => remove)
  const listener = vi.fn()
  new GatewayRequest({ ...init, onAbort }).onAbort(listener)()
  expect(onAbort).toHaveBeenCalledExactlyOnceWith(listener)
  expect(remove).toHaveBeenCalledOnce()
  expect(new GatewayRequest(init).onAbort(listener)()).toBeUndefined()
})

test('SEC-134 a request without all of its header lines is rejected', () => {
  expect(new GatewayRequest({ ...init, incompleteHeaders: true }).problem).toBe('HEADER_LINES')
  for (const incompleteHeaders of [false, undefined])
    expect(new GatewayRequest({ ...init, incompleteHeaders }).problem).toBeUndefined()
})

test("the framework's own request object is available if the adapter has passed one", () => {
  const framework = {}
  expect(new GatewayRequest({ ...init, framework }).framework).toBe(framework)
  expect(new GatewayRequest(init).framework).toBeUndefined()
})

test('SEC-122 a request opens a connection only if the adapter says so', () => {
  expect(
    [true, false, undefined].map((each) => new GatewayRequest({ ...init, opensConnection: each }).opensConnection),
  ).toEqual([true, false, false])
})

describe('route', () => {
  test('AWS-EVT-25 the route of the framework is matched once', () => {
    const request = new GatewayRequest({ ...init, target: '/pets/a%2fb', route: '/pets/{id}' })
    expect(request.route?.parameters).toEqual({ id: 'a%2Fb' })
    expect(request.route).toBe(request.route)
  })

  test('an invalid route of the framework throws an error that names it', () => {
    const request = new GatewayRequest({ ...init, route: '/{a}b' })
    expect(() => request.route).toThrow(/^route/)
  })
})

describe('readBody', () => {
  const bytes = new Uint8Array(4)

  test('readBody resolves to GONE without a body reader', async () => {
    expect(await new GatewayRequest(init).readBody(10)).toBe('GONE')
  })

  test('the body is read once, with the limit of the first call', async () => {
    const body = vi.fn(async () => bytes)
    const request = new GatewayRequest({ ...init, body })
    expect(body).not.toHaveBeenCalled()
    expect(await request.readBody(4)).toBe(bytes)
    expect(await request.readBody(10)).toBe(bytes)
    expect(body.mock.calls).toEqual([[4]])
  })

  test('SEC-80 readBody passes its signal and limits to the body reader', async () => {
    const body = vi.fn(() => Promise.resolve(new Uint8Array(1)))
    const limits = { signal: new AbortController().signal, wait: () => true, hold: () => true }
    await new GatewayRequest({ ...init, body }).readBody(10, limits)
    expect(body).toHaveBeenCalledExactlyOnceWith(10, limits)
  })

  test('SEC-95 readBody resolves to TOO_LARGE if a later call has a lower limit', async () => {
    const request = new GatewayRequest({ ...init, body: async () => bytes })
    expect(await request.readBody(4)).toBe(bytes)
    expect(await request.readBody(3)).toBe('TOO_LARGE')
  })

  test.each(['TOO_LARGE', 'GONE', 'BROKEN'] as const)(
    'readBody resolves to %s if the body reader does',
    async (problem) => {
      expect(await new GatewayRequest({ ...init, body: async () => problem }).readBody(1)).toBe(problem)
    },
  )

  test('readBody resolves to BROKEN if the body reader rejects', async () => {
    const request = new GatewayRequest({ ...init, body: () => Promise.reject(new Error('reset')) })
    expect(await request.readBody(10)).toBe('BROKEN')
  })
})

describe('detached', () => {
  test('SEC-130 a detached copy keeps its headers, and has no body, framework object and connection', async () => {
    const rawHeaders = ['Host', 'h', 'X-A', '1']
    const body = vi.fn(async () => new Uint8Array(3))
    const onAbort = vi.fn(() => () => undefined)
    const request = new GatewayRequest({ ...init, rawHeaders, body, onAbort, framework: {}, route: '/{kind}' })
    const copy = request.detached()
    rawHeaders.push('X-B', '2')
    expect(copy.headers).toEqual([
      ['Host', 'h'],
      ['X-A', '1'],
    ])
    expect([copy.method, copy.path, copy.sourceIp, copy.route?.parameters]).toEqual([
      'POST',
      '/pets',
      '203.0.113.9',
      { kind: 'pets' },
    ])
    expect(copy.routing).toEqual(EXACT)
    expect(copy.framework).toBeUndefined()
    copy.onAbort(() => undefined)
    expect(await copy.readBody(10)).toBe('GONE')
    expect([body.mock.calls, onAbort.mock.calls]).toEqual([[], []])
  })

  test('SEC-130 a detached copy is read like the original: targets, options and the pieces of a cookie', () => {
    const given: GatewayRequestInit = {
      ...init,
      method: 'GET',
      target: '/b//c',
      receivedTarget: '/a/b//c',
      ambiguousTargets: 'allow',
      httpVersion: '2.0',
      rawHeaders: [':authority', 'h', 'cookie', 'a=1', 'cookie', 'b=2'],
      opensConnection: true,
    }
    const request = new GatewayRequest(given)
    const copy = request.detached()
    expect(copy.problem).toBe(request.problem)
    expect([copy.isAmbiguous, copy.received?.path, copy.opensConnection]).toEqual([true, request.received?.path, true])
    expect([copy.cookie('a'), copy.cookie('b'), copy.authority]).toEqual(['1', '2', 'h'])
    expect(new GatewayRequest({ ...given, unexplainedTarget: true }).detached().problem).toBe('UNEXPLAINED_TARGET')
    expect(new GatewayRequest({ ...init, target: '/a%2Fb', encodedSlash: 'reject' }).detached().problem).toBeDefined()
  })
})
