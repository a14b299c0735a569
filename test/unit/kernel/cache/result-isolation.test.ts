/** Results, contexts and requests are copies: no request or authorizer sees changes made by another (SEC-38, SEC-116). */
import { allow, createAuthorizer, deny, type GatewayRequest, native } from '@custom-authorizer/core'
import { expect, test, vi } from 'vitest'
import { allowed, syncOutcome, denied } from '../../../support/outcome.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { withToken } from '../../../support/with-token.ts'

const contract = native({
  identitySources: ['$request.header.Authorization'],
  resultTtlSeconds: 300,
  cachePer: 'identity',
})
const request = withToken('Bearer t')
const result = { principalId: 'alice', context: { role: 'reader', tags: ['a'], address: { city: 'Ulm' } } }

test('SEC-38 changes that a handler makes to its context are not visible to later requests', () => {
  const authorizer = createAuthorizer({ authorize: () => allow(result), contract })
  for (let round = 0; round < 3; round++) {
    const { context, principalId } = allowed(syncOutcome(authorizer.evaluate(request)))
    expect({ principalId, context }).toEqual(result)
    const own = context as { role: string; tags: string[]; address: { city?: string }; admin?: boolean }
    own.role = 'admin'
    own.admin = true
    own.tags.push('b')
    own.address.city = 'Bonn'
    delete (own as { role?: string }).role
  }
})

test('SEC-38 requests that share one call receive separate contexts', async () => {
  const authorizer = createAuthorizer({ authorize: async () => allow(result), contract })
  const outcomes = await Promise.all([1, 2].map(async () => authorizer.evaluate(request)))
  const [first, second] = outcomes.map(allowed)
  expect(first?.context).toEqual(second?.context)
  expect(first?.context).not.toBe(second?.context)
  expect(first?.context.tags).not.toBe(second?.context.tags)
})

test('SEC-38 changes that the function makes to its result afterwards have no effect', () => {
  const own = structuredClone(result)
  const authorizer = createAuthorizer({ authorize: () => ({ isAuthorized: true, ...own }), contract })
  const first = allowed(syncOutcome(authorizer.evaluate(request)))
  own.principalId = 'mallory'
  own.context.role = 'admin'
  own.context.tags.push('b')
  own.context.address.city = 'Bonn'
  expect(first.context).toEqual(result.context)
  expect(allowed(syncOutcome(authorizer.evaluate(request)))).toMatchObject(result)
})

test('SEC-38 requestContext.authorizer is built from the result, not from the context that a handler changed', () => {
  const authorizer = createAuthorizer({ authorize: () => allow(result), contract })
  const first = allowed(syncOutcome(authorizer.evaluate(request)))
  Object.assign(first.context, { role: 'admin', principalId: 'mallory' })
  expect(first.requestContext.authorizer).toEqual({ principalId: 'alice', ...result.context })
  const tags = first.requestContext.authorizer['tags'] as string[]
  try {
    tags.push('b')
  } catch {
    // A frozen list satisfies the rule, too.
  }
  expect(first.requestContext.authorizer).toEqual({ principalId: 'alice', ...result.context })
  expect(allowed(syncOutcome(authorizer.evaluate(request))).context).toEqual(result.context)
})

test('SEC-38 a cached denial is not affected by changes to an earlier response', () => {
  const authorize = vi.fn(() => deny({ status: 451, body: { why: 'law' }, headers: { Link: '<x>' } }))
  const authorizer = createAuthorizer({ authorize, contract })
  const { response } = denied(syncOutcome(authorizer.evaluate(request)))
  const before = structuredClone(response)
  try {
    ;(response.headers as unknown as [string, string][]).push(['Set-Cookie', 'a=b'])
    ;(response as { body: string }).body = 'changed'
  } catch {
    // A frozen response satisfies the rule, too.
  }
  expect(denied(syncOutcome(authorizer.evaluate(request))).response).toEqual(before)
  expect(authorize).toHaveBeenCalledTimes(1)
})

test('SEC-116 SEC-01 changes that a function makes to its request are not visible to other requests', () => {
  const seen: unknown[] = []
  const authorizer = createAuthorizer({
    authorize: (given: GatewayRequest) => {
      seen.push(given.queryParameters.length, given.headers.length, given.query('token'))
      for (const list of [given.queryParameters, given.headers, given.headerValues('cookie')] as unknown[][]) {
        try {
          list.push({ name: 'token', value: 'mallory' })
        } catch {
          // A frozen list satisfies the rule, too.
        }
      }
      return true
    },
  })
  for (let round = 0; round < 2; round++) void authorizer.evaluate(gatewayRequest('GET /pets'))
  expect(seen).toEqual([0, 1, undefined, 0, 1, undefined])
})

test('SEC-116 two authorizers in one process share no results, and invalidation affects only one', async () => {
  const authorizers = ['alice', 'bob'].map((principalId) =>
    createAuthorizer({ authorize: () => allow({ principalId }), contract }),
  )
  for (let round = 0; round < 2; round++) {
    const outcomes = await Promise.all(authorizers.map(async (each) => each.evaluate(request)))
    expect(outcomes.map((each) => allowed(each).principalId)).toEqual(['alice', 'bob'])
  }
  await authorizers[0]?.invalidateAll()
  const decisions = authorizers.map((each) => allowed(syncOutcome(each.evaluate(request))).principalId)
  expect(decisions).toEqual(['alice', 'bob'])
})
