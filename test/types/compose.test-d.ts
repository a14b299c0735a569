/** Types of composed authorizers: the context follows from the functions of the members. */
import {
  allOf,
  allow,
  anyOf,
  type Authorizer,
  createAuthorizer,
  deny,
  firstOf,
  optional,
  shadow,
  unauthorized,
} from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as node from '@custom-authorizer/core/node'
import * as express from '@custom-authorizer/express'
import * as hono from '@custom-authorizer/hono'
import * as koa from '@custom-authorizer/koa'
import type { Request } from 'express'
import type { Context } from 'hono'
import type { ParameterizedContext } from 'koa'
import type { IncomingMessage } from 'node:http'
import { describe, expectTypeOf, test } from 'vitest'

type Session = { role: string }
type Key = { plan: string; quota: number }

const session = createAuthorizer({
  authorize: async (request): Promise<ReturnType<typeof allow<Session>> | ReturnType<typeof unauthorized>> =>
    request.cookie('session') === undefined ? unauthorized() : allow({ context: { role: 'reader' } }),
})
const key = createAuthorizer({
  authorize: (request) => {
    const context: Key = { plan: 'gold', quota: 1 }
    return request.header('x-api-key') === 'k' ? allow({ principalId: 'acme', context }) : deny()
  },
})
const token = createAuthorizer({
  contract: aws.token(),
  authorize: async () => ({
    principalId: 'u',
    policyDocument: { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } },
    context: { level: 1 },
  }),
})

declare const incoming: IncomingMessage
declare const request: Request
declare const ctx: ParameterizedContext
declare const c: Context

describe('contexts of compositions', () => {
  test('a member has the context of its function', () => {
    expectTypeOf(session).toExtend<Authorizer<Session>>()
    expectTypeOf(key).toExtend<Authorizer<Key>>()
    expectTypeOf(token).toExtend<Authorizer<{ level: string }>>()
  })

  test('anyOf and firstOf have the context of one member', () => {
    for (const composed of [anyOf(session, key), firstOf(session, key)]) {
      const { context } = node.getAuthorizer(incoming, composed)
      expectTypeOf(context).not.toBeAny()
      if ('role' in context) expectTypeOf(context.role).toEqualTypeOf<string>()
      else expectTypeOf(context.quota).toEqualTypeOf<number>()
      // @ts-expect-error -- only a session has a role
      void context.role
    }
  })

  test('allOf has the contexts of all members', () => {
    const { context } = node.getAuthorizer(incoming, allOf(session, key, token))
    expectTypeOf(context).not.toBeAny()
    expectTypeOf(context.role).toEqualTypeOf<string>()
    expectTypeOf(context.quota).toEqualTypeOf<number>()
    expectTypeOf(context.level).toEqualTypeOf<string>()
    // @ts-expect-error -- no member has this key
    void context.name
  })

  test('optional may have no context', () => {
    const { context } = node.getAuthorizer(incoming, optional(session))
    expectTypeOf(context.role).toEqualTypeOf<string | undefined>()
    // @ts-expect-error -- an anonymous caller has no role
    context.role.toUpperCase()
    // @ts-expect-error -- the member does not have this key
    void context.plan
  })

  test('nested compositions combine the contexts', () => {
    const { context } = node.getAuthorizer(incoming, allOf(token, optional(anyOf(session))))
    expectTypeOf(context.level).toEqualTypeOf<string>()
    expectTypeOf(context.role).toEqualTypeOf<string | undefined>()
  })
})

describe('adapters', () => {
  test('every adapter has the context type of a composition', () => {
    const composed = allOf(session, key)
    const mounted = [
      express.getAuthorizer(request, express.customAuthorizer(composed)),
      koa.getAuthorizer(ctx, koa.customAuthorizer(composed)),
      hono.getAuthorizer(c, hono.customAuthorizer(composed)),
      node.getAuthorizer(incoming, node.customAuthorizer(composed)),
      node.getAuthorizer(incoming, node.guardUpgrade(composed)),
    ] as const
    for (const { context } of mounted) {
      expectTypeOf(context).not.toBeAny()
      expectTypeOf(context.role).toEqualTypeOf<string>()
      expectTypeOf(context.quota).toEqualTypeOf<number>()
    }
  })

  test('compositions take no authorizer options', () => {
    // @ts-expect-error -- the lifetime belongs to the members
    express.customAuthorizer(anyOf(session, key), { timeoutMs: 1 })
  })
})

describe('arguments that are not authorizers', () => {
  test('invalid members do not compile', () => {
    // @ts-expect-error -- a function is not an authorizer
    anyOf(() => true)
    // @ts-expect-error -- a middleware is not an authorizer
    firstOf(express.customAuthorizer(session))
    // @ts-expect-error -- a contract is not an authorizer
    allOf(session, aws.token())
    // @ts-expect-error -- members are arguments, not a list
    anyOf([session, key])
    // @ts-expect-error -- optional takes one member
    optional(session, key)
    // @ts-expect-error -- optional takes a member
    optional()
  })
})

describe('shadow', () => {
  test('has the context of enforce, and takes candidates with any context', () => {
    const compared = shadow({ enforce: session, candidate: key })
    expectTypeOf(shadow({ enforce: key, candidate: token }).contextType).toEqualTypeOf<Key | undefined>()
    expectTypeOf(compared.contextType).toEqualTypeOf<typeof session.contextType>()
    expectTypeOf(compared.comparison().isSafeToSwitch).toEqualTypeOf<boolean>()
    shadow({ enforce: key, candidate: { name: 'gateway', observe: () => ({ verdict: 'allow' }) } })
    // @ts-expect-error -- an observer returns a verdict
    shadow({ enforce: key, candidate: { name: 'gateway', observe: () => true } })
  })
})
