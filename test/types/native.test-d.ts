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

/** What handlers get to see of the context of an authorizer. */
type ContextIn<T> = T extends Authorizer<infer TContext> ? TContext : never

describe('the context comes from the function', () => {
  test('that answers with allow()', () => {
    const authorizer = createAuthorizer({
      authorize: () => allow({ principalId: 'alice', context: { role: text, level: count } }),
    })
    expectTypeOf<ContextIn<typeof authorizer>>().toEqualTypeOf<{ readonly role: string; readonly level: number }>()
  })

  test('that answers with what an interface describes', () => {
    const authorizer = createAuthorizer({ authorize: async () => allow({ context: session }) })
    expectTypeOf<ContextIn<typeof authorizer>>().toEqualTypeOf<Session>()
  })

  test('that answers with allow() later', () => {
    const authorizer = createAuthorizer({ authorize: async () => allow({ context: { role: text } }) })
    expectTypeOf<ContextIn<typeof authorizer>>().toEqualTypeOf<{ readonly role: string }>()
  })

  test('with literals kept as literals', () => {
    const authorizer = createAuthorizer({ authorize: () => allow({ context: { role: 'admin', tags: ['a'] } }) })
    expectTypeOf<ContextIn<typeof authorizer>['role']>().toEqualTypeOf<'admin'>()
  })

  test('that answers with allow(), deny() or unauthorized()', () => {
    const authorizer = createAuthorizer({
      authorize: async ({ path }) => {
        if (path === '/a') return unauthorized()
        if (path === '/b') return deny({ status: 404 })
        return allow({ context: { role: path } })
      },
    })
    expectTypeOf<ContextIn<typeof authorizer>>().toEqualTypeOf<{ readonly role: string }>()
  })

  test('that answers with one of two contexts', () => {
    const authorizer = createAuthorizer({
      authorize: ({ path, method }) =>
        method === 'GET' ? allow({ context: { a: path } }) : allow({ context: { b: path.length } }),
    })
    expectTypeOf<ContextIn<typeof authorizer>>().toEqualTypeOf<{ readonly a: string } | { readonly b: number }>()
  })

  test('that answers with plain objects', () => {
    const authorizer = createAuthorizer({
      authorize: ({ path }) => ({ isAuthorized: path === '/a', principalId: 'alice', context: { role: path } }),
    })
    expectTypeOf<ContextIn<typeof authorizer>>().toEqualTypeOf<{ role: string }>()
  })

  test('that answers yes or no, and so has none', () => {
    const authorizer = createAuthorizer({ authorize: ({ method }) => method === 'GET' })
    expectTypeOf<keyof ContextIn<typeof authorizer>>().toEqualTypeOf<never>()
  })

  test('that never allows, or says nothing of its context', () => {
    const never = createAuthorizer({ authorize: () => deny() })
    expectTypeOf<ContextIn<typeof never>>().toEqualTypeOf<Record<string, unknown>>()
    const untyped = createAuthorizer({ authorize: (): ReturnType<typeof JSON.parse> => JSON.parse('true') })
    expectTypeOf<ContextIn<typeof untyped>>().toEqualTypeOf<Record<string, unknown>>()
  })

  test('whatever the contract keeps', () => {
    const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
    const authorizer = createAuthorizer({ authorize: () => allow({ context: { n: count } }), contract })
    expectTypeOf<ContextIn<typeof authorizer>>().toEqualTypeOf<{ readonly n: number }>()
  })
})

test('the request and the call are typed without a word', () => {
  createAuthorizer({
    authorize: (request, call) => {
      expectTypeOf(request).toEqualTypeOf<GatewayRequest>()
      expectTypeOf(call.signal).toEqualTypeOf<AbortSignal>()
      return true
    },
  })
})

test('an outcome is told apart by `allowed`', () => {
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
    // @ts-expect-error -- a refusal has no context
    void outcome.authorizer
  }
})

