/** `invalidate` and `invalidateAll` remove cached results (SEC-60). */
import {
  allow,
  type Authorizer,
  createAuthorizer,
  type GatewayRequest,
  type InvalidateSelector,
  MemoryStore,
  native,
  type Store,
} from '@custom-authorizer/core'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { Deferred, flushMicrotasks } from '../../../support/deferred.ts'
import { toPromise } from '../../../support/outcome.ts'
import { PromiseStore } from '../../../support/promise-store.ts'
import { withToken } from '../../../support/with-token.ts'

const stores: readonly [string, () => Store][] = [
  ['the memory store', () => new MemoryStore()],
  ['an external store', () => new PromiseStore()],
]
const tokenOf = (request: GatewayRequest): string => request.header('authorization') ?? ''
const TOKENS = ['alice-1', 'alice-2', 'bob-1', 'bob-10']

describe.each(stores)('%s', (_, makeStore) => {
  describe.each(['request', 'identity'] as const)('cachePer: %s', (cachePer) => {
    let called: string[]
    let authorizer: Authorizer<Record<never, never>>
    const evaluateAll = async (): Promise<string[]> => {
      called = []
      for (const token of TOKENS) await authorizer.evaluate(withToken(token))
      await flushMicrotasks()
      return called
    }
    beforeEach(async () => {
      authorizer = createAuthorizer({
        authorize: (request) => {
          called.push(tokenOf(request))
          return allow({ principalId: tokenOf(request).split('-')[0] })
        },
        contract: native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300, cachePer }),
        store: makeStore(),
        name: 'test',
      })
      await evaluateAll()
      expect(await evaluateAll()).toEqual([])
    })

    const selections: readonly [string, InvalidateSelector, string[]][] = [
      ['a principal', { principalId: 'alice' }, ['alice-1', 'alice-2']],
      ['a principal without entries', { principalId: 'ali' }, []],
      ['an identity', { identity: 'alice-2' }, ['alice-2']],
      ['an identity as an array', { identity: ['alice-2'] }, ['alice-2']],
      ['an identity that is a prefix of another', { identity: 'bob-1' }, ['bob-1']],
      ['an identity without entries', { identity: 'alice' }, []],
    ]
    test.each(selections)('SEC-60 invalidate removes only the entries of %s', async (_name, selector, removed) => {
      await authorizer.invalidate(selector)
      expect(await evaluateAll()).toEqual(removed)
      expect(await evaluateAll()).toEqual([])
    })

    test('SEC-60 invalidateAll removes all entries', async () => {
      await authorizer.invalidateAll()
      expect(await evaluateAll()).toEqual(TOKENS)
    })
  })

  test('SEC-60 invalidate removes the entries of an identity for every method, path and query', async () => {
    const authorize = vi.fn(() => true)
    const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
    const authorizer = createAuthorizer({ authorize, contract, store: makeStore(), name: 'test' })
    const requests = ['GET /a', 'PUT /a', 'GET /b?c=1'].map((line) => withToken('t', line))
    for (const request of requests) await authorizer.evaluate(request)
    await flushMicrotasks()
    await authorizer.invalidate({ identity: 't' })
    for (const request of requests) await authorizer.evaluate(request)
    expect(authorize).toHaveBeenCalledTimes(6)
  })

  test('SEC-60 an identity with several sources is selected by its values in the order of the sources', async () => {
    const authorize = vi.fn(() => true)
    const identitySources = ['$request.header.Authorization', '$request.querystring.tenant']
    const contract = native({ identitySources, resultTtlSeconds: 300, cachePer: 'identity' })
    const authorizer = createAuthorizer({ authorize, contract, store: makeStore(), name: 'test' })
    const request = withToken('t', 'GET /a?tenant=u')
    await authorizer.evaluate(request)
    await flushMicrotasks()
    await authorizer.invalidate({ identity: ['u', 't'] })
    await authorizer.evaluate(request)
    expect(authorize).toHaveBeenCalledTimes(1)
    await authorizer.invalidate({ identity: ['t', 'u'] })
    await authorizer.evaluate(request)
    expect(authorize).toHaveBeenCalledTimes(2)
  })

  test.each<[string, (authorizer: Authorizer<Record<never, never>>) => void | Promise<void>]>([
    ['invalidateAll', (authorizer) => authorizer.invalidateAll()],
    ['invalidate by principal', (authorizer) => authorizer.invalidate({ principalId: 'alice' })],
    ['invalidate by identity', (authorizer) => authorizer.invalidate({ identity: 't' })],
  ])(
    'SEC-60 SEC-63 a call in progress during %s is not cached, and later requests do not join it',
    async (_name, invalidate) => {
      const results: Deferred<ReturnType<typeof allow>>[] = []
      const authorize = vi.fn(() => {
        const result = new Deferred<ReturnType<typeof allow>>()
        results.push(result)
        return result.promise
      })
      const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
      const authorizer = createAuthorizer({ authorize, contract, store: makeStore(), name: 'test' })
      const before = toPromise(authorizer.evaluate(withToken('t')))
      await vi.waitFor(() => expect(authorize).toHaveBeenCalledTimes(1))
      await invalidate(authorizer)
      const after = toPromise(authorizer.evaluate(withToken('t')))
      await vi.waitFor(() => expect(authorize).toHaveBeenCalledTimes(2))
      results[0]?.resolve(allow({ principalId: 'alice' }))
      await before
      const third = toPromise(authorizer.evaluate(withToken('t')))
      results[1]?.resolve(allow({ principalId: 'alice' }))
      await Promise.all([after, third])
      await flushMicrotasks()
      await authorizer.evaluate(withToken('t'))
      expect(authorize).toHaveBeenCalledTimes(2)
    },
  )
})

