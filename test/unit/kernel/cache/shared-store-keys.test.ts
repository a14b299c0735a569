/** Keys of a shared store include everything that the result depends on (SEC-53). */
import { allow, anyOf, type AuthorizerError, createAuthorizer, MemoryStore, native } from '@custom-authorizer/core'
import { digestSecret, FUNCTION_IDENTITY, identifyFunction } from '@custom-authorizer/core/contract'
import { describe, expect, test, vi } from 'vitest'
import { flushMicrotasks } from '../../../support/deferred.ts'
import { reasonOf } from '../../../support/outcome.ts'
import { PromiseStore } from '../../../support/promise-store.ts'
import { withToken } from '../../../support/with-token.ts'

const contract = native({
  identitySources: ['$request.header.Authorization'],
  resultTtlSeconds: 300,
  cachePer: 'identity',
})

/** Whether the second process uses the result that the first one stored. */
const shares = async (first: object, second: object, store = new PromiseStore()): Promise<boolean> => {
  const calls = [first, second].map((options) => {
    const { authorize = vi.fn(), ...rest } = options as { authorize?: ReturnType<typeof vi.fn> }
    authorize.mockReturnValue(allow({ principalId: 'alice' }))
    return { authorize, options: { authorize: authorize as never, contract, store, name: 'n', logger: null, ...rest } }
  })
  for (const { options } of calls) {
    expect(reasonOf(await createAuthorizer(options).evaluate(withToken('t')))).toBe('ALLOWED')
    await flushMicrotasks()
  }
  expect(calls[0]?.authorize).toHaveBeenCalledTimes(1)
  return calls[1]?.authorize.mock.calls.length === 0
}

const withIdentity = (identity: string | (() => string | Promise<string>)): object => ({
  authorize: identifyFunction(vi.fn(), identity),
})

describe('results in a shared store', () => {
  test.each<[string, object, object]>([
    ['the same name', {}, {}],
    ['the same name and version', { version: '1' }, { version: '1' }],
    ['the same identity of the function', withIdentity('a'), withIdentity('a')],
    ['the same identity, computed', withIdentity('a'), withIdentity(async () => 'a')],
  ])('SEC-53 results are shared by processes with %s', async (_, first, second) => {
    expect(await shares(first, second)).toBe(true)
  })

  test.each<[string, object, object]>([
    ['another name', {}, { name: 'm' }],
    ['another version', { version: '1' }, { version: '2' }],
    ['a version instead of none', {}, { version: '1' }],
    ['another identity of the function', withIdentity('a'), withIdentity('b')],
    ['an identity of the function instead of none', {}, withIdentity('')],
    ['a version instead of an identity of the function', { version: 'a' }, withIdentity('a')],
    ['another contract', {}, { contract: { ...contract, fingerprint: 'other' } }],
  ])('SEC-53 results are not shared with a process with %s', async (_, first, second) => {
    expect(await shares(first, second)).toBe(false)
  })

  test('SEC-53 results are invalidated with the keys that they are stored under', async () => {
    const store = new PromiseStore()
    const authorize = identifyFunction(
      vi.fn(() => allow()),
      async () => 'a',
    )
    const authorizer = createAuthorizer({ authorize, contract, store, name: 'n', version: '1' })
    await authorizer.evaluate(withToken('t'))
    await flushMicrotasks()
    expect(store.size).toBe(1)
    await authorizer.invalidate({ identity: 't' })
    expect(store.size).toBe(0)
  })

  test('SEC-56 keys do not contain the identity of the function', async () => {
    const store = new PromiseStore()
    await shares(withIdentity('CANARY-identity'), withIdentity('CANARY-identity'), store)
    expect(JSON.stringify(store.calls)).not.toContain('CANARY')
  })

  test('SEC-53 requests get 500 while the identity of the function is not available', async () => {
    const identity = vi.fn(async () => 'a').mockRejectedValueOnce(new Error('no region'))
    const authorize = identifyFunction(
      vi.fn(() => allow()),
      identity,
    )
    const authorizer = createAuthorizer({ authorize, contract, store: new PromiseStore(), name: 'n', logger: null })
    expect(reasonOf(await authorizer.evaluate(withToken('t')))).toBe('INTERNAL_ERROR')
    for (let index = 0; index < 3; index++) expect(reasonOf(await authorizer.evaluate(withToken('t')))).toBe('ALLOWED')
    expect([authorize.mock.calls.length, identity.mock.calls.length]).toEqual([1, 2])
  })
})