test('an authorizer of any context can be held as an Authorizer', () => {
  const authorizer = createAuthorizer({ authorize: () => allow({ context: { role: 'admin' } }) })
  const held: Authorizer = authorizer
  const list: readonly Authorizer[] = [authorizer, createAuthorizer({ authorize: () => true })]
  expectTypeOf(held.name).toEqualTypeOf<string>()
  expectTypeOf(list).toExtend<readonly Authorizer[]>()
})

describe('what must not compile', () => {
  test('options', () => {
    // @ts-expect-error -- authorize is missing
    createAuthorizer({})
    // @ts-expect-error -- misspelt
    createAuthorizer({ authoriser: authorize })
    // @ts-expect-error -- an option of a mount
    createAuthorizer({ authorize, skip: ['/health'] })
    // @ts-expect-error -- an option that does not exist
    createAuthorizer({ authorize, ttl: 300 })
    // @ts-expect-error -- a number of milliseconds
    createAuthorizer({ authorize, timeoutMs: '5s' })
    // @ts-expect-error -- called, please
    createAuthorizer({ authorize, contract: native })
    // @ts-expect-error -- no store
    createAuthorizer({ authorize, store: 'redis://localhost' })
    // @ts-expect-error -- an instance, not the console's name
    createAuthorizer({ authorize, logger: 'console' })
    // @ts-expect-error -- misspelt member of an option
    createAuthorizer({ authorize, denialCors: { origins: '*' } })
    // @ts-expect-error -- not an option
    native({ ttlSeconds: 300 })
    // @ts-expect-error -- neither request nor identity
    native({ cachePer: 'route' })
    // @ts-expect-error -- a list
    native({ identitySources: '$request.header.Authorization' })
  })

  test('functions', () => {
    // @ts-expect-error -- no answer
    createAuthorizer({ authorize: () => undefined })
    // @ts-expect-error -- no answer either
    createAuthorizer({ authorize: async () => {} })
    // @ts-expect-error -- text is no yes
    createAuthorizer({ authorize: () => 'allow' })
    // @ts-expect-error -- nor is a number
    createAuthorizer({ authorize: async () => 1 })
    // @ts-expect-error -- "true" is not true
    createAuthorizer({ authorize: () => ({ isAuthorized: 'true' }) })
    // @ts-expect-error -- misspelt
    createAuthorizer({ authorize: () => ({ isAuthorised: true }) })
    // @ts-expect-error -- a number is no principal
    createAuthorizer({ authorize: () => ({ isAuthorized: true, principalId: 7 }) })
    // @ts-expect-error -- the answer of another contract
    createAuthorizer({ authorize: () => ({ principalId: 'a', policyDocument: { Statement: [] } }) })
    // @ts-expect-error -- a function of another contract
    createAuthorizer({ authorize: (event: { authorizationToken: string }) => event.authorizationToken === 'a' })
  })

  test('answers', () => {
    // @ts-expect-error -- misspelt
    allow({ principal: 'alice' })
    // @ts-expect-error -- a number is no principal
    allow({ principalId: 7 })
    // @ts-expect-error -- text is no context
    allow({ context: 'admin' })
    // @ts-expect-error -- a Date is no number of milliseconds
    allow({ expiresAt: new Date() })
    // @ts-expect-error -- misspelt
    deny({ statusCode: 404 })
    // @ts-expect-error -- a number is no header
    unauthorized({ headers: { 'Retry-After': 1 } })
  })

  test('reading what is not there', () => {
    const authorizer = createAuthorizer({ authorize: () => allow({ context: { role: 'admin' } }) })
    const outcome = authorizer.evaluate({} as GatewayRequest)
    // @ts-expect-error -- it may be a promise
    void outcome.allowed
    if (!(outcome instanceof Promise) && outcome.allowed) {
      // @ts-expect-error -- the context has no such member
      void outcome.authorizer.context.tenant
      // @ts-expect-error -- misspelt
      void outcome.authorizer.principalID
    }
  })
})
