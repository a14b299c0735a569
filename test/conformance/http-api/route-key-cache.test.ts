/**
 * With `$context.routeKey` as an identity source, a result cached for one route is not used for another (AWS-CACHE-04),
 * even if the framework does not report the route. @module
 */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Authorizer, createAuthorizer } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock } from '@custom-authorizer/core/testing'
import * as express from '@custom-authorizer/express'
import * as hono from '@custom-authorizer/hono'
import * as koa from '@custom-authorizer/koa'
import { getRequestListener } from '@hono/node-server'
import Router, { type RouterMiddleware } from '@koa/router'
import Express, { type RequestHandler } from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import { expect, onTestFinished, test } from 'vitest'
import { describeAdapters, statedMount } from '../../support/adapters.ts'
import { sendRequest } from '../../support/raw-client.ts'

const headers = [['Authorization', 'x']] as const

/** Denies paths that end with `/admin`. */
const denyAdmin = async ({ rawPath }: { readonly rawPath: string }): Promise<{ isAuthorized: boolean }> => ({
  isAuthorized: !rawPath.endsWith('/admin'),
})

const authorizerOf = (routes?: readonly string[]): Authorizer<never> =>
  createAuthorizer({
    authorize: denyAdmin,
    contract: aws.httpApi({
      enableSimpleResponses: true,
      identitySource: ['$request.header.Authorization', '$context.routeKey'],
      authorizerResultTtlInSeconds: 300,
      ...(routes && { routes }),
    }),
    clock: fakeClock(),
    logger: null,
  }) as never

describeAdapters('route key', (adapter) => {
  test('AWS-CACHE-04 SEC-52 a guard in front of all routes caches a result for each route', async () => {
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizerOf())],
      routes: [{ path: '/pets' }, { path: '/admin' }],
    })
    expect((await service.send({ target: '/pets', headers })).status).toBe(200)
    expect((await service.send({ target: '/admin', headers })).status).toBe(403)
    expect(service.hits).toEqual(['GET /pets'])
  })

  test.each([false, true])(
    'AWS-CACHE-04 SEC-12 SEC-52 routes of a mounted router do not share a cached result (application: %s)',
    async (application) => {
      const use = [adapter.customAuthorizer(authorizerOf(), statedMount(adapter, '/v1', application))]
      const routes = [
        { path: '/pets', use },
        { path: '/admin', use },
      ]
      const mount = { path: '/v1', routes, ...(application && { application: true as const }) }
      const service = await adapter.serve({ mounts: [mount] })
      expect((await service.send({ target: '/v1/pets', headers })).status).toBe(200)
      expect((await service.send({ target: '/v1/admin', headers })).status).toBe(403)
      expect(service.hits).toEqual(['GET /v1/pets'])
    },
  )

  test('AWS-CACHE-04 SEC-14 a HEAD request of a GET route does not use the result cached for $default', async () => {
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizerOf(['GET /admin']))],
      routes: [{ path: '/public' }, { path: '/admin' }],
    })
    expect((await service.send({ target: '/public', headers })).status).toBe(200)
    expect((await service.send({ method: 'HEAD', target: '/admin', headers })).status).toBe(403)
    expect(service.hits).toEqual(['GET /public'])
  })
})

/** Sends the requests one after the other and returns their statuses. */
const statuses = async (listener: RequestListener, targets: readonly string[]): Promise<readonly number[]> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo
  const found: number[] = []
  for (const target of targets) found.push((await sendRequest(port, { target, headers })).status)
  return found
}

const serveExpress: RequestHandler = (_request, response) => void response.end('served')
const serveKoa: RouterMiddleware = (ctx) => void (ctx.body = 'served')

type Pattern = string | RegExp | (string | RegExp)[]
const EXPRESS: readonly [title: string, open: Pattern, guarded: Pattern][] = [
  ['an optional parameter', '/open{/:page}', '/admin{/:page}'],
  ['a regular expression', /^\/open$/, /^\/admin$/],
  ['a list of paths', ['/open', '/public'], ['/admin', '/root']],
]

test.each(EXPRESS)(
  'AWS-CACHE-04 SEC-52 Express routes with %s do not share a cached result',
  async (_, open, guarded) => {
    const app = Express()
    const guard = express.customAuthorizer(authorizerOf()) as unknown as RequestHandler
    app.get(open, guard, serveExpress)
    app.get(guarded, guard, serveExpress)
    expect(await statuses(app, ['/open', '/admin'])).toEqual([200, 403])
  },
)

test('AWS-CACHE-04 SEC-52 Koa routes with an optional parameter do not share a cached result', async () => {
  const router = new Router()
  const guard = koa.customAuthorizer(authorizerOf()) as unknown as RouterMiddleware
  router.get('/open{/:page}', guard, serveKoa)
  router.get('/admin{/:page}', guard, serveKoa)
  const listener = new Koa().use(router.routes()).callback()
  expect(await statuses((request, response) => void listener(request, response), ['/open', '/admin'])).toEqual([
    200, 403,
  ])
})

test('AWS-CACHE-04 SEC-52 Hono routes with an optional parameter do not share a cached result', async () => {
  const guard = hono.customAuthorizer(authorizerOf())
  const app = new Hono()
    .get('/open/:page?', guard, (c) => c.text('served'))
    .get('/admin/:page?', guard, (c) => c.text('served'))
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  expect(await statuses((request, response) => void listener(request, response), ['/open', '/admin'])).toEqual([
    200, 403,
  ])
})
