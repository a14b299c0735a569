/** Applications mounted in applications: the path that is decided, also if the framework does not report mounts (SEC-12). */
import type { RequestListener } from 'node:http'
import { allow, type GatewayRequest } from '@custom-authorizer/core'
import { customAuthorizer as expressAuthorizer } from '@custom-authorizer/express'
import { customAuthorizer as honoAuthorizer } from '@custom-authorizer/hono'
import { customAuthorizer as koaAuthorizer, getAuthorizer } from '@custom-authorizer/koa'
import { getRequestListener } from '@hono/node-server'
import Router from '@koa/router'
import connect from 'connect'
import express from 'express'
import { Hono } from 'hono'
import Koa, { type Middleware } from 'koa'
import mount from 'koa-mount'
import Koa2 from 'koa2'
import { describe, expect, test } from 'vitest'
import { contract, get, handler, serve } from './applications.ts'

/** A native authorizer that records paths and allows everything. */
const recorder = (seen: string[]) => (request: GatewayRequest) => {
  seen.push(`${request.path} ${request.received?.path ?? 'same'}`)
  return allow({ context: { path: request.path } })
}

const logger = (lines: string[]) => ({
  warn: (line: string) => void lines.push(line),
  error: (line: string) => void lines.push(line),
})

const listening = (app: Koa): RequestListener => {
  app.silent = true
  const listener = app.callback()
  return (request, response) => void listener(request, response)
}

const respond: Middleware = (ctx) => {
  let context: unknown = 'unknown'
  try {
    ;({ context } = getAuthorizer(ctx))
  } catch {
    // Reported as unknown.
  }
  ctx.body = `${ctx.path} ${JSON.stringify(context)}`
}

const nested = (inner: Koa, Library: typeof Koa): Koa => {
  const outer = new Library()
  outer.use(mount('/v1', inner))
  const app = new Library()
  app.use(mount('/api', outer))
  return app
}

/** An application with a guard, and handlers below one and two mounts. */
const guardedAtRoot = (options: object, Library: typeof Koa): RequestListener => {
  const inner = new Library()
  inner.use(respond)
  const app = new Library()
  app.use(koaAuthorizer(recorder([]), options))
  app.use(mount('/one', inner))
  app.use(mount('/', nested(inner, Library)))
  return listening(app)
}

const listen = (app: Hono): RequestListener => {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return (request, response) => void listener(request, response)
}

const guardedHono = (seen: string[], options: object = {}): Hono => {
  const app = new Hono()
  app.use(honoAuthorizer(recorder(seen), options))
  app.all('*', (c) => c.text(c.req.path))
  return app
}

