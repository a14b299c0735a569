/** `bind: 'strict'`: changing the method or path after the decision throws (SEC-14). */
import { allow } from '@custom-authorizer/core'
import { customAuthorizer as expressAuthorizer } from '@custom-authorizer/express'
import { customAuthorizer as koaAuthorizer } from '@custom-authorizer/koa'
import { customAuthorizer as nodeAuthorizer } from '@custom-authorizer/core/node'
import Router from '@koa/router'
import express from 'express'
import express4 from 'express4'
import Koa from 'koa'
import Koa2 from 'koa2'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sendRequest } from '../../support/raw-client.ts'

const allowAll = (): ReturnType<typeof allow> => allow()
const STRICT = { bind: 'strict', logger: null } as const

type Change = (request: { method?: string | undefined; url?: string | undefined }) => void

interface Built {
  readonly listener: RequestListener
  readonly hits: string[]
}

const expressApp = (library: typeof express, change: Change): Built => {
  const hits: string[] = []
  const app = library()
  const inner = library.Router()
  inner.all('/pets', (request, response) => {
    hits.push(`${request.method} ${request.originalUrl}`)
    response.end('ok')
  })
  inner.all('/secret', (request, response) => {
    hits.push(`${request.method} secret`)
    response.end('ok')
  })
  app.use(expressAuthorizer(allowAll, STRICT))
  app.use((request, _response, next) => {
    change(request)
    next()
  })
  app.use('/api', inner)
  app.use(((_error, _request, response, _next) => {
    response.status(500).end()
  }) as express.ErrorRequestHandler)
  return { listener: app, hits }
}

const koaApp = (Application: typeof Koa, change: Change): Built => {
  const hits: string[] = []
  const app = new Application()
  app.silent = true
  const router = new Router({ prefix: '/api' })
  for (const path of ['/pets', '/secret']) {
    router.all(path, (ctx) => {
      hits.push(`${ctx.method} ${path}`)
      ctx.body = 'ok'
    })
  }
  app.use(koaAuthorizer(allowAll, STRICT))
  app.use((ctx, next) => {
    change(ctx)
    return next()
  })
  app.use(router.routes())
  const listener = app.callback()
  return { listener: (request, response) => void listener(request, response), hits }
}

const nodeApp = (_: unknown, change: Change): Built => {
  const hits: string[] = []
  const guard = nodeAuthorizer(allowAll, STRICT)
  return {
    hits,
    listener: (request, response) =>
      guard(request, response, () => {
        try {
          change(request)
          hits.push(`${request.method} ${request.url}`)
        } catch {
          response.statusCode = 500
        }
        response.end()
      }),
  }
}

const APPS: readonly [string, (change: Change) => Built][] = [
  ['Express 4', (change) => expressApp(express4, change)],
  ['Express 5', (change) => expressApp(express, change)],
  ['Koa 2', (change) => koaApp(Koa2, change)],
  ['Koa 3', (change) => koaApp(Koa, change)],
  ['node:http', (change) => nodeApp(undefined, change)],
]

const serve = async (listener: RequestListener): Promise<number> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())))
  return (server.address() as AddressInfo).port
}

const GET = { target: '/api/pets', headers: [['Connection', 'close']] } as const

describe.each(APPS)("bind: 'strict' on %s", (_, build) => {
  test.each<[string, Change]>([
    ['the method', (request) => void (request.method = 'DELETE')],
    ['the path', (request) => void (request.url = '/api/secret')],
    ['the path to one with the same end', (request) => void (request.url = '/other/api/pets')],
  ])('SEC-14 changing %s throws, and no handler runs', async (__, change) => {
    const { listener, hits } = build(change)
    expect((await sendRequest(await serve(listener), GET)).status).toBe(500)
    expect(hits).toEqual([])
  })

  test('SEC-14 assigning an equal method or path does not throw', async () => {
    const { listener, hits } = build((request) => {
      request.method = 'GET'
      request.url = '/api/pets?x=1'
    })
    expect((await sendRequest(await serve(listener), GET)).status).toBe(200)
    expect(hits).toHaveLength(1)
  })
})
