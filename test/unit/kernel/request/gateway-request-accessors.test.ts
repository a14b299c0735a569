/** Parts of a request that identity sources, caches and skip lists read: single headers, cookies, addresses, bodies. */
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

describe('SEC-24 a header that is expected once', () => {
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
  ])('%s', (name, value) => {
    expect(request.headerOnce(name)).toBe(value)
  })
})

test.each([
  ['Coo', 'cookie'],
  ['Cookies', 'cookie'],
  ['x@y', 'x`y'],
  ['x[y', 'x{y'],
])('SEC-16 a header %s is no %s', (sent, asked) => {
  const request = gatewayRequest('GET /', { headers: [[sent, '1']] })
  expect([request.header(asked), request.headerValues(asked)]).toEqual([undefined, []])
  expect(request.headerOnce(asked)).toBeUndefined()
})

describe('SEC-24 cookies', () => {
  test.each([
    ['sidx', 'sid', undefined],
    ['sidx; sid=1', 'sid', '1'],
    ['sid = a ; b=c', 'sid', 'a'],
    ['\tsid\t=\ta\t', 'sid', 'a'],
  ])('%j has %s', (line, name, value) => {
    expect(gatewayRequest('GET /', { headers: { Cookie: line } }).cookie(name)).toBe(value)
  })
})

describe('SEC-26 the peer', () => {
  test('is the proxy behind a proxy, in canonical text', () => {
    const headers = { 'X-Forwarded-For': '198.51.100.7' }
    const request = gatewayRequest('GET /', { peer: '::FFFF:10.0.0.1', headers, trustedProxies: ['10.0.0.0/8'] })
    expect([request.peer, request.sourceIp]).toEqual(['10.0.0.1', '198.51.100.7'])
    expect(gatewayRequest('GET /', { peer: 'unix' }).peer).toBeUndefined()
  })

  test('is believed when no proxies are named', () => {
    const rawHeaders = ['Host', 'h', 'X-Forwarded-For', '198.51.100.7']
    expect(new GatewayRequest({ ...init, rawHeaders }).sourceIp).toBe('203.0.113.9')
  })
})

describe('the route of a framework', () => {
  test('AWS-EVT-25 is matched once', () => {
    const request = new GatewayRequest({ ...init, target: '/pets/a%2fb', route: '/pets/{id}' })
    expect(request.route?.parameters).toEqual({ id: 'a%2Fb' })
    expect(request.route).toBe(request.route)
  })

  test('is named as such when it is none', () => {
    const request = new GatewayRequest({ ...init, route: '/{a}b' })
    expect(() => request.route).toThrow(/^route/)
  })
})

describe('the body', () => {
  const bytes = new Uint8Array(4)

  test('is gone when nobody can read it', async () => {
    expect(await new GatewayRequest(init).readBody(10)).toBe('GONE')
  })

  test('is read once, within the bound of the first reader', async () => {
    const body = vi.fn(async () => bytes)
    const request = new GatewayRequest({ ...init, body })
    expect(body).not.toHaveBeenCalled()
    expect(await request.readBody(4)).toBe(bytes)
    expect(await request.readBody(10)).toBe(bytes)
    expect(body.mock.calls).toEqual([[4]])
  })

  test('SEC-95 is too large for a later reader with a lower bound', async () => {
    const request = new GatewayRequest({ ...init, body: async () => bytes })
    expect(await request.readBody(4)).toBe(bytes)
    expect(await request.readBody(3)).toBe('TOO_LARGE')
  })

  test.each(['TOO_LARGE', 'GONE', 'BROKEN'] as const)('cannot be had: %s', async (problem) => {
    expect(await new GatewayRequest({ ...init, body: async () => problem }).readBody(1)).toBe(problem)
  })

  test('is broken off when its reader fails', async () => {
    const request = new GatewayRequest({ ...init, body: () => Promise.reject(new Error('reset')) })
    expect(await request.readBody(10)).toBe('BROKEN')
  })
})
