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
  test('SEC-110 a listener is reported, once for each', () => {
    const server = createServer(ignore)
    expect(() => assertGuarded(server)).not.toThrow()
    server.on(event, ignore)
    expect(linesOf(() => assertGuarded(server))).toEqual([event])
    server.once(event, ignore)
    expect(linesOf(() => assertGuarded(server))).toEqual([event])
  })

  test('SEC-110 a listener that guardUpgrade made is fine, and one beside it is not', () => {
    const server = createServer().on(event, guardedListener)
    expect(() => assertGuarded(server)).not.toThrow()
    server.prependListener(event, ignore)
    expect(linesOf(() => assertGuarded(server))).toEqual([event])
  })

  test('SEC-110 a listener may carry its authorizer, or be meant to be open', () => {
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

test('SEC-110 the report says what to do', () => {
  const server = createServer().on('upgrade', ignore).on('connect', ignore)
  expect(() => assertGuarded(server)).toThrow(
    expect.objectContaining({
      code: 'ERR_UNGUARDED',
      message:
        'Open without an authorizer:\nupgrade\nconnect\nMake them with guardUpgrade, or add routes that may be open to the option `except`.',
    }),
  )
})

test('SEC-110 a WebSocket server that is attached, and one that is guarded', () => {
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

test('SEC-110 streams of HTTP/2, but for those that Node makes requests of', () => {
  const server = createServer2(ignore)
  expect(() => assertGuarded(server)).not.toThrow()
  expect(linesOf(() => assertGuarded(server.on('stream', ignore)))).toEqual(['stream'])
})

test('SEC-110 what is not open cannot be an exception', () => {
  expect(() => assertGuarded(createServer(), { except: ['upgrade'] })).toThrow(
    expect.objectContaining({ code: 'ERR_OPTION' }),
  )
})

test.each([undefined, null, {}, ignore, 'server'])('SEC-110 %o is no server', (wrong) => {
  expect(() => assertGuarded(wrong as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})