test.each(stores)(
  'SEC-60 the result of a call in progress during invalidateAll is used by its caller but not cached, with %s',
  async (_, makeStore) => {
    const result = new Deferred<ReturnType<typeof allow>>()
    const authorize = vi.fn(() => result.promise)
    const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
    const authorizer = createAuthorizer({ authorize, contract, store: makeStore(), name: 'test' })
    const before = toPromise(authorizer.evaluate(withToken('t')))
    await vi.waitFor(() => expect(authorize).toHaveBeenCalledTimes(1))
    await authorizer.invalidateAll()
    result.resolve(allow({ principalId: 'alice' }))
    expect(await before).toMatchObject({ allowed: true })
    await flushMicrotasks()
    await authorizer.evaluate(withToken('t'))
    expect(authorize).toHaveBeenCalledTimes(2)
  },
)

test('SEC-60 with the memory store, invalidation is complete when the call returns', () => {
  const authorize = vi.fn(() => true)
  const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
  const authorizer = createAuthorizer({ authorize, contract })
  void authorizer.evaluate(withToken('t'))
  expect(authorizer.invalidate({ identity: 't' })).toBeUndefined()
  void authorizer.evaluate(withToken('t'))
  expect(authorizer.invalidateAll()).toBeUndefined()
  void authorizer.evaluate(withToken('t'))
  expect(authorize).toHaveBeenCalledTimes(3)
})

test('SEC-60 invalidation of an authorizer without a cache does nothing', () => {
  const authorizer = createAuthorizer({ authorize: () => true })
  expect(authorizer.invalidate({ principalId: 'alice' })).toBeUndefined()
  expect(authorizer.invalidateAll()).toBeUndefined()
})

const invalid: readonly [string, unknown][] = [
  ['undefined', undefined],
  ['null', null],
  ['an empty object', {}],
  ['a string', 'alice'],
  ['a principal ID that is not a string', { principalId: 1 }],
  ['an identity with too many values', { identity: ['t', 'u'] }],
  ['an identity with too few values', { identity: [] }],
  ['an identity value that is not a string', { identity: [1] }],
  ['a misspelt member', { principal: 'alice' }],
]
test.each(invalid)('SEC-105 invalidate rejects %s and names the allowed selectors', (_, selector) => {
  const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
  const authorizer = createAuthorizer({ authorize: () => true, contract })
  const call = (): unknown => authorizer.invalidate(selector as InvalidateSelector)
  expect(call).toThrow(expect.objectContaining({ name: 'AuthorizerError', code: 'ERR_OPTION' }))
  expect(call).toThrow(/^invalidate: found .*; allowed: \{ principalId/)
})

test('SEC-60 invalidation rejects with the error of the store', async () => {
  const store = new PromiseStore()
  store.delete = () => Promise.reject(new Error('down'))
  const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
  const authorizer = createAuthorizer({ authorize: () => true, contract, store, name: 'test' })
  await expect(authorizer.invalidateAll()).rejects.toThrow('down')
  await expect(authorizer.invalidate({ identity: 't' })).rejects.toThrow('down')
})
