/** Body parsers after the guard, and Hono's own before it, all read the same body. */
import * as huawei from '@custom-authorizer/core/huawei'
import { customAuthorizer } from '@custom-authorizer/hono'
import { getRequestListener } from '@hono/node-server'
import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import { type Context, Hono } from 'hono'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { ADAPTERS, type Plan } from '../../support/adapters.ts'
import { sendRequest, type RawRequest } from '../../support/raw-client.ts'
import { BodyRecorder } from './guarded-service.ts'
import { respondWith, respondWithHono, respondWithParsed } from './middleware.ts'
import { digestOf } from './payload.ts'

type Step = NonNullable<Plan['use']>[number]

const asStep = (parser: RequestHandler): Step => parser as unknown as Step
const asJson = (body: unknown): string => JSON.stringify(body)

const FORM = [
  '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nZoë\r\n',
  '--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n\u0001\u0002\r\n',
  '--b--\r\n',
].join('')

const KINDS = {
  json: ['application/json', '{"name":"Zoë", "n": 1}'],
  urlencoded: ['application/x-www-form-urlencoded', 'name=Zo%C3%AB&n=1'],
  multipart: ['multipart/form-data; boundary=b', FORM],
  text: ['text/plain;charset=utf-8', 'Zoë'],
} as const

const uploadOf = (kind: keyof typeof KINDS): RawRequest => {
  const [type, body] = KINDS[kind]
  return { method: 'POST', target: '/upload', headers: [['Content-Type', type]], body }
}

const formOf = async (c: Context): Promise<string> => {
  const form = await c.req.formData()
  const file = form.get('file')
  return asJson([form.get('name'), file instanceof File ? await file.text() : file])
}

const collected = async (incoming: AsyncIterable<unknown>): Promise<string> => {
  let text = ''
  for await (const chunk of incoming) text += String(chunk)
  return text
}

/** Framework, parser, kind of body, the middleware, and the parsed value. */
const ROWS: readonly (readonly [string, string, keyof typeof KINDS, readonly Step[], string])[] = [
  ...(
    [
      ['Express 4', express4],
      ['Express 5', express],
    ] as const
  ).flatMap(([name, library]) => [
    [
      name,
      'express.json()',
      'json',
      [asStep(library.json()), respondWithParsed(asJson)],
      '{"name":"Zoë","n":1}',
    ] as const,
    [
      name,
      'express.urlencoded()',
      'urlencoded',
      [asStep(library.urlencoded({ extended: true })), respondWithParsed(asJson)],
      '{"name":"Zoë","n":"1"}',
    ] as const,
    [name, 'express.text()', 'text', [asStep(library.text()), respondWithParsed(String)], 'Zoë'] as const,
  ]),
  ...['Koa 2', 'Koa 3', 'node:http'].map(
    (name) =>
      [
        name,
        'JSON by hand',
        'json',
        [respondWith(name, async (incoming) => asJson(JSON.parse(await collected(incoming.setEncoding('utf8')))))],
        '{"name":"Zoë","n":1}',
      ] as const,
  ),
  ['Hono', 'c.req.json()', 'json', [respondWithHono(async (c) => asJson(await c.req.json()))], '{"name":"Zoë","n":1}'],
  ['Hono', 'c.req.text()', 'text', [respondWithHono((c) => c.req.text())], 'Zoë'],
  ['Hono', 'c.req.formData()', 'multipart', [respondWithHono(formOf)], '["Zoë","\\u0001\\u0002"]'],
  [
    'Hono',
    'c.req.parseBody()',
    'urlencoded',
    [respondWithHono(async (c) => asJson(await c.req.parseBody()))],
    '{"name":"Zoë","n":"1"}',
  ],
  [
    'Hono',
    'c.req.json() and c.req.text()',
    'json',
    [respondWithHono(async (c) => `${asJson(await c.req.json())}${await c.req.text()}`)],
    '{"name":"Zoë","n":1}{"name":"Zoë", "n": 1}',
  ],
  [
    'Hono',
    'c.req.raw.json()',
    'json',
    [respondWithHono(async (c) => asJson(await (c.req.raw.json() as Promise<unknown>)))],
    '{"name":"Zoë","n":1}',
  ],
]

describe('a parser after the guard', () => {
  test.each(ROWS)('HW-CFG-12 on %s, %s parses %s after the guard', async (name, _, kind, steps, expected) => {
    const adapter = ADAPTERS.find((each) => each.name === name)
    if (adapter === undefined) throw new Error(`no adapter ${name}`)
    const recorder = new BodyRecorder()
    const service = await adapter.serve({ use: [recorder.guard(adapter), ...steps] })
    const response = await service.send(uploadOf(kind))
    expect([response.status, response.body]).toEqual([200, expected])
    expect(recorder.seen).toEqual([digestOf(Buffer.from(KINDS[kind][1]))])
  })
})

