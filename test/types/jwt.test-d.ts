/** Types of the JWT authorizers. */
import type { Authorizer, AuthorizerContext } from '@custom-authorizer/core'
import { customAuthorizer as express, getAuthorizer } from '@custom-authorizer/express'
import { customAuthorizer as hono } from '@custom-authorizer/hono'
import { customAuthorizer as koa } from '@custom-authorizer/koa'
import { awsJwtAuthorizer, jwtAuthorizer, type JwtContext } from '@custom-authorizer/jwt'
import type { Request } from 'express'
import { Hono } from 'hono'
import { expectTypeOf, test } from 'vitest'

const issuerAndAudience = { issuer: 'https://issuer.example', audience: 'a' }

test('the context type is that of the claims or of the context function', () => {
  const plain = jwtAuthorizer(issuerAndAudience)
  expectTypeOf(plain).toEqualTypeOf<Authorizer<JwtContext>>()
  expectTypeOf<JwtContext['iss']>().toEqualTypeOf<string>()
  expectTypeOf<JwtContext['exp']>().toEqualTypeOf<number>()
  expectTypeOf<JwtContext['sub']>().toEqualTypeOf<string | undefined>()

  const mapped = jwtAuthorizer({
    ...issuerAndAudience,
    context: (claims) => ({ user: claims.iss, age: claims.exp, admin: true }),
  })
  expectTypeOf(mapped).toEqualTypeOf<Authorizer<{ user: string; age: number; admin: boolean }>>()
})

test('token is a function of the request, and trustedOrigins a list', () => {
  jwtAuthorizer({
    ...issuerAndAudience,
    token: ({ header, cookie, query }) => header('a') ?? cookie('b') ?? query('c'),
  })
  jwtAuthorizer({ ...issuerAndAudience, trustedOrigins: ['https://app.example'] as const, crossOrigin: 'deny' })
  // @ts-expect-error -- not a promise
  jwtAuthorizer({ ...issuerAndAudience, token: async ({ cookie }) => cookie('a') })
  // @ts-expect-error -- misspelled
  jwtAuthorizer({ ...issuerAndAudience, token: ({ cookies }) => cookies })
})

test('every framework delivers the context type', () => {
  const mapped = jwtAuthorizer({ ...issuerAndAudience, context: ({ exp }) => ({ exp }) })
  const guard = express(mapped)
  expectTypeOf(getAuthorizer({} as Request, guard)).toEqualTypeOf<AuthorizerContext<{ exp: number }>>()
  expectTypeOf(koa(mapped).authorizer).toEqualTypeOf<Authorizer<{ exp: number }>>()
  new Hono().get('/', hono(mapped), (c) => {
    expectTypeOf(c.var.authorizer.context.exp).toEqualTypeOf<number>()
    // @ts-expect-error -- the context has no such member
    void c.var.authorizer.context.sub
    return c.text('')
  })
})

test('awsJwtAuthorizer has claims as strings, as HTTP APIs do', () => {
  const authorizer = awsJwtAuthorizer({ jwtConfiguration: { issuer: 'https://issuer.example', audience: ['a'] } })
  expectTypeOf(authorizer).toEqualTypeOf<Authorizer<{ readonly [claim: string]: string }>>()
})

test('invalid options do not compile', () => {
  // @ts-expect-error -- audience is required
  jwtAuthorizer({ issuer: 'x' })
  // @ts-expect-error -- one issuer or several
  jwtAuthorizer({ ...issuerAndAudience, issuers: [issuerAndAudience] })
  // @ts-expect-error -- "none" is not an algorithm
  jwtAuthorizer({ ...issuerAndAudience, algorithms: ['none'] })
  // @ts-expect-error -- the contract cannot be replaced
  jwtAuthorizer({ ...issuerAndAudience, contract: {} })
  // @ts-expect-error -- anyOf or allOf is required
  jwtAuthorizer({ ...issuerAndAudience, requireScopes: {} })
  // @ts-expect-error -- awsJwtAuthorizer caches no results
  awsJwtAuthorizer({ jwtConfiguration: issuerAndAudience, resultTtlSeconds: 5 })
})
