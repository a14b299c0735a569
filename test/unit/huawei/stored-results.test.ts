/** Results from a shared store are validated like results of the function (SEC-65). */
import { describe, expect, test } from 'vitest'
import { PromiseStore } from '../../support/promise-store.ts'
import { gatewayRequest } from '../../support/request.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { evaluate, frontendAuthorizer, functionResult, summarize } from './authorizers.ts'

const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
const request = (): ReturnType<typeof gatewayRequest> => gatewayRequest('GET /', { headers: { 'x-token': 'a' } })

const start = (
  options: object = {},
): { store: PromiseStore; calls: () => number; evaluateAgain: () => Promise<unknown> } => {
  const store = new PromiseStore()
  let calls = 0
  const authorizer = frontendAuthorizer(
    async () => {
      calls++
      return functionResult('allow', { user: 'abc' })
    },
    { identities, ttl: 60, ...options },
    { store, name: 'shared' },
  )
  return {
    store,
    calls: () => calls,
    evaluateAgain: async () => {
      const outcome = summarize(await evaluate(authorizer, request()))
      await flushMicrotasks()
      return outcome
    },
  }
}

const numbered = async (): Promise<object> => functionResult('allow', { n: 1 })

const change = (store: PromiseStore, result: unknown): void => {
  for (const [key, text] of store.entries) {
    const stored = JSON.parse(text) as object
    store.entries.set(key, JSON.stringify({ ...stored, result }))
  }
}

describe('results from a shared store', () => {
  test('SEC-65 HW-CACHE-04 a valid stored result is used', async () => {
    const { evaluateAgain, calls, store } = start()
    await evaluateAgain()
    expect([await evaluateAgain(), calls(), store.size]).toEqual([{ frontend: { user: 'abc' } }, 1, 1])
  })

  test.each([
    ['the status ALLOW', { principalId: '', status: 'ALLOW', context: {} }],
    ['no status', { principalId: '', context: {} }],
    ['a number in the context, which is not enabled', { principalId: '', status: 'allow', context: { n: 1 } }],
    ['a key that starts with a digit', { principalId: '', status: 'allow', context: { '1a': 'x' } }],
    ['a list as context', { principalId: '', status: 'allow', context: ['x'] }],
    ['a list as result', []],
    ['a string as result', 'allow'],
    ['null as result', null],
  ])('SEC-65 HW-CACHE-04 a stored result with %s is a cache miss', async (_, result) => {
    const { evaluateAgain, calls, store } = start({ compatibility: { illegalContext: 'drop' } })
    await evaluateAgain()
    change(store, result)
    expect([await evaluateAgain(), calls()]).toEqual([{ frontend: { user: 'abc' } }, 2])
  })

  test('SEC-65 HW-CACHE-04 a stored deny result denies', async () => {
    const { evaluateAgain, calls, store } = start()
    await evaluateAgain()
    change(store, { principalId: '', status: 'deny', context: {} })
    expect([await evaluateAgain(), calls()]).toEqual(['401 DENIED', 1])
  })

  test('SEC-65 HW-CACHE-04 a downgraded result is not stored', async () => {
    const store = new PromiseStore()
    const authorizer = frontendAuthorizer(
      async () => {
        throw new Error('boom')
      },
      { identities, ttl: 60, authDowngradeEnabled: true },
      { store, name: 'shared' },
    )
    expect(summarize(await evaluate(authorizer, request()))).toEqual({ frontend: {}, authDowngraded: true })
    await flushMicrotasks()
    expect(store.size).toBe(0)
  })

  test('SEC-53 SEC-65 HW-CACHE-04 authorizers with different result rules do not share stored results', async () => {
    const store = new PromiseStore()
    const kernel = { store, name: 'shared' }
    const lenient = frontendAuthorizer(
      numbered,
      { identities, ttl: 60, authorizer_context_support_num_bool: true },
      kernel,
    )
    expect(summarize(await evaluate(lenient, request()))).toEqual({ frontend: { n: 1 } })
    await flushMicrotasks()
    expect(summarize(await evaluate(frontendAuthorizer(numbered, { identities, ttl: 60 }, kernel), request()))).toBe(
      '500 BAD_RESULT',
    )
  })
})
