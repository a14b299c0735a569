/** http-proxy-middleware with `ws: true` adds a listener for upgrades when it receives its first request. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { allow, type LogFields, unauthorized } from '@custom-authorizer/core'
import { assertGuarded, guardUpgrade } from '@custom-authorizer/core/node'
import { customAuthorizer as guardExpress } from '@custom-authorizer/express'
import { customAuthorizer as guardHono } from '@custom-authorizer/hono'
import { customAuthorizer as guardKoa } from '@custom-authorizer/koa'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import express from 'express'
import express4 from 'express4'
import { Hono } from 'hono'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { createProxyMiddleware as createProxyMiddleware2 } from 'http-proxy-middleware2'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HANDSHAKE } from '../../support/handshake.ts'
import { RawConnection, sendRequest, toBytes } from '../../support/raw-client.ts'

type Proxy = (request: unknown, response: unknown, next: () => void) => Promise<void>

const authorize = (request: {
  header(name: string): string | undefined
}): ReturnType<typeof allow | typeof unauthorized> =>
  request.header('authorization') === 'Bearer ann' ? allow() : unauthorized()
const QUIET = { logger: null } as const
const TOKEN = ['Authorization', 'Bearer ann'] as const

const onExpress =
  (library: typeof express) =>
  (proxy: Proxy): RequestListener =>
    library().use(guardExpress(authorize, QUIET), proxy as never)
const onKoa = (proxy: Proxy): RequestListener => {
  const app = new Koa().use(guardKoa(authorize, QUIET)).use(async (ctx, next) => {
    ctx.respond = false
    await proxy(ctx.req, ctx.res, () => void next())
  })
  const listener = app.callback()
  return (request, response) => void listener(request, response)
}
/**
 * `RESPONSE_ALREADY_SENT` of `@hono/node-server`. Other tests in this thread replace the global `Response` with a class whose
 * objects the server sends before it looks for this header, so the platform's own class is used.
 */
const alreadySent = (): Response => {
  const parent: unknown = Object.getPrototypeOf(Response)
  const Native = (parent === Function.prototype ? Response : parent) as typeof Response
  return new Native(null, { headers: { 'x-hono-already-sent': 'true' } })
}

const onHono = (proxy: Proxy): RequestListener => {
  const app = new Hono<{ Bindings: HttpBindings }>().use(guardHono(authorize, QUIET)).all('/*', async (c) => {
    await proxy(c.env.incoming, c.env.outgoing, () => undefined)
    return alreadySent()
  })
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return (request, response) => void listener(request, response)
}

const listening = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A backend that accepts every upgrade, and what it received. */
const startBackend = async (): Promise<{ target: string; received: string[] }> => {
  const received: string[] = []
  const server = createServer((request, response) => {
    received.push(request.method ?? '')
    response.end('backend')
  })
  server.on('upgrade', (_request, socket) => {
    received.push('upgrade')
    socket.on('error', () => undefined)
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  })
  return { target: `http://127.0.0.1:${await listening(server)}`, received }
}

const upgrade = async (port: number, ...headers: readonly (readonly [string, string])[]): Promise<number> => {
  const connection = await RawConnection.open(port)
  connection.write(toBytes({ target: '/', headers: [...headers, ...HANDSHAKE] }))
  try {
    return (await connection.read()).status
  } finally {
    connection.close()
  }
}

describe.each([
  ['http-proxy-middleware 2', createProxyMiddleware2],
  ['http-proxy-middleware 3', createProxyMiddleware],
] as const)('%s', (_, createProxy) => {
  describe.each([
    ['Express 4', onExpress(express4)],
    ['Express 5', onExpress(express)],
    ['Koa', onKoa],
    ['Hono', onHono],
  ] as const)('on %s', (_name, build) => {
    const start = async (check: (server: Server) => void): Promise<{ port: number; received: string[] }> => {
      const { target, received } = await startBackend()
      const server = createServer(build(createProxy({ target, ws: true, logLevel: 'silent' } as object) as never))
      check(server)
      const port = await listening(server)
      for (let count = 0; count < 2; count++)
        expect((await sendRequest(port, { target: '/', headers: [TOKEN] })).body).toBe('backend')
      return { port, received: received.splice(0).slice(2) }
    }

    test('SEC-110 after assertGuarded, its listener never runs, requests are served, and the log says so once', async () => {
      const log: [string, LogFields][] = []
      const write = (message: string, fields: LogFields): void => void log.push([message, fields])
      const { port, received } = await start((server) =>
        assertGuarded(server, { logger: { warn: write, error: write } }),
      )
      expect(await upgrade(port)).toBe(401)
      expect(received).toEqual([])
      expect((await sendRequest(port, { target: '/', headers: [TOKEN] })).body).toBe('backend')
      expect(log).toEqual([[expect.stringContaining('the listener upgrade '), expect.anything()]])
    })

    test('SEC-110 without assertGuarded, or as an exception, it receives upgrades without a decision', async () => {
      for (const check of [() => undefined, (server: Server) => assertGuarded(server, { except: ['upgrade'] })]) {
        const { port } = await start(check)
        expect(await upgrade(port)).toBe(101)
      }
    })
  })

  test('SEC-110 its function `upgrade` can be wrapped with guardUpgrade', async () => {
    const { target, received } = await startBackend()
    const proxy = createProxy({ target, logLevel: 'silent' } as object) as unknown as Proxy & {
      upgrade: Parameters<ReturnType<typeof guardUpgrade>>[0]
    }
    const server = createServer(onExpress(express)(proxy))
    server.on('upgrade', guardUpgrade(authorize, QUIET)(proxy.upgrade))
    assertGuarded(server)
    const port = await listening(server)
    expect((await sendRequest(port, { target: '/', headers: [TOKEN] })).status).toBe(200)
    expect(await upgrade(port)).toBe(401)
    expect(received).toEqual(['GET'])
    expect(await upgrade(port, TOKEN)).toBe(101)
    expect(received).toEqual(['GET', 'upgrade'])
  })
})
