/** Bugs in how the routed path is found, each in the application that showed it. */
import type { RequestListener } from 'node:http'
import { allow, type GatewayRequest, native, unauthorized } from '@custom-authorizer/core'
import type * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer as nodeAuthorizer } from '@custom-authorizer/core/node'
import { customAuthorizer as expressAuthorizer } from '@custom-authorizer/express'
import { customAuthorizer as honoAuthorizer } from '@custom-authorizer/hono'
import { customAuthorizer as koaAuthorizer } from '@custom-authorizer/koa'
import { getRequestListener } from '@hono/node-server'
import connect from 'connect'
import express from 'express'
import express4 from 'express4'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import Koa, { type Middleware } from 'koa'
import mount from 'koa-mount'
import Koa2 from 'koa2'
import { describe, expect, test } from 'vitest'
import { policy } from '../../adapters/conformance/callers.ts'
import { sendRequest } from '../../support/raw-client.ts'
import { contract, get, handler, serve } from './applications.ts'

const listening = (app: Koa): RequestListener => {
  app.silent = true
  const listener = app.callback()
  return (request, response) => void listener(request, response)
}

const listen = (app: Hono): RequestListener => {
  const listener = getRequestListener(app.fetch)
  return (request, response) => void listener(request, response)
}

const served: Middleware = (ctx) => {
  ctx.body = 'served'
}

/** Prepends `/admin` to a path that begins with `/x`, so that the router at `/admin` receives the path that the client sent. */
const intoAdmin = (url: string = ''): string => url.replace(/^\/x/, '/admin/x')

/** Denies one path and allows all others. */
const deny = (path: string) => async () => policy({ '*': 'Allow', [path]: 'Deny' }) as aws.AuthorizerResponse

const denyingHono = (path: string, options: object = {}): RequestListener => {
  const hono = new Hono()
  hono.use(honoAuthorizer(deny(path), { contract, ...options }))
  hono.all('*', (c) => c.text('served'))
  return listen(hono)
}

/** An application whose body limit replaces requests without a length. */
const limitingBodies = (seen: unknown[]): RequestListener => {
  const app = new Hono()
  app.use(bodyLimit({ maxSize: 1000 }))
  app.use(
    honoAuthorizer((request: GatewayRequest) => {
      seen.push(request.sourceIp)
      return request.header('authorization') === undefined ? unauthorized() : allow()
    }),
  )
  app.all('*', (c) => c.text('served'))
  return listen(app)
}

describe('a rewrite that adds the path of a mount', () => {
  test.each([
    ['Express 5', express],
    ['Express 4', express4],
  ])('SEC-12 a guard in a router of %s decides on the whole routed path', async (_, library) => {
    const app = library()
    app.use((request, _response, next) => {
      request.url = intoAdmin(request.url)
      next()
    })
    const router = library.Router()
    router.use(expressAuthorizer(handler, { contract, skip: ['/x/public'] }), (_request, response) => {
      response.end('served')
    })
    app.use('/admin', router)
    const port = await serve(app)
    expect((await get(port, '/x/secret', 'no-admin')).status).toBe(403)
    expect((await get(port, '/x/public')).status).toBe(401)
    expect((await get(port, '/x/secret', 'all')).body).toBe('served')
  })

  test('SEC-12 a guard below a stated mount of Connect decides on the whole routed path', async () => {
    const port = await serve(
      connect()
        .use(((request, _response, next) => {
          request.url = intoAdmin(request.url)
          next()
        }) as connect.NextHandleFunction)
        .use('/admin', nodeAuthorizer(handler, { contract, mountPath: '/admin' }) as connect.NextHandleFunction)
        .use('/admin', ((_request, response) => {
          response.end('served')
        }) as connect.NextHandleFunction),
    )
    expect((await get(port, '/x/secret', 'no-admin')).status).toBe(403)
    expect((await get(port, '/x/secret', 'all')).body).toBe('served')
  })

  test.each([
    ['Koa 3', Koa],
    ['Koa 2', Koa2],
  ])('SEC-12 a guard below koa-mount on %s is not let through', async (_, Library) => {
    const inner = new Library()
    inner.use(koaAuthorizer(handler, { contract, logger: null }))
    inner.use(served)
    const app = new Library()
    app.use((ctx, next) => {
      ctx.path = intoAdmin(ctx.path)
      return next()
    })
    app.use(mount('/admin', inner))
    const port = await serve(listening(app))
    expect([400, 403]).toContain((await get(port, '/x/secret', 'no-admin')).status)
  })

  test('SEC-12 a guard of Hono in a mount of Express decides on the whole routed path', async () => {
    const hono = new Hono()
    hono.use(honoAuthorizer(handler, { contract }))
    hono.all('*', (c) => c.text('served'))
    const app = express()
    app.use((request, _response, next) => {
      request.url = intoAdmin(request.url)
      next()
    })
    app.use('/admin', listen(hono) as express.RequestHandler)
    const port = await serve(app)
    expect((await get(port, '/x/secret', 'no-admin')).status).toBe(403)
  })

  test('SEC-12 on node:http mountPath is used if the received URL is unknown', async () => {
    const guard = nodeAuthorizer(handler, { contract, mountPath: '/admin' })
    const port = await serve((request, response) => {
      request.url = request.url?.replace(/^\/admin/, '')
      guard(request, response, () => response.end('served'))
    })
    expect((await get(port, '/admin/secret', 'no-admin')).status).toBe(403)
    expect((await get(port, '/admin/secret', 'all')).body).toBe('served')
  })
})

