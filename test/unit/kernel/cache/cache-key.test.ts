/** Cache keys: which requests share an entry, and which never do (SEC-24, SEC-52, SEC-53, SEC-54). */
import {
  allow,
  createAuthorizer,
  type GatewayRequest,
  MemoryStore,
  native,
  type NativeOptions,
} from '@custom-authorizer/core'
import { describe, expect, test, vi } from 'vitest'
import { plainContract, plainResult } from '../../../support/contract.ts'
import { allowed, reasonOf } from '../../../support/outcome.ts'
import { PromiseStore } from '../../../support/promise-store.ts'
import { gatewayRequest } from '../../../support/request.ts'
import { scaled } from '../../../support/volume.ts'
import { withToken } from '../../../support/with-token.ts'

const A_AND_B = ['$request.header.X-A', '$request.header.X-B']
const cached = (options: NativeOptions): ReturnType<typeof native> => native({ resultTtlSeconds: 300, ...options })
const ab = (a: string, b: string): GatewayRequest => gatewayRequest('GET /pets', { headers: { 'X-A': a, 'X-B': b } })

/** Pseudo-random numbers that are the same in every run. */
const pseudoRandom = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
const DELIMITERS = ['|', ':', ',', '0', '1', '2', '3', ' a', '\u00ff', '"', '\\', '/']

describe.each(['request', 'identity'] as const)('cachePer: %s', (cachePer) => {
  test('SEC-54 values that contain delimiters have distinct keys', async () => {
    const authorize = vi.fn(() => true)
    const authorizer = createAuthorizer({ authorize, contract: cached({ identitySources: A_AND_B, cachePer }) })
    const pairs = [
      ['a|b', 'c'],
      ['a', 'b|c'],
      ['1:a', 'b'],
      ['1', 'a:b'],
      ['undefined', 'null'],
      ['null', 'undefined'],
    ] as const
    for (const [a, b] of pairs) await authorizer.evaluate(ab(a, b))
    expect(authorize).toHaveBeenCalledTimes(pairs.length)
    for (const [a, b] of pairs) await authorizer.evaluate(ab(a, b))
    expect(authorize).toHaveBeenCalledTimes(pairs.length)
  })

  test('SEC-54 random tuples of delimiters have distinct keys', { timeout: 300_000 }, () => {
    const next = pseudoRandom(7)
    const text = (): string =>
      Array.from({ length: 1 + next(4) }, () => DELIMITERS[next(DELIMITERS.length)])
        .join('')
        .trim()
    const authorizer = createAuthorizer({
      // The principal ID identifies the tuple that the function was called for.
      authorize: (request) => allow({ principalId: `${request.header('x-a')}\n${request.header('x-b')}` }),
      contract: cached({ identitySources: A_AND_B, cachePer }),
      maxEntries: 200_000,
    })
    const collisions: string[][] = []
    for (let round = 0; round < scaled(100_000); round++) {
      const [a, b] = [text(), text()]
      if (a === '' || b === '') continue
      const outcome = authorizer.evaluate(ab(a, b))
      if (outcome instanceof Promise || !outcome.allowed || outcome.authorizer.principalId !== `${a}\n${b}`)
        collisions.push([a, b])
    }
    expect(collisions).toEqual([])
  })
})

const storages: readonly [string, Record<never, never> | { store: PromiseStore; name: string }][] = [
  ['the memory store', {}],
  ['an external store', { store: new PromiseStore(), name: 'test' }],
]
test.each(storages)('SEC-54 different extraKeyParts have distinct keys in %s', async (_, storage) => {
  const authorize = vi.fn(() => plainResult())
  const contract = plainContract({
    extraKeyParts: ({ headers }) => headers.filter(([name]) => name === 'p').map(([, value]) => value),
  })
  const authorizer = createAuthorizer({ authorize, contract, ...storage })
  const joined = ['a:b', 'a,b', 'a|b', 'a b', 'ab', 'a1:b', '1:a1:b', '1:a'].map((each) => [each])
  const lists = [[], [''], ['', ''], ['a', 'b'], ['1:a', 'b'], ['a', '1:b'], ['b', 'a'], ...joined]
  for (const list of lists) {
    const headers = [['Authorization', 't'], ...list.map((each) => ['p', each])] as [string, string][]
    await authorizer.evaluate(gatewayRequest('GET /pets', { headers }))
  }
  expect(authorize).toHaveBeenCalledTimes(lists.length)
})

