// A small service on each framework, and the responses of a client. `modules` are the packages, imported or required.
import { createServer } from 'node:http'
import { serve } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import Koa from 'koa'

/** An authorizer as deployed to Lambda. */
const handler = async ({ authorizationToken, methodArn }) => {
  if (authorizationToken === 'unknown') throw new Error('Unauthorized')
  const Effect = authorizationToken === 'denied' ? 'Deny' : 'Allow'
  return {
    principalId: `user-${authorizationToken}`,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: methodArn }],
    },
    context: { level: 3 },
  }
}

const services = {
  express: ({ aws, express: { customAuthorizer, getAuthorizer } }) => {
    const app = express()
    app.use(customAuthorizer(handler, { contract: aws.token() }))
    app.get('/pets', (req, res) => res.json([getAuthorizer(req), res.locals.authorizer]))
    return createServer(app)
  },
  koa: ({ aws, koa: { customAuthorizer, getAuthorizer } }) => {
    const app = new Koa()
    app.use(customAuthorizer(handler, { contract: aws.token() }))
    app.use((ctx) => {
      ctx.body = [getAuthorizer(ctx), ctx.state.authorizer]
    })
    const listener = app.callback()
    return createServer((req, res) => void listener(req, res))
  },
  hono: ({ aws, hono: { customAuthorizer, getAuthorizer } }) => {
    const app = new Hono()
    app.use(customAuthorizer(handler, { contract: aws.token() }))
    app.get('/pets', (c) => c.json([getAuthorizer(c), c.var.authorizer]))
    return serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  },
  node: ({ aws, node: { customAuthorizer, getAuthorizer } }) => {
    const guard = customAuthorizer(handler, { contract: aws.token() })
    return createServer((req, res) =>
      guard(req, res, () => res.end(JSON.stringify([getAuthorizer(req), getAuthorizer(req, guard)]))),
    )
  },
}

const request = async (server) => {
  if (!server.listening) {
    await new Promise((resolve) => {
      if (server.listening) resolve()
      else server.once('listening', resolve)
      if (server.address() === null) server.listen(0, '127.0.0.1')
    })
  }
  const url = `http://127.0.0.1:${server.address().port}/pets`
  const seen = {}
  for (const token of [undefined, 'unknown', 'denied', 'alice']) {
    const response = await fetch(url, { headers: { connection: 'close', ...(token && { authorization: token }) } })
    seen[token ?? 'none'] = [response.status, await response.json()]
  }
  await new Promise((resolve) => server.close(resolve))
  return seen
}

export const scenario = async (modules) => {
  const seen = {}
  for (const [name, start] of Object.entries(services)) seen[name] = await request(start(modules))
  return seen
}
