/** Services with the adapters of this library, for the suite for adapters. @module */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AuthorizerContext } from '@custom-authorizer/core'
import * as node from '@custom-authorizer/core/node'
import { customAuthorizer as expressAuthorizer, getAuthorizer as expressContext } from '@custom-authorizer/express'
import { customAuthorizer as honoAuthorizer, getAuthorizer as honoContext } from '@custom-authorizer/hono'
import { customAuthorizer as koaAuthorizer, getAuthorizer as koaContext } from '@custom-authorizer/koa'
import type { AdapterService, StartService } from '@custom-authorizer/core/testing'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'

/** The context of a request that an authorizer has allowed. */
const contextOf = (read: () => AuthorizerContext): AuthorizerContext | undefined => {
  try {
    return read()
  } catch {
    return undefined
  }
}

export const listen = async (listener: RequestListener): Promise<AdapterService> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${port}`, close }
}

const startExpress: StartService = (authorizer, options, handle) => {
  const app = express()
  app.use(expressAuthorizer(authorizer, options))
  app.use((req, res) => {
    res.end(handle({ authorizer: contextOf(() => expressContext(req)), headers: req.headers }))
  })
  return listen(app)
}

const startKoa: StartService = (authorizer, options, handle) => {
  const app = new Koa()
  app.use(koaAuthorizer(authorizer, options))
  app.use((ctx) => {
    ctx.body = handle({ authorizer: contextOf(() => koaContext(ctx)), headers: ctx.headers })
  })
  const listener = app.callback()
  return listen((req, res) => void listener(req, res))
}

const startHono: StartService = (authorizer, options, handle) => {
  const app = new Hono()
  app.use(honoAuthorizer(authorizer, options))
  app.all('*', (c) => c.text(handle({ authorizer: contextOf(() => honoContext(c)), headers: c.req.raw.headers })))
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return listen((req, res) => void listener(req, res))
}

export const startNode: StartService = (authorizer, options, handle) => {
  const guard = node.customAuthorizer(authorizer, options)
  return listen((req, res) =>
    guard(req, res, () => {
      res.end(handle({ authorizer: contextOf(() => node.getAuthorizer(req)), headers: req.headers }))
    }),
  )
}

export const SERVICES: readonly (readonly [name: string, start: StartService])[] = [
  ['Express', startExpress],
  ['Koa', startKoa],
  ['Hono', startHono],
  ['node:http', startNode],
]
