import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestClock } from '../../support/clock.ts'
import { hang, json, KeyServer } from '../../support/key-server.ts'
import { later, reasonOf, responseHeader } from '../../support/outcome.ts'
import { boom } from '../../support/refusal.ts'
import { encode, type SigningKey, signingKey } from '../../support/tokens.ts'
import { withToken } from '../../support/with-token.ts'
import { answer, authorizerOf, INVALID, KEY, NOW, type Options, present, token } from './jwt-fixture.ts'

const FOREVER = { exp: NOW + 1e6 }
const UNAVAILABLE = '503'
const NEW_KEY = signingKey('key-2', 'RS256', { pair: 'second' })
const BROKEN = json('', 500)

let server: KeyServer
let clock: TestClock
beforeEach(async () => {
  server = await KeyServer.start(KEY.jwk)
  clock = new TestClock()
})
afterEach(() => server.close())

// Signing costs more than all the rest, so a good token is made once, and one with an unknown kid is not signed at all.
const good = new Map<SigningKey, string>()
const signed = (key: SigningKey): string => {
  const compact = good.get(key) ?? token(FOREVER, {}, key)
  good.set(key, compact)
  return compact
}
const under = (kid: string | undefined): string => {
  const [, payload, signature] = signed(KEY).split('.')
  return `${encode({ alg: 'RS256', kid })}.${payload}.${signature}`
}

const start = (options: Options = {}): ((key?: SigningKey, kid?: string) => Promise<string>) => {
  const authorizer = authorizerOf({ jwksUri: server.jwksUri, clock, ...options })
  return async (key = KEY, kid = key.kid) =>
    answer(await present(authorizer, kid === key.kid ? signed(key) : under(kid)))
}
const seconds = (count: number): void => clock.advance(count * 1000)
const flood = (ask: ReturnType<typeof start>, count: number, name = 'x'): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(KEY, `${name}-${index}`)))

describe('SEC-75 clients cannot drive the fetches', () => {
  test('500 tokens with unknown kids in 5 s cause two fetches, and good tokens keep verifying', async () => {
    const ask = start()
    for (let second = 0; second < 5; second++) {
      expect(new Set(await flood(ask, 100, String(second)))).toEqual(new Set([INVALID]))
      expect(await ask()).toBe('200')
      seconds(1)
    }
    expect(server.fetches).toBeLessThanOrEqual(2)
  })

  test('one more in each cool-down, however many ask', async () => {
    const ask = start()
    await ask()
    seconds(1)
    for (let round = 1; round <= 3; round++) {
      await flood(ask, 50)
      expect(server.fetches).toBe(1 + round)
      seconds(29.999)
      await flood(ask, 50)
      expect(server.fetches).toBe(1 + round)
      clock.advance(1)
    }
  })

  test('cooldownSeconds says how long it is', async () => {
    const ask = start({ cooldownSeconds: 5 })
    await ask()
    seconds(1)
    await flood(ask, 5)
    seconds(4.999)
    await flood(ask, 5)
    expect(server.fetches).toBe(2)
    clock.advance(1)
    await flood(ask, 5)
    expect(server.fetches).toBe(3)
  })

  test('the cool-down holds after a fetch that failed, and after one that brought nothing', async () => {
    for (const reply of [BROKEN, json({ keys: [] })]) {
      const ask = start()
      await ask()
      seconds(1)
      server.instead.set('/keys', reply)
      const before = server.fetches
      for (let second = 0; second < 30; second++) {
        await flood(ask, 10)
        expect(await ask()).toBe('200')
        seconds(1)
      }
      expect(server.fetches).toBe(before + 1)
      server.instead.clear()
    }
  })

  test('an endpoint that fails from the start is asked with growing pauses: 1, 2, 4, … 30 s', async () => {
    server.instead.set('/keys', BROKEN)
    const ask = start()
    const times: number[] = []
    for (let second = 0; second < 130; second++) {
      const before = server.fetches
      expect(new Set(await flood(ask, 5))).toEqual(new Set([UNAVAILABLE]))
      if (server.fetches > before) times.push(second)
      expect(server.fetches - before).toBeLessThanOrEqual(1)
      seconds(1)
    }
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121])
  })

  test('500 tokens while the endpoint fails cause at most four fetches', async () => {
    server.instead.set('/keys', BROKEN)
    const ask = start()
    for (let second = 0; second < 5; second++) {
      await flood(ask, 100)
      seconds(1)
    }
    expect(server.fetches).toBeLessThanOrEqual(4)
  })

  test('all who come at once share one fetch', async () => {
    const ask = start()
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask()))
    expect(new Set(answers)).toEqual(new Set(['200']))
    expect(server.fetches).toBe(1)
  })

  test('a token that cannot be good anyhow causes no fetch', async () => {
    const authorizer = authorizerOf({ jwksUri: server.jwksUri, clock })
    for (const compact of [token({ iss: 'x' }), token({ aud: 'x' }), token({ exp: 1 }), token({}, { alg: 'ES256' })])
      expect(answer(await present(authorizer, compact))).toBe(INVALID)
    expect(server.fetches).toBe(0)
  })

  test('an algorithm that the known key does not serve causes no fetch', async () => {
    const ask = start({ algorithms: ['RS256', 'ES256'] })
    await ask()
    seconds(60)
    expect(await ask(signingKey('key-1', 'ES256'))).toBe(INVALID)
    expect(server.fetches).toBe(1)
  })
})

