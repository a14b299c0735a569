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
const answer = { principalId: 'alice', context: { role: 'reader', tags: ['a'], address: { city: 'Ulm' } } }

test('SEC-38 what a handler does to its context is seen by no later request', () => {
  const authorizer = createAuthorizer({ authorize: () => allow(answer), contract })
  for (let round = 0; round < 3; round++) {
    const { context, principalId } = allowed(syncOutcome(authorizer.evaluate(request)))
    expect({ principalId, context }).toEqual(answer)
    const mine = context as { role: string; tags: string[]; address: { city?: string }; admin?: boolean }
    mine.role = 'admin'
    mine.admin = true
    mine.tags.push('b')
    mine.address.city = 'Bonn'
    delete (mine as { role?: string }).role
  }
})

test('SEC-38 followers of one call each get a context of their own', async () => {
  const authorizer = createAuthorizer({ authorize: async () => allow(answer), contract })
  const outcomes = await Promise.all([1, 2].map(async () => authorizer.evaluate(request)))
  const [first, second] = outcomes.map(allowed)
  expect(first?.context).toEqual(second?.context)
  expect(first?.context).not.toBe(second?.context)
  expect(first?.context.tags).not.toBe(second?.context.tags)
})

test('SEC-38 what the authorizer does to its answer afterwards has no effect', () => {
  const mine = structuredClone(answer)
  const authorizer = createAuthorizer({ authorize: () => ({ isAuthorized: true, ...mine }), contract })
  const first = allowed(syncOutcome(authorizer.evaluate(request)))
  mine.principalId = 'mallory'
  mine.context.role = 'admin'
  mine.context.tags.push('b')
  mine.context.address.city = 'Bonn'
  expect(first.context).toEqual(answer.context)
  expect(allowed(syncOutcome(authorizer.evaluate(request)))).toMatchObject(answer)
})

test('SEC-38 requestContext.authorizer is built from the result, whatever a handler did to its copy', () => {
  const authorizer = createAuthorizer({ authorize: () => allow(answer), contract })
  const first = allowed(syncOutcome(authorizer.evaluate(request)))
  Object.assign(first.context, { role: 'admin', principalId: 'mallory' })
  expect(first.requestContext.authorizer).toEqual({ principalId: 'alice', ...answer.context })
  const tags = first.requestContext.authorizer['tags'] as string[]
  try {
    tags.push('b')
  } catch {
    // A frozen list is as good.
  }
  expect(first.requestContext.authorizer).toEqual({ principalId: 'alice', ...answer.context })
  expect(allowed(syncOutcome(authorizer.evaluate(request))).context).toEqual(answer.context)
})

test('SEC-38 a refusal of the function is kept, and what is done to it afterwards is not', () => {
  const authorize = vi.fn(() => deny({ status: 451, body: { why: 'law' }, headers: { Link: '<x>' } }))
  const authorizer = createAuthorizer({ authorize, contract })
  const { response } = denied(syncOutcome(authorizer.evaluate(request)))
  const before = structuredClone(response)
  try {
    ;(response.headers as unknown as [string, string][]).push(['Set-Cookie', 'a=b'])
    ;(response as { body: string }).body = 'changed'
  } catch {
    // A frozen answer is as good.
  }
  expect(denied(syncOutcome(authorizer.evaluate(request))).response).toEqual(before)
  expect(authorize).toHaveBeenCalledTimes(1)
})

test('SEC-116 SEC-01 what an authorizer does to the request it was given is seen by no other request', () => {
  const seen: unknown[] = []
  const authorizer = createAuthorizer({
    authorize: (given: GatewayRequest) => {
      seen.push(given.queryParameters.length, given.headers.length, given.query('token'))
      for (const list of [given.queryParameters, given.headers, given.headerValues('cookie')] as unknown[][]) {
        try {
          list.push({ name: 'token', value: 'mallory' })
        } catch {
          // A frozen list is as good.
        }
      }
      return true
    },
  })
  for (let round = 0; round < 2; round++) void authorizer.evaluate(gatewayRequest('GET /pets'))
  expect(seen).toEqual([0, 1, undefined, 0, 1, undefined])
})

test('SEC-116 two authorizers in one process notice nothing of each other', async () => {
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
