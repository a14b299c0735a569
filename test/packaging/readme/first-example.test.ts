/** The first program of the README on every framework, called by a client library. */
import { getRequestListener } from '@hono/node-server'
import * as aws from '@custom-authorizer/core/aws'
import * as onExpress from '@custom-authorizer/express'
import * as onHono from '@custom-authorizer/hono'
import * as onKoa from '@custom-authorizer/koa'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'
import request from 'supertest'
import { describe, expect, test } from 'vitest'

type App = Parameters<typeof request>[0]

const handler = async ({ authorizationToken, methodArn }: aws.TokenEvent): Promise<aws.AuthorizerResponse> => {
  if (authorizationToken === 'Bearer crash') throw new Error('the database is down')
  if (authorizationToken !== 'Bearer ann') throw new Error('Unauthorized')
  const [api = ''] = methodArn.split('/GET/')
  const Statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${api}/GET/pets*` }
  return { principalId: 'ann', policyDocument: { Version: '2012-10-17', Statement }, context: { role: 'reader' } }
}
const options = () => ({ contract: aws.token(), logger: null })

const services: readonly (readonly [framework: string, listener: App])[] = [
  [
    'Express',
    express()
      .use(onExpress.customAuthorizer(handler, options()))
      .get('/pets', (req, res) => {
        res.json(onExpress.getAuthorizer(req))
      }) as App,
  ],
  [
    'Koa',
    new Koa()
      .use(onKoa.customAuthorizer(handler, options()))
      .use((ctx) => {
        ctx.body = onKoa.getAuthorizer(ctx)
      })
      .callback(),
  ],
  [
    'Hono',
    getRequestListener(
      new Hono().use(onHono.customAuthorizer(handler, options())).get('/pets', (c) => c.json(onHono.getAuthorizer(c)))
        .fetch,
    ),
  ],
]

describe.each(services)('the first program on %s', (_, service) => {
  test.each([
    ['Bearer ann', '/pets', 200, '{"principalId":"ann","context":{"role":"reader"}}'],
    [undefined, '/pets', 401, '{"message":"Unauthorized"}'],
    ['Bearer eve', '/pets', 401, '{"message":"Unauthorized"}'],
    ['Bearer ann', '/orders', 403, '{"Message":"User is not authorized to access this resource"}'],
    ['Bearer crash', '/pets', 500, '{"message":null}'],
  ])('a request with %s for %s gets %i', async (token, path, status, body) => {
    const sent = request(service).get(path)
    const response = await (token === undefined ? sent : sent.set('Authorization', token))
    expect([response.status, response.text]).toEqual([status, body])
  })
})
