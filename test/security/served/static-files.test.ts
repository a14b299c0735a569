/** File servers decode `%2F` before they split a path: they must not serve a file that the decision did not cover (SEC-06). */
import type { RequestListener } from 'node:http'
import { customAuthorizer as nodeAuthorizer } from '@custom-authorizer/core/node'
import { customAuthorizer as expressAuthorizer } from '@custom-authorizer/express'
import { customAuthorizer as honoAuthorizer } from '@custom-authorizer/hono'
import { customAuthorizer as koaAuthorizer } from '@custom-authorizer/koa'
import { getRequestListener } from '@hono/node-server'
import { serveStatic as honoStatic } from '@hono/node-server/serve-static'
import connect from 'connect'
import express from 'express'
import express4 from 'express4'
import { Hono } from 'hono'
import Koa from 'koa'
import koaStatic from 'koa-static'
import Koa2 from 'koa2'
import serveStatic from 'serve-static'
import { describe, expect, test } from 'vitest'
import { contract, files, get, handler, serve } from './applications.ts'

interface Options {
  readonly skip?: readonly string[]
  readonly encodedSlash?: 'reject' | 'data'
}
type Build = (root: string, options: Options) => RequestListener

const expressFiles =
  (library: typeof express): Build =>
  (root, options) =>
    library().use(expressAuthorizer(handler, { contract, ...options }), library.static(root))

const koaFiles =
  (Library: typeof Koa): Build =>
  (root, options) => {
    const app = new Library()
    app.silent = true
    app.use(koaAuthorizer(handler, { contract, ...options }))
    app.use(koaStatic(root))
    const listener = app.callback()
    return (request, response) => void listener(request, response)
  }

const connectFiles: Build = (root, options) =>
  connect()
    .use(nodeAuthorizer(handler, { contract, ...options }))
    .use(serveStatic(root) as connect.NextHandleFunction)

const honoFiles: Build = (root, options) => {
  const app = new Hono()
  app.use(honoAuthorizer(handler, { contract, ...options }))
  app.use(honoStatic({ root }))
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return (request, response) => void listener(request, response)
}

const SERVERS: readonly [name: string, build: Build][] = [
  ['express.static 5', expressFiles(express)],
  ['express.static 4', expressFiles(express4)],
  ['koa-static with Koa 3', koaFiles(Koa)],
  ['koa-static with Koa 2', koaFiles(Koa2)],
  ['serve-static with Connect', connectFiles],
  ['serveStatic of Hono', honoFiles],
]

/** Spellings of `private/s.txt` for a layer that decodes more or less than the policy. */
const SPELLINGS = [
  '/private/s.txt',
  '/private%2Fs.txt',
  '/private%2fs.txt',
  '/%2Fprivate/s.txt',
  '/%2fprivate%2fs.txt',
  '/.%2Fprivate/s.txt',
  '/%2E%2Fprivate/s.txt',
  '/public/..%2Fprivate/s.txt',
  '/public%2F..%2Fprivate%2Fs.txt',
  '/public/%2e%2e%2fprivate/s.txt',
  '/public/..%5Cprivate/s.txt',
  '/public/..%252Fprivate/s.txt',
  '/public/..;%2Fprivate/s.txt',
  '/private%2F.%2Fs.txt',
  '/private/%2Fs.txt',
  '/%70rivate%2Fs.txt',
  '/PRIVATE%2Fs.txt',
  '/private%2Fs.txt/',
  '/private/',
  '/private%2F',
  '/private%2Fs.txt%2F',
]

describe.each(SERVERS)('%s', (_, build) => {
  test.each(SPELLINGS)(
    'SEC-06 GET %s without a token does not serve a private file past skip rules',
    async (target) => {
      const port = await serve(build(files(), { skip: ['/public/*'] }))
      const { status, body } = await get(port, target)
      expect([400, 401]).toContain(status)
      expect(body).not.toContain('the private file')
    },
  )

  test.each(SPELLINGS)('SEC-06 GET %s with an Allow on public files only is not served', async (target) => {
    const port = await serve(build(files(), {}))
    const { status, body } = await get(port, target, 'public')
    expect([400, 403, 404]).toContain(status)
    expect(body).not.toContain('the private file')
  })

  test.each(SPELLINGS)('SEC-06 SEC-14 GET and HEAD %s with a Deny on private files is not served', async (target) => {
    const port = await serve(build(files(), {}))
    const { status, body } = await get(port, target, 'no-admin')
    expect([400, 403, 404]).toContain(status)
    expect(body).not.toContain('the private file')
    const head = await get(port, target, 'no-admin', 'HEAD')
    expect([400, 403, 404]).toContain(head.status)
  })

  test('SEC-06 public files are served in their own spelling, with skip rules and with an Allow', async () => {
    const skipping = await serve(build(files(), { skip: ['/public/*'] }))
    expect((await get(skipping, '/public/s.txt')).body).toBe('the public file')
    expect((await get(skipping, '/public%2Fs.txt')).status).toBe(401)
    const guarded = await serve(build(files(), {}))
    expect((await get(guarded, '/public/s.txt', 'public')).body).toBe('the public file')
  })

  test("SEC-06 SEC-07 encodedSlash: 'reject' rejects encoded slashes and doubly encoded characters", async () => {
    const port = await serve(build(files(), { encodedSlash: 'reject' }))
    for (const target of ['/public%2Fs.txt', '/x%2fy', '/x%252Fy', '/x%2541y']) {
      expect([target, (await get(port, target, 'all')).status]).toEqual([target, 400])
    }
    expect((await get(port, '/public/s.txt', 'all')).body).toBe('the public file')
    expect((await get(port, '/100%25', 'all')).status).toBe(404)
  })
})
