/** Context headers in Hono: every view of the request has them, also if earlier middleware has read or built something. */
import type { IncomingMessage } from 'node:http'
import { allow } from '@custom-authorizer/core'
import { customAuthorizer } from '@custom-authorizer/hono'
import { getRequestListener } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { sendRequest } from '../../support/raw-client.ts'
import { serve } from '../../security/served/applications.ts'

/** The lines of the header, in every spelling. */
const among = (entries: Iterable<readonly [string, unknown]>): string[] =>
  [...entries].filter(([name]) => /^x[-_]user[-_]id$/i.test(name)).map(([name, value]) => `${name}=${String(value)}`)

/** The values of the header in each view. */
const viewsOf = (c: Context): Record<string, readonly string[]> => {
  const { incoming } = c.env as { incoming: IncomingMessage }
  const { rawHeaders } = incoming
  const pairs = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1]] as const] : []))
  return {
    'c.req.header()': among(Object.entries(c.req.header())),
    'c.req.header(name)': among([['x-user-id', c.req.header('x-user-id')]]).filter(
      (each) => !each.includes('undefined'),
    ),
    'c.req.raw.headers': among(c.req.raw.headers),
    'incoming.headers': among(Object.entries(incoming.headers)),
    'incoming.headersDistinct': among(Object.entries(incoming.headersDistinct)),
    'incoming.rawHeaders': among(pairs),
    'c.req.raw.clone()': among(c.req.raw.clone().headers),
    'new Request(c.req.raw)': among(new Request(c.req.raw).headers),
  }
}

let held: unknown

/** What middleware before the guard does with the request. */
const EARLIER: Record<string, (c: Context) => unknown> = {
  'reads nothing': () => undefined,
  'reads one header': (c) => c.req.header('accept'),
  'reads the mapped header': (c) => c.req.header('x-user-id'),
  'reads all headers': (c) => c.req.header(),
  'keeps the headers': (c) => (held = c.req.raw.headers),
  'clones the request': (c) => c.req.raw.clone(),
  'reads the signal': (c) => c.req.raw.signal,
  'reads headersDistinct': (c) => (c.env as { incoming: IncomingMessage }).incoming.headersDistinct,
  'changes a header': (c) => c.req.raw.headers.set('x-earlier', '1'),
  'sets the mapped header': (c) => c.req.raw.headers.set('x-user-id', 'mallory'),
  'replaces the request': (c) => (c.req.raw = new Request(c.req.raw)),
}

const KEEP: ReadonlySet<string> = new Set([
  'reads nothing',
  'reads one header',
  'reads all headers',
  'keeps the headers',
])

describe.each(Object.keys(EARLIER))('after middleware that %s', (name) => {
  const run = async (target: string, method = 'GET') => {
    let views: Record<string, readonly string[]> = {}
    let isSame = false
    let earlier: string | undefined
    const app = new Hono()
    app.use(async (c, next) => {
      EARLIER[name]?.(c)
      const { raw } = c.req
      await next()
      isSame = c.req.raw === raw
    })
    app.use(
      customAuthorizer(() => allow({ principalId: 'alice' }), {
        contextHeaders: { 'x-user-id': 'principalId' },
        skip: ['/public'],
      }),
    )
    app.all('*', async (c) => {
      // A copy of the request would take its body.
      if (method === 'GET') views = viewsOf(c)
      earlier = c.req.header('x-earlier')
      return c.text(method === 'GET' ? 'ok' : await c.req.text())
    })
    const listener = getRequestListener(app.fetch)
    const port = await serve((request, response) => void listener(request, response))
    const headers = [
      ['X-User-Id', 'mallory'],
      ['x_user_id', 'mallory'],
      ['Accept', '*/*'],
    ] as const
    const { body } = await sendRequest(port, { method, target, headers, ...(method === 'POST' && { body: 'sent' }) })
    return { views, isSame, earlier, body }
  }

  test('SEC-17 SEC-19 every view of an allowed request has the header of the guard alone', async () => {
    const { views, earlier } = await run('/pets')
    for (const values of Object.values(views)) expect(values).toEqual(['x-user-id=alice'])
    expect(Object.keys(views)).toHaveLength(8)
    expect(earlier).toBe(name === 'changes a header' ? '1' : undefined)
  })

  test('SEC-17 no view of a skipped request has the header', async () => {
    const { views } = await run('/public')
    for (const values of Object.values(views)) expect(values).toEqual([])
  })

  test('the handler can read the body', async () => {
    expect((await run('/pets', 'POST')).body).toBe('sent')
  })

  if (KEEP.has(name)) {
    test('the request is not replaced', async () => {
      await run('/pets')
      expect((await run('/pets')).isSame).toBe(true)
    })
  }
})

test('SEC-19 headers that earlier middleware has kept are those that handlers see', async () => {
  const app = new Hono()
  app.use((c, next) => {
    held = c.req.raw.headers
    return next()
  })
  app.use(customAuthorizer(() => allow({ principalId: 'alice' }), { contextHeaders: { 'x-user-id': 'principalId' } }))
  app.get('*', (c) => c.text(String(held === c.req.raw.headers)))
  const listener = getRequestListener(app.fetch)
  const port = await serve((request, response) => void listener(request, response))
  expect((await sendRequest(port, { target: '/pets' })).body).toBe('true')
})
