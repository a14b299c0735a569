/** The service on Hono. */
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer, getAuthorizer, requireContext } from '@custom-authorizer/hono'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { handler } from './authorizer.js'
import { ordersOf, petOf, petsOf, statistics } from './pets.js'

export const createListener = ({ onDecision }) => {
  const app = new Hono()

  app.use(
    customAuthorizer(handler, {
      contract: aws.token({ authorizerResultTtlInSeconds: 300 }),
      skip: ['/health'],
      // The guard sets these headers or removes them, so handlers can trust them.
      contextHeaders: { 'x-tenant': 'context.tenant', 'x-user': 'principalId' },
      onDecision,
    }),
  )

  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.get('/pets', (c) => c.json(petsOf(c.req.header('x-tenant'))))
  app.get('/pets/:id', (c) => {
    const pet = petOf(c.req.header('x-tenant'), c.req.param('id'))
    return pet ? c.json(pet) : c.notFound()
  })
  app.delete('/pets/:id', requireContext({ role: 'admin' }), (c) => c.body(null, 204))
  app.get('/orders', (c) => c.json(ordersOf(c.req.header('x-tenant'))))
  app.get('/me', (c) => c.json(getAuthorizer(c)))
  app.get('/admin/statistics', (c) => c.json(statistics()))

  return getRequestListener(app.fetch)
}
