import { describe, expect, test } from 'vitest'
import { hang, json, KeyServer } from '../../support/key-server.ts'
import { toPromise, reasonOf, responseHeader } from '../../support/outcome.ts'
import { throwError } from '../../support/failure-checks.ts'
import { encode, type SigningKey, signingKey } from '../../support/tokens.ts'
import { withToken } from '../../support/with-token.ts'
import { statusLine, authorizerOf, INVALID, KEY, NOW, type Options, present, token, useIssuer } from './jwt-fixture.ts'

const FOREVER = { exp: NOW + 1e6 }
const UNAVAILABLE = '503'
const NEW_KEY = signingKey('key-2', 'RS256', { pair: 'second' })
const BROKEN = json('', 500)

const fixture = useIssuer()

// Signing is slow, so a valid token is made once, and a token with an unknown kid is not signed at all.
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
  const authorizer = authorizerOf({ jwksUri: fixture.server.jwksUri, clock: fixture.clock, ...options })
  return async (key = KEY, kid = key.kid) =>
    statusLine(await present(authorizer, kid === key.kid ? signed(key) : under(kid)))
}
const seconds = (count: number): void => fixture.clock.advanceSync(count * 1000)
const flood = (evaluate: ReturnType<typeof start>, count: number, name = 'x'): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => evaluate(KEY, `${name}-${index}`)))

describe('fetches caused by clients', () => {
  test('SEC-75 500 tokens with unknown kids in 5 s cause two fetches, and valid tokens are accepted', async () => {
    const evaluate = start()
    for (let second = 0; second < 5; second++) {
      expect(new Set(await flood(evaluate, 100, String(second)))).toEqual(new Set([INVALID]))
      expect(await evaluate()).toBe('200')
      seconds(1)
    }
    expect(fixture.server.fetches).toBeLessThanOrEqual(2)
  })

  test('SEC-75 unknown kids cause one fetch per cool-down', async () => {
    const evaluate = start()
    await evaluate()
    seconds(1)
    for (let round = 1; round <= 3; round++) {
      await flood(evaluate, 50)
      expect(fixture.server.fetches).toBe(1 + round)
      seconds(29.999)
      await flood(evaluate, 50)
      expect(fixture.server.fetches).toBe(1 + round)
      fixture.clock.advanceSync(1)
    }
  })

  test('SEC-75 cooldownSeconds sets the length of the cool-down', async () => {
    const evaluate = start({ cooldownSeconds: 5 })
    await evaluate()
    seconds(1)
    await flood(evaluate, 5)
    seconds(4.999)
    await flood(evaluate, 5)
    expect(fixture.server.fetches).toBe(2)
    fixture.clock.advanceSync(1)
    await flood(evaluate, 5)
    expect(fixture.server.fetches).toBe(3)
  })

  test('SEC-75 the cool-down applies after a failed fetch and after an empty key set', async () => {
    for (const reply of [BROKEN, json({ keys: [] })]) {
      const evaluate = start()
      await evaluate()
      seconds(1)
      fixture.server.instead.set('/keys', reply)
      const before = fixture.server.fetches
      for (let second = 0; second < 30; second++) {
        await flood(evaluate, 10)
        expect(await evaluate()).toBe('200')
        seconds(1)
      }
      expect(fixture.server.fetches).toBe(before + 1)
      fixture.server.instead.clear()
    }
  })

  test('SEC-75 an endpoint that fails from the start is called after 1, 2, 4, … 30 s', async () => {
    fixture.server.instead.set('/keys', BROKEN)
    const evaluate = start()
    const times: number[] = []
    for (let second = 0; second < 130; second++) {
      const before = fixture.server.fetches
      expect(new Set(await flood(evaluate, 5))).toEqual(new Set([UNAVAILABLE]))
      if (fixture.server.fetches > before) times.push(second)
      expect(fixture.server.fetches - before).toBeLessThanOrEqual(1)
      seconds(1)
    }
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121])
  })

  test('SEC-75 500 tokens cause at most four fetches while the endpoint fails', async () => {
    fixture.server.instead.set('/keys', BROKEN)
    const evaluate = start()
    for (let second = 0; second < 5; second++) {
      await flood(evaluate, 100)
      seconds(1)
    }
    expect(fixture.server.fetches).toBeLessThanOrEqual(4)
  })

  test('SEC-75 concurrent requests share one fetch', async () => {
    const evaluate = start()
    const results = await Promise.all(Array.from({ length: 200 }, () => evaluate()))
    expect(new Set(results)).toEqual(new Set(['200']))
    expect(fixture.server.fetches).toBe(1)
  })

  test('SEC-75 a token with invalid claims causes no fetch', async () => {
    const authorizer = authorizerOf({ jwksUri: fixture.server.jwksUri, clock: fixture.clock })
    for (const compact of [token({ iss: 'x' }), token({ aud: 'x' }), token({ exp: 1 }), token({}, { alg: 'ES256' })])
      expect(statusLine(await present(authorizer, compact))).toBe(INVALID)
    expect(fixture.server.fetches).toBe(0)
  })

  test('SEC-75 a known key with another algorithm causes no fetch', async () => {
    const evaluate = start({ algorithms: ['RS256', 'ES256'] })
    await evaluate()
    seconds(60)
    expect(await evaluate(signingKey('key-1', 'ES256'))).toBe(INVALID)
    expect(fixture.server.fetches).toBe(1)
  })
})

