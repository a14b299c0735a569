/** Each request has a copy of the context, also of one that is copied from a template. */
import { createAuthorizer, native } from '@custom-authorizer/core'
import type { Json } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { gatewayRequest } from '../../../support/request.ts'

type Context = Record<string, Json>

const contexts = async (context: Context, count: number): Promise<Context[]> => {
  const authorizer = createAuthorizer({
    authorize: () => ({ isAuthorized: true, principalId: 'alice', context }),
    contract: native({
      identitySources: ['$request.header.Authorization'],
      resultTtlSeconds: 60,
      cachePer: 'identity',
    }),
    logger: null,
  })
  const found: Context[] = []
  for (let index = 0; index < count; index++) {
    const outcome = await authorizer.evaluate(gatewayRequest('GET /', { headers: { Authorization: 'token' } }))
    if (!outcome.allowed) throw new Error(outcome.reason)
    found.push(outcome.authorizer.context)
  }
  return found
}

test.each<[kind: string, context: Context]>([
  ['flat', { role: 'admin', age: 7, none: null, ok: true }],
  ['nested', { role: 'admin', tags: ['a', { b: 'c' }] }],
  ['nested, without other values,', { tags: ['a', { b: 'c' }] }],
  ['empty', {}],
])('SEC-38 a change of a %s context reaches no other request', async (_, context) => {
  const [first, second, third] = await contexts(context, 3)
  expect([first, second, third]).toEqual([context, context, context])
  expect(Object.isFrozen(second)).toBe(false)
  Object.assign(first as Context, { role: 'changed', added: 1 })
  Object.assign(second as Context, { role: 'changed as well' })
  if (Array.isArray(first?.['tags'])) (first['tags'] as Json[]).push('d')
  expect(third).toEqual(context)
  const [later] = await contexts(context, 1)
  expect(later).toEqual(context)
})
