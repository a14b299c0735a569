/** `resource` and `pathParameters` below mounts: from the framework's templates, never from client text. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as onExpress from '@custom-authorizer/express'
import * as onHono from '@custom-authorizer/hono'
import * as onKoa from '@custom-authorizer/koa'
import { getRequestListener } from '@hono/node-server'
import Router from '@koa/router'
import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import { Hono, type MiddlewareHandler } from 'hono'
import Koa, { type Middleware } from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sendRequest } from '../../support/raw-client.ts'

type Seen = readonly [resource: string, pathParameters: Readonly<Record<string, string>>]

const policyDocument = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }

const watch = <T>(
  make: (authorize: AnyFunction, options: object) => T,
): { readonly guard: T; readonly seen: Seen[] } => {
  const seen: Seen[] = []
  const authorize = async ({ resource, pathParameters }: aws.RequestEvent): Promise<object> => {
    seen.push([resource, pathParameters])
    return { principalId: 'ann', policyDocument }
  }
  const contract = aws.request({ authorizerResultTtlInSeconds: 0 })
  return { guard: make(authorize, { contract, logger: null }), seen }
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

const statusOf = async (listener: Listener, target: string): Promise<number> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (await sendRequest((server.address() as AddressInfo).port, { target })).status
}

const proxy = (path: string): Seen => ['/{proxy+}', { proxy: path }]
const PET: Seen = ['/tenants/{tenantId}/pets/{petId}', { tenantId: 't1', petId: '7' }]
const TARGET = '/tenants/t1/pets/7'

type Build = (library: typeof express, guard: RequestHandler) => Listener

const withPets = (library: typeof express, guard: RequestHandler): express.Router => {
  const router = library.Router()
  router.get('/pets/:petId', guard, (_, response) => void response.end('pet'))
  return router
}

const EXPRESS: readonly [title: string, build: Build, target: string, seen: Seen][] = [
  ['a router', (library, guard) => library().use('/tenants/:tenantId', withPets(library, guard)), TARGET, PET],
  [
    'a sub-application',
    (library, guard) => library().use('/tenants/:tenantId', library().use(withPets(library, guard))),
    TARGET,
    PET,
  ],
  [
    'a sub-application in a router',
    (library, guard) =>
      library().use('/tenants', library.Router().use('/:tenantId', library().use(withPets(library, guard)))),
    TARGET,
    // Express does not report the outer application to the inner one.
    proxy('tenants/t1/pets/7'),
  ],
  [
    'a route with parameters in a mount without parameters',
    (library, guard) => {
      const router = library.Router()
      router.get('/:tenantId/pets/:petId', guard, (_, response) => void response.end('pet'))
      return library().use('/tenants', router)
    },
    TARGET,
    PET,
  ],
  [
    'several paths of a mount',
    (library, guard) => library().use(['/shops/:shopId', '/tenants/:tenantId'], withPets(library, guard)),
    TARGET,
    PET,
  ],
  [
    'a router mounted twice',
    (library, guard) => {
      const router = withPets(library, guard)
      return library().use('/shops/:shopId', router).use('/tenants/:tenantId', router)
    },
    TARGET,
    PET,
  ],
  [
    'a mount path in another letter case than the request',
    (library, guard) => library().use('/Tenants/:tenantId', withPets(library, guard)),
    '/tENANTS/t1/pets/7',
    ['/Tenants/{tenantId}/pets/{petId}', { tenantId: 't1', petId: '7' }],
  ],
  [
    'a path segment of the client that looks like a template',
    (library, guard) => library().use('/tenants/:tenantId', withPets(library, guard)),
    '/tenants/%7BtenantId%7D/pets/:petId',
    ['/tenants/{tenantId}/pets/{petId}', { tenantId: '%7BtenantId%7D', petId: ':petId' }],
  ],
  [
    'two mounts with the same path',
    (library, guard) => {
      const router = withPets(library, guard)
      return library().use('/tenants/:shopId', router).use('/tenants/:tenantId', router)
    },
    TARGET,
    proxy('tenants/t1/pets/7'),
  ],
  [
    'a regular expression as mount path',
    (library, guard) => library().use(/^\/tenants\/\w+/, withPets(library, guard)),
    TARGET,
    proxy('tenants/t1/pets/7'),
  ],
  [
    'a router called from a middleware function',
    (library, guard) => {
      const router = withPets(library, guard)
      return library().use('/tenants/:tenantId', (request, response, next) => router(request, response, next))
    },
    TARGET,
    proxy('tenants/t1/pets/7'),
  ],
  [
    'a router guarded as a whole',
    (library, guard) =>
      library().use(
        '/tenants/:tenantId',
        guard,
        library.Router().get('/pets/:petId', (_, response) => void response.end()),
      ),
    TARGET,
    proxy('tenants/t1/pets/7'),
  ],
]

describe.each([
  ['Express 4', express4],
  ['Express 5', express],
])('%s', (_, library) => {
  test.each(EXPRESS)(
    'AWS-EVT-29 the event has resource and pathParameters of %s',
    async (_title, build, target, expected) => {
      const { guard, seen } = watch(onExpress.customAuthorizer as (authorize: AnyFunction, options: object) => unknown)
      expect(await statusOf(build(library, guard as RequestHandler), target)).toBe(200)
      expect(seen).toEqual([expected])
    },
  )
})

const KOA: readonly [title: string, build: (guard: Middleware) => { callback(): unknown }, seen: Seen][] = [
  [
    'a prefix of the router',
    (guard) => {
      const router = new Router({ prefix: '/tenants/:tenantId' })
      router.get('/pets/:petId', guard, (ctx) => void (ctx.body = 'pet'))
      return new Koa().use(router.routes())
    },
    PET,
  ],
  [
    'a nested router guarded as a whole',
    (guard) => {
      const inner = new Router().use(guard).get('/pets/:petId', (ctx) => void (ctx.body = 'pet'))
      return new Koa().use(new Router().use('/tenants/:tenantId', inner.routes()).routes())
    },
    proxy('tenants/t1/pets/7'),
  ],
  [
    'a nested router in a nested router',
    (guard) => {
      const inner = new Router().get('/:petId', guard, (ctx) => void (ctx.body = 'pet'))
      const middle = new Router({ prefix: '/:tenantId' }).use('/pets', inner.routes())
      return new Koa().use(new Router({ prefix: '/tenants' }).use(middle.routes()).routes())
    },
    PET,
  ],
  [
    'no router: an application guarded as a whole',
    (guard) => new Koa().use(guard).use((ctx) => void (ctx.body = 'pet')),
    proxy('tenants/t1/pets/7'),
  ],
]

test.each(KOA)('AWS-EVT-29 on Koa the event has resource and pathParameters of %s', async (_, build, expected) => {
  const { guard, seen } = watch(onKoa.customAuthorizer as (authorize: AnyFunction, options: object) => unknown)
  expect(await statusOf(build(guard as Middleware).callback() as Listener, TARGET)).toBe(200)
  expect(seen).toEqual([expected])
})

const HONO: readonly [title: string, build: (guard: MiddlewareHandler) => Hono, seen: Seen][] = [
  [
    'a base path',
    (guard) => new Hono().basePath('/tenants/:tenantId').get('/pets/:petId', guard, (c) => c.text('pet')),
    PET,
  ],
  [
    'an application in an application',
    (guard) => {
      const inner = new Hono().get('/:petId', guard, (c) => c.text('pet'))
      return new Hono().route('/tenants/:tenantId', new Hono().route('/pets', inner))
    },
    PET,
  ],
  [
    'an application guarded as a whole',
    (guard) => {
      const inner = new Hono().use(guard).get('/pets/:petId', (c) => c.text('pet'))
      return new Hono().route('/tenants/:tenantId', inner)
    },
    proxy('tenants/t1/pets/7'),
  ],
]

test.each(HONO)('AWS-EVT-29 on Hono the event has resource and pathParameters of %s', async (_, build, expected) => {
  const { guard, seen } = watch(onHono.customAuthorizer as (authorize: AnyFunction, options: object) => unknown)
  const listener = getRequestListener(build(guard as MiddlewareHandler).fetch, { overrideGlobalObjects: false })
  expect(await statusOf((request, response) => void listener(request, response), TARGET)).toBe(200)
  expect(seen).toEqual([expected])
})
