/** Former bypasses: the decision used one spelling of the path and the router another. */
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { createAuthorizer, native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as onExpress from '@custom-authorizer/express'
import * as onHono from '@custom-authorizer/hono'
import express from 'express'
import express4 from 'express4'
import { Hono } from 'hono'
import { methodOverride } from 'hono/method-override'
import request from 'supertest'
import { describe, expect, test } from 'vitest'
import { gatewayRequest } from '../../support/request.ts'

type App = Parameters<typeof request>[0]
const allowing =
  (...resources: readonly string[]) =>
  async (): Promise<aws.AuthorizerResponse> => ({
    principalId: 'ann',
    policyDocument: {
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resources.map((each) => `${API}/${each}`) },
    },
  })
const API = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod'

describe.each([
  ['Express 4', express4],
  ['Express 5', express],
] as const)('%s compares paths as they were sent', (_, create) => {
  test('SEC-13 a non-canonical path never matches a skip rule', async () => {
    const app = create()
    app.use(onExpress.customAuthorizer(() => false, { skip: ['/public/*'] }))
    app.get('/public/hello', (_request, response) => void response.send('public'))
    app.get('/:tenant/hello', (_request, response) => void response.send('tenant'))
    expect((await request(app as App).get('/public/hello')).text).toBe('public')
    expect((await request(app as App).get('/%70ublic/hello')).status).toBe(403)
  })

  test('SEC-11 an Allow must also match the path as sent', async () => {
    const app = create()
    app.use(onExpress.customAuthorizer(allowing('GET/users/me'), { contract: aws.token() }))
    app.get('/users/me', (_request, response) => void response.send('me'))
    app.get('/users/:id', (_request, response) => void response.send('any user'))
    const send = (path: string) =>
      request(app as App)
        .get(path)
        .set('Authorization', 'x')
    expect((await send('/users/me')).text).toBe('me')
    expect((await send('/users/m%65')).status).toBe(403)
  })

  test('SEC-14 a decision is valid only for its method and path', async () => {
    const app = create()
    app.use(onExpress.customAuthorizer(allowing('GET/pets'), { contract: aws.token() }))
    app.use((given, _response, next) => {
      if (given.query['become'] === 'method') given.method = 'DELETE'
      if (given.query['become'] === 'path') given.url = '/admin'
      next()
    })
    app.all(
      ['/pets', '/admin'],
      onExpress.requireContext(() => true),
      (_request, response) => void response.send('ran'),
    )
    const send = (query: string) =>
      request(app as App)
        .get(`/pets${query}`)
        .set('Authorization', 'x')
    expect((await send('')).text).toBe('ran')
    expect((await send('?become=method')).status).toBe(500)
    expect((await send('?become=path')).status).toBe(500)
  })

  test('AWS-EVT-29 the resource of a mounted route is the whole route template, never text from the client', async () => {
    const seen: string[] = []
    const router = create.Router()
    const authorize = async (event: aws.RequestEvent): Promise<aws.AuthorizerResponse> => {
      seen.push(event.resource)
      return allowing('*')()
    }
    const guard = onExpress.customAuthorizer(authorize, { contract: aws.request({ authorizerResultTtlInSeconds: 0 }) })
    router.get('/items/:id', guard, (_request, response) => void response.send('ran'))
    const app = create()
    app.use('/:tenant', router)
    await request(app as App).get('/%7BuserId%7D/items/1')
    await request(app as App).get('/acme/items/1')
    expect(seen).toEqual(['/{tenant}/items/{id}', '/{tenant}/items/{id}'])
  })
})

const listen = (app: Hono<{ Bindings: HttpBindings }>): App => getRequestListener(app.fetch)

describe('requests that the application changes before Hono', () => {
  test('SEC-14 the decision uses the method that Hono routes', async () => {
    const app = new Hono<{ Bindings: HttpBindings }>()
    app.use('/pets', methodOverride({ app, header: 'X-HTTP-Method-Override' }))
    app.use(onHono.customAuthorizer(allowing('POST/pets'), { contract: aws.token() }))
    app.post('/pets', (c) => c.text('posted')).delete('/pets', (c) => c.text('deleted'))
    const send = () => request(listen(app)).post('/pets').set('Authorization', 'x')
    expect((await send()).text).toBe('posted')
    expect((await send().set('X-HTTP-Method-Override', 'DELETE')).status).toBe(403)
  })

  test('INV-1 a request that the application creates is decided by its own method and path', async () => {
    const app = new Hono<{ Bindings: HttpBindings }>()
    app.use(onHono.customAuthorizer(allowing('GET/batch'), { contract: aws.token() }))
    app.get('/admin', (c) => c.text('admin'))
    app.get('/batch', async (c) =>
      c.text(String((await app.request('/admin', { headers: { authorization: 'x' } }, c.env)).status)),
    )
    expect((await request(listen(app)).get('/batch').set('Authorization', 'x')).text).toBe('403')
  })

  test('SEC-19 an earlier copy of the request contains no reserved header either', async () => {
    const app = new Hono<{ Bindings: HttpBindings }>()
    app.use(async (c, next) => {
      c.req.raw.clone()
      await next()
    })
    const contract = native()
    app.use(
      onHono.customAuthorizer(() => ({ isAuthorized: true, principalId: 'ann' }), {
        contract,
        contextHeaders: 'x-authz-',
      }),
    )
    app.get('/', (c) =>
      c.json([c.req.raw.clone(), new Request(c.req.raw)].map(({ headers }) => headers.get('x-authz-principal-id'))),
    )
    const response = await request(listen(app)).get('/').set('X-Authz-Principal-Id', 'root')
    expect(response.body).toEqual(['ann', 'ann'])
  })
})

test('AWS-ARN-08 a path outside the base path is rejected', async () => {
  const contract = aws.token({ api: { basePath: 'orders' } })
  const authorizer = createAuthorizer({ authorize: allowing('GET/reports'), contract, logger: null })
  const verdict = async (path: string) =>
    (await authorizer.evaluate(gatewayRequest(`GET ${path}`, { headers: { Authorization: 'x' } }))).allowed
  expect([await verdict('/orders/reports'), await verdict('/reports'), await verdict('/ordersreports')]).toEqual([
    true,
    false,
    false,
  ])
})

test('INV-7 a trace header is parsed in linear time', async () => {
  const contract = aws.request({ authorizerResultTtlInSeconds: 0 })
  const authorizer = createAuthorizer({ authorize: allowing('*'), contract })
  const trace = `a=${'bbbb='.repeat(1600)}!`
  const outcome = await authorizer.evaluate(gatewayRequest('GET /', { headers: { 'X-Amzn-Trace-Id': trace } }))
  expect(outcome.allowed).toBe(true)
})

test.each(['Transfer-Encoding', 'content-length', 'Connection'])(
  'AWS-GWR-16 a gateway response cannot set %s',
  (name) => {
    const responseParameters = { [`gatewayresponse.header.${name}`]: "'chunked'" }
    expect(() => aws.token({ gatewayResponses: { UNAUTHORIZED: { responseParameters } } })).toThrow(/gatewayResponses/)
  },
)
