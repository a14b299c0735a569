/** Koa, bare and with each guard. */
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/koa'
import Koa from 'koa'
import jwt from 'koa-jwt'
import { OURS } from '../../guarded.mjs'
import { audience, issuer, toKeyObject } from '../../token.mjs'
import { leastCache } from '../least-cache.mjs'

const READS = {
  context: (ctx) => getAuthorizer(ctx).context.role.length,
  mapped: (ctx) => ctx.get('x-user-id').length,
}

const least = (credential) => {
  const cache = leastCache(credential)
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

const GUARDS = {
  empty: () => (ctx, next) => next(),
  least,
  'koa-jwt': ({ alg, jwk }) => jwt({ secret: toKeyObject(jwk), algorithms: [alg], issuer, audience }),
}

export const createListener = (variant, credential) => {
  const app = new Koa()
  const guard = GUARDS[variant]?.(credential)
  if (guard !== undefined) app.use(guard)
  else if (variant !== 'bare') app.use(customAuthorizer(...OURS[variant](credential)))
  const read = READS[variant]
  app.use(
    read === undefined
      ? (ctx) => {
          ctx.body = 'hello world'
        }
      : (ctx) => {
          ctx.body = read(ctx) > 0 ? 'hello world' : ''
        },
  )
  return app.callback()
}
