/** Static file servers, which decode a path before they split it. They have no routes, so they are not shared applications. @module */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { customAuthorizer as nodeAuthorizer } from '@custom-authorizer/core/node'
import { customAuthorizer as expressAuthorizer } from '@custom-authorizer/express'
import { customAuthorizer as honoAuthorizer } from '@custom-authorizer/hono'
import { customAuthorizer as koaAuthorizer } from '@custom-authorizer/koa'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { serveStatic as honoStatic } from '@hono/node-server/serve-static'
import connect from 'connect'
import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import { Hono, type MiddlewareHandler } from 'hono'
import Koa from 'koa'
import koaStatic from 'koa-static'
import serveStatic from 'serve-static'
import type { DifferentialApp } from '../app.ts'
import { PRINCIPAL, principalsOf, RAN, formatRan, TEMPLATES } from '../routes.ts'

const VALUES = ['7', 'me', 'bob', 'BOB', 'a+b', 'x.y', 'café', '%', 'admin', 'secret', 'public', '~']

/** A file for every path of the templates, with an extension that the servers add. */
const FILES: readonly string[] = TEMPLATES.flatMap((template) =>
  VALUES.flatMap((one) => VALUES.map((other) => [one, other])).map((values) => {
    let index = 0
    return decodeURI(template).replace(/:\w+|\*/g, () => values[index++ % 2] ?? '')
  }),
)
  .filter((path) => !path.endsWith('/'))
  .map((path) => `${path.slice(1)}.html`)

let folder: string | undefined
/** One folder for all applications, removed at the end of the process. */
const root = (): string => {
  if (folder !== undefined) return folder
  const made = mkdtempSync(join(tmpdir(), 'differential-'))
  for (const file of new Set(FILES)) {
    const path = join(made, file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, file)
  }
  process.once('exit', () => rmSync(made, { recursive: true, force: true }))
  folder = made
  return made
}

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/').replaceAll('%2B', '+')

/** The report of a served file: its path without the extension is the template. */
const ran = (path: string, request: IncomingMessage, principals: readonly string[] = principalsOf(request)): string =>
  formatRan({
    template: `/${encoded(relative(root(), path).replace(/\.html$/, ''))}`,
    method: request.method ?? '',
    values: [],
    principals,
  })

const setHeaders = (response: ServerResponse, path: string): void => {
  response.setHeader(RAN, ran(path, response.req))
}

/** File paths are exact; a folder without its trailing slash is redirected. */
const common = {
  ignoresCase: false,
  ignoresSlash: false,
  comparesRaw: true,
  servesAnything: true,
  places: ['app'] as const,
}

const expressFiles = (name: string, library: typeof express): DifferentialApp => ({
  ...common,
  name,
  listener: ({ authorize, options }) => {
    const app = library()
    app.set('env', 'test')
    app.use(expressAuthorizer(authorize as () => boolean, options) as unknown as RequestHandler)
    app.use(library.static(root(), { setHeaders, extensions: ['html'] }))
    return app
  },
})

const koaFiles: DifferentialApp = {
  ...common,
  name: 'koa-static',
  listener: ({ authorize, options }) => {
    const app = new Koa()
    app.silent = true
    app.use(koaAuthorizer(authorize as () => boolean, options))
    app.use(
      (koaStatic as (root: string, options: object) => Koa.Middleware)(root(), { setHeaders, extensions: ['html'] }),
    )
    const listener = app.callback()
    return (request, response) => void listener(request, response)
  },
}

const connectFiles: DifferentialApp = {
  ...common,
  name: 'serve-static with Connect',
  listener: ({ authorize, options }) =>
    connect()
      .use(nodeAuthorizer(authorize as () => boolean, options) as connect.NextHandleFunction)
      .use(serveStatic(root(), { setHeaders, extensions: ['html'] }) as connect.NextHandleFunction),
}

const honoFiles: DifferentialApp = {
  ...common,
  // Hono decodes a path before it compares it.
  comparesRaw: false,
  name: 'serveStatic of Hono',
  listener: ({ authorize, options }) => {
    const app = new Hono<{ Bindings: HttpBindings; Variables: { found?: string } }>()
    app.use(honoAuthorizer(authorize as () => boolean, options) as unknown as MiddlewareHandler)
    app.use(async (c, next) => {
      await next()
      const found = c.get('found')
      const principals = [...principalsOf(c.env.incoming), ...[c.req.header(PRINCIPAL) ?? []].flat()]
      if (found !== undefined) c.header(RAN, ran(found, c.env.incoming, principals))
    })
    app.use(
      honoStatic({
        root: root(),
        rewriteRequestPath: (path) => `${path}.html`,
        onFound: (path, c) => c.set('found' as never, path as never),
      }),
    )
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
    return (request, response) => void listener(request, response)
  },
}

export const FILE_SERVERS: readonly DifferentialApp[] = [
  expressFiles('express.static 5', express),
  expressFiles('express.static 4', express4),
  koaFiles,
  connectFiles,
  honoFiles,
]
