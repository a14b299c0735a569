/** A dot segment that is not at the beginning went unseen on Hono for Node, and with it everything that hangs on the raw request. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { allow } from '@custom-authorizer/core'
import { customAuthorizer } from '@custom-authorizer/hono'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, type RawAnswer } from '../support/raw-client.ts'

const authorize = () => allow({ principalId: 'ann' })

let server: Server
beforeAll(async () => {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(customAuthorizer(authorize, { contextHeaders: 'x-authz-' }))
  app.all('/*', (c) => {
    const { incoming } = c.env
    return c.json({ headers: incoming.headers['x-authz-principal-id'], raw: incoming.rawHeaders })
  })
  const listener = getRequestListener(app.fetch)
  server = createServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => new Promise((resolve) => void server.close(resolve)))

const send = (target: string, headers: readonly (readonly [string, string])[] = []): Promise<RawAnswer> =>
  ask((server.address() as AddressInfo).port, { target, headers })

const targets = [
  '/admin/./secret',
  '/admin/%2e/secret',
  '/admin/x/../secret',
  '/admin/secret/.',
  '/admin/secret/..',
  '/pets/..',
  '/pets/%2E%2e',
  '/.',
  '/..',
]
describe('Hono on Node.js', () => {
  test.each(targets)('SEC-04 refuses %s', async (target) => {
    expect((await send(target)).status).toBe(400)
  })

  test.each(targets)('SEC-19 INV-4 %s brings no header of ours along', async (target) => {
    const { body } = await send(target, [['X-Authz-Principal-Id', 'mallory']])
    expect(body).not.toContain('mallory')
  })

  test.each(targets)('SEC-24 %s does not make one credential of two', async (target) => {
    const { status } = await send(target, [
      ['Authorization', 'A'],
      ['Authorization', 'B'],
    ])
    expect([400, 401]).toContain(status)
  })
})
