/** The upgrade listener takes the place of the $connect integration (AWS-WS-06, AWS-WSX-07); early bytes reach it. */
import { createServer } from 'node:http'
import { guardUpgrade, type UpgradeListener } from '@custom-authorizer/core/node'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { Deferred } from '../../support/deferred.ts'
import { allow, readResponse, deny, connect, listen, startGuardedServer, tryConnect } from './harness.ts'

const serve = async (listener: UpgradeListener): Promise<number> => {
  const guard = guardUpgrade(async () => true, { logger: null })
  return (await listen(createServer().on('upgrade', guard(listener)))).port
}

test('AWS-WS-06 a denial by the listener reaches the client unchanged', async () => {
  const conflict = 'HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\nConnection: close\r\n\r\nfull'
  const port = await serve((_, socket) => void socket.end(conflict))
  const response = await tryConnect({ port })
  expect([response.status, response.reason, response.body]).toEqual([409, 'Conflict', 'full'])
  expect(response.lines).toEqual([
    ['Content-Length', '4'],
    ['Connection', 'close'],
  ])
})

test('AWS-WS-06 a denial by the WebSocket server reaches the client', async () => {
  const wss = new WebSocketServer({ noServer: true, verifyClient: (_info, done) => done(false, 402) })
  const port = await serve((request, socket, head) => wss.handleUpgrade(request, socket, head, () => undefined))
  expect((await tryConnect({ port })).status).toBe(402)
})

test('AWS-WSX-07 a listener that only accepts completes the handshake', async () => {
  const wss = new WebSocketServer({ noServer: true })
  const port = await serve((request, socket, head) => wss.handleUpgrade(request, socket, head, () => undefined))
  expect((await tryConnect({ port })).status).toBe(101)
})

test('SEC-110 bytes that arrive during the decision reach the listener in order', async () => {
  const result = new Deferred<object>()
  const events: string[] = []
  const service = await startGuardedServer(
    () => result.promise,
    {},
    {},
    (socket) => void socket.on('message', (data: Buffer) => void events.push(data.toString())),
  )
  const called = service.nextCall()
  // Two text frames, masked with zeros.
  const connection = await connect(service.port)
  await called
  connection.write('\u0081\u0082\u0000\u0000\u0000\u0000hi')
  connection.write('\u0081\u0083\u0000\u0000\u0000\u0000you\u0088\u0080\u0000\u0000\u0000\u0000')
  result.resolve(allow())
  expect((await connection.read()).status).toBe(101)
  await connection.rest()
  expect(events).toEqual(['hi', 'you'])
})

test('AWS-REST-31 a denial of HEAD has no body', async () => {
  const service = await startGuardedServer(async () => deny())
  const connection = await connect(service.port, { method: 'HEAD' })
  const response = await readResponse(connection, 'HEAD')
  expect([response.status, response.header('Content-Length')]).toEqual([403, '110'])
})