test.each([
  ['Koa 3', Koa],
  ['Koa 2', Koa2],
])('SEC-12 on %s the path of a koa-mount that passed the request on does not explain a rewrite', async (_, Library) => {
  const app = new Library()
  app.use(mount('/legacy', ((__, next) => next()) as Middleware))
  app.use((ctx, next) => {
    ctx.path = ctx.path.replace(/^\/legacy/, '')
    return next()
  })
  app.use(koaAuthorizer(handler, { contract }))
  app.use(served)
  const port = await serve(listening(app))
  expect((await get(port, '/legacy/admin/secret', 'no-admin')).status).toBe(403)
  expect((await get(port, '/legacy/pets', 'no-admin')).status).toBe(200)
})

test.each(["?x='", '?x="', '?x=<', '?x=%22', '', '/'])(
  'SEC-12 a target that ends with %j does not hide that a Hono application is mounted',
  async (end) => {
    const inner = new Hono()
    inner.use(honoAuthorizer(handler, { contract, logger: null }))
    inner.all('*', (c) => c.text('served'))
    const port = await serve(listen(new Hono().mount('/api', inner.fetch)))
    expect((await get(port, `/api/admin/secret${end}`, 'no-admin')).status).toBe(400)
    const headers = [
      ['Authorization', 'no-admin'],
      ['Cookie', 'a=1;'],
      ['Cookie', ''],
    ] as const
    expect((await sendRequest(port, { target: `/api/pets${end}`, headers })).status).toBe(400)
  },
)

test.each(['/api/admin/./secret?x=1', '/api//admin/secret', '/x/../api/admin/secret'])(
  'SEC-04 %s is rejected in a mounted Hono application with mountPath as well',
  async (target) => {
    const inner = new Hono()
    inner.use(honoAuthorizer(handler, { contract, mountPath: '/api' }))
    inner.all('*', (c) => c.text('served'))
    const port = await serve(listen(new Hono().mount('/api', inner.fetch)))
    expect([400, 404]).toContain((await get(port, target, 'all')).status)
    expect((await get(port, '/api/pets', 'all')).status).toBe(200)
  },
)

test('SEC-11 a Deny ignores letter case and the trailing slash of the root if Hono is mounted in another router', async () => {
  const below = await serve(express().use('/adm', denyingHono('GET/adm/*') as express.RequestHandler))
  expect((await get(below, '/ADM/x', 't')).status).toBe(403)
  const root = await serve(express().use('/adm', denyingHono('GET/adm') as express.RequestHandler))
  for (const target of ['/adm', '/adm/', '/ADM'])
    expect([target, (await get(root, target, 't')).status]).toEqual([target, 403])
  const inConnect = connect().use('/adm', denyingHono('GET/adm', { mountPath: '/adm' }) as connect.NextHandleFunction)
  const connected = await serve(inConnect)
  for (const target of ['/adm', '/adm/', '/ADM'])
    expect([target, (await get(connected, target, 't')).status]).toEqual([target, 403])
})

describe('Hono middleware that replaces the request', () => {
  test.each<[name: string, headers: readonly (readonly [string, string])[]]>([
    ['nothing else', []],
    [
      'a header that is sent twice without a value',
      [
        ['X-A', ''],
        ['X-A', ''],
      ],
    ],
    [
      'two Set-Cookie lines',
      [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ],
    ],
    [
      'an empty cookie',
      [
        ['Cookie', 'a=1'],
        ['Cookie', ''],
      ],
    ],
  ])('SEC-27 the source address is known with %s', async (_, headers) => {
    const seen: unknown[] = []
    const port = await serve(limitingBodies(seen))
    const lines = [['Authorization', 'ann'], ['Transfer-Encoding', 'chunked'], ...headers] as const
    const { status } = await sendRequest(port, {
      method: 'POST',
      target: '/x',
      headers: lines,
      body: '1\r\na\r\n0\r\n\r\n',
    })
    expect([status, seen]).toEqual([200, ['127.0.0.1']])
  })

  test('SEC-24 a credential and an empty second one are rejected with 401', async () => {
    const port = await serve(limitingBodies([]))
    const lines = [
      ['Authorization', 'a'],
      ['Authorization', ''],
      ['Transfer-Encoding', 'chunked'],
    ] as const
    const { status } = await sendRequest(port, { method: 'POST', target: '/x', headers: lines, body: '0\r\n\r\n' })
    expect(status).toBe(401)
  })
})

test('SEC-52 SEC-53 a cached decision of a native function applies only to its received path', async () => {
  const calls: string[] = []
  const app = express()
  app.use((request, _response, next) => {
    request.url = request.url.replace(/^\/legacy/, '')
    next()
  })
  app.use(
    expressAuthorizer(
      (request: GatewayRequest) => {
        calls.push(request.received?.path ?? request.path)
        return request.received === undefined ? allow() : unauthorized()
      },
      {
        contract: native({
          identitySources: ['$request.header.Authorization'],
          resultTtlSeconds: 60,
        }),
      },
    ),
  )
  app.use((_request, response) => {
    response.end('served')
  })
  const port = await serve(app)
  expect((await get(port, '/pets', 'ann')).status).toBe(200)
  expect((await get(port, '/legacy/pets', 'ann')).status).toBe(401)
  expect(calls).toEqual(['/pets', '/legacy/pets'])
})
