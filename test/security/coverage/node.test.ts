import { createServer, type Server } from 'node:http'
import { createServer as createServer2 } from 'node:http2'
import { deny } from '@custom-authorizer/core'
import { assertGuarded, customAuthorizer, guardUpgrade } from '@custom-authorizer/core/node'
import { describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { linesOf } from './runs.ts'

const ignore = (): void => undefined
const guardedListener = guardUpgrade(() => deny())(ignore)

describe.each(['upgrade', 'connect', 'checkContinue', 'checkExpectation'])('%s', (event) => {
  test('SEC-110 each unguarded listener is reported', () => {
    const server = createServer(ignore)
    expect(() => assertGuarded(server)).not.toThrow()
    server.on(event, ignore)
    expect(linesOf(() => assertGuarded(server))).toEqual([event])
    server.once(event, ignore)
    expect(linesOf(() => assertGuarded(server))).toEqual([event])
  })

  test('SEC-110 a listener of guardUpgrade is accepted, and another listener is reported', () => {
    const server = createServer().on(event, guardedListener)
    expect(() => assertGuarded(server)).not.toThrow()
    server.prependListener(event, ignore)
    expect(linesOf(() => assertGuarded(server))).toEqual([event])
  })

  test('SEC-110 a listener with an authorizer or an exception is accepted', () => {
    const { authorizer } = customAuthorizer(() => deny())
    const server = createServer().on(
      event,
      Object.assign(() => undefined, { authorizer }),
    )
    expect(() => assertGuarded(server)).not.toThrow()
    server.on(event, ignore)
    expect(() => assertGuarded(server, { except: [event] })).not.toThrow()
  })
})

test('SEC-110 the report says how to guard a listener', () => {
  const server = createServer().on('upgrade', ignore).on('connect', ignore)
  expect(() => assertGuarded(server)).toThrow(
    expect.objectContaining({
      code: 'ERR_UNGUARDED',
      message:
        'Open without an authorizer:\nupgrade\nconnect\nWrap them with guardUpgrade, or add routes that may be open to the option `except`.',
    }),
  )
})

test('SEC-110 an attached WebSocket server is reported, and a guarded one is not', () => {
  const attached = createServer()
  const sockets = new WebSocketServer({ server: attached })
  expect(linesOf(() => assertGuarded(attached))).toEqual(['upgrade'])
  sockets.close()
  const behind = new WebSocketServer({ noServer: true })
  const guard = guardUpgrade(() => deny())
  const server: Server = createServer().on(
    'upgrade',
    guard((request, socket, head) => behind.handleUpgrade(request, socket, head, ignore)),
  )
  expect(() => assertGuarded(server)).not.toThrow()
})

test('SEC-110 a stream listener of HTTP/2 is reported unless Node.js creates requests from streams', () => {
  const server = createServer2(ignore)
  expect(() => assertGuarded(server)).not.toThrow()
  expect(linesOf(() => assertGuarded(server.on('stream', ignore)))).toEqual(['stream'])
})

test('SEC-110 an exception without an unguarded listener is rejected', () => {
  expect(() => assertGuarded(createServer(), { except: ['upgrade'] })).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION' }),
  )
})

test.each([undefined, null, {}, ignore, 'server'])('SEC-110 %o is rejected: not a server', (wrong) => {
  expect(() => assertGuarded(wrong as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})