const named = (): boolean => true

const buildResult = (build: () => unknown): string => {
  try {
    build()
  } catch (error) {
    return `${(error as AuthorizerError).code} ${(error as Error).message}`
  }
  return 'built'
}

describe('authorizer with a shared store', () => {
  const store = new PromiseStore()

  test.each<[string, () => boolean]>([
    ['an anonymous function', () => true],
    ['a named function', named],
    ['a function with an identity', identifyFunction(() => true, 'a')],
  ])('SEC-53 a shared store without an authorizer name is rejected for %s', (_, authorize) => {
    expect(buildResult(() => createAuthorizer({ authorize, contract, store }))).toMatch(
      /^ERR_OPTION createAuthorizer\.name: found undefined; allowed: a name/,
    )
  })

  test('SEC-53 a function whose identity is not a string is rejected', () => {
    const authorize = Object.defineProperty(() => true, FUNCTION_IDENTITY, { value: 7 })
    expect(buildResult(() => createAuthorizer({ authorize, contract, store, name: 'n' }))).toMatch(
      /^ERR_OPTION createAuthorizer\.authorize: found a FUNCTION_IDENTITY of another type/,
    )
  })

  test.each([undefined, null, 7, {}])(
    'SEC-53 nothing is stored for a function whose computed identity is %j',
    async (identity) => {
      const empty = new PromiseStore()
      const authorize = identifyFunction(
        vi.fn(() => allow()),
        () => identity as never,
      )
      const authorizer = createAuthorizer({ authorize, contract, store: empty, name: 'n', logger: null })
      const reasons = [await authorizer.evaluate(withToken('t')), await authorizer.evaluate(withToken('t'))].map(
        reasonOf,
      )
      await flushMicrotasks()
      expect(reasons).toEqual(['INTERNAL_ERROR', 'INTERNAL_ERROR'])
      expect(empty.size).toBe(0)
    },
  )

  test('SEC-108 the identity of a function is not read from its prototype', async () => {
    Reflect.defineProperty(Function.prototype, FUNCTION_IDENTITY, { value: 7, configurable: true })
    try {
      expect(await shares({}, {})).toBe(true)
    } finally {
      Reflect.deleteProperty(Function.prototype, FUNCTION_IDENTITY)
    }
  })

  test('SEC-53 no authorizer name is required without caching or with a MemoryStore', () => {
    const uncached = native({ identitySources: ['$request.header.Authorization'] })
    expect(buildResult(() => createAuthorizer({ authorize: () => true, contract: uncached, store }))).toBe('built')
    expect(buildResult(() => createAuthorizer({ authorize: () => true, contract, store: new MemoryStore() }))).toBe(
      'built',
    )
  })
})

test('SEC-53 the members of a composition store their results under their own keys', async () => {
  const store = new PromiseStore()
  const member = (name: string, verdict: boolean) =>
    createAuthorizer({ authorize: () => verdict, contract, store, name })
  await anyOf(member('one', false), member('two', true)).evaluate(withToken('t'))
  await flushMicrotasks()
  const scopes = store.calls.filter(([verb]) => verb === 'set').map(([, scope]) => scope)
  expect(scopes).toEqual(['one.1', 'two.1'])
})

test('SEC-56 digestSecret depends on secret and label, and is equal for text and bytes', async () => {
  const [a, same, b, label] = await Promise.all([
    digestSecret('secret', 'l'),
    digestSecret(new TextEncoder().encode('secret'), 'l'),
    digestSecret('Secret', 'l'),
    digestSecret('secret', 'm'),
  ])
  expect(a).toBe(same)
  expect(a).toMatch(/^[\w-]{43}$/)
  expect(new Set([a, b, label]).size).toBe(3)
})
