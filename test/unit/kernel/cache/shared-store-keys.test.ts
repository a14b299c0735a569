/** What a key of a shared store covers besides the caller: everything that the result depends on (SEC-53). */
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

/** Whether the second process uses the result that the first one has stored. */
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

const identified = (identity: string | (() => string | Promise<string>)): object => ({
  authorize: identifyFunction(vi.fn(), identity),
})

describe('SEC-53 results in a shared store', () => {
  test.each<[string, object, object]>([
    ['the same name', {}, {}],
    ['the same name and version', { version: '1' }, { version: '1' }],
    ['the same identity of the function', identified('a'), identified('a')],
    ['the same identity, computed', identified('a'), identified(async () => 'a')],
  ])('are shared by processes with %s', async (_, first, second) => {
    expect(await shares(first, second)).toBe(true)
  })

  test.each<[string, object, object]>([
    ['another name', {}, { name: 'm' }],
    ['another version', { version: '1' }, { version: '2' }],
    ['a version where there was none', {}, { version: '1' }],
    ['another identity of the function', identified('a'), identified('b')],
    ['an identity where there was none', {}, identified('')],
    ['a version in place of an identity', { version: 'a' }, identified('a')],
    ['another contract', {}, { contract: { ...contract, fingerprint: 'other' } }],
  ])('are not shared with %s', async (_, first, second) => {
    expect(await shares(first, second)).toBe(false)
  })

  test('are invalidated with the same keys that they are stored under', async () => {
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

  test('SEC-56 do not show the identity of the function in their keys', async () => {
    const store = new PromiseStore()
    await shares(identified('CANARY-identity'), identified('CANARY-identity'), store)
    expect(JSON.stringify(store.calls)).not.toContain('CANARY')
  })

  test('are denied with 500 while the identity of the function is not available, and used afterwards', async () => {
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

const codeOf = (build: () => unknown): string => {
  try {
    build()
  } catch (error) {
    return `${(error as AuthorizerError).code} ${(error as Error).message}`
  }
  return 'built'
}

describe('SEC-53 an authorizer on a shared store', () => {
  const store = new PromiseStore()

  test.each<[string, () => boolean]>([
    ['an anonymous function', () => true],
    ['a named function', named],
    ['a function with an identity', identifyFunction(() => true, 'a')],
  ])('is rejected without an explicit name, for %s', (_, authorize) => {
    expect(codeOf(() => createAuthorizer({ authorize, contract, store }))).toMatch(
      /^ERR_OPTION createAuthorizer\.name: found undefined; allowed: a name/,
    )
  })

  test('is rejected when its function has an identity that is no text', () => {
    const authorize = Object.defineProperty(() => true, FUNCTION_IDENTITY, { value: 7 })
    expect(codeOf(() => createAuthorizer({ authorize, contract, store, name: 'n' }))).toMatch(
      /^ERR_OPTION createAuthorizer\.authorize: found a FUNCTION_IDENTITY of another type/,
    )
  })

  test.each([undefined, null, 7, {}])(
    'are not stored for a function whose computed identity is %j',
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

  test('SEC-108 takes no identity from a prototype', async () => {
    Reflect.defineProperty(Function.prototype, FUNCTION_IDENTITY, { value: 7, configurable: true })
    try {
      expect(await shares({}, {})).toBe(true)
    } finally {
      Reflect.deleteProperty(Function.prototype, FUNCTION_IDENTITY)
    }
  })

  test('is built without a name when nothing is cached, or when keys stay in the process', () => {
    const kept = native({ identitySources: ['$request.header.Authorization'] })
    expect(codeOf(() => createAuthorizer({ authorize: () => true, contract: kept, store }))).toBe('built')
    expect(codeOf(() => createAuthorizer({ authorize: () => true, contract, store: new MemoryStore() }))).toBe('built')
  })
})

test('SEC-53 a composition stores nothing itself: its members have their own keys', async () => {
  const store = new PromiseStore()
  const member = (name: string, verdict: boolean) =>
    createAuthorizer({ authorize: () => verdict, contract, store, name })
  await anyOf(member('one', false), member('two', true)).evaluate(withToken('t'))
  await flushMicrotasks()
  const scopes = store.calls.filter(([verb]) => verb === 'set').map(([, scope]) => scope)
  expect(scopes).toEqual(['one.1', 'two.1'])
})

test('SEC-56 digestSecret tells secrets and labels apart and is the same for text and bytes', async () => {
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
