/** Two authorizers on the routes of one Hono app. One of them passes its result to a backend in headers. */
import { allow, unauthorized } from '@custom-authorizer/core'
import { customAuthorizer, requireScopes } from '@custom-authorizer/hono'
import { Hono } from 'hono'
import { proxy } from 'hono/proxy'

const tokens = new Map([
  ['Bearer staff', { user: 'ann', scope: 'reports:read reports:write' }],
  ['Bearer guest', { user: 'rob', scope: 'reports:read' }],
])
const apiKeys = new Map([['k-1', { partner: 'acme', plan: 'gold' }]])

const users = customAuthorizer((request) => {
  const token = tokens.get(request.header('authorization') ?? '')
  return token
    ? allow({ principalId: token.user, context: { scope: token.scope } })
    : unauthorized({ headers: { 'WWW-Authenticate': 'Bearer' } })
})

const partners = customAuthorizer(
  (request) => {
    const found = apiKeys.get(request.header('x-api-key') ?? '')
    return found ? allow({ principalId: found.partner, context: { plan: found.plan } }) : unauthorized()
  },
  // The guard sets these headers or removes them, so the backend can trust them.
  { contextHeaders: { 'x-partner': 'principalId', 'x-plan': 'context.plan' } },
)

/** @param {string} backend origin of the service behind `/orders` */
export const createApp = (backend) =>
  new Hono()
    .get('/reports', users, requireScopes('reports:read'), (c) => c.json({ readBy: c.var.authorizer.principalId }))
    .post('/reports', users, requireScopes('reports:write'), (c) => c.json({ writtenBy: c.var.authorizer.principalId }))
    .all('/orders', partners, (c) => proxy(`${backend}${c.req.path}`, c.req))
