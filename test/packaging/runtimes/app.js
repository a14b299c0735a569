/** The application that runs on every runtime. Its responses describe what the handler received. */
import { native } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { customAuthorizer } from '@custom-authorizer/hono'
import { jwtAuthorizer } from '@custom-authorizer/jwt'
import { Hono } from 'hono'

const API = 'arn:aws:execute-api:us-east-1:123456789012:abcdef1234/prod'
const statement = (Effect, path) => ({ Effect, Action: 'execute-api:Invoke', Resource: `${API}/${path}` })

let calls = 0
/** `u-…` may do everything except below /admin; other callers are unknown. */
const authorize = async ({ authorizationToken }) => {
  calls++
  const principalId = /^Bearer (u-\d+)$/.exec(authorizationToken)?.[1]
  if (principalId === undefined) throw new Error('Unauthorized')
  const Statement = [statement('Allow', '*'), statement('Deny', '*/admin*')]
  return {
    principalId,
    policyDocument: { Version: '2012-10-17', Statement },
    context: { number: principalId.slice(2) },
  }
}

const entries = new Map()
/** A store like one on the network: text values, asynchronous. */
const store = {
  get: async (_scope, key) => (entries.has(key) ? { stored: JSON.parse(entries.get(key)), ageMs: 0 } : undefined),
  set: async (_scope, key, stored) => void entries.set(key, JSON.stringify(stored)),
  delete: async () => entries.clear(),
}
let storedCalls = 0
const allowAll = () => {
  storedCalls++
  return { isAuthorized: true, principalId: 'caller' }
}
const cached = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 60 })

const hexOf = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('')

const show = async (c) => {
  const { raw } = c.req
  const body = c.req.method === 'POST' ? hexOf(await crypto.subtle.digest('SHA-256', await c.req.arrayBuffer())) : null
  return c.json({
    ran: c.req.path,
    principal: c.get('authorizer')?.principalId ?? null,
    views: [c.req.header('x-authz-principal-id') ?? null, raw.headers.get('x-authz-principal-id')],
    names: [...raw.headers.keys()].filter((name) => name.replaceAll('_', '-').startsWith('x-authz-')),
    body,
    calls,
    storedCalls,
    keys: [...entries.keys()],
  })
}

/** @param secret of the tokens for /jwt, as bytes */
export const createApp = (secret) => {
  const app = new Hono()
  const guard = { contract: aws.token(), contextHeaders: 'x-authz-', skip: ['/public/*'], logger: null }
  const stored = {
    contract: cached,
    store,
    name: 'stored',
    logger: null,
  }
  const tokens = jwtAuthorizer({
    issuer: 'https://issuer.example',
    audience: 'https://api.example',
    algorithms: ['HS256'],
    secret,
    logger: null,
  })
  app.all('/stored/*', customAuthorizer(allowAll, stored), show)
  app.all('/jwt/*', customAuthorizer(tokens), show)
  app.use(customAuthorizer(authorize, guard))
  app.all('*', show)
  return app
}

export const secretFrom = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
