/** Malformed handshakes: the authorizer runs before the WebSocket server (SEC-110). */
import { expect, onTestFinished, test } from 'vitest'
import { type RawRequest, RawConnection, toBytes } from '../../support/raw-client.ts'
import { describeIntegrations } from './servers.ts'
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

/** Valid for the authorizer, but not for a WebSocket server (RFC 6455, section 4.2.1). */
const FOR_THE_SERVER: readonly [title: string, request: RawRequest][] = [
  ['without a key', { headers: without('Sec-WebSocket-Key') }],
  ['with an invalid key', { headers: replaced('Sec-WebSocket-Key', 'x') }],
  ['without a version', { headers: without('Sec-WebSocket-Version') }],
  ['of version 12', { headers: replaced('Sec-WebSocket-Version', '12') }],
  ['with an invalid subprotocol', { headers: [...LINES, ['Sec-WebSocket-Protocol', 'a,,b']] }],
]

describeIntegrations('malformed handshakes', (integration) => {
  test.each(FOR_THE_SERVER)(
    'AWS-WSX-01 a denied handshake %s gets 403 and does not reach the WebSocket server',
    async (_, request) => {
      const service = await integration.open(async () => deny())
      expect(await send(service.port, request)).toBe(403)
      expect([service.events.length, service.seen]).toEqual([1, { handshakes: 0, connections: 0 }])
    },
  )

  test.each(FOR_THE_SERVER)(
    'AWS-WSX-01 an allowed handshake %s gets 400 from the WebSocket server',
    async (_, request) => {
      const service = await integration.open(async () => allow())
      expect(await send(service.port, request)).toBe(400)
      expect([service.events.length, service.seen]).toEqual([1, { handshakes: 1, connections: 0 }])
    },
  )

  test('AWS-WSX-01 requests without Upgrade bypass the authorizer', async () => {
    const service = await integration.open(async () => deny())
    for (const headers of [without('Upgrade'), without('Connection'), replaced('Connection', 'keep-alive')])
      expect(await send(service.port, { target: '/other', headers })).toBe(200)
    expect([service.events.length, service.seen.handshakes]).toEqual([0, 0])
  })

  test('SEC-110 Upgrade and Connection are matched in any letter case and in lists', async () => {
    const service = await integration.open(async () => allow())
    for (const [upgrade, connection] of [
      ['WEBSOCKET', 'upgrade'],
      ['websocket', 'keep-alive, Upgrade'],
    ] as const) {
      const headers = LINES.map(([name, value]) => {
        if (name === 'Upgrade') return [name, upgrade] as const
        return [name, name === 'Connection' ? connection : value] as const
      })
      expect(await send(service.port, { headers })).toBe(101)
    }
    expect(service.seen).toEqual({ handshakes: 2, connections: 2 })
  })

  /** Rejected by Node.js, or by the guard as ambiguous. */
  const REJECTED: readonly [title: string, request: RawRequest, status: number][] = [
    ['two hosts', { headers: [...LINES, ['Host', 'other.example.com']] }, 400],
    ['a target with dot segments', { target: '/x/../chat' }, 400],
    ['oversized headers', { headers: [...LINES, ['X-Long', 'x'.repeat(20_000)]] }, 431],
    ['a method in lower case', { method: 'get' }, 400],
    ['an invalid header line', { headers: [...LINES, ['no header', 'x']] }, 400],
  ]

  test.each(REJECTED)(
    'SEC-110 SEC-15 %s: the handshake is rejected before the authorizer runs',
    async (_, request, status) => {
      const service = await integration.open(async () => allow())
      expect(await send(service.port, request)).toBe(status)
      expect([service.events.length, service.seen.handshakes]).toEqual([0, 0])
    },
  )

  test('AWS-EVT-82 the event of a handshake with Content-Length has no body', async () => {
    const service = await integration.open(async () => deny())
    const request = { method: 'POST', headers: [...LINES, ['Content-Length', '7'] as const], body: '{"a":1}' }
    expect(await send(service.port, request)).toBe(403)
    expect([service.events.length, service.seen.handshakes]).toEqual([1, 0])
    expect(service.events[0]).not.toHaveProperty('body')
  })

  test('SEC-110 a handshake on a reused connection is authorized', async () => {
    const service = await integration.open(async () => deny())
    const connection = await RawConnection.open(service.port)
    onTestFinished(() => connection.close())
    connection.write(toBytes({ target: '/plain' }))
    expect((await connection.read()).status).toBe(200)
    connection.write(toBytes({ target: '/chat', headers: LINES }))
    expect((await connection.read()).status).toBe(403)
    expect([service.events.length, service.seen.handshakes]).toEqual([1, 0])
  })
})
