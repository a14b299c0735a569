import { describe, expect, test } from 'vitest'
import { hang, json } from '../../support/key-server.ts'
import { flushMicrotasks } from '../../support/deferred.ts'
import { type SigningKey, signingKey } from '../../support/tokens.ts'
import { authorizerOf, INVALID, KEY, NOW, type Options, present, statusLine, token, useIssuer } from './jwt-fixture.ts'

/** Another key with the `kid` of `KEY`. */
const REPLACEMENT = signingKey('key-1', 'RS256', { pair: 'second' })
const ATTACKER = signingKey('key-1', 'RS256', { pair: 'attacker' })
const COOLDOWN_MS = 30_000

// Signing is slow, so each token is made once.
const made = new Map<string, string>()
const signed = (key: SigningKey, jti = 'a', exp = NOW + 1e6): string => {
  const name = `${key.jwk['n'] as string} ${key.kid} ${jti} ${exp}`
  const compact = made.get(name) ?? token({ exp, jti }, {}, key)
  made.set(name, compact)
  return compact
}

const fixture = useIssuer()

type Ask = (compact: string) => Promise<string>
const start = (options: Options = {}): Ask => {
  // Keys do not expire during a test, so a test counts only the fetches that clients cause.
  const authorizer = authorizerOf({
    jwksUri: fixture.server.jwksUri,
    clock: fixture.clock,
    cacheMaxAgeSeconds: 86_400,
    ...options,
  })
  return async (compact) => statusLine(await present(authorizer, compact))
}
const forged = (ask: Ask, count = 20): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => ask(signed(ATTACKER, `${index}`))))

describe('a key that is replaced under the same kid', () => {
  test('SEC-75 the first token of the new key is accepted, after one fetch', async () => {
    const ask = start()
    expect(await ask(signed(KEY))).toBe('200')
    fixture.server.keys = [REPLACEMENT.jwk]
    fixture.clock.advanceSync(COOLDOWN_MS)
    expect(await ask(signed(REPLACEMENT))).toBe('200')
    expect(await ask(signed(REPLACEMENT, 'b'))).toBe('200')
    expect(fixture.server.fetches).toBe(2)
    expect(await ask(signed(KEY, 'b'))).toBe(INVALID)
    expect(fixture.server.fetches).toBe(2)
  })

  test('SEC-75 concurrent tokens of the new key share one fetch', async () => {
    const ask = start()
    await ask(signed(KEY))
    fixture.server.keys = [REPLACEMENT.jwk]
    fixture.clock.advanceSync(COOLDOWN_MS)
    const tokens = Array.from({ length: 8 }, (_, index) => signed(REPLACEMENT, `${index}`))
    expect(new Set(await Promise.all(tokens.map(ask)))).toEqual(new Set(['200']))
    expect(fixture.server.fetches).toBe(2)
  })

  test('SEC-75 keys that were fetched less than cooldownSeconds ago are not fetched again', async () => {
    const ask = start({ cooldownSeconds: 5 })
    await ask(signed(KEY))
    fixture.server.keys = [REPLACEMENT.jwk]
    fixture.clock.advanceSync(4999)
    expect(await ask(signed(REPLACEMENT))).toBe(INVALID)
    expect(fixture.server.fetches).toBe(1)
    fixture.clock.advanceSync(1)
    expect(await ask(signed(REPLACEMENT))).toBe('200')
    expect(fixture.server.fetches).toBe(2)
  })

  test('SEC-75 a key without kid that is replaced is accepted after cooldownSeconds', async () => {
    const [bare, other] = [signingKey(undefined), signingKey(undefined, 'RS256', { pair: 'second' })]
    fixture.server.keys = [bare.jwk]
    const ask = start()
    expect(await ask(signed(bare))).toBe('200')
    fixture.server.keys = [other.jwk]
    fixture.clock.advanceSync(COOLDOWN_MS)
    expect(await ask(signed(other))).toBe('200')
  })

  test('SEC-69 a token that expires during the fetch is rejected', async () => {
    const replies: (() => void)[] = []
    const fetch = (): Promise<Response> =>
      new Promise((resolve) => void replies.push(() => resolve(Response.json({ keys: fixture.server.keys }))))
    const ask = start({ fetch, cooldownSeconds: 1, clockToleranceSeconds: 0 })
    const first = ask(signed(KEY))
    replies[0]?.()
    expect(await first).toBe('200')
    fixture.server.keys = [REPLACEMENT.jwk]
    fixture.clock.advanceSync(1000)
    const second = ask(signed(REPLACEMENT, 'short', NOW + 2))
    while (replies.length < 2) await flushMicrotasks()
    fixture.clock.advanceSync(1000)
    replies[1]?.()
    expect(await second).toBe(INVALID)
  })
})