describe('SEC-75 keys come and go', () => {
  test('a new key is found at once, the old one stays while it is published', async () => {
    const ask = start()
    await ask()
    seconds(1)
    server.keys = [KEY.jwk, NEW_KEY.jwk]
    expect(await ask(NEW_KEY)).toBe('200')
    expect(await ask()).toBe('200')
    expect(server.fetches).toBe(2)
  })

  test('a key that is withdrawn is forgotten with the next fetch, at most cacheMaxAgeSeconds later', async () => {
    const ask = start()
    await ask()
    server.keys = [NEW_KEY.jwk]
    seconds(599.999)
    expect(await ask()).toBe('200')
    clock.advance(1)
    expect(await ask()).toBe(INVALID)
    expect(await ask(NEW_KEY)).toBe('200')
  })

  test('keys without kid are renewed with their age', async () => {
    const [bare, other] = [signingKey(undefined), signingKey(undefined, 'RS256', { pair: 'second' })]
    server.keys = [bare.jwk]
    const ask = start({ cacheMaxAgeSeconds: 60 })
    expect(await ask(bare)).toBe('200')
    server.keys = [other.jwk]
    expect(await ask(other)).toBe(INVALID)
    seconds(60)
    expect(await ask(other)).toBe('200')
    expect(await ask(bare)).toBe(INVALID)
  })

  test('jwks_uri may move: metadata are read again when the keys are old', async () => {
    const issuer = server.origin
    const authorizer = authorizerOf({ issuer, audience: 'a', clock })
    const ask = async (key: SigningKey): Promise<string> =>
      answer(await present(authorizer, token({ iss: issuer, aud: 'a', ...FOREVER }, {}, key)))
    expect(await ask(KEY)).toBe('200')
    server.instead.set('/.well-known/openid-configuration', json({ issuer, jwks_uri: `${issuer}/new` }))
    server.instead.set('/new', json({ keys: [NEW_KEY.jwk] }))
    seconds(1)
    expect(await ask(NEW_KEY)).toBe(INVALID)
    seconds(600)
    expect(await ask(NEW_KEY)).toBe('200')
    // For an unknown kid the keys alone were asked for.
    expect(server.asked.filter((path) => path.includes('well-known'))).toHaveLength(2)
  })
})

