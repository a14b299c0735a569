/** Handshakes that are none, or not quite: the authorizer comes before the WebSocket server in every case (SEC-110). */
import { expect, onTestFinished, test } from 'vitest'
import { type RawRequest, RawConnection, toBytes } from '../../support/raw-client.ts'
import { describePlaces } from './servers.ts'
import { allow, deny, handshakeLines } from './harness.ts'

type Lines = readonly (readonly [name: string, value: string])[]
const LINES = handshakeLines()
const without = (name: string): Lines => LINES.filter(([each]) => each !== name)
const replaced = (name: string, value: string): Lines => LINES.map(([each, old]) => [each, each === name ? value : old])

const send = async (port: number, request: RawRequest): Promise<number> => {
  const connection = await RawConnection.open(port)
  onTestFinished(() => connection.close())
  connection.write(toBytes({ target: '/chat', headers: LINES, ...request }))
  return (await connection.read(request.method)).status
}

/** Well-formed for the authorizer, and not for a WebSocket server (RFC 6455, section 4.2.1). */
const FOR_THE_SERVER: readonly [title: string, request: RawRequest][] = [
  ['without a key', { headers: without('Sec-WebSocket-Key') }],
  ['with a key that is none', { headers: replaced('Sec-WebSocket-Key', 'x') }],
  ['without a version', { headers: without('Sec-WebSocket-Version') }],
  ['of version 12', { headers: replaced('Sec-WebSocket-Version', '12') }],
  ['with a subprotocol that is none', { headers: [...LINES, ['Sec-WebSocket-Protocol', 'a,,b']] }],
]

describePlaces('a malformed handshake', (place) => {
  test.each(FOR_THE_SERVER)('AWS-WSX-01 %s: who may not connect is told that, and no more', async (_, request) => {
    const door = await place.open(async () => deny())
    expect(await send(door.port, request)).toBe(403)
    expect([door.events.length, door.seen]).toEqual([1, { handshakes: 0, connections: 0 }])
  })

  test.each(FOR_THE_SERVER)('AWS-WSX-01 %s: who may connect is told by the WebSocket server', async (_, request) => {
    const door = await place.open(async () => allow())
    expect(await send(door.port, request)).toBe(400)
    expect([door.events.length, door.seen]).toEqual([1, { handshakes: 1, connections: 0 }])
  })

  test('AWS-WSX-01 a request that asks for no upgrade is none of the authorizer', async () => {
    const door = await place.open(async () => deny())
    for (const headers of [without('Upgrade'), without('Connection'), replaced('Connection', 'keep-alive')])
      expect(await send(door.port, { target: '/elsewhere', headers })).toBe(200)
    expect([door.events.length, door.seen.handshakes]).toEqual([0, 0])
  })

  test('SEC-110 the words of an upgrade are known in any letter case, and beside others', async () => {
    const door = await place.open(async () => allow())
    for (const [upgrade, connection] of [
      ['WEBSOCKET', 'upgrade'],
      ['websocket', 'keep-alive, Upgrade'],
    ] as const) {
      const headers = LINES.map(([name, value]) => {
        if (name === 'Upgrade') return [name, upgrade] as const
        return [name, name === 'Connection' ? connection : value] as const
      })
      expect(await send(door.port, { headers })).toBe(101)
    }
    expect(door.seen).toEqual({ handshakes: 2, connections: 2 })
  })

  /** What Node.js refuses by itself, or the guard as ambiguous. */
  const NOBODY: readonly [title: string, request: RawRequest, status: number][] = [
    ['two hosts', { headers: [...LINES, ['Host', 'other.example.com']] }, 400],
    ['a target with dot segments', { target: '/x/../chat' }, 400],
    ['headers without end', { headers: [...LINES, ['X-Long', 'x'.repeat(20_000)]] }, 431],
    ['a verb in lower case', { method: 'get' }, 400],
    ['a line that is no header', { headers: [...LINES, ['no header', 'x']] }, 400],
  ]

  test.each(NOBODY)('SEC-110 SEC-15 with %s nobody is asked', async (_, request, status) => {
    const door = await place.open(async () => allow())
    expect(await send(door.port, request)).toBe(status)
    expect([door.events.length, door.seen.handshakes]).toEqual([0, 0])
  })

  test('AWS-EVT-82 a body is none: what follows the handshake belongs to the connection', async () => {
    const door = await place.open(async () => deny())
    const request = { method: 'POST', headers: [...LINES, ['Content-Length', '7'] as const], body: '{"a":1}' }
    expect(await send(door.port, request)).toBe(403)
    expect([door.events.length, door.seen.handshakes]).toEqual([1, 0])
    expect(door.events[0]).not.toHaveProperty('body')
  })

  test('SEC-110 a handshake on a connection that has served a request is judged like any other', async () => {
    const door = await place.open(async () => deny())
    const connection = await RawConnection.open(door.port)
    onTestFinished(() => connection.close())
    connection.write(toBytes({ target: '/plain' }))
    expect((await connection.read()).status).toBe(200)
    connection.write(toBytes({ target: '/chat', headers: LINES }))
    expect((await connection.read()).status).toBe(403)
    expect([door.events.length, door.seen.handshakes]).toEqual([1, 0])
  })
})
