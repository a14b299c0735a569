/** Results in a store that other processes write to are checked like answers (SEC-65). */
import { describe, expect, test } from 'vitest'
import { PromiseStore } from '../../support/promise-store.ts'
import { gatewayRequest } from '../../support/request.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { ask, front, saying, told } from './authorizers.ts'

const identities = [{ location: 'HEADER', name: 'X-Token' }] as const
const request = (): ReturnType<typeof gatewayRequest> => gatewayRequest('GET /', { headers: { 'x-token': 'a' } })

const start = (options: object = {}): { store: PromiseStore; calls: () => number; again: () => Promise<unknown> } => {
  const store = new PromiseStore()
  let calls = 0
  const authorizer = front(
    async () => {
      calls++
      return saying('allow', { user: 'abc' })
    },
    { identities, ttl: 60, ...options },
    { store, name: 'shared' },
  )
  return {
    store,
    calls: () => calls,
    again: async () => {
      const outcome = told(await ask(authorizer, request()))
      await flushMicrotasks()
      return outcome
    },
  }
}

const numbered = async (): Promise<object> => saying('allow', { n: 1 })

const change = (store: PromiseStore, result: unknown): void => {
  for (const [key, text] of store.entries) {
    const kept = JSON.parse(text) as object
    store.entries.set(key, JSON.stringify({ ...kept, result }))
  }
}

describe('SEC-65 HW-CACHE-04 a result from a shared store', () => {
  test('serves as it was kept', async () => {
    const { again, calls, store } = start()
    await again()
    expect([await again(), calls(), store.size]).toEqual([{ frontend: { user: 'abc' } }, 1, 1])
  })

  test.each([
    ['status ALLOW', { principalId: '', status: 'ALLOW', context: {} }],
    ['no status', { principalId: '', context: {} }],
    ['a number that was not allowed', { principalId: '', status: 'allow', context: { n: 1 } }],
    ['a key that starts with a digit', { principalId: '', status: 'allow', context: { '1a': 'x' } }],
    ['a context that is a list', { principalId: '', status: 'allow', context: ['x'] }],
    ['a list', []],
    ['text', 'allow'],
    ['nothing', null],
  ])('that has %s is a miss', async (_, result) => {
    const { again, calls, store } = start({ compatibility: { illegalContext: 'drop' } })
    await again()
    change(store, result)
    expect([await again(), calls()]).toEqual([{ frontend: { user: 'abc' } }, 2])
  })

  test('says no when that is what was kept', async () => {
    const { again, calls, store } = start()
    await again()
    change(store, { principalId: '', status: 'deny', context: {} })
    expect([await again(), calls()]).toEqual(['401 DENIED', 1])
  })

  test('never is one that relaxed mode let pass', async () => {
    const store = new PromiseStore()
    const authorizer = front(
      async () => {
        throw new Error('boom')
      },
      { identities, ttl: 60, authDowngradeEnabled: true },
      { store, name: 'shared' },
    )
    expect(told(await ask(authorizer, request()))).toEqual({ frontend: {}, authDowngraded: true })
    await flushMicrotasks()
    expect(store.size).toBe(0)
  })

  test('SEC-53 is not shared by authorizers with other rules for answers', async () => {
    const store = new PromiseStore()
    const kernel = { store, name: 'shared' }
    const lenient = front(numbered, { identities, ttl: 60, authorizer_context_support_num_bool: true }, kernel)
    expect(told(await ask(lenient, request()))).toEqual({ frontend: { n: 1 } })
    await flushMicrotasks()
    expect(told(await ask(front(numbered, { identities, ttl: 60 }, kernel), request()))).toBe('500 BAD_RESULT')
  })
})
