/** The programs of docs/guides, run as a reader would run them: each block is the file that its first line names. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Authorizer } from '@custom-authorizer/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { root } from '../../support/root.ts'
import { gatewayRequest } from '../../support/request.ts'

const GUIDES = {
  store: ['redis-store.ts', 'authorizer.ts', 'redis-store.test.ts'],
  contract: ['internal-contract.ts', 'service.ts', 'internal-contract.test.ts'],
  adapter: ['guard.ts', 'service.ts', 'guard.test.ts'],
} as const
type Guide = keyof typeof GUIDES

// Inside of the project, so that the packages are found.
const folder = join(import.meta.dirname, '.guides')
const load = async (guide: Guide, name: string): Promise<never> =>
  (await import(/* @vite-ignore */ join(folder, guide, name))) as never

const filesOf = (guide: Guide): ReadonlyMap<string, string> => {
  const page = readFileSync(join(root, 'docs', 'guides', `${guide}.md`), 'utf8')
  return new Map(
    [...page.matchAll(/^```ts\n\/\/ (\S+)\n([^]*?)^```$/gm)].map(([, name = '', text = '']) => [name, text]),
  )
}
const guides = Object.keys(GUIDES) as Guide[]

beforeAll(() => {
  for (const guide of guides) {
    mkdirSync(join(folder, guide), { recursive: true })
    for (const [name, text] of filesOf(guide)) writeFileSync(join(folder, guide, name), text)
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(guides)('the guide %s has one file per TypeScript block', (guide) => {
  expect([...filesOf(guide).keys()]).toEqual(GUIDES[guide])
})

/** The commands of Redis that the store uses, with a clock that the test moves. */
class FakeRedis {
  readonly values = new Map<string, { value: string; expiresAt: number }>()
  readonly sets = new Map<string, Set<string>>()
  now = 0

  get = async (key: string): Promise<string | null> => {
    const found = this.values.get(key)
    return found !== undefined && this.now < found.expiresAt ? found.value : null
  }
  set = async (key: string, value: string, { PX }: { PX: number }): Promise<void> => {
    this.values.set(key, { value, expiresAt: this.now + PX })
  }
  del = async (keys: string[]): Promise<void> => keys.forEach((key) => this.values.delete(key))
  sAdd = async (key: string, member: string): Promise<void> => {
    this.sets.set(key, (this.sets.get(key) ?? new Set()).add(member))
  }
  sRem = async (key: string, members: string[]): Promise<void> =>
    members.forEach((member) => this.sets.get(key)?.delete(member))
  sMembers = async (key: string): Promise<string[]> => [...(this.sets.get(key) ?? [])]
}

/** Creates authorizers of the guide that share one store. */
const startShared = async () => {
  const { createTokenAuthorizer } = (await load('store', 'authorizer.ts')) as {
    createTokenAuthorizer: (
      client: FakeRedis,
      handler: (event: { authorizationToken: string }) => unknown,
    ) => Authorizer
  }
  const redis = new FakeRedis()
  let calls = 0
  const create = (): Authorizer =>
    createTokenAuthorizer(redis, async ({ authorizationToken }) => {
      calls++
      const Statement = { Effect: 'Allow', Action: '*', Resource: '*' }
      return { principalId: authorizationToken, policyDocument: { Version: '2012-10-17', Statement } }
    })
  const evaluate = async (authorizer: Authorizer, token: string): Promise<number> => {
    const outcome = await authorizer.evaluate(gatewayRequest('GET /pets', { headers: { authorization: token } }))
    expect(outcome.allowed).toBe(true)
    return calls
  }
  return { redis, create, evaluate }
}

describe('store', () => {
  test('two authorizers share results until the TTL ends, and Redis never holds the token in a key', async () => {
    const { redis, create, evaluate } = await startShared()
    expect(await evaluate(create(), 'secret-1')).toBe(1)
    expect(await evaluate(create(), 'secret-1')).toBe(1)
    expect(await evaluate(create(), 'secret-2')).toBe(2)
    expect([...redis.values.keys(), ...redis.sets.keys()].filter((key) => key.includes('secret'))).toEqual([])
    redis.now = 300_000
    expect(await evaluate(create(), 'secret-1')).toBe(3)
  })

  test.each([
    ['a principal ID', { principalId: 'ann' }],
    ['an identity', { identity: 'ann' }],
  ])('invalidate with %s removes only the entries of this caller', async (_, selector) => {
    const { create, evaluate } = await startShared()
    const authorizer = create()
    await evaluate(authorizer, 'ann')
    expect(await evaluate(authorizer, 'bob')).toBe(2)
    await authorizer.invalidate(selector)
    expect(await evaluate(authorizer, 'bob')).toBe(2)
    expect(await evaluate(authorizer, 'ann')).toBe(3)
  })

  test('invalidateAll removes every entry', async () => {
    const { redis, create, evaluate } = await startShared()
    const authorizer = create()
    await evaluate(authorizer, 'ann')
    await authorizer.invalidateAll()
    expect(redis.values.size).toBe(0)
    expect(await evaluate(authorizer, 'ann')).toBe(2)
  })
})

describe('contract', () => {
  test.each([
    ['allows a method that the caller has', 'GET', 'ann', { allowed: true }],
    [
      'denies another method with 403',
      'DELETE',
      'ann',
      { allowed: false, reason: 'DENIED', response: { status: 403 } },
    ],
    ['rejects an unknown token with 401', 'GET', 'eve', { reason: 'UNAUTHORIZED', response: { status: 401 } }],
    [
      'rejects a missing token with 401',
      'GET',
      undefined,
      { reason: 'IDENTITY_SOURCE_MISSING', response: { status: 401 } },
    ],
    ['rejects a malformed result with 500', 'GET', 'odd', { reason: 'BAD_RESULT', response: { status: 500 } }],
    ['rejects an exception with 500', 'GET', 'throw', { reason: 'AUTHORIZER_ERROR', response: { status: 500 } }],
  ])('%s', async (_, method, token, expected) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const { createInternalAuthorizer } = (await load('contract', 'service.ts')) as {
      createInternalAuthorizer: (find: (token: string) => Promise<unknown>) => Authorizer
    }
    const authorizer = createInternalAuthorizer(async (given) => {
      if (given === 'throw') throw new Error('failed')
      if (given === 'odd') return { user: 'odd' }
      return given === 'ann' ? { user: 'ann', permissions: ['GET'] } : null
    })
    const headers = token === undefined ? {} : { 'x-internal-token': token }
    expect(await authorizer.evaluate(gatewayRequest(`${method} /pets`, { headers }))).toMatchObject(expected)
  })
})

const fetchFrom = async (path: string, headers: Record<string, string> = {}): Promise<Response> => {
  const { serve } = (await load('adapter', 'service.ts')) as { serve: (request: Request) => Promise<Response> }
  return serve(new Request(`http://localhost${path}`, { headers }))
}

describe('adapter', () => {
  test('an allowed request reaches the handler with the result', async () => {
    const response = await fetchFrom('/pets', { authorization: 'Bearer ann' })
    expect([response.status, await response.json()]).toEqual([200, { hello: 'ann' }])
  })

  test('a denied request does not reach the handler', async () => {
    expect((await fetchFrom('/pets')).status).toBe(401)
  })

  test('getAuthorizer throws on a skipped path', async () => {
    await expect(fetchFrom('/health')).rejects.toThrow('no authorizer has allowed this request')
  })

  test('a reserved header of the client is replaced by the result', async () => {
    const { guard } = (await load('adapter', 'guard.ts')) as {
      guard: (authorizer: Authorizer, handler: (request: Request) => Response, options: object) => typeof fetch
    }
    const { createAuthorizer, allow } = await import('@custom-authorizer/core')
    const authorizer = createAuthorizer({ authorize: () => allow({ principalId: 'ann' }) })
    const serve = guard(authorizer, ({ headers }) => new Response(headers.get('x-user')), {
      contextHeaders: { 'x-user': 'principalId' },
      skip: ['/health'],
    })
    const sent = { headers: { 'x-user': 'root' } }
    expect(await (await serve(new Request('http://localhost/pets', sent))).text()).toBe('ann')
    expect(await (await serve(new Request('http://localhost/health', sent))).text()).toBe('')
  })

  test('the handler can read a body that the authorizer has read', async () => {
    const { guard } = (await load('adapter', 'guard.ts')) as {
      guard: (authorizer: Authorizer, handler: (request: Request) => Promise<Response>) => typeof fetch
    }
    const { createAuthorizer } = await import('@custom-authorizer/core')
    const { frontend } = await import('@custom-authorizer/core/huawei')
    const seen: unknown[] = []
    const authorizer = createAuthorizer({
      authorize: async ({ body }) => {
        seen.push(body)
        return { statusCode: 200, body: '{"status":"allow"}' }
      },
      contract: frontend({ needBody: true }),
    })
    const serve = guard(authorizer, async (request) => new Response(await request.text()))
    const response = await serve(new Request('http://localhost/pets', { method: 'POST', body: 'hello' }))
    expect([await response.text(), seen]).toEqual(['hello', ['aGVsbG8=']])
  })
})
