import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hang, json, KeyServer, type Reply } from '../../support/key-server.ts'
import { type SigningKey, signingKey } from '../../support/tokens.ts'
import { statusLine, authorizerOf, INVALID, NOW, present, token } from './jwt-fixture.ts'

const KEYS = Array.from({ length: 5 }, (_, index) =>
  signingKey(`rotating-${index}`, 'RS256', { pair: `rotating-${index}` }),
)
const ATTACKER = signingKey('attacker', 'RS256', { pair: 'attacker' })
const COOLDOWN_MS = 30_000

let server: KeyServer
let clock: FakeClock
beforeEach(async () => {
  server = await KeyServer.start()
  clock = fakeClock()
})
afterEach(() => server.close())

const endless: Reply = (_, response) => {
  const pump = (): void => {
    while (!response.destroyed) if (!response.write(Buffer.alloc(65_536, ' '))) return void response.once('drain', pump)
  }
  pump()
}

/** The behaviour of the key server during one cool-down each. */
const OUTAGE_SCHEDULE: readonly (readonly [name: string, reply: Reply | undefined])[] = [
  ['working', undefined],
  ['failing', json('', 500)],
  ['working', undefined],
  ['hanging', hang],
  ['working', undefined],
  ['redirecting', (_, response) => void response.writeHead(302, { location: '/other' }).end()],
  ['working', undefined],
  ['endless', endless],
  ['working', undefined],
  ['empty', json({ keys: [] })],
  ['working', undefined],
]

// Signing is slow, so each token is made once.
const memoized = <T>(make: (key: SigningKey) => T): ((key: SigningKey) => T) => {
  const made = new Map<SigningKey, T>()
  return (key) => made.get(key) ?? (made.set(key, make(key)).get(key) as T)
}
const many = (count: number, one: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => one(index))

const valid = memoized((key) => many(8, (index) => token({ exp: NOW + 1e6, jti: `${index}` }, {}, key)))
const invalid = memoized((good) =>
  many(16, (index) => {
    const kid = index % 3 === 0 ? good.kid : `unknown-${index}`
    return token({ exp: NOW + 1e6, jti: `${index}` }, {}, { ...ATTACKER, kid })
  }),
)

test(
  'SEC-75 SEC-76 under load, rotation and failures, valid tokens pass, invalid ones do not, and clients cause at most two fetches per cool-down',
  { timeout: 30_000 },
  async () => {
    // Keys do not expire during the test, so every counted fetch was caused by a client.
    const options = { jwksUri: server.jwksUri, clock, cacheMaxAgeSeconds: 86_400 }
    const authorizer = authorizerOf(options)
    let published: readonly SigningKey[] = KEYS.slice(0, 1)
    server.keys = published.map(({ jwk }) => jwk)
    let rotated = 0

    for (const [state, reply] of OUTAGE_SCHEDULE) {
      // The next key is published while the server works; from then on both keys are valid.
      if (state === 'working' && rotated + 1 < KEYS.length) {
        rotated++
        published = KEYS.slice(rotated - 1, rotated + 1)
        server.keys = published.map(({ jwk }) => jwk)
      }
      if (reply === undefined) server.instead.clear()
      else server.instead.set('/keys', reply)

      const before = server.fetches
      for (let wave = 0; wave < 3; wave++) {
        const good = published.flatMap(valid)
        const bad = published.flatMap(invalid)
        const fetches = server.fetches
        const results = Promise.all([...good, ...bad].map((compact) => present(authorizer, compact)))
        if (state === 'hanging' && wave === 0) {
          await server.reached(fetches + 1)
          clock.advanceSync(5000)
        }
        const outcomes = (await results).map(statusLine)
        expect(new Set(outcomes.slice(0, good.length)), state).toEqual(new Set(['200']))
        const denials = new Set(outcomes.slice(good.length))
        expect(
          [...denials].every((each) => each === INVALID || each === '503'),
          state,
        ).toBe(true)
        if (state === 'working') expect(denials).toEqual(new Set([INVALID]))
      }
      expect(server.fetches - before, state).toBeLessThanOrEqual(2)
      expect(server.fetches, state).toBeGreaterThan(before)
      clock.advanceSync(COOLDOWN_MS)
    }
    expect(server.requestedPaths).not.toContain('/other')
  },
)

test('SEC-75 concurrent requests share one fetch when keys are renewed', async () => {
  const authorizer = authorizerOf({ jwksUri: server.jwksUri, clock })
  server.keys = [KEYS[0] as SigningKey].map(({ jwk }) => jwk)
  for (let round = 1; round <= 4; round++) {
    const outcomes = await Promise.all(valid(KEYS[0] as SigningKey).map((compact) => present(authorizer, compact)))
    expect(new Set(outcomes.map(statusLine))).toEqual(new Set(['200']))
    expect(server.fetches).toBe(round)
    clock.advanceSync(600_000)
  }
})