/** How Hono middleware can read the body before the guard. */
const BEFORE: readonly (readonly [string, keyof typeof KINDS, (c: Context) => Promise<unknown>])[] = [
  ['c.req.json()', 'json', (c) => c.req.json()],
  ['c.req.text()', 'text', (c) => c.req.text()],
  ['c.req.arrayBuffer()', 'multipart', (c) => c.req.arrayBuffer()],
  ['c.req.parseBody()', 'urlencoded', (c) => c.req.parseBody()],
  ['c.req.raw.clone()', 'json', (c) => c.req.raw.clone().text()],
]

type Fetch = (request: RawRequest) => Promise<{ status: number; body: string }>

const overNode = async (app: Hono): Promise<Fetch> => {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const server = createServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())))
  return (request) => sendRequest((server.address() as AddressInfo).port, request)
}

const overFetch =
  (app: Hono): Fetch =>
  async ({ method = 'GET', target = '/', headers = [], body }) => {
    const lines = new Headers(headers.map(([name, value]): [string, string] => [name, value]))
    const request = new Request(`http://service.test${target}`, {
      method,
      headers: lines,
      ...(body !== undefined && { body: new Uint8Array(Buffer.from(body)) }),
    })
    const response = await app.fetch(request)
    return { status: response.status, body: await response.text() }
  }

describe.each([
  ['@hono/node-server', overNode],
  ['fetch', overFetch],
] as const)('Hono on %s', (_, start) => {
  test.each(BEFORE)(
    'HW-CFG-12 after %s before the guard, function and handler still get the body (%s)',
    async (_way, kind, read) => {
      const recorder = new BodyRecorder()
      const app = new Hono()
      app.use(async (c, next) => {
        await read(c)
        await next()
      })
      app.use(
        customAuthorizer(recorder.handler as never, {
          contract: huawei.frontend({ needBody: true }),
          logger: null,
        }) as never,
      )
      app.post('/upload', async (c) => c.text(digestOf(new Uint8Array(await c.req.arrayBuffer()))))
      const print = digestOf(Buffer.from(KINDS[kind][1]))
      expect(await (await start(app))(uploadOf(kind))).toMatchObject({ status: 200, body: print })
      expect(recorder.seen).toEqual([print])
    },
  )

  test('SEC-97 a body read directly from c.req.raw is unavailable and the request rejected', async () => {
    const recorder = new BodyRecorder()
    const app = new Hono()
    app.use(async (c, next) => {
      await c.req.raw.text()
      await next()
    })
    const contract = huawei.frontend({ needBody: true, authDowngradeEnabled: true })
    app.use(customAuthorizer(recorder.handler as never, { contract, logger: null }) as never)
    app.post('/upload', (c) => c.text('reached'))
    expect((await (await start(app))(uploadOf('json'))).status).toBe(500)
    expect(recorder.seen).toEqual([])
  })

  test('HW-CFG-12 the guard replaces only the body of the request', async () => {
    const recorder = new BodyRecorder()
    const app = new Hono()
    const contract = huawei.frontend({ needBody: true })
    app.use(customAuthorizer(recorder.handler as never, { contract, logger: null }) as never)
    app.post('/upload', (c) => {
      const { method, url, headers, signal, bodyUsed } = c.req.raw
      return c.json([method, new URL(url).pathname, headers.get('x-a'), signal.aborted, bodyUsed, c.req.header('x-a')])
    })
    const request: RawRequest = { method: 'POST', target: '/upload', headers: [['X-A', 'a']], body: 'x' }
    const { body } = await (await start(app))(request)
    expect(JSON.parse(body)).toEqual(['POST', '/upload', 'a', false, false, 'a'])
  })

  test('HW-FE-20 a body without Content-Length that is too large is rejected', async () => {
    const recorder = new BodyRecorder()
    const app = new Hono()
    const contract = huawei.frontend({ needBody: true })
    app.use(customAuthorizer(recorder.handler as never, { contract, logger: null }) as never)
    app.post('/upload', (c) => c.text('reached'))
    const fetch = await start(app)
    const body = Buffer.alloc(12 * 1024 * 1024 + 1)
    expect((await fetch({ method: 'POST', target: '/upload', body })).status).toBe(413)
    expect(recorder.seen).toEqual([])
  })
})