describe.each([
  ['Koa 3', Koa],
  ['Koa 2', Koa2],
])('%s', (_, Library) => {
  const guarded = (seen: string[], options: object = {}): Koa => {
    const app = new Library()
    app.use(koaAuthorizer(recorder(seen), options))
    app.use(respond)
    return app
  }

  test('SEC-12 the path counts from the root below koa-mount', async () => {
    const seen: string[] = []
    const app = new Library()
    app.use(mount('/api', guarded(seen)))
    const port = await serve(listening(app))
    expect((await get(port, '/api/pets')).body).toBe('/pets {"path":"/api/pets"}')
    expect((await get(port, '/api')).body).toBe('/ {"path":"/api"}')
    expect(seen).toEqual(['/api/pets same', '/api same'])
  })

  test('SEC-12 a guard below nested koa-mounts is rejected until mountPath states the whole path', async () => {
    const seen: string[] = []
    const lines: string[] = []
    const build = (options: object): RequestListener =>
      listening(nested(guarded(seen, { logger: logger(lines), ...options }), Library))
    const without = await serve(build({}))
    expect((await get(without, '/api/v1/pets')).status).toBe(400)
    expect((await get(without, '/api/v1/pets')).status).toBe(400)
    expect(lines.filter((line) => line.includes('mountPath'))).toHaveLength(1)
    const stated = await serve(build({ mountPath: '/api/v1' }))
    expect((await get(stated, '/api/v1/pets')).body).toBe('/pets {"path":"/api/v1/pets"}')
    expect(seen).toEqual(['/api/v1/pets same'])
  })

  test('SEC-12 a guard after a koa-mount that passed the request on decides on the whole path', async () => {
    const seen: string[] = []
    const app = new Library()
    app.use(mount('/api', ((__, next) => next()) as Middleware))
    app.use(koaAuthorizer(recorder(seen)))
    app.use(respond)
    const port = await serve(listening(app))
    expect((await get(port, '/api/pets')).status).toBe(200)
    expect(seen).toEqual(['/api/pets same'])
  })

  test('SEC-14 getAuthorizer works below one koa-mount, and below several with mountedPaths', async () => {
    const without = await serve(guardedAtRoot({}, Library))
    expect((await get(without, '/one/a')).body).toBe('/a {"path":"/one/a"}')
    expect((await get(without, '/api/v1/a')).body).toBe('/a "unknown"')
    const named = await serve(guardedAtRoot({ mountedPaths: ['/api/v1'] }, Library))
    expect((await get(named, '/api/v1/a')).body).toBe('/a {"path":"/api/v1/a"}')
  })

  test('SEC-12 in an Express application the path counts from the root, and a rewrite by Express is decided', async () => {
    const seen: string[] = []
    const app = express()
    app.use((request, _response, next) => {
      request.url = request.url.replace(/^\/legacy/, '')
      next()
    })
    app.use('/api', listening(guarded(seen)) as express.RequestHandler)
    const port = await serve(app)
    expect((await get(port, '/api/pets')).body).toBe('/pets {"path":"/api/pets"}')
    expect((await get(port, '/legacy/api/pets')).status).toBe(200)
    expect(seen).toEqual(['/api/pets same', '/api/pets /legacy/api/pets'])
  })

  test('SEC-12 in an Express application a Deny on the whole path is applied', async () => {
    const koa = new Library()
    koa.use(koaAuthorizer(handler, { contract }))
    koa.use(respond)
    const port = await serve(express().use('/admin', listening(koa) as express.RequestHandler))
    expect((await get(port, '/admin/secret', 'no-admin')).status).toBe(403)
    expect((await get(port, '/ADMIN/secret', 'no-admin')).status).toBe(403)
    expect((await get(port, '/admin/secret', 'all')).status).toBe(200)
  })

  test('SEC-12 in a Connect application mountPath states the mount', async () => {
    const seen: string[] = []
    const build = (options: object): RequestListener =>
      connect().use('/api', listening(guarded(seen, { logger: null, ...options })) as connect.NextHandleFunction)
    expect((await get(await serve(build({})), '/api/pets')).status).toBe(400)
    expect((await get(await serve(build({ mountPath: '/api' })), '/api/pets')).status).toBe(200)
    expect(seen).toEqual(['/api/pets same'])
  })

  test('SEC-12 nested routers of @koa/router do not shorten the path', async () => {
    const seen: string[] = []
    const inner = new Router()
    inner.use(koaAuthorizer(recorder(seen)) as never)
    inner.get('/pets/:id', respond as never)
    const outer = new Router({ prefix: '/api' })
    outer.use('/v1', inner.routes())
    const app = new Library()
    app.use(outer.routes() as never)
    expect((await get(await serve(listening(app)), '/api/v1/pets/7')).status).toBe(200)
    expect(seen).toEqual(['/api/v1/pets/7 same'])
  })
})

