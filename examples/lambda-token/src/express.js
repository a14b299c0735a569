/** The service on Express. */
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer, getAuthorizer, requireContext } from '@custom-authorizer/express'
import express from 'express'
import { handler } from './authorizer.js'
import { ordersOf, petOf, petsOf, statistics } from './pets.js'

export const createListener = ({ onDecision }) => {
  const app = express()

  app.use(
    customAuthorizer(handler, {
      contract: aws.token({ authorizerResultTtlInSeconds: 300 }),
      skip: ['/health'],
      // The guard sets these headers or removes them, so handlers can trust them.
      contextHeaders: { 'x-tenant': 'context.tenant', 'x-user': 'principalId' },
      onDecision,
    }),
  )

  app.get('/health', (req, res) => res.json({ status: 'ok' }))
  app.get('/pets', (req, res) => res.json(petsOf(req.get('x-tenant'))))
  app.get('/pets/:id', (req, res) => {
    const pet = petOf(req.get('x-tenant'), req.params.id)
    if (pet) res.json(pet)
    else res.status(404).json({ message: 'Not Found' })
  })
  app.delete('/pets/:id', requireContext({ role: 'admin' }), (req, res) => res.status(204).end())
  app.get('/orders', (req, res) => res.json(ordersOf(req.get('x-tenant'))))
  app.get('/me', (req, res) => res.json(getAuthorizer(req)))
  app.get('/admin/statistics', (req, res) => res.json(statistics()))

  return app
}
