import type { Authorizer, AuthorizerContext } from '@custom-authorizer/core'
import { customAuthorizer as express, getAuthorizer } from '@custom-authorizer/express'
import { customAuthorizer as hono } from '@custom-authorizer/hono'
import { customAuthorizer as koa } from '@custom-authorizer/koa'
import { awsJwtAuthorizer, jwtAuthorizer, type JwtContext } from '@custom-authorizer/jwt'
import type { Request } from 'express'
import { Hono } from 'hono'
import { expectTypeOf, test } from 'vitest'

const whose = { issuer: 'https://issuer.example', audience: 'a' }

test('the context is the claims, or what context makes of them', () => {
  const plain = jwtAuthorizer(whose)
  expectTypeOf(plain).toEqualTypeOf<Authorizer<JwtContext>>()
  expectTypeOf<JwtContext['iss']>().toEqualTypeOf<string>()
  expectTypeOf<JwtContext['exp']>().toEqualTypeOf<number>()
  expectTypeOf<JwtContext['sub']>().toEqualTypeOf<string | undefined>()

  const made = jwtAuthorizer({ ...whose, context: (claims) => ({ user: claims.iss, age: claims.exp, admin: true }) })
  expectTypeOf(made).toEqualTypeOf<Authorizer<{ user: string; age: number; admin: boolean }>>()
})

test('each framework hands it on', () => {
  const made = jwtAuthorizer({ ...whose, context: ({ exp }) => ({ exp }) })
  const guard = express(made)
  expectTypeOf(getAuthorizer({} as Request, guard)).toEqualTypeOf<AuthorizerContext<{ exp: number }>>()
  expectTypeOf(koa(made).authorizer).toEqualTypeOf<Authorizer<{ exp: number }>>()
  new Hono().get('/', hono(made), (c) => {
    expectTypeOf(c.var.authorizer.context.exp).toEqualTypeOf<number>()
    // @ts-expect-error -- the context has no such member
    void c.var.authorizer.context.sub
    return c.text('')
  })
})

test('claims as text in the manner of an HTTP API', () => {
  const authorizer = awsJwtAuthorizer({ jwtConfiguration: { issuer: 'https://issuer.example', audience: ['a'] } })
  expectTypeOf(authorizer).toEqualTypeOf<Authorizer<{ readonly [claim: string]: string }>>()
})

test('what must not compile', () => {
  // @ts-expect-error -- audience is required
  jwtAuthorizer({ issuer: 'x' })
  // @ts-expect-error -- one issuer or several
  jwtAuthorizer({ ...whose, issuers: [whose] })
  // @ts-expect-error -- none is no algorithm
  jwtAuthorizer({ ...whose, algorithms: ['none'] })
  // @ts-expect-error -- the kernel's contract is not to be chosen
  jwtAuthorizer({ ...whose, contract: {} })
  // @ts-expect-error -- either any or all
  jwtAuthorizer({ ...whose, requireScopes: {} })
  // @ts-expect-error -- an HTTP API keeps no results
  awsJwtAuthorizer({ jwtConfiguration: whose, resultTtlSeconds: 5 })
})
