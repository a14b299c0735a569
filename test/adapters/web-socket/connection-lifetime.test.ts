/** What stays with a connection, and what cannot change it any more (AWS-WSX-01, 04 to 06, AWS-WS-11, AWS-KIND-30). */
import { expect, test } from 'vitest'
import { describePlaces } from './servers.ts'
import { allow, connectClient, exchange, tryConnect } from './harness.ts'

const HOUR = 3_600_000
const TOKEN = { identitySource: 'route.request.querystring.token' }
const CONTEXT = { role: 'reader', n: 1, half: 0.5, admin: false, none: null }
const TEXT = { role: 'reader', n: '1', half: '0.5', admin: 'false', none: null }

describePlaces('a connection', (place) => {
  test('AWS-WSX-04 AWS-WSX-05 AWS-WSX-06 AWS-WS-11 knows its principal an hour later, and every value as text', async () => {
    const door = await place.open(async () => allow('*', { context: CONTEXT }))
    const client = await connectClient(door.port)
    const expected = {
      principalId: 'u',
      context: TEXT,
      authorizer: { ...TEXT, principalId: 'u', integrationLatency: 0 },
    }
    expect(JSON.parse(await exchange(client, '?'))).toEqual(expected)
    door.clock.advance(HOUR)
    expect(JSON.parse(await exchange(client, '?'))).toEqual(expected)
  })

  test('AWS-WSX-01 is asked about on $connect and on no message', async () => {
    const door = await place.open(async () => allow())
    const client = await connectClient(door.port)
    for (let count = 0; count < 5; count++) await exchange(client, '?')
    expect(door.events.map(({ requestContext }) => requestContext.routeKey)).toEqual(['$connect'])
  })

  test('AWS-WSX-01 is made after the authorizer has answered, and not before', async () => {
    const order: string[] = []
    const door = await place.open(async () => {
      order.push(`function, ${door.seen.handshakes} handshakes`)
      return allow()
    })
    await connectClient(door.port)
    order.push(`client, ${door.seen.handshakes} handshakes`)
    expect(order).toEqual(['function, 0 handshakes', 'client, 1 handshakes'])
  })

  test('AWS-KIND-30 AWS-WS-11 outlives its listener, and a token that is no longer good', async () => {
    let good = true
    const door = await place.open(async () => (good ? allow() : { unknown: true }), TOKEN)
    const client = await connectClient(door.port, '/chat?token=x')
    good = false
    await door.authorizer.invalidateAll()
    await door.authorizer.invalidate({ identity: 'x' })
    expect((await tryConnect(door, { target: '/chat?token=x' })).status).toBe(500)
    door.server.removeAllListeners('upgrade')
    door.clock.advance(HOUR)
    expect(JSON.parse(await exchange(client, '?'))).toMatchObject({ principalId: 'u' })
  })

  test('AWS-WSX-04 many connections at once know each its own principal, and those refused leave nothing behind', async () => {
    const door = await place.open(async ({ queryStringParameters: { token = '' } }) => {
      await Promise.resolve()
      if (token.startsWith('bad')) throw new Error('Unauthorized')
      return allow('*', { principalId: token, context: { token } })
    }, TOKEN)
    const tokens = Array.from({ length: 120 }, (_, index) => `${index % 3 === 0 ? 'bad' : 'good'}-${index}`)
    const good = tokens.filter((token) => token.startsWith('good'))
    const [clients, refusals] = await Promise.all([
      Promise.all(good.map((token) => connectClient(door.port, `/chat?token=${token}`))),
      Promise.all(
        tokens
          .filter((token) => token.startsWith('bad'))
          .map(async (token) => (await tryConnect(door, { target: `/chat?token=${token}` })).status),
      ),
    ])
    expect(new Set(refusals)).toEqual(new Set([401]))
    door.clock.advance(HOUR)
    const principals = await Promise.all(
      clients.map(async (client) => (JSON.parse(await exchange(client, '?')) as { principalId: string }).principalId),
    )
    expect(principals).toEqual(good)
    expect([door.events.length, door.seen.connections]).toEqual([120, good.length])
    expect(door.sockets.filter(({ destroyed }) => !destroyed)).toHaveLength(good.length)
  })

  test('SEC-64 more handshakes than may be asked about at once are told to come again', async () => {
    const waiting: (() => void)[] = []
    const door = await place.open(
      () => new Promise((resolve) => void waiting.push(() => resolve(allow()))),
      {},
      { maxInFlight: 2 },
    )
    const first = [connectClient(door.port), connectClient(door.port)]
    while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve))
    const refused = await tryConnect(door)
    expect([refused.status, refused.header('retry-after')]).toEqual([503, '1'])
    for (const go of waiting) go()
    await Promise.all(first)
    expect([door.events.length, door.seen]).toEqual([2, { handshakes: 2, connections: 2 }])
  })
})
