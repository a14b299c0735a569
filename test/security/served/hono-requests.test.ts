/** Requests that a Hono application makes itself: each is decided on its own method, URL and headers (SEC-12). */
import type { RequestListener } from 'node:http'
import { allow, type GatewayRequest, unauthorized } from '@custom-authorizer/core'
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/hono'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { methodOverride } from 'hono/method-override'
import { expect, test } from 'vitest'
import { sendRequest } from '../../support/raw-client.ts'
import { contract, get, handler, serve } from './applications.ts'

const listen = (app: Hono): RequestListener => {
  const listener = getRequestListener(app.fetch)
  return (request, response) => void listener(request, response)
}

/** Returns the token as the principal, and records the events. */
const caller = (seen: string[]) => (request: GatewayRequest) => {
  const token = request.header('authorization')
  seen.push(`${request.method} ${request.path} ${token ?? 'anonymous'}`)
  return token === undefined ? unauthorized() : allow({ principalId: token })
}

const whoami = (c: Context): Response => c.text(getAuthorizer(c).principalId)

test.each<[name: string, request: (c: Context, app: Hono) => Response | Promise<Response>]>([
  ['app.fetch', (c, app) => app.fetch(new Request(new URL('/inner', c.req.url)), c.env)],
  ['app.request', (c, app) => app.request('/inner', {}, c.env)],
  ['app.request for the end of the path', (c, app) => app.request('/inner', {}, c.env)],
])('SEC-12 %s with the bindings of an outer request does not get the identity of its caller', async (_, request) => {
  const seen: string[] = []
  const app = new Hono()
  app.use('/inner', customAuthorizer(caller(seen)))
  app.get('/inner', whoami)
  app.get('/outer', (c) => request(c, app))
  app.get('/outer/inner', (c) => request(c, app))
  const port = await serve(listen(app))
  for (const target of ['/outer', '/outer/inner']) {
    const { status, body } = await get(port, target, 'alice')
    expect([400, 401]).toContain(status)
    expect(body).not.toContain('alice')
  }
})

test('SEC-12 a sub-request is decided with its own credential', async () => {
  const seen: string[] = []
  const app = new Hono()
  app.use('/inner', customAuthorizer(caller(seen)))
  app.all('/inner', whoami)
  app.get('/outer', (c) =>
    app.request('/inner', { method: 'POST', headers: { Authorization: 'service' } }, c.env as object),
  )
  const port = await serve(listen(app))
  expect((await get(port, '/outer', 'alice')).body).toBe('service')
  expect(seen).toEqual(['POST /inner service'])
})

test('SEC-12 a sub-request to a denied path is denied, and one to an allowed path is allowed', async () => {
  const app = new Hono()
  app.use('/admin/*', customAuthorizer(handler, { contract }))
  app.use('/pets', customAuthorizer(handler, { contract }))
  app.get('/admin/secret', (c) => c.text('secret'))
  app.get('/pets', (c) => c.text('pets'))
  app.get('/go/:where{.+}', (c) => app.request(`/${c.req.param('where')}`, c.req.raw, c.env))
  const port = await serve(listen(app))
  const forward = async (token: string, path: string): Promise<number> => {
    const response = await get(port, `/go/${path}`, token)
    return response.status
  }
  expect(await forward('no-admin', 'admin/secret')).not.toBe(200)
  expect((await get(port, '/pets', 'pets')).status).toBe(200)
})

test('SEC-14 with hono/method-override the decision uses the overriding method', async () => {
  const seen: string[] = []
  const app = new Hono()
  app.use('/pets', methodOverride({ app, header: 'X-Override' }))
  app.use('/pets', customAuthorizer(caller(seen)))
  app.delete('/pets', (c) => c.text('deleted'))
  app.post('/pets', (c) => c.text('posted'))
  const port = await serve(listen(app))
  const headers = [
    ['Authorization', 'ann'],
    ['X-Override', 'DELETE'],
  ] as const
  expect((await sendRequest(port, { method: 'POST', target: '/pets', headers, body: '' })).body).toBe('deleted')
  expect(seen.at(-1)).toBe('DELETE /pets ann')
})

test('SEC-24 SEC-04 middleware that replaces the request hides neither repeated headers nor the raw target', async () => {
  const app = new Hono()
  // bodyLimit replaces `c.req.raw` for requests with a body of unknown length.
  app.use(bodyLimit({ maxSize: 1000 }))
  app.use(async (c, next) => {
    c.req.raw = new Request(c.req.raw)
    await next()
  })
  app.use(customAuthorizer(caller([])))
  app.all('*', whoami)
  const port = await serve(listen(app))
  expect((await get(port, '/pets', 'ann')).body).toBe('ann')
  const repeated = [
    ['Authorization', 'ann'],
    ['Authorization', 'bob'],
  ] as const
  expect((await sendRequest(port, { target: '/pets', headers: repeated })).status).toBe(401)
  expect((await get(port, '/admin/../pets', 'ann')).status).toBe(400)
})

test('SEC-12 the decision uses the headers of a request that middleware has replaced', async () => {
  const seen: string[] = []
  const app = new Hono()
  app.use(async (c, next) => {
    const headers = new Headers(c.req.raw.headers)
    headers.set('Authorization', 'from-cookie')
    c.req.raw = new Request(c.req.raw, { headers })
    await next()
  })
  app.use(customAuthorizer(caller(seen)))
  app.all('*', whoami)
  expect((await get(await serve(listen(app)), '/pets')).body).toBe('from-cookie')
})

test('SEC-62 two guards on one request keep the Node request when the first one replaces it', async () => {
  const app = new Hono()
  app.use(customAuthorizer(caller([]), { contextHeaders: { 'x-user': 'principalId' } }))
  app.use(customAuthorizer(caller([]), { contextHeaders: { 'x-caller': 'principalId' } }))
  app.get('/pets', (c) =>
    c.text(`${c.req.header('x-user')} ${c.req.header('x-caller')} ${getAuthorizer(c).principalId}`),
  )
  const port = await serve(listen(app))
  expect((await get(port, '/pets', 'ann')).body).toBe('ann ann ann')
  const repeated = [
    ['Authorization', 'ann'],
    ['Authorization', 'bob'],
  ] as const
  expect((await sendRequest(port, { target: '/pets', headers: repeated })).status).toBe(401)
})
