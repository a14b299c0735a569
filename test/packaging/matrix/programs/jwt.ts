/** JSON Web Token authorizers on every framework. */
import { customAuthorizer as nodeGuard, getAuthorizer } from '@custom-authorizer/core/node'
import { customAuthorizer as expressGuard } from '@custom-authorizer/express'
import { customAuthorizer as honoGuard } from '@custom-authorizer/hono'
import { awsJwtAuthorizer, type Claims, jwtAuthorizer } from '@custom-authorizer/jwt'
import { customAuthorizer as koaGuard } from '@custom-authorizer/koa'
import type { RequestHandler } from 'express'
import type { MiddlewareHandler } from 'hono'
import type { Middleware } from 'koa'
import type { IncomingMessage } from 'node:http'

declare const request: IncomingMessage
const issuer = 'https://issuer.example'

export const authorizer = jwtAuthorizer({ issuer, audience: 'pets', requireScopes: { anyOf: ['read'] } })
export const withContext = jwtAuthorizer({
  issuer,
  audience: 'pets',
  context: ({ sub }: Claims) => ({ user: typeof sub === 'string' ? sub : '' }),
})
export const gateway = awsJwtAuthorizer({
  identitySource: '$request.header.Authorization',
  jwtConfiguration: { issuer, audience: ['pets'] },
})

export const express: RequestHandler = expressGuard(authorizer)
export const koa: Middleware = koaGuard(authorizer)
export const hono: MiddlewareHandler = honoGuard(authorizer)
export const node = nodeGuard(withContext)
export const user: string = getAuthorizer(request, node).context.user
export const claims: unknown = getAuthorizer(request, authorizer).context.sub
