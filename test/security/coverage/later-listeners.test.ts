/** Listeners that are added to a server after `assertGuarded`. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer, type Server } from 'node:http'
import { createServer as createServer2 } from 'node:http2'
import { type AddressInfo, createServer as createFront, type Server as Front } from 'node:net'
import { deny, type LogFields, type Problem, PROBLEM_CHANNEL } from '@custom-authorizer/core'
import { assertGuarded, guardUpgrade } from '@custom-authorizer/core/node'
import { Server as SocketServer } from 'socket.io'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { HANDSHAKE } from '../../support/handshake.ts'
import { RawConnection, sendRequest, toBytes } from '../../support/raw-client.ts'

const EVENTS = ['upgrade', 'connect', 'checkContinue', 'checkExpectation', 'stream', 'request']
const ADDERS = ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener'] as const

function late(): void {
  // The listener of these tests.
}

const fail = (): never => {
  throw new Error('the log is full')
}

/** A server that `assertGuarded` has checked, and the lines in its log. */
const checked = (
  except: readonly string[] = [],
  server = createServer((_request, response) => void response.end('application')),
): { server: Server; log: [string, LogFields][] } => {
  const log: [string, LogFields][] = []
  const write = (message: string, fields: LogFields): void => void log.push([message, fields])
  assertGuarded(server, { except, logger: { warn: write, error: write } })
  return { server, log }
}

const listening = async (server: Server | Front): Promise<number> => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    if ('closeAllConnections' in server) server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

describe.each(EVENTS)('%s', (event) => {
  test.each(ADDERS)('SEC-110 %s throws before the server is started', (add) => {
    const { server, log } = checked()
    const before = server.listenerCount(event)
    expect(() => server[add](event, late)).toThrow(
      expect.objectContaining({ code: 'ERR_UNGUARDED', places: [`${event} (late)`] }),
    )
    expect([server.listenerCount(event), log]).toEqual([before, []])
  })

  test.each(ADDERS)('SEC-110 %s adds nothing to a started server, and reports each function once', async (add) => {
    const { server, log } = checked()
    await listening(server)
    const before = server.listeners(event)
    expect(server[add](event, late)).toBe(server)
    server[add](event, late)
    expect(server.listeners(event)).toEqual(before)
    expect(log).toEqual([
      [
        expect.stringContaining(`the listener ${event} (late) was added after assertGuarded`),
        { authorizer: 'assertGuarded', kind: 'UNGUARDED_LISTENER' },
      ],
    ])
    server[add](event, () => undefined)
    expect(log).toHaveLength(2)
  })

  test.each(ADDERS)('SEC-110 %s adds an exception, also by name', async (add) => {
    for (const rule of [event, `${event} (late)`]) {
      const { server, log } = checked([rule])
      await listening(server)
      const before = server.listenerCount(event)
      server[add](event, late)
      expect([server.listenerCount(event), log]).toEqual([before + 1, []])
    }
    const { server } = checked([`${event} (other)`])
    expect(() => server[add](event, late)).toThrow(expect.objectContaining({ code: 'ERR_UNGUARDED' }))
  })
})

test('SEC-110 a guarded listener, and listeners of other events, can be added at any time', async () => {
  const { server, log } = checked()
  const guarded = guardUpgrade(() => deny(), { logger: null })(late)
  server.on('upgrade', guarded).once('upgrade', guarded).on('error', late).on('close', late)
  await listening(server)
  server.on('connect', guarded).on('clientError', late)
  expect(['upgrade', 'connect', 'close', 'clientError'].map((event) => server.listenerCount(event))).toEqual([
    2, 1, 1, 1,
  ])
  expect(log).toEqual([])
})

test('SEC-110 a refused listener is published on the channel of problems, and a failing logger has no effect', async () => {
  const problems: Problem[] = []
  const onProblem = (problem: unknown): void => void problems.push(problem as Problem)
  subscribe(PROBLEM_CHANNEL, onProblem)
  onTestFinished(() => void unsubscribe(PROBLEM_CHANNEL, onProblem))
  const server = createServer()
  assertGuarded(server, { logger: { warn: fail, error: fail } })
  await listening(server)
  server.on('upgrade', late)
  expect(problems.map(({ authorizer, kind }) => [authorizer, kind])).toEqual([['assertGuarded', 'UNGUARDED_LISTENER']])
})

test('SEC-110 a second call replaces the exceptions', () => {
  const { server } = checked(['upgrade'])
  assertGuarded(server)
  expect(() => server.on('upgrade', late)).toThrow(expect.objectContaining({ code: 'ERR_UNGUARDED' }))
  assertGuarded(server, { except: ['upgrade'] })
  expect(server.on('upgrade', late).listenerCount('upgrade')).toBe(1)
})

test('SEC-110 a server that receives its connections from another one is started with the first of them', async () => {
  const { server, log } = checked()
  const front = createFront((socket) => void server.emit('connection', socket))
  expect((await sendRequest(await listening(front), { target: '/' })).body).toBe('application')
  server.on('upgrade', late)
  expect([server.listenerCount('upgrade'), log.length]).toEqual([0, 1])
})

test('SEC-110 an upgrade in the same packet as the request that adds a listener does not reach it', async () => {
  const reached: unknown[] = []
  const { server } = checked(
    [],
    createServer((_request, response) => {
      server.on('upgrade', (_upgrade, socket) => {
        reached.push('upgrade')
        socket.destroy()
      })
      response.end('application')
    }),
  )
  const connection = await RawConnection.open(await listening(server))
  const upgrade = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
  ] as const
  connection.write(`${toBytes({ target: '/' }).toString()}${toBytes({ target: '/', headers: upgrade }).toString()}`)
  expect((await connection.read()).body).toBe('application')
  expect((await connection.read()).body).toBe('application')
  connection.close()
  expect(reached).toEqual([])
})

test('SEC-110 a WebSocket server that is attached later throws, or receives no upgrades', async () => {
  const { server, log } = checked()
  expect(() => new WebSocketServer({ server })).toThrow(expect.objectContaining({ code: 'ERR_UNGUARDED' }))
  const port = await listening(server)
  const sockets = new WebSocketServer({ server })
  onTestFinished(() => sockets.close())
  expect((await sendRequest(port, { target: '/', headers: HANDSHAKE })).body).toBe('application')
  expect(log).toHaveLength(1)
})

test('SEC-110 Socket.IO that replaces the listeners of requests on a started server: clients get 500, not a hang', async () => {
  const { server, log } = checked()
  const port = await listening(server)
  const io = new SocketServer(server)
  onTestFinished(() => void io.close())
  for (const target of ['/socket.io/?EIO=4&transport=polling', '/']) {
    expect((await sendRequest(port, { target })).status).toBe(500)
  }
  expect(log.map(([message]) => /the listener (\w+)/.exec(message)?.[1])).toEqual(['request', 'upgrade', 'request'])
})

test('SEC-110 Node.js itself can add the listener with which it creates requests from streams of HTTP/2', () => {
  const server = createServer2()
  assertGuarded(server, { except: ['request'] })
  server.on('request', late)
  expect([server.listenerCount('request'), server.listenerCount('stream')]).toEqual([1, 1])
})
