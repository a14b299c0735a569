/** Express, bare and with each guard. */
import { createServer } from 'node:http'
import { customAuthorizer, getAuthorizer } from '@custom-authorizer/express'
import express from 'express'
import { expressjwt } from 'express-jwt'
import { auth } from 'express-oauth2-jwt-bearer'
import { OURS } from '../../guarded.mjs'
import { audience, issuer, toKeyObject } from '../../token.mjs'
import { VERIFIERS } from '../../verifiers.mjs'
import { leastMiddleware } from '../least-cache.mjs'
import { timedMiddleware, timedRead } from '../stopwatch.mjs'
import { readsWith } from './reads.mjs'

const READS = readsWith(getAuthorizer)

const least = (credential) =>
  leastMiddleware(credential, (request, response, found) => (response.locals.authorizer = found))

/** A verifier without a middleware of its own. */
const verifying = (name) => (credential) => {
  const verify = VERIFIERS[name](credential)
  return (request, response, next) => {
    response.locals.claims = verify(request.headers.authorization.slice('Bearer '.length))
    next()
  }
}

/** It reads its keys from an issuer only: this one runs in the process of the server, and is asked once. */
const bearer = async ({ alg, jwk }) => {
  const keys = createServer((request, response) => response.end(JSON.stringify({ keys: [jwk] })))
  await new Promise((resolve) => keys.listen(0, '127.0.0.1', resolve))
  keys.unref()
  return auth({ issuer, audience, tokenSigningAlg: alg, jwksUri: `http://127.0.0.1:${keys.address().port}/` })
}

const GUARDS = {
  empty: () => (request, response, next) => next(),
  least,
  'express-jwt': ({ alg, jwk }) => expressjwt({ secret: toKeyObject(jwk), algorithms: [alg], issuer, audience }),
  'express-oauth2-jwt-bearer': bearer,
  'fast-jwt': verifying('fast-jwt'),
  'aws-jwt-verify': verifying('aws-jwt-verify'),
}

export const createListener = async (variant, credential, stopwatch) => {
  const app = express()
  const guard =
    (await GUARDS[variant]?.(credential)) ??
    (variant === 'bare' ? undefined : customAuthorizer(...OURS[variant](credential)))
  if (guard !== undefined) app.use(timedMiddleware(guard, stopwatch))
  const read = timedRead(READS[variant], stopwatch)
  const handler =
    read === undefined
      ? (request, response) => response.send('hello world')
      : (request, response) => response.send(read(request) > 0 ? 'hello world' : '')
  app.get('/pets', handler)
  app.get('/pets/:id', handler)
  return app
}
