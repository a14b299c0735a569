/** Types of createAuthorizer and the native contract. */
import {
  allow,
  type Authorizer,
  type AuthorizerContext,
  createAuthorizer,
  deny,
  type GatewayRequest,
  type Outcome,
  native,
  unauthorized,
} from '@custom-authorizer/core'
import { describe, expectTypeOf, test } from 'vitest'

declare const authorize: () => boolean
declare const text: string
declare const count: number

interface Session {
  role: string
  tags: string[]
}
declare const session: Session

/** The context type of an authorizer. */
type ContextOf<T> = T extends Authorizer<infer TContext> ? TContext : never

describe('inferred context', () => {
  test('allow() sets the context type', () => {
    const authorizer = createAuthorizer({
      authorize: () => allow({ principalId: 'alice', context: { role: text, level: count } }),
    })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ readonly role: string; readonly level: number }>()
  })

  test('an interface is used as the context type', () => {
    const authorizer = createAuthorizer({ authorize: async () => allow({ context: session }) })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<Session>()
  })

  test('an async allow() sets the context type', () => {
    const authorizer = createAuthorizer({ authorize: async () => allow({ context: { role: text } }) })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ readonly role: string }>()
  })

  test('literal types are preserved', () => {
    const authorizer = createAuthorizer({ authorize: () => allow({ context: { role: 'admin', tags: ['a'] } }) })
    expectTypeOf<ContextOf<typeof authorizer>['role']>().toEqualTypeOf<'admin'>()
  })

  test('deny() and unauthorized() do not change the context type', () => {
    const authorizer = createAuthorizer({
      authorize: async ({ path }) => {
        if (path === '/a') return unauthorized()
        if (path === '/b') return deny({ status: 404 })
        return allow({ context: { role: path } })
      },
    })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ readonly role: string }>()
  })

  test('two different allow() calls give a union', () => {
    const authorizer = createAuthorizer({
      authorize: ({ path, method }) =>
        method === 'GET' ? allow({ context: { a: path } }) : allow({ context: { b: path.length } }),
    })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ readonly a: string } | { readonly b: number }>()
  })

  test('a plain object sets the context type', () => {
    const authorizer = createAuthorizer({
      authorize: ({ path }) => ({ isAuthorized: path === '/a', principalId: 'alice', context: { role: path } }),
    })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ role: string }>()
  })

  test('a boolean result has an empty context', () => {
    const authorizer = createAuthorizer({ authorize: ({ method }) => method === 'GET' })
    expectTypeOf<keyof ContextOf<typeof authorizer>>().toEqualTypeOf<never>()
  })

  test('without an allow() or a known type the context is open', () => {
    const never = createAuthorizer({ authorize: () => deny() })
    expectTypeOf<ContextOf<typeof never>>().toEqualTypeOf<Record<string, unknown>>()
    const untyped = createAuthorizer({ authorize: (): ReturnType<typeof JSON.parse> => JSON.parse('true') })
    expectTypeOf<ContextOf<typeof untyped>>().toEqualTypeOf<Record<string, unknown>>()
  })

  test('contract options do not change the context type', () => {
    const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
    const authorizer = createAuthorizer({ authorize: () => allow({ context: { n: count } }), contract })
    expectTypeOf<ContextOf<typeof authorizer>>().toEqualTypeOf<{ readonly n: number }>()
  })
})

test('request and call are inferred', () => {
  createAuthorizer({
    authorize: (request, call) => {
      expectTypeOf(request).toEqualTypeOf<GatewayRequest>()
      expectTypeOf(call.signal).toEqualTypeOf<AbortSignal>()
      return true
    },
  })
})

test('`allowed` discriminates the outcome', () => {
  const authorizer = createAuthorizer({ authorize: () => allow({ context: { role: text } }) })
  expectTypeOf(authorizer.evaluate({} as GatewayRequest)).toEqualTypeOf<
    Outcome<{ readonly role: string }> | Promise<Outcome<{ readonly role: string }>>
  >()
  const outcome = {} as Outcome<{ role: string }>
  if (outcome.allowed) {
    expectTypeOf(outcome.authorizer).toEqualTypeOf<AuthorizerContext<{ role: string }>>()
    expectTypeOf(outcome.authorizer.context.role).toEqualTypeOf<string>()
    expectTypeOf(outcome.authorizer.principalId).toEqualTypeOf<string>()
  } else {
    expectTypeOf(outcome.response.status).toEqualTypeOf<number>()
    // @ts-expect-error -- a denial has no context
    void outcome.authorizer
  }
})

