/** Dot segments after the first segment were not detected on Hono for Node.js, so checks of the raw request did not run. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { allow } from '@custom-authorizer/core'
import { customAuthorizer } from '@custom-authorizer/hono'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendRequest, type RawResponse } from '../../support/raw-client.ts'

const authorize = () => allow({ principalId: 'ann' })

const serving = async (ambiguousTargets: 'reject' | 'allow'): Promise<Server> => {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.use(customAuthorizer(authorize, { contextHeaders: 'x-authz-', ambiguousTargets }))
  app.all('/*', (c) => {
    const { incoming } = c.env
    return c.json({ headers: incoming.headers['x-authz-principal-id'], raw: incoming.rawHeaders })
  })
  const listener = getRequestListener(app.fetch)
  const server = createServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return server
}
const servers: Server[] = []
beforeAll(async () => {
  servers.push(await serving('reject'), await serving('allow'))
})
afterAll(async () => {
  for (const server of servers) await new Promise((resolve) => void server.close(resolve))
})

const portOf = (server: Server | undefined): number => (server?.address() as AddressInfo | undefined)?.port ?? 0

type Lines = readonly (readonly [string, string])[]
const send = (index: number, target: string, headers: Lines = []): Promise<RawResponse> =>
  sendRequest(portOf(servers[index]), { target, headers })
const FORGED: Lines = [['X-Authz-Principal-Id', 'mallory']]
const TWICE: Lines = [
  ['Authorization', 'A'],
  ['Authorization', 'B'],
]

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
  test.each(targets)('SEC-04 %s is rejected', async (target) => {
    expect((await send(0, target)).status).toBe(400)
  })

  test.each(targets)('SEC-24 %s does not merge two credentials into one', async (target) => {
    expect([400, 401]).toContain((await send(0, target, TWICE)).status)
  })

  test.each(targets)(
    'SEC-19 INV-4 %s carries no reserved header to the handler, even with ambiguousTargets allow',
    async (target) => {
      expect((await send(0, target, FORGED)).body).not.toContain('mallory')
      expect((await send(1, target, FORGED)).body).not.toContain('mallory')
    },
  )
})