describe('boolean results', () => {
  const requests = ['GET /pets', 'DELETE /pets', 'GET /pets/', 'GET /Pets', 'GET /pets?a=1', 'GET /pets?a=2']

  test('SEC-52 by default a result is cached for one method, path and query', async () => {
    const authorize = vi.fn((request: GatewayRequest) => request.method === 'GET')
    const contract = cached({ identitySources: ['$request.header.Authorization'] })
    const authorizer = createAuthorizer({ authorize, contract })
    const evaluateAll = async (): Promise<string[]> =>
      (await Promise.all(requests.map(async (line) => authorizer.evaluate(withToken('t', line))))).map(reasonOf)
    const first = await evaluateAll()
    expect(first).toEqual(['ALLOWED', 'DENIED', 'ALLOWED', 'ALLOWED', 'ALLOWED', 'ALLOWED'])
    expect(await evaluateAll()).toEqual(first)
    expect(authorize).toHaveBeenCalledTimes(requests.length)
  })

  test("SEC-52 with cachePer: 'identity' one result applies to all requests of the caller", async () => {
    const authorize = vi.fn(() => true)
    const contract = cached({ identitySources: ['$request.header.Authorization'], cachePer: 'identity' })
    const authorizer = createAuthorizer({ authorize, contract })
    for (const line of requests) await authorizer.evaluate(withToken('t', line))
    expect(authorize).toHaveBeenCalledTimes(1)
    await authorizer.evaluate(withToken('u'))
    expect(authorize).toHaveBeenCalledTimes(2)
  })
})

test('SEC-53 two authorizers with one MemoryStore never share an entry', async () => {
  const store = new MemoryStore()
  const contract = cached({ identitySources: ['$request.header.Authorization'] })
  const make = (principalId: string): ReturnType<typeof createAuthorizer> =>
    createAuthorizer({ authorize: () => allow({ principalId }), contract, store, name: 'same' })
  const [alice, bob] = [make('alice'), make('bob')]
  for (let round = 0; round < 2; round++) {
    expect(allowed(await alice.evaluate(withToken('t'))).principalId).toBe('alice')
    expect(allowed(await bob.evaluate(withToken('t'))).principalId).toBe('bob')
  }
  expect(store.size).toBe(2)
})

test('SEC-24 SEC-54 keys distinguish the spelling of a token, but not the case of a header name', async () => {
  const authorize = vi.fn(() => true)
  const authorizer = createAuthorizer({
    authorize,
    contract: cached({ identitySources: ['$request.header.AUTHORIZATION'] }),
  })
  for (const token of ['t', 'T', 't=', ' t', 't ']) await authorizer.evaluate(withToken(token))
  expect(authorize).toHaveBeenCalledTimes(5)
  await authorizer.evaluate(gatewayRequest('GET /pets', { headers: { aUTHORIZATION: 't' } }))
  expect(authorize).toHaveBeenCalledTimes(5)
})

test('SEC-58 failures are not stored', async () => {
  const store = new MemoryStore()
  const authorizer = createAuthorizer({
    authorize: ({ path }) => (path === '/ok' ? true : (undefined as unknown as boolean)),
    contract: cached({ identitySources: ['$request.header.Authorization'] }),
    store,
    logger: null,
  })
  await authorizer.evaluate(withToken('good', 'GET /ok'))
  for (let index = 0; index < scaled(10_000); index++) void authorizer.evaluate(withToken(`bad-${index}`))
  expect(store.size).toBe(1)
})
