/** Tokens in Sec-WebSocket-Protocol: the listener and the client see the name, and never the token (SEC-123). */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { inspect } from 'node:util'
import { anyOf, type Authorizer, createAuthorizer, native, optional } from '@custom-authorizer/core'
import { getAuthorizer, guardUpgrade } from '@custom-authorizer/core/node'
import * as hono from '@custom-authorizer/hono'
import { createAdaptorServer, upgradeWebSocket } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { Server as SocketServer } from 'socket.io'
import { describe, expect, onTestFinished, test } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { ADAPTERS } from '../../support/adapters.ts'
import { connect, listen, readResponse } from '../web-socket/harness.ts'

const TOKEN = 'eyJ0b2tlbiI6ImFubiJ9.payload.signature'
const HEADER = 'Sec-WebSocket-Protocol'

const authorizerFor = (name: string = 'bearer'): Authorizer =>
  createAuthorizer({
    authorize: (request) => ({
      isAuthorized: request.header(HEADER)?.includes(TOKEN) ?? false,
      principalId: 'ann',
      context: { entries: request.header(HEADER)?.split(',').length },
    }),
    contract: native({ identitySources: [`$request.subprotocol.${name}`] }),
    logger: null,
  })

/** Everything that a listener can read of a handshake. */
const viewsOf = (request: IncomingMessage): readonly unknown[] => [
  request.headers['sec-websocket-protocol'],
  request.headersDistinct['sec-websocket-protocol'],
  request.rawHeaders.filter((_, index) => /^sec-websocket-protocol$/i.test(request.rawHeaders[index - 1] ?? '')),
]

interface Service {
  readonly port: number
  readonly seen: IncomingMessage[]
}

const startWs = async (
  authorizers: readonly Authorizer[],
  handleProtocols?: (offered: Set<string>) => string,
): Promise<Service> => {
  const seen: IncomingMessage[] = []
  const wss = new WebSocketServer({ noServer: true, ...(handleProtocols && { handleProtocols }) })
  wss.on('connection', (socket, request: IncomingMessage) => {
    seen.push(request)
    socket.on('message', () => socket.send(getAuthorizer(request).principalId))
  })
  const accept = (...[request, socket, head]: Parameters<ReturnType<ReturnType<typeof guardUpgrade>>>): void =>
    wss.handleUpgrade(request, socket, head, (each) => void wss.emit('connection', each, request))
  const server = createServer().on(
    'upgrade',
    authorizers.reduceRight((listener, authorizer) => guardUpgrade(authorizer)(listener), accept),
  )
  return { port: (await listen(server)).port, seen }
}

const open = async (port: number, protocols: readonly string[]): Promise<WebSocket> => {
  const client = new WebSocket(`ws://127.0.0.1:${port}/chat`, [...protocols])
  onTestFinished(() => client.terminate())
  await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject))
  return client
}