const failingFetch = (): Promise<Response> => Promise.reject(new Error('fetched'))

describe('forged signatures', () => {
  test('SEC-75 forged tokens cause at most one fetch per cool-down, and valid tokens are accepted', async () => {
    const ask = start()
    await ask(signed(KEY))
    for (let round = 1; round <= 3; round++) {
      fixture.clock.advanceSync(COOLDOWN_MS - 1)
      expect(new Set(await forged(ask))).toEqual(new Set([INVALID]))
      expect(fixture.server.fetches).toBe(round)
      fixture.clock.advanceSync(1)
      expect(new Set(await forged(ask))).toEqual(new Set([INVALID]))
      expect(new Set(await forged(ask))).toEqual(new Set([INVALID]))
      expect(await ask(signed(KEY))).toBe('200')
      expect(fixture.server.fetches).toBe(1 + round)
    }
  })

  test('SEC-75 forged signatures and unknown kids share one cool-down', async () => {
    const ask = start()
    await ask(signed(KEY))
    fixture.clock.advanceSync(COOLDOWN_MS)
    await ask(signed(signingKey('unknown', 'RS256', { pair: 'attacker' })))
    await forged(ask)
    expect(fixture.server.fetches).toBe(2)
    fixture.clock.advanceSync(COOLDOWN_MS)
    await forged(ask)
    await ask(signed(signingKey('unknown', 'RS256', { pair: 'attacker' })))
    expect(fixture.server.fetches).toBe(3)
  })

  test.each([
    ['fails', json('', 500)],
    ['sends an empty set', json({ keys: [] })],
  ])('SEC-75 SEC-76 forged tokens get 401 and one fetch per cool-down while the issuer %s', async (_, reply) => {
    const ask = start()
    await ask(signed(KEY))
    fixture.server.instead.set('/keys', reply)
    for (let round = 1; round <= 3; round++) {
      for (const wait of [COOLDOWN_MS / 2, COOLDOWN_MS / 2 - 1, 1]) {
        fixture.clock.advanceSync(wait)
        expect(new Set(await forged(ask))).toEqual(new Set([INVALID]))
        expect(await ask(signed(KEY))).toBe('200')
        expect(fixture.server.fetches).toBe(wait === 1 ? 1 + round : round)
      }
    }
  })

  test('SEC-75 forged tokens cause no fetch of fixed keys', async () => {
    const jwks = { keys: [KEY.jwk] }
    const fixed = start({ jwks, jwksUri: undefined, fetch: failingFetch })
    fixture.clock.advanceSync(COOLDOWN_MS)
    expect(new Set(await forged(fixed))).toEqual(new Set([INVALID]))
    expect(await fixed(signed(KEY))).toBe('200')
    expect(fixture.server.fetches).toBe(0)
  })

  test('SEC-64 SEC-75 at most a tenth of maxInFlight waits for a fetch, so valid tokens are accepted meanwhile', async () => {
    const ask = start({ maxInFlight: 20 })
    await ask(signed(KEY))
    fixture.clock.advanceSync(COOLDOWN_MS)
    fixture.server.instead.set('/keys', hang)
    const denied: string[] = []
    const waiting = Array.from({ length: 40 }, (_, index) =>
      ask(signed(ATTACKER, `${index}`)).then((status) => void denied.push(status)),
    )
    await fixture.server.reached(2)
    while (denied.length < 38) await flushMicrotasks()
    expect(await ask(signed(KEY))).toBe('200')
    expect(denied).toHaveLength(38)
    fixture.clock.advanceSync(5000)
    await Promise.all(waiting)
    expect(denied).toHaveLength(40)
    expect(denied.slice(38)).toEqual([INVALID, INVALID])
    expect(fixture.server.fetches).toBe(2)
  })

  test('SEC-64 SEC-75 with a small maxInFlight no request waits, and the next token of a new key is accepted', async () => {
    const ask = start({ maxInFlight: 1 })
    await ask(signed(KEY))
    fixture.server.keys = [REPLACEMENT.jwk]
    fixture.clock.advanceSync(COOLDOWN_MS)
    expect(await ask(signed(REPLACEMENT))).toBe(INVALID)
    await fixture.server.reached(2)
    let status = INVALID
    while (status === INVALID) {
      await flushMicrotasks()
      status = await ask(signed(REPLACEMENT))
    }
    expect(status).toBe('200')
    expect(fixture.server.fetches).toBe(2)
  })
})
