/** Every view of the query in a framework or proxy shows the mapped query (SEC-20). */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { parse as parseQueryString } from 'node:querystring'
import { allow } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer as guardNode } from '@custom-authorizer/core/node'
import { customAuthorizer as guardExpress, getAuthorizer as ofExpress } from '@custom-authorizer/express'
import { customAuthorizer as guardHono } from '@custom-authorizer/hono'
import { customAuthorizer as guardKoa } from '@custom-authorizer/koa'
import { getRequestListener } from '@hono/node-server'
import express, { type NextFunction, type Request, type Response } from 'express'
import express4 from 'express4'
import { Hono } from 'hono'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { createProxyMiddleware as createProxyMiddleware2 } from 'http-proxy-middleware2'
import Koa from 'koa'
import Koa2 from 'koa2'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sendRequest } from '../../support/raw-client.ts'

type Views = Record<string, unknown>

const MAPPING = { 'overwrite:querystring.user': 'alice', 'remove:querystring.debug': '' }
const options = (parameters: aws.RequestParameters = MAPPING): object => ({
  parameterMapping: aws.parameterMapping(parameters),
  skip: ['/public'],
  logger: null,
})
const authorize = (): ReturnType<typeof allow> => allow({ principalId: 'alice' })

const listen = async (listener: RequestListener): Promise<number> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise((resolve) => void server.close(() => resolve()))
  })
  return (server.address() as AddressInfo).port
}

const send = (response: ServerResponse, views: Views): void => {
  response.end(JSON.stringify(views))
}

const expressApp =
  (library: typeof express, parser: string) =>
  (...before: ((request: Request, response: Response, next: NextFunction) => void)[]): RequestListener => {
    const app = library()
    app.set('query parser', parser)
    for (const each of before) app.use(each)
    app.use(guardExpress(authorize, options()))
    const router = library.Router()
    router.use((request: Request, response: Response) =>
      send(response, {
        'req.url': request.url,
        'req.originalUrl': request.originalUrl,
        'req.query': request.query,
        guarded: request.path.startsWith('/public') || ofExpress(request).principalId,
      }),
    )
    app.use('/api', router)
    app.use(router)
    return app
  }

const koaApp = (Library: typeof Koa) => (): RequestListener => {
  const app = new Library()
  app.use(async (ctx, next) => {
    // As a logger does before the guard; Koa caches both.
    expect([ctx.URL.href, ctx.query]).toHaveLength(2)
    await next()
  })
  app.use(guardKoa(authorize, options()))
  app.use((ctx) => {
    ctx.body = {
      'ctx.url': ctx.url,
      'ctx.originalUrl': ctx.originalUrl,
      'ctx.request.originalUrl': ctx.request.originalUrl,
      'ctx.querystring': ctx.querystring,
      'ctx.search': ctx.search,
      'ctx.query': ctx.query,
      'ctx.request.query': ctx.request.query,
      'ctx.href': ctx.href,
      'ctx.URL': ctx.URL.href,
      'ctx.request.URL': ctx.request.URL.search,
      'ctx.req.url': ctx.req.url,
      'ctx.toJSON': JSON.stringify(ctx.toJSON()),
    }
  })
  const listener = app.callback()
  return (request, response) => void listener(request, response)
}

const honoApp = (): RequestListener => {
  const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>()
  app.use(guardHono(authorize, options()) as never)
  app.all('*', (c) =>
    c.json({
      'c.req.url': c.req.url,
      'c.req.raw.url': c.req.raw.url,
      'c.req.query': c.req.query(),
      'c.req.queries': c.req.queries(),
      'c.req.query(user)': { user: c.req.query('user'), debug: c.req.query('debug') },
      'c.env.incoming.url': c.env.incoming.url,
    }),
  )
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return (request, response) => void listener(request, response)
}

const nodeApp = (): RequestListener => {
  const guard = guardNode(authorize, options())
  return (request: IncomingMessage & { query?: unknown; originalUrl?: string }, response) => {
    // Polka, Restify and Engine.IO parse the query before middleware runs; Connect stores the target.
    const parsed = parseQueryString(request.url?.split('?')[1] ?? '')
    Object.assign(request, { query: { ...parsed }, _query: { ...parsed } })
    request.originalUrl = request.url ?? ''
    guard(request, response, (_error?: unknown) =>
      send(response, {
        'req.url': request.url,
        'req.query': request.query,
        'req._query': (request as unknown as Record<string, unknown>)['_query'],
        'req.originalUrl': request.originalUrl,
      }),
    )
  }
}