describe('guardUpgrade', () => {
  test.each<[offered: readonly string[], selected: string, views: string]>([
    [['bearer', TOKEN], 'bearer', 'bearer'],
    [['chat.v2', 'bearer', TOKEN], 'chat.v2', 'chat.v2, bearer'],
    [['bearer', TOKEN, 'chat.v2'], 'bearer', 'bearer, chat.v2'],
  ])('SEC-123 the client offers %j and gets %s', async (offered, selected, views) => {
    const service = await startWs([authorizerFor()])
    const client = await open(service.port, offered)
    expect(client.protocol).toBe(selected)
    const request = service.seen[0] as IncomingMessage
    expect(viewsOf(request)).toEqual([views, [views], [views]])
    expect(inspect(request, { depth: 6, showHidden: true })).not.toContain(TOKEN)
    expect(getAuthorizer(request).context).toEqual({ entries: offered.length })
  })

  test('SEC-123 a listener that selects the last protocol, or all of them, does not send the token back', async () => {
    const last = await startWs([authorizerFor()], (offered) => [...offered].at(-1) ?? '')
    expect((await open(last.port, ['bearer', TOKEN])).protocol).toBe('bearer')
    const all = await startWs([authorizerFor()], (offered) => [...offered].join(', '))
    const response = await readResponse(await connect(all.port, { headers: [[HEADER, `chat, bearer, ${TOKEN}`]] }))
    expect(response.header(HEADER)).toBe('chat, bearer')
  })

  test('SEC-123 several lines are read as one and replaced with one', async () => {
    const service = await startWs([authorizerFor()])
    const lines = [
      ['sec-websocket-protocol', 'chat'],
      [HEADER, 'bearer'],
      ['SEC-WEBSOCKET-PROTOCOL', TOKEN],
    ] as const
    const response = await readResponse(await connect(service.port, { headers: lines }))
    expect([response.status, response.header(HEADER)]).toEqual([101, 'chat'])
    expect(viewsOf(service.seen[0] as IncomingMessage)).toEqual(['chat, bearer', ['chat, bearer'], ['chat, bearer']])
  })

  test.each<[title: string, value: string | undefined, status: number]>([
    ['no header', undefined, 401],
    ['the name alone', 'bearer', 401],
    ['the token alone', TOKEN, 401],
    ['another name', `Bearer, ${TOKEN}`, 401],
    ['the name twice', `bearer, ${TOKEN}, bearer`, 401],
    ['another token', 'bearer, other', 403],
  ])('SEC-123 %s is denied', async (_, value, status) => {
    const service = await startWs([authorizerFor()])
    const headers = value === undefined ? [] : ([[HEADER, value]] as const)
    const response = await readResponse(await connect(service.port, { headers }))
    expect([
      response.status,
      response.lines.map(([name]) => name.toLowerCase()).includes(HEADER.toLowerCase()),
    ]).toEqual([status, false])
    expect(service.seen).toEqual([])
  })

  test('SEC-123 a second guard reads the token, too', async () => {
    const service = await startWs([authorizerFor(), authorizerFor()])
    expect((await open(service.port, ['bearer', TOKEN])).protocol).toBe('bearer')
    expect(viewsOf(service.seen[0] as IncomingMessage)[0]).toBe('bearer')
  })

  test('SEC-123 the token of every member of a composition is removed', async () => {
    const service = await startWs([anyOf(authorizerFor('session'), optional(authorizerFor()))])
    await open(service.port, ['chat', 'session', TOKEN])
    await open(service.port, ['chat', 'bearer', TOKEN])
    expect(service.seen.map((request) => viewsOf(request)[0])).toEqual(['chat, session', 'chat, bearer'])
  })

  test('SEC-123 other authorizers leave the header alone', async () => {
    const service = await startWs([createAuthorizer({ authorize: () => true, logger: null })])
    expect((await open(service.port, ['bearer', TOKEN])).protocol).toBe('bearer')
    expect(viewsOf(service.seen[0] as IncomingMessage)[0]).toBe(`bearer,${TOKEN}`)
  })

  test('SEC-123 Socket.IO selects the name', async () => {
    const server = createServer()
    const io = new SocketServer(server, { transports: ['websocket'] })
    onTestFinished(() => io.close())
    const [listener] = server.listeners('upgrade') as Parameters<ReturnType<typeof guardUpgrade>>
    server.removeAllListeners('upgrade')
    server.on('upgrade', guardUpgrade(authorizerFor())(listener))
    const { port } = await listen(server)
    const target = '/socket.io/?EIO=4&transport=websocket'
    const response = await readResponse(await connect(port, { target, headers: [[HEADER, `bearer, ${TOKEN}`]] }))
    expect([response.status, response.header(HEADER)]).toEqual([101, 'bearer'])
  })
})

test('SEC-123 on Hono, upgradeWebSocket selects the name, and no view has the token', async () => {
  const seen: unknown[] = []
  const guard = hono.customAuthorizer(authorizerFor() as never)
  const app = new Hono().get(
    '/chat',
    guard,
    hono.customAuthorizer(authorizerFor() as never),
    async (c, next) => {
      const { incoming } = c.env as { incoming: IncomingMessage }
      seen.push(c.req.header(HEADER), c.req.raw.headers.get(HEADER), viewsOf(incoming)[0])
      await next()
    },
    upgradeWebSocket((c: Context) => ({ onMessage: (_, socket) => socket.send(hono.getAuthorizer(c).principalId) })),
  )
  const websocket = { server: new WebSocketServer({ noServer: true }) as never }
  const { port } = await listen(createAdaptorServer({ fetch: app.fetch, websocket }) as Server)
  const client = await open(port, ['bearer', TOKEN])
  expect([client.protocol, ...seen]).toEqual(['bearer', 'bearer', 'bearer', 'bearer'])
})

test('SEC-123 on Hono without Node.js, the request has no token', async () => {
  const app = new Hono()
    .use(hono.customAuthorizer(authorizerFor() as never))
    .get('/chat', (c) => c.json([c.req.header(HEADER), c.req.raw.headers.get(HEADER)]))
  const response = await app.request('/chat', { headers: { [HEADER]: `bearer, ${TOKEN}, chat` } })
  expect(await response.json()).toEqual(['bearer, chat', 'bearer, chat'])
})

test.each(ADAPTERS.map((adapter) => [adapter.name, adapter] as const))(
  'SEC-123 on %s, handlers see no token, on skipped paths either',
  async (_, adapter) => {
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizerFor() as never, { skip: ['/public'] })],
      routes: ['/chat', '/public'].map((path) => ({
        path,
        handle: (request) => ({ body: request.headerViews(HEADER.toLowerCase()) }),
      })),
    })
    for (const target of ['/chat', '/public']) {
      const response = await service.send({ target, headers: [[HEADER, `chat, bearer, ${TOKEN}`]] })
      expect(response.status).toBe(200)
      expect(response.body).toContain('chat, bearer')
      expect(response.body).not.toContain(TOKEN)
    }
  },
)