describe('key rotation', () => {
  test('SEC-75 a new key is accepted at once, and the old one while it is published', async () => {
    const evaluate = start()
    await evaluate()
    seconds(1)
    fixture.server.keys = [KEY.jwk, NEW_KEY.jwk]
    expect(await evaluate(NEW_KEY)).toBe('200')
    expect(await evaluate()).toBe('200')
    expect(fixture.server.fetches).toBe(2)
  })

  test('SEC-75 a withdrawn key is rejected after the next fetch, at most cacheMaxAgeSeconds later', async () => {
    const evaluate = start()
    await evaluate()
    fixture.server.keys = [NEW_KEY.jwk]
    seconds(599.999)
    expect(await evaluate()).toBe('200')
    fixture.clock.advanceSync(1)
    expect(await evaluate()).toBe(INVALID)
    expect(await evaluate(NEW_KEY)).toBe('200')
  })

  test('SEC-75 keys without kid are renewed after cacheMaxAgeSeconds', async () => {
    const [bare, other] = [signingKey(undefined), signingKey(undefined, 'RS256', { pair: 'second' })]
    fixture.server.keys = [bare.jwk]
    const evaluate = start({ cacheMaxAgeSeconds: 60 })
    expect(await evaluate(bare)).toBe('200')
    fixture.server.keys = [other.jwk]
    expect(await evaluate(other)).toBe(INVALID)
    seconds(60)
    expect(await evaluate(other)).toBe('200')
    expect(await evaluate(bare)).toBe(INVALID)
  })

  test('SEC-75 a changed jwks_uri is used after cacheMaxAgeSeconds', async () => {
    const issuer = fixture.server.origin
    const authorizer = authorizerOf({ issuer, audience: 'a', clock: fixture.clock })
    const evaluate = async (key: SigningKey): Promise<string> =>
      statusLine(await present(authorizer, token({ iss: issuer, aud: 'a', ...FOREVER }, {}, key)))
    expect(await evaluate(KEY)).toBe('200')
    fixture.server.instead.set('/.well-known/openid-configuration', json({ issuer, jwks_uri: `${issuer}/new` }))
    fixture.server.instead.set('/new', json({ keys: [NEW_KEY.jwk] }))
    seconds(1)
    expect(await evaluate(NEW_KEY)).toBe(INVALID)
    seconds(600)
    expect(await evaluate(NEW_KEY)).toBe('200')
    // An unknown kid fetches only the key set, not the metadata.
    expect(fixture.server.requestedPaths.filter((path) => path.includes('well-known'))).toHaveLength(2)
  })
})

