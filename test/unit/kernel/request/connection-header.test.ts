/** `Connection` may name hop-by-hop options only, so that no proxy removes an injected header (SEC-23). */
import { allow, anyOf, allOf, createAuthorizer, firstOf, optional, native } from '@custom-authorizer/core'
import { toGatewayRequest } from '@custom-authorizer/core/fetch'
import * as huawei from '@custom-authorizer/core/huawei'
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

const request = (value: string, httpVersion = '1.1') =>
  gatewayRequest('GET /pets', { headers: { connection: value }, httpVersion })

test.each(['1.0', '1.1', '2.0'])(
  'SEC-23 HTTP/%s: a request with a header name in Connection is rejected',
  (version) => {
    expect(request('close, x-user-id', version).problem).toBe('CONNECTION_HEADER')
    expect(request('close, keep-alive', version).problem).toBeUndefined()
  },
)

test.each([
  'close',
  'keep-alive',
  'Upgrade',
  'upgrade',
  'KEEP-ALIVE',
  'te',
  'trailer',
  'http2-settings',
  'Upgrade, HTTP2-Settings',
  ' close ',
  '\tclose\t',
  'close,\tte ,trailer',
  '',
  ',',
  ' , close, ',
  '\t',
])('SEC-23 Connection: %j is accepted', (value) => {
  expect(request(value).problem).toBeUndefined()
})

test.each([
  'x-user-id',
  'close, authorization',
  'closed',
  'keep-alive2',
  'close te',
  'close; x=1',
  '"close"',
  'upgradE-insecure-requests',
  'te, \u00a0trailer',
  'host',
  '-',
])('SEC-23 Connection: %j is rejected', (value) => {
  expect(request(value).problem).toBe('CONNECTION_HEADER')
})

const headers = (...values: string[]) => values.map((value) => ['Connection', value] as const)

test('SEC-23 every Connection header is checked if there are several', () => {
  expect(gatewayRequest('GET /', { headers: headers('close', 'te') }).problem).toBeUndefined()
  expect(gatewayRequest('GET /', { headers: headers('close', 'x-a') }).problem).toBe('CONNECTION_HEADER')
  expect(gatewayRequest('GET /', { headers: headers('x-a', 'close') }).problem).toBe('CONNECTION_HEADER')
})

test('SEC-23 an HTTP/2 request with :authority and without Host is accepted', () => {
  const { problem, authority } = gatewayRequest('GET /', { headers: [[':authority', 'h']], httpVersion: '2.0' })
  expect([problem, authority]).toEqual([undefined, 'h'])
})

test('SEC-23 the Connection header of a web-standard Request is checked', () => {
  const given = { url: 'http://h/pets', method: 'GET', headers: new Headers({ connection: 'te, x-user-id' }) }
  expect(toGatewayRequest(given as Request).problem).toBe('CONNECTION_HEADER')
})

test('SEC-23 a Connection header with a million spaces is parsed in linear time', () => {
  expect(request(`close,${' '.repeat(1_000_000)}x`).problem).toBe('CONNECTION_HEADER')
})

test('SEC-23 no composition of authorizers accepts a header name in Connection', async () => {
  let calls = 0
  const authorize = () => {
    calls++
    return allow({ principalId: 'ann' })
  }
  const contract = native({ identitySources: ['$request.header.authorization'] })
  const one = createAuthorizer({ authorize, contract, logger: null })
  const frontend = createAuthorizer({ authorize: async () => ++calls, contract: huawei.frontend(), logger: null })
  const composed = [optional(one), anyOf(one, one), firstOf(one, one), allOf(one, one), huawei.both({ frontend })]
  for (const authorizer of composed)
    expect(await authorizer.evaluate(request('close, x-user-id'))).toMatchObject({
      allowed: false,
      reason: 'MALFORMED_REQUEST',
    })
  expect(calls).toBe(0)
})
