/** Connections that are closed when the credential expires (SEC-124). */
import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { allOf, allow, anyOf, type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import { guardUpgrade, type UpgradeListener } from '@custom-authorizer/core/node'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { Deferred, flushMicrotasks } from '../../support/deferred.ts'
import { expectOptionError } from '../../support/option-error.ts'
import { authorizerOf, token } from '../../unit/jwt/jwt-fixture.ts'
import { connect, connectClient, exchange, listen, readResponse } from '../web-socket/harness.ts'

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 24 * HOUR

const expiring = (clock: FakeClock, inMs: number | undefined, context: object = {}): Authorizer => {
  const expiresAt = inMs === undefined ? undefined : clock.now() + inMs
  return createAuthorizer({
    authorize: () => allow({ principalId: 'ann', context, ...(expiresAt !== undefined && { expiresAt }) }),
    clock,
    logger: null,
  })
}

interface Service {
  readonly port: number
  readonly messages: string[]
  readonly sockets: readonly Duplex[]
}

const serve = async (
  guard: (listener: UpgradeListener) => UpgradeListener,
  accept?: UpgradeListener,
): Promise<Service> => {
  const messages: string[] = []
  const wss = new WebSocketServer({ noServer: true })
  wss.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => {
      messages.push(data.toString())
      socket.send('pong')
    }),
  )
  const handle: UpgradeListener = (request, socket, head) =>
    wss.handleUpgrade(request, socket, head, (each) => void wss.emit('connection', each, request))
  const { port, sockets } = await listen(createServer().on('upgrade', guard(accept ?? handle)))
  return { port, messages, sockets }
}

const CLOSES = { closeAtExpiry: true } as const

const closing = (client: WebSocket): Promise<number> => new Promise((resolve) => client.once('close', resolve))
const closed = (socket: Duplex | undefined): Promise<unknown> =>
  new Promise((resolve) => (socket === undefined || socket.closed ? resolve(undefined) : socket.once('close', resolve)))

/** A text frame of a client, with the mask 0. */
const textFrame = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)])

/** A message still gets its response one millisecond before the end, at which the client gets the status 1008. */
const expectCloseAfter = async (client: WebSocket, clock: FakeClock, milliseconds: number): Promise<void> => {
  clock.advanceSync(milliseconds - 1)
  expect(await exchange(client, 'before')).toBe('pong')
  const code = closing(client)
  clock.advanceSync(1)
  expect(await code).toBe(1008)
}

