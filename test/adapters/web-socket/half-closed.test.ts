/** Clients that end their side of the connection, before and after the decision (SEC-110, AWS-WS-11). */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Deferred } from '../../support/deferred.ts'
import { toBytes } from '../../support/raw-client.ts'
import { type Door, describePlaces, type Place } from './doors.ts'
import { allow, connectClient, deny, handshakeLines } from './harness.ts'

/** Waits for something that comes by itself; how long it takes is no matter. */
const until = (holds: () => boolean): Promise<boolean> => vi.waitUntil(holds, { timeout: 30_000, interval: 5 })

/** A client that goes on reading when it has nothing more to say. */
const open = async (port: number): Promise<{ socket: Socket; received: () => string }> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  await once(socket, 'connect')
  return { socket, received: () => received }
}

/** A handshake whose client has ended its side by the time of the decision; `more` goes out with the end. */
const endedWhileAsked = async (
  place: Place,
  answer: object,
  more = '',
): Promise<{ readonly door: Door; readonly received: string }> => {
  const decision = new Deferred<object>()
  const called = new Deferred<void>()
  const door = await place.open(() => {
    called.resolve()
    return decision.promise
  })
  const { socket, received } = await open(door.port)
  socket.write(toBytes({ target: '/chat', headers: handshakeLines() }))
  await called.promise
  socket.end(Buffer.from(more, 'latin1'))
  await once(socket, 'finish')
  // The end has been sent; the server has read it, or will have before it can answer.
  await until(() => door.sockets[0]?.readableEnded === true || more !== '')
  decision.resolve(answer)
  await once(socket, 'end')
  return { door, received: received() }
}

describePlaces('a client that ends its side', (place) => {
  test('AWS-WS-04 while the authorizer is at work still reads its refusal', async () => {
    const { door, received } = await endedWhileAsked(place, deny())
    expect(received).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
    expect(door.seen).toEqual({ handshakes: 0, connections: 0 })
  })

  test('SEC-110 while the authorizer is at work leaves no connection behind when it is allowed', async () => {
    const { door } = await endedWhileAsked(place, allow())
    await until(() => door.sockets[0]?.destroyed === true)
    expect(door.sockets[0]?.destroyed).toBe(true)
  })

  test('SEC-110 with bytes that nobody has read leaves no connection behind either', async () => {
    // A close frame, masked with zeros.
    const { door } = await endedWhileAsked(place, allow(), '\u0088\u0080\u0000\u0000\u0000\u0000')
    await until(() => door.sockets[0]?.destroyed === true)
    expect(door.sockets[0]?.destroyed).toBe(true)
  })

  test('AWS-WS-11 after the handshake ends its own connection and no other', async () => {
    const door = await place.open(async () => allow())
    const stays = await connectClient(door.port)
    const { socket, received } = await open(door.port)
    socket.write(toBytes({ target: '/chat', headers: handshakeLines() }))
    await until(() => received().includes('\r\n\r\n'))
    socket.end()
    await once(socket, 'end')
    await until(() => door.sockets[1]?.destroyed === true)
    expect([door.sockets[0]?.destroyed, stays.readyState]).toEqual([false, 1])
  })
})
