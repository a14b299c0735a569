/** `received`: a rewritten request also exposes the target that the client sent (SEC-12). */
import { GatewayRequest } from '@custom-authorizer/core/contract'
import { type GatewayRequestInit } from '@custom-authorizer/core/adapter'
import { expect, test } from 'vitest'
import { EXACT } from '../../../support/request.ts'

const build = (members: Partial<GatewayRequestInit> = {}): GatewayRequest =>
  new GatewayRequest({
    method: 'GET',
    target: '/a?x=1',
    rawHeaders: ['Host', 'h'],
    httpVersion: '1.1',
    peer: () => '127.0.0.1',
    routing: EXACT,
    ...members,
  })

test('SEC-12 a rewritten request exposes the received target as `received`', () => {
  const { received, path } = build({ receivedTarget: '/legacy/a?y=2' })
  expect(path).toBe('/a')
  expect(received?.path).toBe('/legacy/a')
  expect(received?.queryString).toBe('y=2')
  expect(received?.method).toBe('GET')
  expect(received?.authority).toBe('h')
  expect(received?.received).toBeUndefined()
})

test.each([undefined, '/a?x=1'])('SEC-12 with the received target %j, `received` is undefined', (receivedTarget) => {
  expect(build({ receivedTarget }).received).toBeUndefined()
})

test('SEC-12 a request with an ambiguous received target is rejected', () => {
  expect(build({ receivedTarget: '/a/../b' }).problem).toBe('DOT_SEGMENT')
  expect(build({ receivedTarget: '/b' }).problem).toBeUndefined()
  expect(build({ target: '//a', receivedTarget: '/a/../b' }).problem).toBe('EMPTY_SEGMENT')
})

test('SEC-12 a request with an unexplained target is rejected', () => {
  expect(build({ unexplainedTarget: true }).problem).toBe('UNEXPLAINED_TARGET')
  expect(build({ unexplainedTarget: false }).problem).toBeUndefined()
  expect(build({ target: '//a', unexplainedTarget: true }).problem).toBe('EMPTY_SEGMENT')
})