test('an authorizer with any context is assignable to Authorizer', () => {
  const authorizer = createAuthorizer({ authorize: () => allow({ context: { role: 'admin' } }) })
  const typed: Authorizer = authorizer
  const list: readonly Authorizer[] = [authorizer, createAuthorizer({ authorize: () => true })]
  expectTypeOf(typed.name).toEqualTypeOf<string>()
  expectTypeOf(list).toExtend<readonly Authorizer[]>()
})

describe('type errors', () => {
  test('invalid options do not compile', () => {
    // @ts-expect-error -- authorize is missing
    createAuthorizer({})
    // @ts-expect-error -- misspelled
    createAuthorizer({ authoriser: authorize })
    // @ts-expect-error -- an option of a mount
    createAuthorizer({ authorize, skip: ['/health'] })
    // @ts-expect-error -- unknown option
    createAuthorizer({ authorize, ttl: 300 })
    // @ts-expect-error -- a number of milliseconds
    createAuthorizer({ authorize, timeoutMs: '5s' })
    // @ts-expect-error -- the contract must be called
    createAuthorizer({ authorize, contract: native })
    // @ts-expect-error -- not a store
    createAuthorizer({ authorize, store: 'redis://localhost' })
    // @ts-expect-error -- an instance, not the console's name
    createAuthorizer({ authorize, logger: 'console' })
    // @ts-expect-error -- misspelled member of an option
    createAuthorizer({ authorize, denialCors: { origins: '*' } })
    // @ts-expect-error -- unknown option
    native({ ttlSeconds: 300 })
    // @ts-expect-error -- must be "request" or "identity"
    native({ cachePer: 'route' })
    // @ts-expect-error -- must be a list
    native({ identitySources: '$request.header.Authorization' })
  })

  test('functions with invalid results do not compile', () => {
    // @ts-expect-error -- the result is missing
    createAuthorizer({ authorize: () => undefined })
    // @ts-expect-error -- the result is missing
    createAuthorizer({ authorize: async () => {} })
    // @ts-expect-error -- a string is not a result
    createAuthorizer({ authorize: () => 'allow' })
    // @ts-expect-error -- a number is not a result
    createAuthorizer({ authorize: async () => 1 })
    // @ts-expect-error -- "true" is not true
    createAuthorizer({ authorize: () => ({ isAuthorized: 'true' }) })
    // @ts-expect-error -- misspelled
    createAuthorizer({ authorize: () => ({ isAuthorised: true }) })
    // @ts-expect-error -- principalId must be a string
    createAuthorizer({ authorize: () => ({ isAuthorized: true, principalId: 7 }) })
    // @ts-expect-error -- a result of another contract
    createAuthorizer({ authorize: () => ({ principalId: 'a', policyDocument: { Statement: [] } }) })
    // @ts-expect-error -- a function of another contract
    createAuthorizer({ authorize: (event: { authorizationToken: string }) => event.authorizationToken === 'a' })
  })

  test('invalid arguments of allow, deny and unauthorized do not compile', () => {
    // @ts-expect-error -- misspelled
    allow({ principal: 'alice' })
    // @ts-expect-error -- principalId must be a string
    allow({ principalId: 7 })
    // @ts-expect-error -- context must be an object
    allow({ context: 'admin' })
    // @ts-expect-error -- expiresAt must be a number of milliseconds
    allow({ expiresAt: new Date() })
    // @ts-expect-error -- misspelled
    deny({ statusCode: 404 })
    // @ts-expect-error -- header values must be strings
    unauthorized({ headers: { 'Retry-After': 1 } })
  })

  test('access to absent members does not compile', () => {
    const authorizer = createAuthorizer({ authorize: () => allow({ context: { role: 'admin' } }) })
    const outcome = authorizer.evaluate({} as GatewayRequest)
    // @ts-expect-error -- it may be a promise
    void outcome.allowed
    if (!(outcome instanceof Promise) && outcome.allowed) {
      // @ts-expect-error -- the context has no such member
      void outcome.authorizer.context.tenant
      // @ts-expect-error -- misspelled
      void outcome.authorizer.principalID
    }
  })
})
