/** The service on Koa. */
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer, getAuthorizer, requireContext } from '@custom-authorizer/koa'
import Router from '@koa/router'
import Koa from 'koa'
import { handler } from './authorizer.js'
import { ordersOf, petOf, petsOf, statistics } from './pets.js'

export const createListener = ({ onDecision }) => {
  const app = new Koa()
  const router = new Router()

  app.use(
    customAuthorizer(handler, {
      contract: aws.token({ authorizerResultTtlInSeconds: 300 }),
      skip: ['/health'],
      // The guard sets these headers or removes them, so handlers can trust them.
      contextHeaders: { 'x-tenant': 'context.tenant', 'x-user': 'principalId' },
      onDecision,
    }),
  )

  router.get('/health', (ctx) => {
    ctx.body = { status: 'ok' }
  })
  router.get('/pets', (ctx) => {
    ctx.body = petsOf(ctx.get('x-tenant'))
  })
  router.get('/pets/:id', (ctx) => {
    ctx.body = petOf(ctx.get('x-tenant'), ctx.params.id)
    if (!ctx.body) ctx.throw(404)
  })
  router.delete('/pets/:id', requireContext({ role: 'admin' }), (ctx) => {
    ctx.status = 204
  })
  router.get('/orders', (ctx) => {
    ctx.body = ordersOf(ctx.get('x-tenant'))
  })
  router.get('/me', (ctx) => {
    ctx.body = getAuthorizer(ctx)
  })
  router.get('/admin/statistics', (ctx) => {
    ctx.body = statistics()
  })

  app.use(router.routes())
  return app.callback()
}
