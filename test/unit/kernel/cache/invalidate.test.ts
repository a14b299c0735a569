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
import { later } from '../../../support/outcome.ts'
import { PromiseStore } from '../../../support/promise-store.ts'
import { withToken } from '../../../support/with-token.ts'

const stores: readonly [string, () => Store][] = [
  ['the memory store', () => new MemoryStore()],
  ['a store outside of the process', () => new PromiseStore()],
]
const tokenOf = (request: GatewayRequest): string => request.header('authorization') ?? ''
const TOKENS = ['alice-1', 'alice-2', 'bob-1', 'bob-10']

describe.each(stores)('in %s', (_, makeStore) => {
  describe.each(['request', 'identity'] as const)('kept per %s', (cachePer) => {
    let asked: string[]
    let authorizer: Authorizer<Record<never, never>>
    const ask = async (): Promise<string[]> => {
      asked = []
      for (const token of TOKENS) await authorizer.evaluate(withToken(token))
      await flushMicrotasks()
      return asked
    }
    beforeEach(async () => {
      authorizer = createAuthorizer({
        authorize: (request) => {
          asked.push(tokenOf(request))
          return allow({ principalId: tokenOf(request).split('-')[0] })
        },
        contract: native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300, cachePer }),
        store: makeStore(),
        name: 'test',
      })
      await ask()
      expect(await ask()).toEqual([])
    })

    const selections: readonly [string, InvalidateSelector, string[]][] = [
      ['a principal', { principalId: 'alice' }, ['alice-1', 'alice-2']],
      ['a principal of whom nothing is kept', { principalId: 'ali' }, []],
      ['an identity', { identity: 'alice-2' }, ['alice-2']],
      ['an identity as a list', { identity: ['alice-2'] }, ['alice-2']],
      ['an identity that is the beginning of another', { identity: 'bob-1' }, ['bob-1']],
      ['an identity of which nothing is kept', { identity: 'alice' }, []],
    ]
    test.each(selections)('SEC-60 invalidate forgets %s, and only that', async (_name, selector, forgotten) => {
      await authorizer.invalidate(selector)
      expect(await ask()).toEqual(forgotten)
      expect(await ask()).toEqual([])
    })

    test('SEC-60 invalidateAll forgets everything', async () => {
      await authorizer.invalidateAll()
      expect(await ask()).toEqual(TOKENS)
    })
  })

  test('SEC-60 all that was kept for an identity goes, whatever method, path and query it was kept for', async () => {
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

  test('SEC-60 an identity of several sources is named in their order', async () => {
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
  ])('SEC-60 SEC-63 a call that began before %s neither refills the cache nor is joined', async (_name, invalidate) => {
    const answers: Deferred<ReturnType<typeof allow>>[] = []
    const authorize = vi.fn(() => {
      const answer = new Deferred<ReturnType<typeof allow>>()
      answers.push(answer)
      return answer.promise
    })
    const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
    const authorizer = createAuthorizer({ authorize, contract, store: makeStore(), name: 'test' })
    const before = later(authorizer.evaluate(withToken('t')))
    await vi.waitFor(() => expect(authorize).toHaveBeenCalledTimes(1))
    await invalidate(authorizer)
    const after = later(authorizer.evaluate(withToken('t')))
    await vi.waitFor(() => expect(authorize).toHaveBeenCalledTimes(2))
    answers[0]?.resolve(allow({ principalId: 'alice' }))
    await before
    const third = later(authorizer.evaluate(withToken('t')))
    answers[1]?.resolve(allow({ principalId: 'alice' }))
    await Promise.all([after, third])
    await flushMicrotasks()
    await authorizer.evaluate(withToken('t'))
    expect(authorize).toHaveBeenCalledTimes(2)
  })
})

test.each(stores)(
  'SEC-60 what a call that began before brings home is used by its caller and not kept, in %s',
  async (_, makeStore) => {
    const answer = new Deferred<ReturnType<typeof allow>>()
    const authorize = vi.fn(() => answer.promise)
    const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
    const authorizer = createAuthorizer({ authorize, contract, store: makeStore(), name: 'test' })
    const before = later(authorizer.evaluate(withToken('t')))
    await vi.waitFor(() => expect(authorize).toHaveBeenCalledTimes(1))
    await authorizer.invalidateAll()
    answer.resolve(allow({ principalId: 'alice' }))
    expect(await before).toMatchObject({ allowed: true })
    await flushMicrotasks()
    await authorizer.evaluate(withToken('t'))
    expect(authorize).toHaveBeenCalledTimes(2)
  },
)

test('SEC-60 in this process it holds when the call returns', () => {
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

test('an authorizer that keeps nothing has nothing to forget', () => {
  const authorizer = createAuthorizer({ authorize: () => true })
  expect(authorizer.invalidate({ principalId: 'alice' })).toBeUndefined()
  expect(authorizer.invalidateAll()).toBeUndefined()
})

const wrong: readonly [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['text', 'alice'],
  ['a principal that is no text', { principalId: 1 }],
  ['too many values', { identity: ['t', 'u'] }],
  ['too few values', { identity: [] }],
  ['a value that is no text', { identity: [1] }],
  ['a misspelt member', { principal: 'alice' }],
]
test.each(wrong)('SEC-105 invalidate refuses %s and says what is allowed', (_, selector) => {
  const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
  const authorizer = createAuthorizer({ authorize: () => true, contract })
  const call = (): unknown => authorizer.invalidate(selector as InvalidateSelector)
  expect(call).toThrow(expect.objectContaining({ name: 'AuthorizerError', code: 'ERR_OPTION' }))
  expect(call).toThrow(/^invalidate: found .*; allowed: \{ principalId/)
})

test('SEC-60 a store that fails to forget says so to the one who asked', async () => {
  const store = new PromiseStore()
  store.delete = () => Promise.reject(new Error('down'))
  const contract = native({ identitySources: ['$request.header.Authorization'], resultTtlSeconds: 300 })
  const authorizer = createAuthorizer({ authorize: () => true, contract, store, name: 'test' })
  await expect(authorizer.invalidateAll()).rejects.toThrow('down')
  await expect(authorizer.invalidate({ identity: 't' })).rejects.toThrow('down')
})
