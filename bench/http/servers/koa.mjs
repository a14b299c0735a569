/** Koa, bare and with each guard. */
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/koa'
import Koa from 'koa'
import jwt from 'koa-jwt'
import { OURS } from '../../guarded.mjs'
import { audience, issuer, toKeyObject } from '../../token.mjs'
import { leastCache } from '../least-cache.mjs'
import { timedRead, timedWithContext } from '../stopwatch.mjs'

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

export const createListener = (variant, credential, stopwatch) => {
  const app = new Koa()
  const guard =
    GUARDS[variant]?.(credential) ?? (variant === 'bare' ? undefined : customAuthorizer(...OURS[variant](credential)))
  if (guard !== undefined) app.use(timedWithContext(guard, stopwatch))
  const read = timedRead(READS[variant], stopwatch)
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
