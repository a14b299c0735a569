/** Hono on Node, bare and with each guard. */
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/hono'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { jwt } from 'hono/jwt'
import { OURS } from '../../guarded.mjs'
import { audience, issuer } from '../../token.mjs'
import { importWebCryptoKey } from '../../verifiers.mjs'
import { leastCache } from '../least-cache.mjs'
import { timedRead, timedWithContext } from '../stopwatch.mjs'

const READS = {
  context: (c) => getAuthorizer(c).context.role.length,
  mapped: (c) => c.req.header('x-user-id').length,
}

const least = (credential) => {
  const cache = leastCache(credential)
  return (c, next) => {
    const found = cache.get(c.env.incoming.headers.authorization)
    if (found === undefined) return c.body(null, 401)
    c.set('authorizer', found)
    return next()
  }
}

const honoJwt = async (credential) =>
  jwt({
    secret: await importWebCryptoKey(credential),
    alg: credential.alg,
    verification: { iss: issuer, aud: audience },
  })

const GUARDS = { empty: () => (c, next) => next(), least, 'hono/jwt': honoJwt }

export const createListener = async (variant, credential, stopwatch) => {
  const app = new Hono()
  const guard =
    (await GUARDS[variant]?.(credential)) ??
    (variant === 'bare' ? undefined : customAuthorizer(...OURS[variant](credential)))
  if (guard !== undefined) app.use(timedWithContext(guard, stopwatch))
  const read = timedRead(READS[variant], stopwatch)
  const handler = read === undefined ? (c) => c.text('hello world') : (c) => c.text(read(c) > 0 ? 'hello world' : '')
  app.get('/pets', handler)
  app.get('/pets/:id', handler)
  return getRequestListener(app.fetch)
}
