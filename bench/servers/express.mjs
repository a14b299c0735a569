/** Express, bare and with each guard. */
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer } from '@custom-authorizer/express'
import express from 'express'
import { expressjwt } from 'express-jwt'
import { authorizerWith, typicalPolicy } from '../guarded.mjs'
import { audience, issuer, toKeyObject } from '../token.mjs'
import { TwoMaps } from '../two-maps.mjs'

const floor = (authorization) => {
  const cache = new TwoMaps(10_000)
  cache.set(authorization, { principalId: 'someone' })
  return (request, response, next) => {
    const found = cache.get(request.headers.authorization)
    response.locals.authorizer = found
    if (found === undefined) response.status(401).end()
    else next()
  }
}

const guards = {
  bare: () => undefined,
  cached: () =>
    customAuthorizer(authorizerWith(typicalPolicy), { contract: aws.token({ authorizerResultTtlInSeconds: 3600 }) }),
  floor: ({ authorization }) => floor(authorization),
  jwt: ({ publicKey }) => expressjwt({ secret: toKeyObject(publicKey), algorithms: ['RS256'], issuer, audience }),
}

export const createListener = (variant, credentials) => {
  const app = express()
  const guard = guards[variant](credentials)
  if (guard !== undefined) app.use(guard)
  app.get('/pets', (request, response) => response.send('hello world'))
  return app
}
