/** The FunctionGraph function as the authorizer of a Koa service: custom authentication of APIG, without the gateway. */
import { createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/koa'
import Router from '@koa/router'
import Koa from 'koa'
import authentication from './function.cjs'

const frontend = createAuthorizer({
  authorize: authentication.handler,
  contract: huawei.frontend({
    identities: [{ location: 'HEADER', name: 'Authorization', validation: 'Basic .+' }],
    ttl: 60,
    userData: 'alice:secret',
    gatewayResponses: {
      AUTHORIZER_FAILURE: {
        status: 401,
        body: '{"code":"$context.authorizer.frontend.code","message":"$context.authorizer.frontend.message"}',
      },
    },
  }),
})

/** Creates the credential for the backend. A backend authorizer receives only the user data. */
const backend = createAuthorizer({
  authorize: async (event) => ({
    statusCode: 200,
    body: JSON.stringify({ status: 'allow', context: { token: `signed-${event.user_data}` } }),
  }),
  contract: huawei.backend({ userData: 'warehouse', ttl: 300 }),
})

export const createApp = () => {
  const app = new Koa()
  const router = new Router()

  app.use(
    customAuthorizer(huawei.both({ frontend, backend }), {
      // The guard sets these headers or removes them, so handlers can trust them.
      parameterMapping: huawei.backendParameters([
        { name: 'x-user', location: 'HEADER', origin: 'SYSTEM', value: '$context.authorizer.frontend.user' },
        { name: 'x-backend-token', location: 'HEADER', origin: 'SYSTEM', value: '$context.authorizer.backend.token' },
      ]),
    }),
  )

  router.get('/stock', (ctx) => {
    ctx.body = { user: ctx.get('x-user'), token: ctx.get('x-backend-token') }
  })
  router.get('/me', (ctx) => {
    ctx.body = getAuthorizer(ctx).context
  })
  app.use(router.routes())
  return app
}
