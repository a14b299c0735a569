import { createServer, type Server } from 'node:http'
import { createServer as createServer2 } from 'node:http2'
import { type AuthorizerError, deny } from '@custom-authorizer/core'
import { assertGuarded, customAuthorizer, guardUpgrade } from '@custom-authorizer/core/node'
import { describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { expectOptionError } from '../../support/option-error.ts'
import { linesOf } from './runs.ts'

/** The report, with the names of functions. */
const placesOf = (check: () => void): readonly string[] | undefined => {
  try {
    check()
  } catch (error) {
    return (error as AuthorizerError).places
  }
  return []
}
const ignore = (): void => undefined
const guardedListener = guardUpgrade(() => deny())(ignore)

function metrics(): void {
  // A listener with a name.
}

describe.each(['upgrade', 'connect', 'checkContinue', 'checkExpectation'])('%s', (event) => {
  test('SEC-110 each unguarded listener is reported', () => {
    expect(() => assertGuarded(createServer(ignore))).not.toThrow()
    const server = createServer(ignore).on(event, ignore)
    expect(placesOf(() => assertGuarded(server))).toEqual([`${event} (ignore)`])
    server.once(event, metrics)
    expect(placesOf(() => assertGuarded(server))).toEqual([`${event} (ignore)`, `${event} (metrics)`])
    server.on(event, () => undefined)
    expect(placesOf(() => assertGuarded(server))).toEqual([`${event} (ignore)`, `${event} (metrics)`, event])
  })

  test('SEC-110 a listener of guardUpgrade is accepted, and another listener is reported', () => {
    expect(() => assertGuarded(createServer().on(event, guardedListener))).not.toThrow()
    const server = createServer().on(event, guardedListener).prependListener(event, ignore)
    expect(linesOf(() => assertGuarded(server))).toEqual([event])
  })

  test('SEC-110 a listener with an authorizer or an exception is accepted', () => {
    const { authorizer } = customAuthorizer(() => deny())
    const guarded = Object.assign(() => undefined, { authorizer })
    expect(() => assertGuarded(createServer().on(event, guarded))).not.toThrow()
    const server = createServer().on(event, guarded).on(event, ignore)
    expect(() => assertGuarded(server, { except: [event] })).not.toThrow()
  })

  test('SEC-110 an exception with a name covers the listener of this name only', () => {
    const server = createServer().on(event, ignore).on(event, metrics)
    expect(placesOf(() => assertGuarded(server, { except: [`${event} (metrics)`] }))).toEqual([`${event} (ignore)`])
    expect(() => assertGuarded(server, { except: [`${event} (metrics)`, `${event} (ignore)`] })).not.toThrow()
  })
})

test('SEC-110 an exception for one event covers no other event', () => {
  const server = createServer().on('upgrade', ignore).on('checkContinue', ignore)
  expect(placesOf(() => assertGuarded(server, { except: ['checkContinue'] }))).toEqual(['upgrade (ignore)'])
})

test('SEC-110 the report says how to guard a listener', () => {
  const server = createServer().on('upgrade', ignore).on('connect', ignore)
  expect(() => assertGuarded(server)).toThrow(
    expect.objectContaining({
      code: 'ERR_UNGUARDED',
      message:
        'Open without an authorizer:\nupgrade (ignore)\nconnect (ignore)\nWrap them with guardUpgrade, or add routes that may be open to the option `except`.',
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
  expect(() => assertGuarded(createServer2(ignore))).not.toThrow()
  expect(linesOf(() => assertGuarded(createServer2(ignore).on('stream', ignore)))).toEqual(['stream'])
})

test.each(['upgrades', 'upgrade ()', 'upgrade (a b)', 'GET /', '/', 'connection', ''])(
  'SEC-110 SEC-105 an exception that names no event is rejected: "%s"',
  (rule) => {
    expectOptionError(
      () => assertGuarded(createServer(), { except: [rule] }),
      'assertGuarded.except',
      'found an array',
      'upgrade, connect, checkContinue, checkExpectation, stream, request',
    )
  },
)

test('SEC-110 SEC-105 a logger without methods is rejected', () => {
  expectOptionError(
    () => assertGuarded(createServer(), { logger: { warn: ignore } as never }),
    'assertGuarded.logger',
    'found an object',
    'a Logger with warn() and error(), or null',
  )
})

test.each([undefined, null, {}, ignore, 'server'])('SEC-110 %o is rejected: not a server', (wrong) => {
  expect(() => assertGuarded(wrong as never)).toThrow(expect.objectContaining({ code: 'ERR_OPTION' }))
})
