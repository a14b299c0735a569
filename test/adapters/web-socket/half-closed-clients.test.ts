/** Clients that end their side of the connection, before and after the decision (SEC-110, AWS-WS-11). */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { Deferred } from '../../support/deferred.ts'
import { toBytes } from '../../support/raw-client.ts'
import { type WebSocketService, describeIntegrations, type Integration } from './servers.ts'
import { allow, connectClient, deny, handshakeLines } from './harness.ts'

/** Waits for a condition without assuming how long it takes. */
const until = (holds: () => boolean): Promise<boolean> => vi.waitUntil(holds, { timeout: 30_000, interval: 5 })

/** A client that still reads after it has ended its side. */
const open = async (port: number): Promise<{ socket: Socket; received: () => string }> => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  await once(socket, 'connect')
  return { socket, received: () => received }
}

/** A handshake whose client ends its side before the decision; `more` is sent with the end. */
const endDuringDecision = async (
  integration: Integration,
  result: object,
  more = '',
): Promise<{ readonly service: WebSocketService; readonly received: string }> => {
  const decision = new Deferred<object>()
  const called = new Deferred<void>()
  const service = await integration.open(() => {
    called.resolve()
    return decision.promise
  })
  const { socket, received } = await open(service.port)
  socket.write(toBytes({ target: '/chat', headers: handshakeLines() }))
  await called.promise
  socket.end(Buffer.from(more, 'latin1'))
  await once(socket, 'finish')
  // The end has been sent; the server reads it before it responds.
  await until(() => service.sockets[0]?.readableEnded === true || more !== '')
  decision.resolve(result)
  await once(socket, 'end')
  return { service, received: received() }
}

describeIntegrations('half-closed clients', (integration) => {
  test('AWS-WS-04 a client that ends its side during the decision still reads its denial', async () => {
    const { service, received } = await endDuringDecision(integration, deny())
    expect(received).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
    expect(service.seen).toEqual({ handshakes: 0, connections: 0 })
  })

  test('SEC-110 an allowed client that ended its side during the decision leaves no connection open', async () => {
    const { service } = await endDuringDecision(integration, allow())
    await until(() => service.sockets[0]?.destroyed === true)
    expect(service.sockets[0]?.destroyed).toBe(true)
  })

  test('SEC-110 an allowed client that ended its side with unread bytes leaves no connection open', async () => {
    // A close frame, masked with zeros.
    const { service } = await endDuringDecision(integration, allow(), '\u0088\u0080\u0000\u0000\u0000\u0000')
    await until(() => service.sockets[0]?.destroyed === true)
    expect(service.sockets[0]?.destroyed).toBe(true)
  })

  test('AWS-WS-11 a client that ends its side after the handshake closes only its own connection', async () => {
    const service = await integration.open(async () => allow())
    const stays = await connectClient(service.port)
    const { socket, received } = await open(service.port)
    socket.write(toBytes({ target: '/chat', headers: handshakeLines() }))
    await until(() => received().includes('\r\n\r\n'))
    socket.end()
    await once(socket, 'end')
    await until(() => service.sockets[1]?.destroyed === true)
    expect([service.sockets[0]?.destroyed, stays.readyState]).toEqual([false, 1])
  })
})
