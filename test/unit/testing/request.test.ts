/** `testRequest`: what a test writes, and the request that it gets. */
import { GatewayRequest } from '@custom-authorizer/core/contract'
import { testRequest, type TestRequestInit } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { expectOptionError } from '../../support/option-error.ts'

const text = async (request: GatewayRequest, maxBytes = 100): Promise<string> => {
  const body = await request.readBody(maxBytes)
  return typeof body === 'string' ? body : new TextDecoder().decode(body)
}

describe('testRequest', () => {
  test('the defaults are a GET of / from a documentation address', () => {
    const request = testRequest()
    expect(request).toBeInstanceOf(GatewayRequest)
    expect([request.problem, request.method, request.path, request.authority, request.sourceIp]).toEqual([
      undefined,
      'GET',
      '/',
      'api.example.com',
      '192.0.2.1',
    ])
    expect(request.headers).toEqual([['Host', 'api.example.com']])
  })

  test('every member reaches the request', async () => {
    const request = testRequest({
      method: 'PUT',
      path: '/pets/7?a=1&a=2',
      headers: { 'X-Id': '7', Cookie: ['a=1', 'b=2'] },
      host: 'pets.example.org',
      sourceIp: '2001:db8::1',
      body: 'gr\u00fc\u00dfe',
      route: '/pets/{petId}',
    })
    expect([request.method, request.path, request.queryString]).toEqual(['PUT', '/pets/7', 'a=1&a=2'])
    expect(request.headers).toEqual([
      ['Host', 'pets.example.org'],
      ['X-Id', '7'],
      ['Cookie', 'a=1'],
      ['Cookie', 'b=2'],
      ['Content-Length', '7'],
    ])
    expect([request.authority, request.sourceIp]).toEqual(['pets.example.org', '2001:db8::1'])
    expect(request.route?.parameters).toEqual({ petId: '7' })
    expect(await text(request)).toBe('gr\u00fc\u00dfe')
  })

  test('a Host header replaces the default, and a Content-Length is not written twice', () => {
    const { headers } = testRequest({ headers: { HOST: 'a.example', 'content-length': '3' }, body: new Uint8Array(3) })
    expect(headers).toEqual([
      ['HOST', 'a.example'],
      ['content-length', '3'],
    ])
  })

  test('a body over the limit of the contract is too large, and a later change has no effect', async () => {
    const bytes = new TextEncoder().encode('abc')
    const request = testRequest({ body: bytes })
    bytes.fill(0)
    expect([await text(testRequest({ body: 'abc' }), 2), await text(request, 3)]).toEqual(['TOO_LARGE', 'abc'])
  })

  test('ambiguous targets are requests, too', () => {
    expect(testRequest({ path: '/a//b' }).problem).toBe('EMPTY_SEGMENT')
  })

  test.each<[name: string, init: unknown, option: string]>([
    ['an unknown member', { url: '/pets' }, 'testRequest.url'],
    ['a method with a space', { method: 'GET /' }, 'testRequest.method'],
    ['a relative path', { path: 'pets' }, 'testRequest.path'],
    ['a path with a space', { path: '/a b' }, 'testRequest.path'],
    ['a header name with a colon', { headers: { 'a:b': '1' } }, 'testRequest.headers'],
    ['a header value of two lines', { headers: { authorization: 'credential\r\nx: 1' } }, 'testRequest.headers'],
    ['a header without a value', { headers: { authorization: undefined } }, 'testRequest.headers'],
    ['a header with no lines', { headers: { authorization: [] } }, 'testRequest.headers'],
    ['headers as a list', { headers: [['authorization', 'credential']] }, 'testRequest.headers'],
    ['two hosts', { headers: { host: 'a.example' }, host: 'b.example' }, 'testRequest.host'],
    ['a name as an address', { sourceIp: 'localhost' }, 'testRequest.sourceIp'],
    ['an object as a body', { body: { a: 1 } }, 'testRequest.body'],
    ['a route of another path', { path: '/pets/1', route: '/users/{id}' }, 'testRequest.route'],
    ['a route in the notation of Express', { path: '/pets/1', route: 'pets/:id' }, 'testRequest.route'],
    ['text instead of an object', '/pets', 'testRequest'],
  ])('SEC-105 %s is an error that names the member and shows no value', (_, init, option) => {
    const build = (): GatewayRequest => testRequest(init as TestRequestInit)
    expectOptionError(build, option, '', '')
    expect(build).not.toThrow(/credential/)
  })
})
