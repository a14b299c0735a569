/** Koa, bare and with each guard. */
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer } from '@custom-authorizer/koa'
import Koa from 'koa'
import jwt from 'koa-jwt'
import { authorizerWith, typicalPolicy } from '../guarded.mjs'
import { audience, issuer, toKeyObject } from '../token.mjs'
import { TwoMaps } from '../two-maps.mjs'

const floor = (authorization) => {
  const cache = new TwoMaps(10_000)
  cache.set(authorization, { principalId: 'someone' })
  return (ctx, next) => {
    const found = cache.get(ctx.req.headers.authorization)
    if (found === undefined) {
      ctx.status = 401
      return undefined
    }
    ctx.state.authorizer = found
    return next()
  }
}

const guards = {
  bare: () => undefined,
  cached: () =>
    customAuthorizer(authorizerWith(typicalPolicy), { contract: aws.token({ authorizerResultTtlInSeconds: 3600 }) }),
  floor: ({ authorization }) => floor(authorization),
  jwt: ({ publicKey }) => jwt({ secret: toKeyObject(publicKey), algorithms: ['RS256'], issuer, audience }),
}

export const createListener = (variant, credentials) => {
  const app = new Koa()
  const guard = guards[variant](credentials)
  if (guard !== undefined) app.use(guard)
  app.use((ctx) => {
    ctx.body = 'hello world'
  })
  return app.callback()
}
