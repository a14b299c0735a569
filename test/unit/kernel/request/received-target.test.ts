/** `received`: a rewritten request also exposes the target that the client sent (SEC-12). */
import { GatewayRequest } from '@custom-authorizer/core/contract'
import { type GatewayRequestInit } from '@custom-authorizer/core/adapter'
import { expect, test, vi } from 'vitest'
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

test('SEC-27 the peer address is read once, so that it survives the end of the connection', () => {
  const peer = vi.fn<() => string | undefined>().mockReturnValueOnce('127.0.0.1')
  const request = build({ peer })
  expect([request.sourceIp, request.sourceIp, request.peer, request.peer]).toEqual(Array(4).fill('127.0.0.1'))
})

test('SEC-80 readBody passes its signal and limits to the body reader', async () => {
  const body = vi.fn(() => Promise.resolve(new Uint8Array(1)))
  const conditions = { signal: new AbortController().signal, wait: () => true, hold: () => true }
  await build({ body }).readBody(10, conditions)
  expect(body).toHaveBeenCalledExactlyOnceWith(10, conditions)
})

test('SEC-98 onAbort registers the listener once and returns a function that removes it', () => {
  const remove = vi.fn()
  const onAbort = vi.fn(() => remove)
  const listener = vi.fn()
  build({ onAbort }).onAbort(listener)()
  expect(onAbort).toHaveBeenCalledExactlyOnceWith(listener)
  expect(remove).toHaveBeenCalledOnce()
  expect(build().onAbort(listener)()).toBeUndefined()
})
