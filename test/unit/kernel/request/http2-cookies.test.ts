/** HTTP/2 clients may split the Cookie header (RFC 9113, section 8.2.3). */
import { GatewayRequest } from '@custom-authorizer/core/contract'
import { expect, test } from 'vitest'

const requestOf = (httpVersion: string, rawHeaders: readonly string[]): GatewayRequest =>
  new GatewayRequest({
    method: 'GET',
    target: '/',
    rawHeaders,
    httpVersion,
    peer: () => undefined,
    routing: { caseSensitive: true, strict: true },
  })

test('SEC-114 split Cookie headers of HTTP/2 are joined at the position of the first one', () => {
  const sent = [':authority', 'h', 'cookie', 'a=1', 'accept', 'x', 'Cookie', 'b=2', 'x-6char', 'y', 'cookie', 'c=3']
  const request = requestOf('2.0', sent)
  expect(request.headers).toEqual([
    ['cookie', 'a=1; b=2; c=3'],
    ['accept', 'x'],
    ['x-6char', 'y'],
  ])
  expect(request.headerOnce('cookie')).toBe('a=1; b=2; c=3')
  expect([request.cookie('a'), request.cookie('c')]).toEqual(['1', '3'])
  expect(sent[3]).toBe('a=1')
})

test('SEC-114 repeated headers other than Cookie are not joined over HTTP/2', () => {
  const request = requestOf('2.0', ['cookie', 'a=1', 'cookie', 'b=2', ':authority', 'h', 'origin', 'p', 'origin', 'q'])
  expect(request.headers).toEqual([
    ['cookie', 'a=1; b=2'],
    ['origin', 'p'],
    ['origin', 'q'],
  ])
  expect(requestOf('2.0', [':authority', 'h', 'origin', 'p', 'expect', 'q']).headers).toEqual([
    ['origin', 'p'],
    ['expect', 'q'],
  ])
})

test('SEC-24 two Cookie headers of HTTP/1 are not joined', () => {
  const request = requestOf('1.1', ['Host', 'h', 'Cookie', 'a=1', 'Cookie', 'b=2'])
  expect(request.headerValues('cookie')).toEqual(['a=1', 'b=2'])
  expect(request.cookie('a')).toBe('1')
})
