/** Applications whose middleware rewrites the URL before the guard, and a proxy to a backend that decodes paths. @module */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { customAuthorizer as expressAuthorizer } from '@custom-authorizer/express'
import { customAuthorizer as koaAuthorizer } from '@custom-authorizer/koa'
import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import { createProxyMiddleware } from 'http-proxy-middleware'
import Koa from 'koa'
import Koa2 from 'koa2'
import type { DifferentialApp } from '../app.ts'
import { principalsOf, RAN, say } from '../routes.ts'

/** The prefix that the middleware takes away. */
const LEGACY = /^\/legacy(?=\/)/

const encoded = (path: string): string =>
  path
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll('%2B', '+'))
    .join('/')

const decodedPath = (url: string): string | undefined => {
  try {
    return decodeURIComponent(url.replace(/[?#].*$/s, ''))
  } catch {
    return undefined
  }
}

const common = { ignoresCase: false, ignoresSlash: false, comparesRaw: true, servesAnything: true, rewrites: true }

const serveRest: RequestHandler = (request, response) => {
  const template = (request.baseUrl + request.path).replace(/(.)\/$/, '$1')
  response.set(RAN, say({ template, method: request.method, values: [], principals: principalsOf(request) })).end()
}

/** Everything that is left is served under the path that the router sees. */
const expressRewriting = (name: string, library: typeof express): DifferentialApp => ({
  ...common,
  name,
  listener: ({ authorize, options, place }) => {
    const app = library()
    app.set('env', 'test')
    const guard = expressAuthorizer(authorize as () => boolean, options) as unknown as RequestHandler
    app.use((request, _response, next) => {
      request.url = request.url.replace(LEGACY, '')
      next()
    })
    if (place === 'app') app.use(guard, serveRest)
    else {
      const router = library.Router()
      router.use(guard, serveRest)
      app.use('/api', router)
      app.use(guard, serveRest)
    }
    return app
  },
})

const koaRewriting = (name: string, Library: typeof Koa): DifferentialApp => ({
  ...common,
  places: ['app'],
  name,
  listener: ({ authorize, options }) => {
    const app = new Library()
    app.silent = true
    app.use((ctx, next) => {
      ctx.url = ctx.url.replace(LEGACY, '')
      return next()
    })
    app.use(koaAuthorizer(authorize as () => boolean, options))
    app.use((ctx) => {
      ctx.set(RAN, say({ template: ctx.path, method: ctx.method, values: [], principals: principalsOf(ctx.req) }))
      ctx.body = ''
    })
    const listener = app.callback()
    return (request, response) => void listener(request, response)
  },
})

let backend: Promise<Server> | undefined
/** A backend that decodes the whole path before it looks at it, as some file servers and frameworks do. */
const startBackend = (): Promise<Server> => {
  backend ??= new Promise((resolve) => {
    const server = createServer((request, response) => {
      const path = decodedPath(request.url ?? '/')
      if (path !== undefined)
        response.setHeader(
          RAN,
          say({ template: encoded(path), method: request.method ?? '', values: [], principals: principalsOf(request) }),
        )
      response.end()
    })
    server.unref()
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
  return backend
}

const proxying: DifferentialApp = {
  ...common,
  rewrites: false,
  places: ['app'],
  name: 'a proxy to a backend that decodes',
  listener: ({ authorize, options }) => {
    const app = express()
    app.set('env', 'test')
    app.use(expressAuthorizer(authorize as () => boolean, options) as unknown as RequestHandler)
    const proxy = createProxyMiddleware<express.Request, express.Response>({
      router: async () => `http://127.0.0.1:${((await startBackend()).address() as AddressInfo).port}`,
      target: 'http://127.0.0.1:9',
    })
    app.use((request, response, next) => void proxy(request, response, next))
    return app
  },
}

export const REWRITING: readonly DifferentialApp[] = [
  expressRewriting('Express 5 with a rewrite', express),
  expressRewriting('Express 4 with a rewrite', express4),
  koaRewriting('Koa 3 with a rewrite', Koa),
  koaRewriting('Koa 2 with a rewrite', Koa2),
  proxying,
]
