/** `getExpressRequest`, `getKoaContext`, `getHonoContext`, `getIncomingMessage`: what other middleware knows of the caller. */
import { IncomingMessage } from 'node:http'
import { allow, createAuthorizer, type GatewayRequest } from '@custom-authorizer/core'
import { getIncomingMessage } from '@custom-authorizer/core/node'
import { getExpressRequest } from '@custom-authorizer/express'
import { getHonoContext } from '@custom-authorizer/hono'
import { getKoaContext } from '@custom-authorizer/koa'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { customAuthorizer as guardHono } from '@custom-authorizer/hono'
import { describeAdapters } from '../../support/adapters.ts'
import { gatewayRequest } from '../../support/request.ts'

type Read = (request: GatewayRequest) => object

const ACCESSORS: Readonly<Record<string, Read>> = {
  Express: getExpressRequest,
  Koa: getKoaContext,
  Hono: getHonoContext,
  node: getIncomingMessage,
}
/** The accessors that return an object in each framework: Express's request is also Node's. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  Express: ['Express', 'node'],
  Koa: ['Koa'],
  Hono: ['Hono'],
  'node:http': ['node'],
}

const incomingOf = (request: GatewayRequest): IncomingMessage => {
  const { framework: object } = request
  const { req, env } = object as { req?: IncomingMessage; env?: { incoming?: IncomingMessage } }
  return env?.incoming ?? (req instanceof IncomingMessage ? req : (object as IncomingMessage))
}

describeAdapters('framework objects', (adapter) => {
  const framework = adapter.name.split(' ')[0] as string

  it('each accessor returns the object of its own framework, and throws for others', async () => {
    const found: Record<string, unknown> = {}
    const guard = adapter.customAuthorizer((request: GatewayRequest) => {
      for (const [name, read] of Object.entries(ACCESSORS)) {
        try {
          found[name] = read(request)
        } catch (error) {
          found[name] = (error as { code?: string }).code
        }
      }
      return allow()
    })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }] })
    expect((await service.send({ target: '/pets' })).status).toBe(200)
    const own = OWN[framework] ?? []
    for (const name of Object.keys(ACCESSORS)) {
      if (own.includes(name)) expect(found[name]).toBeTypeOf('object')
      else expect(found[name]).toBe('ERR_FRAMEWORK')
    }
  })

  it('the object has what earlier middleware added', async () => {
    const users = new WeakMap<IncomingMessage, string>()
    const service = await adapter.serve({
      use: [
        adapter.tap((handled) => void users.set(handled.incoming, `user-${handled.header('x-user') ?? ''}`)),
        adapter.customAuthorizer((request: GatewayRequest) => ({
          isAuthorized: true,
          principalId: users.get(incomingOf(request)) ?? 'none',
        })),
      ],
      routes: [{ path: '/pets', handle: (request) => ({ body: request.getAuthorizer().principalId }) }],
    })
    const send = async (user: string): Promise<string> =>
      (await service.send({ target: '/pets', headers: [['X-User', user]] })).body
    expect(await Promise.all(['a', 'b', 'c'].map(send))).toEqual(['user-a', 'user-b', 'user-c'])
  })
})

it('an error of an accessor denies the request with 500', async () => {
  const authorizer = createAuthorizer({
    authorize: (request) => getExpressRequest(request) !== undefined,
    logger: null,
  })
  expect(await authorizer.evaluate(gatewayRequest())).toMatchObject({ allowed: false, reason: 'AUTHORIZER_ERROR' })
})

it('getHonoContext returns the bindings of a runtime without Node.js objects', async () => {
  type Env = { Bindings: { ADMIN: string } }
  const app = new Hono<Env>()
  app.use(guardHono((request) => ({ isAuthorized: true, principalId: getHonoContext<Env>(request).env.ADMIN })))
  app.get('/', (c) => c.text((c.var as { authorizer?: { principalId: string } }).authorizer?.principalId ?? ''))
  const response = await app.fetch(new Request('http://a/'), { ADMIN: 'alice' })
  expect(await response.text()).toBe('alice')
})
