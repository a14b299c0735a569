/** Web-standard `Request` and `Response` objects: conversion from and to the types of the gateway. */
import type { GatewayResponse } from '@custom-authorizer/core'
import { jsonResponse, GatewayRequest } from '@custom-authorizer/core/contract'
import { toGatewayRequest, toResponse } from '@custom-authorizer/core/fetch'
import { describe, expect, test } from 'vitest'

describe('toGatewayRequest', () => {
  test('SEC-01 a Request is converted with method, path, query, authority and headers', () => {
    const headers = { Authorization: 'Bearer t', 'X-A': 'b' }
    const request = toGatewayRequest(
      new Request('https://Api.Example.com:8443/pets/%62ob?a=1&b', { method: 'PUT', headers }),
    )
    expect(request).toBeInstanceOf(GatewayRequest)
    expect(request.problem).toBeUndefined()
    expect(request).toMatchObject({
      method: 'PUT',
      path: '/pets/bob',
      queryString: 'a=1&b',
      authority: 'api.example.com:8443',
      protocol: 'HTTP/1.1',
      sourceIp: undefined,
      route: undefined,
    })
    expect(request.header('authorization')).toBe('Bearer t')
    expect(request.header('x-a')).toBe('b')
  })

  const targets: readonly [url: string, path: string, queryString: string][] = [
    ['http://h', '/', ''],
    ['http://h?a=1', '/', 'a=1'],
    ['http://h/?a=//b', '/', 'a=//b'],
    ['http://h/a?b?c', '/a', 'b?c'],
    ['http://h/a/', '/a/', ''],
    ['http://h/a%2fb', '/a%2Fb', ''],
  ]
  test.each(targets)('SEC-02 the URL %s is split into path and query string', (url, path, queryString) => {
    const request = toGatewayRequest(new Request(url))
    expect([request.path, request.queryString]).toEqual([path, queryString])
  })

  test('SEC-04 the URL of a Request has no dot segments, for router and policy alike', () => {
    const given = new Request('http://h/public/../admin/%2e%2e/secret')
    expect(new URL(given.url).pathname).toBe('/secret')
    expect(toGatewayRequest(given).path).toBe('/secret')
  })

  test.each([
    ['http://h//admin', 'EMPTY_SEGMENT'],
    ['http://h/a#x', 'FRAGMENT'],
    ['http://h/a%00', 'CONTROL_CHARACTER'],
    ['http://h/a%5cb', 'BACKSLASH'],
    ['http://h/a%zz', 'MALFORMED_ESCAPE'],
  ])('SEC-05 SEC-06 SEC-07 SEC-08 SEC-10 the URL %s is rejected', (url, problem) => {
    expect(toGatewayRequest(new Request(url)).problem).toBe(problem)
    expect(toGatewayRequest(new Request(url), { ambiguousTargets: 'allow' }).problem).toBeUndefined()
  })

  test('SEC-14 a method that is not an upper-case token is rejected', () => {
    expect(toGatewayRequest(new Request('http://h/', { method: 'purge' })).problem).toBe('METHOD')
    expect(toGatewayRequest(new Request('http://h/', { method: 'get' })).method).toBe('GET')
  })

  test('SEC-15 the authority is the Host header, or the host of the URL without one', () => {
    const named = toGatewayRequest(new Request('http://a/', { headers: { Host: 'a' } }))
    expect([named.authority, named.problem]).toEqual(['a', undefined])
    expect(toGatewayRequest(new Request('http://a/')).authority).toBe('a')
    expect(toGatewayRequest(new Request('http://a/', { headers: { Host: 'a, b' } })).problem).toBe('AUTHORITY')
  })

  test('SEC-11 routing is case-sensitive and strict by default', () => {
    const given = new Request('http://h/a/')
    expect(toGatewayRequest(given).resourcePath).toBe('/a/')
    expect(toGatewayRequest(given, { routing: { caseSensitive: false, strict: false } }).resourcePath).toBe('/a')
  })

  test('SEC-27 peer and route can be passed as options', () => {
    const request = toGatewayRequest(new Request('http://h/pets/7'), {
      peer: '::ffff:203.0.113.9',
      route: '/pets/{id}',
    })
    expect(request.sourceIp).toBe('203.0.113.9')
    expect(request.route?.parameters).toEqual({ id: '7' })
  })

  test('SEC-97 the body is not read', async () => {
    const given = new Request('http://h/', { method: 'POST', body: 'x'.repeat(1000) })
    toGatewayRequest(given)
    expect(given.bodyUsed).toBe(false)
    expect((await given.text()).length).toBe(1000)
  })
})

describe('toResponse', () => {
  const denial: GatewayResponse = jsonResponse(403, '{"message":"Zoë"}', [
    ['WWW-Authenticate', 'A'],
    ['WWW-Authenticate', 'B'],
  ])

  test('a Response has the status, headers and body, and a Content-Length in bytes', async () => {
    const response = toResponse(denial)
    expect(response.status).toBe(403)
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'www-authenticate': 'A, B',
      'content-length': '18',
    })
    expect(await response.text()).toBe('{"message":"Zoë"}')
  })

  test('AWS-REST-31 a response to HEAD has a Content-Length and no body', async () => {
    const response = toResponse(denial, { head: true })
    expect(response.headers.get('content-length')).toBe('18')
    expect(response.body).toBeNull()
  })

  test.each([204, 205, 304])('a response with status %i has no body', (status) => {
    expect(toResponse({ status, headers: [], body: '' }).body).toBeNull()
  })
})
