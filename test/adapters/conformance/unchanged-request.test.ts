/** Accessors accept an unchanged request without comparing paths. Each thing that a path depends on is part of that test. */
import { allow } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer as guardExpress, getAuthorizer as readExpress } from '@custom-authorizer/express'
import { customAuthorizer as guardHono, getAuthorizer as readHono } from '@custom-authorizer/hono'
import express, { type Request } from 'express'
import { Hono } from 'hono'
import supertest from 'supertest'
import { expect, it } from 'vitest'

/** Serves one guarded route; `change` runs between guard and handler. */
const statusAfter = async (change: (request: Request) => void, options: object = {}): Promise<number> => {
  const app = express()
  app.use(guardExpress(() => allow({ principalId: 'alice' }), options))
  app.use((request, response) => {
    change(request)
    response.json(readExpress(request))
  })
  app.use(((_error, _request, response, _next) => void response.status(500).end()) as express.ErrorRequestHandler)
  return (await supertest(app).get('/pets').set('X-Path', '/mapped')).status
}

const restoreUrl = (request: Request): void => void (request.url = '/pets')

it('SEC-14 an unchanged Express request has its context', async () => {
  expect(await statusAfter(() => undefined)).toBe(200)
})

it.each<[string, (request: Request) => void]>([
  ['url', (request) => void (request.url = '/admin')],
  ['method', (request) => void (request.method = 'DELETE')],
  ['baseUrl', (request) => void (request.baseUrl = '/tenants')],
])('SEC-14 an Express request whose %s was changed after the decision has no context', async (_, change) => {
  expect(await statusAfter(change)).toBe(500)
})

it('SEC-14 SEC-20 an Express request whose mapped path was changed back has no context', async () => {
  const mapping = aws.parameterMapping({ 'overwrite:path': '/mapped' })
  expect(await statusAfter(() => undefined, { parameterMapping: mapping })).toBe(200)
  expect(await statusAfter(restoreUrl, { parameterMapping: mapping })).toBe(500)
})

it.each([
  ['an unchanged request', 200, (): void => undefined],
  ['a changed path', 500, (request: { path: string }): void => void (request.path = '/admin')],
  [
    'a Request with another method',
    500,
    (request: { raw: unknown }): void => void (request.raw = new Request('http://a/pets', { method: 'DELETE' })),
  ],
])('SEC-14 in Hono, %s gives status %i', async (_, status, change) => {
  const app = new Hono()
  app.use(guardHono(() => allow({ principalId: 'alice' })))
  app.get('/pets', (c) => {
    change(c.req)
    return c.json(readHono(c))
  })
  app.onError((_error, c) => c.body(null, 500))
  expect((await app.request('/pets')).status).toBe(status)
})
