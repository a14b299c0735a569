/** What HTTP/2 clients may send in pieces (RFC 9113, section 8.2.3). */
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

test('SEC-114 a cookie in pieces is one header over HTTP/2, in the place of its first piece', () => {
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

test('SEC-114 a cookie that comes first, and other headers with a name of six letters', () => {
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

test('SEC-24 over HTTP/1 two cookie lines stay two', () => {
  const request = requestOf('1.1', ['Host', 'h', 'Cookie', 'a=1', 'Cookie', 'b=2'])
  expect(request.headerValues('cookie')).toEqual(['a=1', 'b=2'])
  expect(request.cookie('a')).toBe('1')
})
