/** Usage plans in front of WebSocket handshakes (K22). */
import { createServer } from 'node:http'
import { allow as allowNative, type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { guardUpgrade } from '@custom-authorizer/core/node'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { MemoryUsageStore, type PlannedAuthorizer, usagePlan } from '@custom-authorizer/core/usage-plan'
import { expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { allow, connectClient, exchange, listen, resultText, tryConnect } from '../web-socket/harness.ts'
import { API, configurationWith, D, F, G, G_ID, STAGE, X } from './gold-plan.ts'

const CONTRACTS = ['aws.webSocket', 'native'] as const

const authorizerWith = (contract: (typeof CONTRACTS)[number], clock: FakeClock): Authorizer =>
  contract === 'native'
    ? createAuthorizer({ authorize: () => allowNative({ principalId: 'u' }), clock, logger: null })
    : createAuthorizer({
        authorize: async () => allow('*') as never,
        contract: aws.webSocket({ api: API }),
        clock,
        logger: null,
      })

/** A server that echoes messages, with a guarded upgrade. */
const start = async (
  contract: (typeof CONTRACTS)[number],
): Promise<{ readonly port: number; readonly plan: PlannedAuthorizer; readonly store: MemoryUsageStore }> => {
  const clock = fakeClock()
  const store = new MemoryUsageStore({ clock })
  const plan = usagePlan(authorizerWith(contract, clock), { ...configurationWith(), api: STAGE, store, clock })
  const wss = new WebSocketServer({ noServer: true })
  wss.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data.toString())))
  const server = createServer()
  const guard = guardUpgrade(plan)
  server.on(
    'upgrade',
    guard((request, socket, head) =>
      wss.handleUpgrade(request, socket, head, (webSocket) => void wss.emit('connection', webSocket, request)),
    ),
  )
  const { port } = await listen(server)
  return { port, plan, store }
}

test.each(CONTRACTS)('FLEET-29 AWS-UP-21 K22 with %s a handshake without a valid key is 403', async (contract) => {
  const service = await start(contract)
  const results: string[] = []
  for (const keys of [[], [X], [D], [F], [G, G]]) {
    const headers = keys.map((key) => ['x-api-key', key] as const)
    results.push(resultText(await tryConnect(service, { headers })))
  }
  expect(results).toEqual(Array.from({ length: 5 }, () => '403 {"message":"Forbidden"}'))
  expect(service.store.size).toBe(0)
})

test.each(CONTRACTS)('FLEET-29 AWS-UP-21 K22 with %s messages are not counted, handshakes are', async (contract) => {
  const { port, plan } = await start(contract)
  const client = await connectClient(port, '/chat', { 'x-api-key': G })
  for (const message of ['one', 'two', 'three']) expect(await exchange(client, message)).toBe(message)
  expect((await plan.usageOf('gold', G_ID)).used).toBe(1)
  const headers = [['x-api-key', G]] as const
  expect(resultText(await tryConnect({ port }, { headers }))).toBe('101')
  const denied = await tryConnect({ port }, { headers })
  expect([denied.status, denied.header('Retry-After')]).toEqual([429, String(12 * 3600)])
  expect(await exchange(client, 'four')).toBe('four')
})