describe('Hono', () => {
  test('SEC-12 in an Express application the path counts from the root', async () => {
    const seen: string[] = []
    const port = await serve(express().use('/api', listen(guardedHono(seen)) as express.RequestHandler))
    expect((await get(port, '/api/pets')).body).toBe('/pets')
    expect((await get(port, '/API/pets')).body).toBe('/pets')
    expect(seen).toEqual(['/api/pets same', '/API/pets same'])
  })

  test('SEC-11 in an Express application the routing option makes a Deny ignore letter case', async () => {
    const hono = new Hono()
    hono.use(honoAuthorizer(handler, { contract, routing: { caseSensitive: false } }))
    hono.all('*', (c) => c.text('served'))
    const port = await serve(express().use('/admin', listen(hono) as express.RequestHandler))
    expect((await get(port, '/admin/secret', 'no-admin')).status).toBe(403)
    expect((await get(port, '/ADMIN/secret', 'no-admin')).status).toBe(403)
  })

  test('SEC-12 a guard in a mounted application is rejected until mountPath states the mount', async () => {
    const seen: string[] = []
    const lines: string[] = []
    const build = (options: object): RequestListener =>
      listen(new Hono().mount('/api', guardedHono(seen, { logger: logger(lines), ...options }).fetch))
    const without = await serve(build({}))
    expect((await get(without, '/api/pets', 'ann')).status).toBe(400)
    expect((await get(without, '/api/pets')).status).toBe(400)
    expect(lines.filter((line) => line.includes('mountPath'))).toHaveLength(1)
    const stated = await serve(build({ mountPath: '/api' }))
    expect((await get(stated, '/api/pets?x=1')).body).toBe('/pets')
    expect((await get(stated, '/api')).body).toBe('/')
    expect(seen).toEqual(['/api/pets same', '/api same'])
  })

  test('SEC-12 without Node.js a stated mount path is prepended to the path', async () => {
    const seen: string[] = []
    const app = new Hono().mount('/api', guardedHono(seen, { mountPath: '/api' }).fetch)
    expect(await (await app.request('/api/pets')).text()).toBe('/pets')
    expect(seen).toEqual(['/api/pets same'])
  })

  test('SEC-12 both the path that getPath returns and the path of the URL are decided', async () => {
    const seen: string[] = []
    const app = new Hono({ getPath: (request) => `/by-host${new URL(request.url).pathname}` })
    app.use(honoAuthorizer(recorder(seen)))
    app.get('/by-host/pets', (c) => c.text('served'))
    const port = await serve(listen(app))
    expect((await get(port, '/pets')).body).toBe('served')
    expect(seen).toEqual(['/by-host/pets /pets'])

    const denied = new Hono({ getPath: (request) => new URL(request.url).pathname.replace('/x', '/admin') })
    denied.use(honoAuthorizer(handler, { contract }))
    denied.get('/admin/*', (c) => c.text('secret'))
    const other = await serve(listen(denied))
    expect((await get(other, '/x/secret', 'no-admin')).status).toBe(403)
    expect((await get(other, '/x/secret', 'all')).body).toBe('secret')
  })
})

test('SEC-12 Express below Connect decides on both paths, or on the whole path with mountPath', async () => {
  const seen: string[] = []
  const build = (options: object): RequestListener => {
    const app = express()
    app.use(expressAuthorizer(recorder(seen), options))
    app.use((_request, response) => {
      response.end('served')
    })
    return connect().use('/x', app as unknown as connect.NextHandleFunction)
  }
  expect((await get(await serve(build({})), '/x/pets')).status).toBe(200)
  expect((await get(await serve(build({ mountPath: '/x' })), '/x/pets')).status).toBe(200)
  expect(seen).toEqual(['/pets /x/pets', '/x/pets same'])
})

test.each<[value: unknown]>([['api'], ['/api/'], ['//'], ['/a b'], [''], [7], ['/a/*']])(
  'SEC-105 mountPath %j is rejected at construction',
  (mountPath) => {
    expect(() => expressAuthorizer(() => true, { mountPath } as object)).toThrow(
      expect.objectContaining({ code: 'ERR_OPTION', message: expect.stringContaining('mountPath') as string }),
    )
  },
)