describe('stale keys while the issuer is down', () => {
  test.each([
    ['fails', BROKEN],
    ['sends an empty set', json({ keys: [] })],
    ['sends invalid JSON', json('nonsense')],
  ])('SEC-75 stale keys are used for exactly staleIfErrorSeconds if the issuer %s', async (_, reply) => {
    const evaluate = start()
    await evaluate()
    fixture.server.instead.set('/keys', reply)
    seconds(1199.999)
    expect(await evaluate()).toBe('200')
    fixture.clock.advanceSync(1)
    expect(await evaluate()).toBe(UNAVAILABLE)
  })

  test('SEC-75 requests do not wait for an issuer that is known to be down', async () => {
    const evaluate = start()
    await evaluate()
    fixture.server.instead.set('/keys', BROKEN)
    seconds(600)
    await evaluate()
    fixture.server.instead.set('/keys', hang)
    seconds(10)
    expect(await evaluate()).toBe('200')
    await fixture.server.reached(3)
    expect(await evaluate()).toBe('200')
    fixture.clock.advanceSync(5000)
  })

  test('SEC-75 stale keys are replaced when the issuer responds again', async () => {
    const evaluate = start()
    await evaluate()
    fixture.server.instead.set('/keys', BROKEN)
    seconds(601)
    expect(await evaluate()).toBe('200')
    fixture.server.instead.clear()
    fixture.server.keys = [NEW_KEY.jwk]
    seconds(30)
    await evaluate()
    await fixture.server.reached(3)
    // A fetch is running; a request that needs the new key waits for it.
    expect(await evaluate(NEW_KEY)).toBe('200')
    expect(await evaluate()).toBe(INVALID)
  })

  test('SEC-75 staleIfErrorSeconds 0 uses no stale keys', async () => {
    const evaluate = start({ staleIfErrorSeconds: 0 })
    await evaluate()
    fixture.server.instead.set('/keys', BROKEN)
    seconds(600)
    expect(await evaluate()).toBe(UNAVAILABLE)
  })
})

describe('status of failures', () => {
  test('SEC-76 unavailable keys give 503, which is not cached', async () => {
    fixture.server.instead.set('/keys', BROKEN)
    const authorizer = authorizerOf({ jwksUri: fixture.server.jwksUri, clock: fixture.clock, resultTtlSeconds: 300 })
    const request = withToken(`Bearer ${token()}`)
    const denied = await authorizer.evaluate(request)
    expect(reasonOf(denied)).toBe('AUTHORIZER_UNAVAILABLE')
    if (denied.allowed) throw new Error('allowed')
    expect(statusLine(denied)).toBe(UNAVAILABLE)
    expect(responseHeader(denied, 'retry-after')).toBe('1')
    fixture.server.instead.clear()
    seconds(1)
    expect(statusLine(await authorizer.evaluate(request))).toBe('200')
  })

  test('SEC-76 an unknown kid gives 401 while the issuer responds and 503 while it does not', async () => {
    const evaluate = start()
    await evaluate()
    seconds(1)
    expect(await evaluate(NEW_KEY)).toBe(INVALID)
    fixture.server.instead.set('/keys', BROKEN)
    seconds(30)
    expect(await evaluate(NEW_KEY)).toBe(UNAVAILABLE)
    expect(await evaluate()).toBe('200')
    fixture.server.instead.clear()
    fixture.server.keys = [KEY.jwk, NEW_KEY.jwk]
    seconds(30)
    expect(await evaluate(NEW_KEY)).toBe('200')
  })

  test('SEC-76 a closed port gives 503', async () => {
    const evaluate = start()
    await fixture.server.close()
    expect(await evaluate()).toBe(UNAVAILABLE)
    fixture.server = await KeyServer.start()
  })

  test('SEC-76 a context function that throws gives 500', async () => {
    expect(await start({ context: throwError })()).toBe('500')
  })
})

test('SEC-75 a late response does not replace newer keys', async () => {
  const replies: ((keys: readonly unknown[]) => void)[] = []
  const fetch = (): Promise<Response> =>
    new Promise((resolve) => void replies.push((keys) => resolve(Response.json({ keys }))))
  const evaluate = start({ fetch })
  const first = evaluate()
  fixture.clock.advanceSync(5000)
  expect(await first).toBe(UNAVAILABLE)
  seconds(1)
  const second = evaluate(NEW_KEY)
  replies[1]?.([NEW_KEY.jwk])
  expect(await second).toBe('200')
  replies[0]?.([KEY.jwk])
  await toPromise(undefined)
  expect([await evaluate(NEW_KEY), await evaluate()]).toEqual(['200', INVALID])
})
