// A service on each framework, tested by Jest without configuration.
const { createServer } = require('node:http')
const express = require('express')
const Koa = require('koa')
const { Hono } = require('hono')
const { AuthorizerError } = require('@custom-authorizer/core')
const aws = require('@custom-authorizer/core/aws')
const forExpress = require('@custom-authorizer/express')
const forHono = require('@custom-authorizer/hono')
const forKoa = require('@custom-authorizer/koa')
const forNode = require('@custom-authorizer/core/node')
const { jwtAuthorizer } = require('@custom-authorizer/jwt')

const SUBPATHS = ['', '/adapter', '/aws', '/contract', '/fetch', '/huawei', '/node', '/remote']

/** An authorizer as deployed to Lambda. */
const handler = async ({ authorizationToken, methodArn }) => ({
  principalId: 'alice',
  policyDocument: {
    Version: '2012-10-17',
    Statement: [
      {
        Action: 'execute-api:Invoke',
        Effect: authorizationToken === 'denied' ? 'Deny' : 'Allow',
        Resource: methodArn,
      },
    ],
  },
  context: { role: 'admin' },
})
const lambda = { contract: aws.token() }

const encode = (value) => Buffer.from(value).toString('base64url')

const services = {
  express: ({ customAuthorizer, getAuthorizer, requireContext } = forExpress) => {
    const app = express()
    app.use(customAuthorizer(handler, lambda))
    app.get('/pets', requireContext({ role: 'admin' }), (req, res) => res.json(getAuthorizer(req)))
    return createServer(app)
  },
  koa: ({ customAuthorizer, getAuthorizer } = forKoa) => {
    const app = new Koa()
    app.use(customAuthorizer(handler, lambda))
    app.use((ctx) => {
      ctx.body = getAuthorizer(ctx)
    })
    const listener = app.callback()
    return createServer((req, res) => void listener(req, res))
  },
  node: ({ customAuthorizer, getAuthorizer } = forNode) => {
    const guard = customAuthorizer(handler, lambda)
    return createServer((req, res) => guard(req, res, () => res.end(JSON.stringify(getAuthorizer(req)))))
  },
}

const visit = async (server, headers) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}/pets`
  const response = await fetch(url, { headers: { connection: 'close', ...headers } })
  const seen = [response.status, await response.text()]
  await new Promise((resolve) => server.close(resolve))
  return seen
}

const ALICE = { principalId: 'alice', context: { role: 'admin' } }

test.each(Object.entries(services))('a Lambda authorizer guards a service on %s', async (_, start) => {
  expect((await visit(start()))[0]).toBe(401)
  expect((await visit(start(), { authorization: 'denied' }))[0]).toBe(403)
  const [status, body] = await visit(start(), { authorization: 'alice' })
  expect([status, JSON.parse(body)]).toEqual([200, ALICE])
})

test('a Lambda authorizer guards a service on Hono', async () => {
  const app = new Hono()
  app.use(forHono.customAuthorizer(handler, lambda))
  app.get('/pets', (c) => c.json(forHono.getAuthorizer(c)))
  expect((await app.request('/pets')).status).toBe(401)
  expect((await app.request('/pets', { headers: { authorization: 'denied' } })).status).toBe(403)
  const response = await app.request('/pets', { headers: { authorization: 'alice' } })
  expect([response.status, await response.json()]).toEqual([200, ALICE])
})

test('the JWT authorizer verifies signatures', async () => {
  const secret = new TextEncoder().encode('a secret of at least thirty-two bytes, for a test')
  const claims = { iss: 'https://issuer.example', aud: 'pets', sub: 'alice', exp: 4102444800 }
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const text = `${encode('{"alg":"HS256"}')}.${encode(JSON.stringify(claims))}`
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  const authorizer = jwtAuthorizer({ issuer: claims.iss, audience: claims.aud, algorithms: ['HS256'], secret })
  const start = () => {
    const app = express()
    app.use(forExpress.customAuthorizer(authorizer))
    app.get('/pets', (req, res) => res.json(forExpress.getAuthorizer(req).principalId))
    return createServer(app)
  }
  const token = `${text}.${encode(new Uint8Array(signature))}`
  expect(await visit(start(), { authorization: `Bearer ${token}` })).toEqual([200, '"alice"'])
  expect((await visit(start(), { authorization: `Bearer ${token.slice(0, -4)}AAAA` }))[0]).toBe(401)
})

test.each(SUBPATHS)('core%s can be required', (subpath) => {
  expect(Object.keys(require(`@custom-authorizer/core${subpath}`))).not.toEqual([])
})

test('errors are instances of AuthorizerError', () => {
  expect(() => forExpress.getAuthorizer({})).toThrow(AuthorizerError)
})
