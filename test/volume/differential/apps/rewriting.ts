/** Applications with middleware that rewrites the URL before the guard, and a proxy to a backend that decodes paths. @module */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { customAuthorizer as expressAuthorizer } from '@custom-authorizer/express'
import express, { type RequestHandler } from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { express4Application, express5Application } from '../../../support/applications/express.ts'
import { koa2Application, koa3Application } from '../../../support/applications/koa.ts'
import type { RoutePlan, TestApplication } from '../../../support/applications/plan.ts'
import type { DifferentialApp } from '../app.ts'
import { principalsOf, RAN, formatRan } from '../routes.ts'

/** The prefix that the middleware removes. */
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

/** Serves every path that the router sees, and reports it. */
const serveAny: RoutePlan = {
  path: '*',
  handle: ({ method, paths, incoming }) => {
    const { baseUrl, path } = paths as { readonly baseUrl?: string; readonly path: string }
    const template = baseUrl === undefined ? path : (baseUrl + path).replace(/(.)\/$/, '$1')
    return {
      headers: { [RAN]: formatRan({ template, method, values: [], principals: principalsOf(incoming) }) },
      body: '',
    }
  },
}

const rewriting = (name: string, application: TestApplication): DifferentialApp => ({
  ...common,
  name,
  // A router of Koa runs its middleware for its own routes only.
  places: application.name.startsWith('Koa') ? ['app'] : ['app', 'routes'],
  listener: ({ authorize, options, place }) => {
    const guard = application.customAuthorizer(authorize, options)
    const rewrite = application.tap(({ incoming }) => {
      incoming.url = incoming.url?.replace(LEGACY, '')
    })
    const guarded = { ...serveAny, use: [guard] }
    const mounts = place === 'routes' ? [{ path: '/api', routes: [guarded] }] : []
    return application.listener({ use: [rewrite], routes: [guarded], mounts }, { hits: [], errors: [] })
  },
})

let backend: Promise<Server> | undefined
/** A backend that decodes the whole path first, as some file servers and frameworks do. */
const startBackend = (): Promise<Server> => {
  backend ??= new Promise((resolve) => {
    const server = createServer((request, response) => {
      const path = decodedPath(request.url ?? '/')
      if (path !== undefined)
        response.setHeader(
          RAN,
          formatRan({
            template: encoded(path),
            method: request.method ?? '',
            values: [],
            principals: principalsOf(request),
          }),
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
  rewriting('Express 5 with a rewrite', express5Application),
  rewriting('Express 4 with a rewrite', express4Application),
  rewriting('Koa 3 with a rewrite', koa3Application),
  rewriting('Koa 2 with a rewrite', koa2Application),
  proxying,
]
