/** The authorizer context during the life of a connection (AWS-WSX-01, 04 to 06, AWS-WS-11, AWS-KIND-30). */
import { expect, test } from 'vitest'
import { describeIntegrations } from './servers.ts'
import { allow, connectClient, exchange, tryConnect } from './harness.ts'

const HOUR = 3_600_000
const TOKEN = { identitySource: 'route.request.querystring.token' }
const CONTEXT = { role: 'reader', n: 1, half: 0.5, admin: false, none: null }
const TEXT = { role: 'reader', n: '1', half: '0.5', admin: 'false', none: null }

describeIntegrations('connection lifetime', (integration) => {
  test('AWS-WSX-04 AWS-WSX-05 AWS-WSX-06 AWS-WS-11 a connection has its principal ID an hour later, and context values as text', async () => {
    const service = await integration.open(async () => allow('*', { context: CONTEXT }))
    const client = await connectClient(service.port)
    const expected = {
      principalId: 'u',
      context: TEXT,
      authorizer: { ...TEXT, principalId: 'u', integrationLatency: 0 },
    }
    expect(JSON.parse(await exchange(client, '?'))).toEqual(expected)
    service.clock.advanceSync(HOUR)
    expect(JSON.parse(await exchange(client, '?'))).toEqual(expected)
  })

  test('AWS-WSX-01 the function is called on $connect and not for messages', async () => {
    const service = await integration.open(async () => allow())
    const client = await connectClient(service.port)
    for (let count = 0; count < 5; count++) await exchange(client, '?')
    expect(service.events.map(({ requestContext }) => requestContext.routeKey)).toEqual(['$connect'])
  })

  test('AWS-WSX-01 the handshake completes after the authorizer has allowed it', async () => {
    const order: string[] = []
    const service = await integration.open(async () => {
      order.push(`function, ${service.seen.handshakes} handshakes`)
      return allow()
    })
    await connectClient(service.port)
    order.push(`client, ${service.seen.handshakes} handshakes`)
    expect(order).toEqual(['function, 0 handshakes', 'client, 1 handshakes'])
  })

  test('AWS-KIND-30 AWS-WS-11 a connection outlives its upgrade listener and the validity of its token', async () => {
    let good = true
    const service = await integration.open(async () => (good ? allow() : { unknown: true }), TOKEN)
    const client = await connectClient(service.port, '/chat?token=x')
    good = false
    await service.authorizer.invalidateAll()
    await service.authorizer.invalidate({ identity: 'x' })
    expect((await tryConnect(service, { target: '/chat?token=x' })).status).toBe(500)
    service.server.removeAllListeners('upgrade')
    service.clock.advanceSync(HOUR)
    expect(JSON.parse(await exchange(client, '?'))).toMatchObject({ principalId: 'u' })
  })

  test('AWS-WSX-04 concurrent connections each have their own principal ID, and denied ones are closed', async () => {
    const service = await integration.open(async ({ queryStringParameters: { token = '' } }) => {
      await Promise.resolve()
      if (token.startsWith('bad')) throw new Error('Unauthorized')
      return allow('*', { principalId: token, context: { token } })
    }, TOKEN)
    const tokens = Array.from({ length: 120 }, (_, index) => `${index % 3 === 0 ? 'bad' : 'good'}-${index}`)
    const good = tokens.filter((token) => token.startsWith('good'))
    const [clients, refusals] = await Promise.all([
      Promise.all(good.map((token) => connectClient(service.port, `/chat?token=${token}`))),
      Promise.all(
        tokens
          .filter((token) => token.startsWith('bad'))
          .map(async (token) => (await tryConnect(service, { target: `/chat?token=${token}` })).status),
      ),
    ])
    expect(new Set(refusals)).toEqual(new Set([401]))
    service.clock.advanceSync(HOUR)
    const principals = await Promise.all(
      clients.map(async (client) => (JSON.parse(await exchange(client, '?')) as { principalId: string }).principalId),
    )
    expect(principals).toEqual(good)
    expect([service.events.length, service.seen.connections]).toEqual([120, good.length])
    expect(service.sockets.filter(({ destroyed }) => !destroyed)).toHaveLength(good.length)
  })

  test('SEC-64 handshakes above maxInFlight get 503 with Retry-After', async () => {
    const waiting: (() => void)[] = []
    const service = await integration.open(
      () => new Promise((resolve) => void waiting.push(() => resolve(allow()))),
      {},
      { maxInFlight: 2 },
    )
    const first = [connectClient(service.port), connectClient(service.port)]
    while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve))
    const rejected = await tryConnect(service)
    expect([rejected.status, rejected.header('retry-after')]).toEqual([503, '1'])
    for (const go of waiting) go()
    await Promise.all(first)
    expect([service.events.length, service.seen]).toEqual([2, { handshakes: 2, connections: 2 }])
  })
})