const APPS: Readonly<Record<string, () => RequestListener>> = {
  'Express 4': expressApp(express4, 'extended'),
  'Express 4 (simple parser)': expressApp(express4, 'simple'),
  'Express 5': expressApp(express, 'simple'),
  'Express 5 (extended parser)': expressApp(express, 'extended'),
  'Koa 2': koaApp(Koa2),
  'Koa 3': koaApp(Koa),
  Hono: honoApp,
  'node:http': nodeApp,
}

const viewsOf = async (port: number, target: string): Promise<Views> => {
  const response = await sendRequest(port, { target })
  expect(response.status, response.body).toBe(200)
  return JSON.parse(response.body) as Views
}

const QUERIES = [
  '[user]=root',
  '%5Buser%5D=root',
  'user[]=root',
  'user[0]=root&user[x]=root',
  '?user=root',
  'user=1&?user=root',
  '%75ser=root',
  'user.x=root',
  '[user]x=y]=root',
  'user=root&user=root&User=x',
  'debug=root',
  '[debug]=root&keep=1',
  '?debug=root',
  'a=1;user=root',
]

const mentions = (value: unknown): boolean => JSON.stringify(value).includes('root')

describe.each(Object.entries(APPS))('query views on %s', (name, build) => {
  test.each(QUERIES)('SEC-20 no view shows the client value of ?%s', async (query) => {
    const port = await listen(build())
    const views = await viewsOf(port, `/x?keep=2&${query}`)
    for (const [view, value] of Object.entries(views)) {
      expect(mentions(value), `${view}: ${JSON.stringify(value)}`).toBe(false)
      if (typeof value === 'string' && value.includes('?')) expect(value, view).toMatch(/[?&]user=alice(?:$|[&"\\])/)
      if (view.endsWith('query') && typeof value === 'object') expect(value, view).toMatchObject({ user: 'alice' })
    }
    const skipped = await viewsOf(port, `/public?keep=2&${query}`)
    for (const [view, value] of Object.entries(skipped)) {
      expect(mentions(value), `${view}: ${JSON.stringify(value)}`).toBe(false)
      if (view.endsWith('query') && typeof value === 'object') expect(value, view).not.toHaveProperty('user')
    }
  })

  test('SEC-20 a target in absolute form keeps its form and loses the forged parameters', async () => {
    const port = await listen(build())
    const views = await viewsOf(port, 'http://service.test/x?keep=2&[user]=root')
    expect(mentions(views), JSON.stringify(views)).toBe(false)
    expect(JSON.stringify(views), name).toContain('user=alice')
  })
})

describe.each([
  ['Express 4', expressApp(express4, 'extended')],
  ['Express 5', expressApp(express, 'extended')],
] as const)('req.query set by middleware on %s', (_, build) => {
  const SANITIZED = { keep: '2', where: { name: 'x' }, user: { $ne: '' }, '[user]': 'root' }
  const ask3 = async (descriptor: PropertyDescriptor, on: 'request' | 'prototype' = 'request'): Promise<Views> => {
    const port = await listen(
      build((request, _response, next) => {
        const holder: object = on === 'request' ? request : (Object.getPrototypeOf(request) as object)
        Object.defineProperty(holder, 'query', descriptor)
        next()
      }),
    )
    return viewsOf(port, '/x?keep=2&where[$gt]=1&[user]=root&user=root')
  }

  test.each<readonly [string, PropertyDescriptor]>([
    ['a read-only value', { value: SANITIZED, writable: false, configurable: true }],
    ['a getter without setter', { get: () => SANITIZED, configurable: true }],
    ['a writable value that is not configurable', { value: SANITIZED, writable: true, configurable: false }],
  ])('SEC-20 SEC-111 %s is replaced and keeps the sanitized parameters', async (_name, descriptor) => {
    const views = await ask3(descriptor)
    expect(views['req.query']).toEqual({ keep: '2', where: { name: 'x' }, user: 'alice' })
  })

  test('SEC-20 a getter on the prototype does not hide the mapping', async () => {
    expect((await ask3({ get: () => SANITIZED, configurable: true }, 'prototype'))['req.query']).toMatchObject({
      user: 'alice',
      keep: '2',
    })
  })
})

describe.each([
  ['http-proxy-middleware 2', createProxyMiddleware2],
  ['http-proxy-middleware 3', createProxyMiddleware],
] as const)('%s', (_, createProxy) => {
  test.each([
    ['Express 4', express4],
    ['Express 5', express],
  ] as const)('SEC-20 forwards the mapped query and path on %s, also below a router', async (_name, library) => {
    const seen: string[] = []
    const backend = await listen((request, response) => {
      seen.push(request.url ?? '')
      response.end()
    })
    const target = `http://127.0.0.1:${backend}`
    for (const parameters of [MAPPING, { ...MAPPING, 'overwrite:path': '/api/v2' }] as aws.RequestParameters[]) {
      const app = library()
      app.use(guardExpress(authorize, options(parameters)))
      app.use(createProxy({ target }) as never)
      const inner = library()
      inner.use('/api', guardExpress(authorize, options(parameters)), createProxy({ target }) as never)
      for (const port of [await listen(app), await listen(inner)]) {
        expect((await sendRequest(port, { target: '/api/v1?[user]=root&debug=root&keep=1' })).status).toBe(200)
      }
    }
    expect(seen).toHaveLength(4)
    for (const url of seen) {
      expect(url).not.toContain('root')
      expect(url).toContain('?keep=1&user=alice')
    }
    expect(
      seen.slice(2).every((url) => /^(?:\/api)?\/v2\?/.test(url)),
      seen.join(),
    ).toBe(true)
  })
})

test.each([
  ['Express 4', express4],
  ['Express 5', express],
] as const)('SEC-20 a second mapping on %s does not restore parameters that the first removed', async (_, library) => {
  const app = library()
  const events: string[] = []
  app.use(guardExpress(authorize, options({ 'overwrite:querystring.user': 'alice', 'overwrite:path': '/v2' })))
  const second = guardExpress(
    (request: { queryString: string; path: string }) => {
      events.push(`${request.path}?${request.queryString}`)
      return allow({ principalId: 'second' })
    },
    options({ 'remove:querystring.debug': '' }),
  )
  app.use(second)
  app.use((request: Request, response: Response) =>
    send(response, {
      url: request.url,
      originalUrl: request.originalUrl,
      query: request.query,
      principalId: ofExpress(request, second).principalId,
    }),
  )
  const port = await listen(app)
  expect(await viewsOf(port, '/v1?user=root&debug=1&keep=1')).toEqual({
    url: '/v2?keep=1&user=alice',
    originalUrl: '/v2?keep=1&user=alice',
    query: { keep: '1', user: 'alice' },
    principalId: 'second',
  })
  expect(events).toEqual(['/v2?user=root&debug=1&keep=1'])
})

test('SEC-20 the :path pseudo-header of HTTP/2 shows the mapped target', async () => {
  const guard = guardNode(authorize, options())
  const server = createHttp2Server((request, response) => {
    const [incoming, outgoing] = [request, response] as unknown as [IncomingMessage, ServerResponse]
    guard(incoming, outgoing, (_error?: unknown) => {
      const at = incoming.rawHeaders.indexOf(':path')
      send(outgoing, { url: incoming.url, path: incoming.headers[':path'], raw: incoming.rawHeaders[at + 1] })
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  onTestFinished(() => {
    client.destroy()
    return new Promise((resolve) => void server.close(() => resolve()))
  })
  const stream = client.request({ ':path': '/x?[user]=root&keep=1' })
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  const target = '/x?keep=1&user=alice'
  expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual({ url: target, path: target, raw: target })
})

test('SEC-20 a Hono sub-request with the bindings of the outer request leaves no client value in it', async () => {
  const inner = new Hono<{ Bindings: { incoming: IncomingMessage } }>()
  inner.use(guardHono(authorize, options()) as never)
  inner.all('*', (c) => c.json({ inner: c.req.url, outer: c.env.incoming.url }))
  const outer = new Hono<{ Bindings: { incoming: IncomingMessage } }>()
  outer.all('*', (c) => inner.request('/other?user=root', { method: 'POST' }, c.env))
  const listener = getRequestListener(outer.fetch, { overrideGlobalObjects: false })
  const port = await listen((request, response) => void listener(request, response))
  const views = await viewsOf(port, '/x?keep=1&[user]=root')
  expect(views).toEqual({ inner: expect.stringMatching(/\?user=alice$/) as string, outer: '/x?keep=1' })
})
