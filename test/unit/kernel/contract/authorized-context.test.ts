/** `AuthorizedContext`: the context that a handler receives, and the result it was made from (SEC-38). */
import { expect, test } from 'vitest'
import { AuthorizedContext } from '../../../../packages/core/src/kernel/contract/context.ts'

const contract = { requestContext: () => ({ principalId: 'alice' }) }

test('SEC-38 resultOf returns the result only for a context that the library created', () => {
  const result = { principalId: 'alice', context: {} }
  const context = new AuthorizedContext(result, 0, { requestContext: () => ({}) })
  expect(AuthorizedContext.resultOf(context)).toBe(result)
  expect(
    AuthorizedContext.resultOf({ principalId: 'alice', context: {}, requestContext: { authorizer: {} } }),
  ).toBeUndefined()
})

test('SEC-38 isOwn is true only for a context that the library created, and never throws', () => {
  const result = { principalId: 'alice', context: {} }
  const context = new AuthorizedContext(result, 0, contract)
  expect(AuthorizedContext.isOwn(context)).toBe(true)
  for (const other of [
    undefined,
    null,
    '',
    'alice',
    0,
    1n,
    true,
    Symbol('alice'),
    () => true,
    {},
    result,
    { principalId: 'alice', context: {}, requestContext: { authorizer: {} } },
  ])
    expect(AuthorizedContext.isOwn(other)).toBe(false)
})

test('SEC-38 a context follows a result that is not frozen, and that its contract changes', () => {
  for (const freeze of [(value: object) => value, Object.freeze]) {
    const context = { role: 'reader' }
    const result = { principalId: 'alice', context }
    freeze(result)
    expect(new AuthorizedContext(result, 0, contract).context).toEqual({ role: 'reader' })
    context.role = 'admin'
    expect(new AuthorizedContext(result, 0, contract).context).toEqual({ role: 'admin' })
  }
})

const frozen = (role: string) => Object.freeze({ role })

test('SEC-38 a context follows a result whose context is frozen and replaced', () => {
  const result = { principalId: 'alice', context: frozen('reader') }
  expect(new AuthorizedContext(result, 0, contract).context).toEqual({ role: 'reader' })
  result.context = frozen('admin')
  expect(new AuthorizedContext(result, 0, contract).context).toEqual({ role: 'admin' })
})

test('AWS-UP-18 a counted context has usage and API key, and a context that is counted again is copied', () => {
  const context = new AuthorizedContext({ principalId: 'alice', context: { role: 'reader' } }, 0, contract)
  expect(context.requestContext).toEqual({ authorizer: { principalId: 'alice' } })
  const first = AuthorizedContext.count(context, { planId: 'gold' }, { value: 'key-1', id: 'id-1' })
  expect(first).toBe(context)
  const second = AuthorizedContext.count(context, { planId: 'silver' }, undefined)
  expect(second).not.toBe(context)
  expect([first.usage, second.usage]).toEqual([{ planId: 'gold' }, { planId: 'silver' }])
  expect(first.requestContext).toEqual({
    authorizer: { principalId: 'alice' },
    identity: { apiKey: 'key-1', apiKeyId: 'id-1' },
  })
  expect(second.requestContext).toEqual({ authorizer: { principalId: 'alice' } })
  expect([second.principalId, second.context]).toEqual(['alice', { role: 'reader' }])
})
