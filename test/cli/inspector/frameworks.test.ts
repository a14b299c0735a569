/** The inspector below Express, Koa and Hono, and its options. */
import { once } from 'node:events'
import { connect, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect as connectSocket } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { customAuthorizer } from '@custom-authorizer/express'
import { fakeClock } from '@custom-authorizer/core/testing'
import { inspector, type Inspector, type InspectorOptions } from '@custom-authorizer/cli'
import { expectOptionError } from '../../support/option-error.ts'
import { listen, petsAuthorizer, type Reply, sendTo, TOKEN } from './harness.ts'

const create = (options: InspectorOptions = {}): Inspector => {
  const page = inspector(petsAuthorizer(fakeClock()), { token: TOKEN, ...options })
  onTestFinished(() => page.close())
  return page
}

/** Signs in on a server, and requests the state and a test request. */
const useInspector = async (port: number, page: Inspector): Promise<readonly number[]> => {
  const login = await sendTo(port, { path: page.url })
  const Cookie = String(login.headers['set-cookie']).split(';')[0] ?? ''
  const base = page.url.split('/?')[0] ?? ''
  const state = await sendTo(port, { path: `${base}/api/state`, headers: { Cookie } })
  const headers = { Cookie, 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' }
  const body = JSON.stringify({ source: 0, method: 'GET', target: '/pets', headers: [['Authorization', 'token-ann']] })
  const sent = await sendTo(port, { method: 'POST', path: `${base}/api/test`, headers, body })
  return [login.status, state.status, sent.status]
}

const OK = [303, 200, 200]

describe('frameworks', () => {
  test('Express serves it below a mount, before the guard', async () => {
    const page = create()
    const app = express()
    app.use('/__authorizer', page)
    app.use(customAuthorizer(petsAuthorizer(fakeClock())))
    app.get('/pets', (_, response) => void response.send('pets'))
    const port = await listen(app)
    expect(await useInspector(port, page)).toEqual(OK)
    expect((await sendTo(port, { path: '/pets' })).status).toBe(401)
    expect((await sendTo(port, { path: '/pets', headers: { Authorization: 'token-ann' } })).body).toBe('pets')
  })

  test('Express serves it without a mount, and other paths reach the application', async () => {
    const page = create({ basePath: '/dev/inspector' })
    const app = express()
    app.use(page)
    app.use((request, response) => void response.send(request.url))
    const port = await listen(app)
    expect(await useInspector(port, page)).toEqual(OK)
    for (const path of ['/', '/dev', '/dev/inspectors', '/x/dev/inspector/'])
      expect((await sendTo(port, { path })).body).toBe(path)
  })

  test('Koa serves it with ctx.respond', async () => {
    const page = create()
    const app = new Koa()
    app.use((ctx, next) => {
      if (!ctx.path.startsWith('/__authorizer')) return next()
      ctx.respond = false
      page(ctx.req, ctx.res)
      return undefined
    })
    app.use((ctx) => void (ctx.body = 'pets'))
    const port = await listen((incoming, response) => void app.callback()(incoming, response))
    expect(await useInspector(port, page)).toEqual(OK)
    expect((await sendTo(port, { path: '/pets' })).body).toBe('pets')
  })

  test.each<[string, (app: Hono, page: Inspector) => unknown]>([
    ['mount', (app, page) => app.mount('/__authorizer', page.fetch)],
    ['a route', (app, page) => app.all('/__authorizer/*', (c) => page.fetch(c.req.raw, c.env))],
  ])('Hono serves it with %s', async (_, add) => {
    const page = create()
    const app = new Hono()
    add(app, page)
    app.get('/pets', (c) => c.text('pets'))
    const server = createAdaptorServer({ fetch: app.fetch })
    const port = await listen((incoming, response) => void server.emit('request', incoming, response))
    expect(await useInspector(port, page)).toEqual(OK)
    expect((await sendTo(port, { path: '/pets' })).body).toBe('pets')
  })

  test('SEC-140 Hono on Node.js passes the peer, which has to be this machine', async () => {
    const page = create()
    const incoming = { socket: { remoteAddress: '192.168.1.7' } }
    const request = (): Request => new Request(`http://localhost${page.url}`)
    expect((await page.fetch(request(), { incoming })).status).toBe(403)
    expect((await page.fetch(request(), { incoming: { socket: {} } })).status).toBe(403)
    expect((await page.fetch(request(), { incoming: { socket: { remoteAddress: '::1' } } })).status).toBe(303)
    // Other runtimes have no socket.
    expect((await page.fetch(request())).status).toBe(303)
    expect((await page.fetch(new Request(`http://evil.example${page.url}`))).status).toBe(403)
  })

  test('SEC-144 a stream of fetch ends when its reader leaves, and a slow reader is disconnected', async () => {
    const clock = fakeClock()
    const authorizer = petsAuthorizer(clock)
    const page = inspector(authorizer, { token: TOKEN, clock })
    onTestFinished(() => page.close())
    const login = await page.fetch(new Request(`http://localhost${page.url}`))
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    const events = async (): Promise<Response> =>
      page.fetch(new Request('http://localhost/__authorizer/api/events', { headers: { cookie } }))
    await (await events()).body?.cancel()
    expect(clock.pending).toBe(0)
    const slow = await events()
    expect(clock.pending).toBe(1)
    for (let beats = 0; beats < 60; beats++) clock.advanceSync(15_000)
    expect(clock.pending).toBe(0)
    expect(await slow.text()).toMatch(/^retry: 2000\n\n(?::\n\n)+$/)
  })

  test('HTTP/2 serves it with the authority of the request', async () => {
    const page = create()
    const server = createHttp2Server((incoming, response) => page(incoming as never, response as never))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const client = connect(`http://localhost:${port}`, { createConnection: () => connectSocket(port, '127.0.0.1') })
    onTestFinished(() => {
      client.destroy()
      server.close()
    })
    const statusOf = async (headers: Readonly<Record<string, string>>): Promise<unknown> => {
      const stream = client.request(headers)
      const [received] = (await once(stream, 'response')) as [Readonly<Record<string, unknown>>]
      stream.close()
      return received[':status']
    }
    expect(await statusOf({ ':path': page.url })).toBe(303)
    expect(await statusOf({ ':path': page.url, ':authority': 'evil.example' })).toBe(403)
    const login = client.request({ ':path': page.url })
    const [{ 'set-cookie': cookies = [] }] = (await once(login, 'response')) as [{ readonly 'set-cookie'?: string[] }]
    const cookie = cookies[0]?.split(';')[0] ?? ''
    const events = client.request({ ':path': '/__authorizer/api/events', cookie })
    expect(String((await once(events, 'data'))[0])).toBe('retry: 2000\n\n')
    expect(events.closed).toBe(false)
  })

  test('a body that a parser has read gets 400 instead of hanging', async () => {
    const page = create()
    const app = express()
    app.use(express.json())
    app.use('/__authorizer', page)
    expect(await useInspector(await listen(app), page)).toEqual([303, 200, 400])
  })

  test('a body whose beginning other middleware has read is not used', async () => {
    const page = create()
    const port = await listen((incoming, response) => {
      if (incoming.method !== 'POST') return page(incoming, response)
      incoming.once('readable', () => {
        incoming.read(1)
        page(incoming, response)
      })
      return undefined
    })
    const login = await sendTo(port, { path: page.url })
    const { status, body } = await sendTo(port, {
      method: 'POST',
      path: '/__authorizer/api/test',
      headers: {
        Cookie: String(login.headers['set-cookie']).split(';')[0] ?? '',
        'Content-Type': 'application/json',
        'Sec-Fetch-Site': 'same-origin',
      },
      body: ' {}',
    })
    expect([status, body]).toEqual([400, 'The body cannot be read. Mount the inspector before body parsers.\n'])
  })

  test('without next, other paths get 404', async () => {
    const page = create()
    const port = await listen((incoming, response) => page(incoming, response))
    const reply: Reply = await sendTo(port, { path: '/other' })
    expect([reply.status, reply.body]).toEqual([404, 'Not found.\n'])
  })
})

describe('options', () => {
  test.each<[string, object]>([
    ['inspector.token', { token: 'short' }],
    ['inspector.token', { token: `${TOKEN}&x` }],
    ['inspector.basePath', { basePath: '' }],
    ['inspector.basePath', { basePath: '/' }],
    ['inspector.basePath', { basePath: '/a/' }],
    ['inspector.basePath', { basePath: '/a/../b' }],
    ['inspector.basePath', { basePath: '/a"><script>' }],
    ['inspector.basePath', { basePath: '/a; Domain=evil.example' }],
    ['inspector.maxDecisions', { maxDecisions: 0 }],
    ['inspector.maxDecisions', { maxDecisions: 10_001 }],
    ['inspector.usage', { usage: {} }],
    ['inspector.showContext', { showContext: 'yes' }],
    ['inspector.allowRemote', { allowRemote: 1 }],
    ['inspector.hosts', { hosts: 'localhost' }],
    ['inspector.hosts', { hosts: ['DEV.example'] }],
    ['inspector.hosts', { hosts: ['dev.example:3000'] }],
    ['inspector.clock', { clock: {} }],
    ['inspector.random', { random: 4 }],
  ])('SEC-105 %s rejects %j', (option, options) => {
    expectOptionError(() => inspector(petsAuthorizer(fakeClock()), options), option, 'found ', '')
  })

  test.each([[undefined], [null], [{}], [[]], [[{}]], [() => true]])(
    'SEC-105 %j is no list of authorizers',
    (authorizers) => {
      expectOptionError(() => inspector(authorizers as never), 'inspector', 'found ', '1 to 50 authorizers')
    },
  )
})
