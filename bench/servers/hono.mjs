/** Hono on Node, bare and with each guard. */
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer } from '@custom-authorizer/hono'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { jwt } from 'hono/jwt'
import { authorizerWith, typicalPolicy } from '../guarded.mjs'
import { audience, issuer } from '../token.mjs'
import { TwoMaps } from '../two-maps.mjs'

const floor = (authorization) => {
  const cache = new TwoMaps(10_000)
  cache.set(authorization, { principalId: 'someone' })
  return (c, next) => {
    const found = cache.get(c.env.incoming.headers.authorization)
    if (found === undefined) return c.body(null, 401)
    c.set('authorizer', found)
    return next()
  }
}

const guards = {
  bare: () => undefined,
  cached: () =>
    customAuthorizer(authorizerWith(typicalPolicy), { contract: aws.token({ authorizerResultTtlInSeconds: 3600 }) }),
  floor: ({ authorization }) => floor(authorization),
  jwt: async ({ publicKey }) => {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const secret = await crypto.subtle.importKey('jwk', publicKey, algorithm, false, ['verify'])
    return jwt({ secret, alg: 'RS256', verification: { iss: issuer, aud: audience } })
  },
}

export const createListener = async (variant, credentials) => {
  const app = new Hono()
  const guard = await guards[variant](credentials)
  if (guard !== undefined) app.use(guard)
  app.get('/pets', (c) => c.text('hello world'))
  return getRequestListener(app.fetch)
}
