/** The host of a request (RFC 3986, section 3.2.2; SEC-15), and whether Host matches the target (SEC-03). */
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

test.each([
  ['ab%41', 'ab%41'],
  ['%41', '%41'],
  ['%41b.C', '%41b.c'],
  ['a-%41:8080', 'a-%41:8080'],
])('SEC-15 the percent-encoded host %j is accepted and not decoded', (host, authority) => {
  const request = gatewayRequest('GET /', { headers: { Host: host } })
  expect([request.problem, request.authority]).toEqual([undefined, authority])
})

test.each(['a!%41', 'a%4!', 'a%41:x', 'a b', 'h:123456', '[::1', '[g::1]', '[::1]x', 'x[::1]', 'h/', 'h?', 'h#'])(
  'SEC-15 the host %j is rejected',
  (host) => {
    expect(gatewayRequest('GET /', { headers: { Host: host } }).problem).toBe('AUTHORITY')
  },
)

test.each<[target: string, host: string, agree: boolean]>([
  ['https://h/', 'h:443', true],
  ['https://h:443/', 'h', true],
  ['HTTPS://h/', 'h:443', true],
  ['http://h/', 'h:80', true],
  ['http://h:80/', 'h', true],
  ['http://h:/', 'h', true],
  ['https://h:/', 'h:443', true],
  ['http://h/', 'h:443', false],
  ['https://h/', 'h:80', false],
  ['https://h:8443/', 'h:443', false],
  ['http://h/?to=https://x', 'h:80', true],
  ['http://h/?to=https://x', 'h:443', false],
  ['http://[::1]/', '[::1]:80', true],
])('SEC-03 the target %s and the Host %s name the same server: %s', (target, host, agree) => {
  expect(gatewayRequest(`GET ${target}`, { headers: { Host: host } }).problem).toBe(agree ? undefined : 'AUTHORITY')
})

test('SEC-15 the authority of an HTTP/1.0 request without Host is not taken from its target', () => {
  const request = gatewayRequest('GET http://h/pets', { httpVersion: '1.0' })
  expect([request.problem, request.path, request.authority]).toEqual([undefined, '/pets', undefined])
})

test('SEC-15 an HTTP/1.0 request with an invalid Host is rejected', () => {
  const request = gatewayRequest('GET /', { httpVersion: '1.0', headers: { Host: 'a b' } })
  expect([request.problem, request.authority]).toEqual(['AUTHORITY', undefined])
})