describe('SEC-75 stale keys while the issuer is down', () => {
  test.each([
    ['fails', BROKEN],
    ['sends an empty set', json({ keys: [] })],
    ['sends nonsense', json('nonsense')],
  ])('are used for staleIfErrorSeconds when it %s, and not a moment longer', async (_, reply) => {
    const ask = start()
    await ask()
    server.instead.set('/keys', reply)
    seconds(1199.999)
    expect(await ask()).toBe('200')
    clock.advance(1)
    expect(await ask()).toBe(UNAVAILABLE)
  })

  test('nobody waits for an issuer that is known to be down', async () => {
    const ask = start()
    await ask()
    server.instead.set('/keys', BROKEN)
    seconds(600)
    await ask()
    server.instead.set('/keys', hang)
    seconds(10)
    expect(await ask()).toBe('200')
    await server.reached(3)
    expect(await ask()).toBe('200')
    clock.advance(5000)
  })

  test('and are replaced when it is back', async () => {
    const ask = start()
    await ask()
    server.instead.set('/keys', BROKEN)
    seconds(601)
    expect(await ask()).toBe('200')
    server.instead.clear()
    server.keys = [NEW_KEY.jwk]
    seconds(30)
    await ask()
    await server.reached(3)
    // The keys are on their way; whoever needs them waits for them.
    expect(await ask(NEW_KEY)).toBe('200')
    expect(await ask()).toBe(INVALID)
  })

  test('staleIfErrorSeconds: 0 uses none', async () => {
    const ask = start({ staleIfErrorSeconds: 0 })
    await ask()
    server.instead.set('/keys', BROKEN)
    seconds(600)
    expect(await ask()).toBe(UNAVAILABLE)
  })
})

describe('SEC-76 which failure is which', () => {
  test('keys that cannot be had are 503 and not remembered; the same token is good after recovery', async () => {
    server.instead.set('/keys', BROKEN)
    const authorizer = authorizerOf({ jwksUri: server.jwksUri, clock, resultTtlSeconds: 300 })
    const request = withToken(`Bearer ${token()}`)
    const refused = await authorizer.evaluate(request)
    expect(reasonOf(refused)).toBe('AUTHORIZER_UNAVAILABLE')
    if (refused.allowed) throw new Error('allowed')
    expect(answer(refused)).toBe(UNAVAILABLE)
    expect(responseHeader(refused, 'retry-after')).toBe('1')
    server.instead.clear()
    seconds(1)
    expect(answer(await authorizer.evaluate(request))).toBe('200')
  })

  test('a kid that is unknown is 401 while the issuer answers, 503 while it cannot be asked', async () => {
    const ask = start()
    await ask()
    seconds(1)
    expect(await ask(NEW_KEY)).toBe(INVALID)
    server.instead.set('/keys', BROKEN)
    seconds(30)
    expect(await ask(NEW_KEY)).toBe(UNAVAILABLE)
    expect(await ask()).toBe('200')
    server.instead.clear()
    server.keys = [KEY.jwk, NEW_KEY.jwk]
    seconds(30)
    expect(await ask(NEW_KEY)).toBe('200')
  })

  test('nothing listens', async () => {
    const ask = start()
    await server.close()
    expect(await ask()).toBe(UNAVAILABLE)
    server = await KeyServer.start()
  })

  test('a fault of ours, such as a context function that throws, is 500', async () => {
    expect(await start({ context: boom })()).toBe('500')
  })
})

test('SEC-75 a late answer does not overwrite a newer one', async () => {
  const replies: ((keys: readonly unknown[]) => void)[] = []
  const fetch = (): Promise<Response> =>
    new Promise((resolve) => void replies.push((keys) => resolve(Response.json({ keys }))))
  const ask = start({ fetch })
  const first = ask()
  clock.advance(5000)
  expect(await first).toBe(UNAVAILABLE)
  seconds(1)
  const second = ask(NEW_KEY)
  replies[1]?.([NEW_KEY.jwk])
  expect(await second).toBe('200')
  replies[0]?.([KEY.jwk])
  await later(undefined)
  expect([await ask(NEW_KEY), await ask()]).toEqual(['200', INVALID])
})