describe('closeAtExpiry', () => {
  test('SEC-124 a WebSocket is closed with 1008 at expiresAt and not before', async () => {
    const clock = fakeClock()
    const { port, messages } = await serve(guardUpgrade(expiring(clock, MINUTE), CLOSES))
    const client = await connectClient(port)
    clock.advanceSync(MINUTE - 1)
    expect(await exchange(client, 'before')).toBe('pong')
    const code = closing(client)
    clock.advanceSync(1)
    expect([await code, messages]).toEqual([1008, ['before']])
  })

  test('SEC-124 at the end of a JSON Web Token and its tolerance', async () => {
    const clock = fakeClock()
    const guard = guardUpgrade(authorizerOf({ clock, identitySource: '$request.subprotocol.bearer' }), CLOSES)
    const { port } = await serve(guard)
    const client = new WebSocket(`ws://127.0.0.1:${port}`, ['bearer', token({ exp: clock.now() / 1000 + 60 })])
    await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject))
    await expectCloseAfter(client, clock, MINUTE + 30_000)
  })

  test('SEC-124 no message after expiresAt reaches the application', async () => {
    const clock = fakeClock()
    const { port, messages, sockets } = await serve(guardUpgrade(expiring(clock, MINUTE), CLOSES))
    const connection = await connect(port)
    expect((await readResponse(connection)).status).toBe(101)
    clock.advanceSync(MINUTE)
    connection.write(textFrame('after'))
    expect([...(await connection.rest())]).toEqual([0x88, 0x02, 0x03, 0xf0])
    connection.close()
    await closed(sockets[0])
    expect(messages).toEqual([])
  })

  test('SEC-124 a client that does not close its side is disconnected a second later', async () => {
    const clock = fakeClock()
    const { port, sockets } = await serve(guardUpgrade(expiring(clock, MINUTE), CLOSES))
    const connection = await connect(port)
    await readResponse(connection)
    // Stays open for writing, as the client does not respond to the end of the server.
    sockets[0]?.on('end', () => expect.unreachable('the client has closed its side'))
    clock.advanceSync(MINUTE)
    expect(sockets[0]?.destroyed).toBe(false)
    clock.advanceSync(1000)
    expect(sockets[0]?.destroyed).toBe(true)
    await closed(sockets[0])
    expect(clock.pending).toBe(0)
  })

  test('SEC-124 no timer is left after the client or the listener has closed the connection', async () => {
    const clock = fakeClock()
    const service = await serve(guardUpgrade(expiring(clock, DAY), CLOSES))
    for (let count = 0; count < 3; count++) {
      const client = await connectClient(service.port)
      expect(clock.pending).toBe(1)
      client.terminate()
      await closed(service.sockets[count])
      expect(clock.pending).toBe(0)
    }
    const rejecting = await serve(guardUpgrade(expiring(clock, DAY), CLOSES), (_, socket) => void socket.destroy())
    await (await connect(rejecting.port)).rest()
    await closed(rejecting.sockets[0])
    expect(clock.pending).toBe(0)
  })

  test('SEC-124 a result that expires in 60 days needs no timer longer than Node.js allows', async () => {
    const clock = fakeClock()
    const client = await connectClient((await serve(guardUpgrade(expiring(clock, 60 * DAY), CLOSES))).port)
    await expectCloseAfter(client, clock, 60 * DAY)
  })

  test('SEC-124 corrections of the wall clock take effect', async () => {
    const clock = fakeClock()
    const { port } = await serve(guardUpgrade(expiring(clock, DAY), CLOSES))
    const client = await connectClient(port)
    clock.setTime(clock.now() - HOUR)
    clock.advanceSync(DAY)
    expect(await exchange(client, 'before')).toBe('pong')
    const code = closing(client)
    clock.setTime(clock.now() + DAY)
    clock.advanceSync(HOUR)
    expect(await code).toBe(1008)
  })

  test('SEC-124 results without expiresAt, and guards without the option, set no timer', async () => {
    const clock = fakeClock()
    await connectClient((await serve(guardUpgrade(expiring(clock, undefined), CLOSES))).port)
    await connectClient((await serve(guardUpgrade(expiring(clock, MINUTE)))).port)
    await connectClient((await serve(guardUpgrade(expiring(clock, MINUTE), { closeAtExpiry: false }))).port)
    expect(clock.pending).toBe(0)
  })

  test.each<[title: string, build: (clock: FakeClock) => Authorizer<never>, ms: number]>([
    ['allOf, at the earliest', (clock) => allOf(expiring(clock, HOUR), expiring(clock, MINUTE)) as never, MINUTE],
    ['allOf, of the only one', (clock) => allOf(expiring(clock, undefined), expiring(clock, MINUTE)) as never, MINUTE],
    [
      'anyOf, of the member that allowed',
      (clock) => anyOf(expiring(clock, HOUR), expiring(clock, MINUTE)) as never,
      HOUR,
    ],
  ])('SEC-124 %s', async (_, build, ms) => {
    const clock = fakeClock()
    const client = await connectClient((await serve(guardUpgrade(build(clock), CLOSES))).port)
    await expectCloseAfter(client, clock, ms)
  })

  test('SEC-124 of two guards, the earlier expiry closes the connection', async () => {
    const clock = fakeClock()
    const [first, second] = [guardUpgrade(expiring(clock, HOUR), CLOSES), guardUpgrade(expiring(clock, MINUTE), CLOSES)]
    const { port, sockets } = await serve((listener) => first(second(listener)))
    const client = await connectClient(port)
    const code = closing(client)
    clock.advanceSync(MINUTE)
    expect(await code).toBe(1008)
    await closed(sockets[0])
    expect(clock.pending).toBe(0)
  })

  test('SEC-124 before the handshake, and for other protocols, the connection is closed without a frame', async () => {
    const clock = fakeClock()
    const called = new Deferred<void>()
    const waiting = await serve(guardUpgrade(expiring(clock, MINUTE), CLOSES), () => called.resolve())
    const early = await connect(waiting.port)
    await called.promise
    const other = await serve(
      guardUpgrade(expiring(clock, MINUTE), { ...CLOSES, protocols: ['chat'] }),
      (_, socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n')
      },
    )
    const upgraded = await connect(other.port, { upgrade: 'chat' })
    await upgraded.read()
    expect(clock.pending).toBe(2)
    clock.advanceSync(MINUTE)
    expect([(await early.rest()).length, (await upgraded.rest()).length]).toEqual([0, 0])
  })

  test('SEC-124 a listener that writes to the closed socket does not end the process', async () => {
    const clock = fakeClock()
    const errors: string[] = []
    let upgraded: Duplex | undefined
    const service = await serve(guardUpgrade(expiring(clock, MINUTE), CLOSES), (_: IncomingMessage, socket) => {
      upgraded = socket
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n')
    })
    const connection = await connect(service.port)
    await connection.read()
    clock.advanceSync(MINUTE)
    upgraded?.on('error', (error) => void errors.push((error as NodeJS.ErrnoException).code ?? ''))
    upgraded?.write('late')
    await flushMicrotasks()
    expect(errors).toEqual(['ERR_STREAM_WRITE_AFTER_END'])
  })

  test('SEC-105 closeAtExpiry has to be a boolean', () => {
    expectOptionError(
      () => guardUpgrade(() => true, { closeAtExpiry: 'yes' as never }),
      'guardUpgrade.closeAtExpiry',
      'found a string',
      'true or false',
    )
  })
})
