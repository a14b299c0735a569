import { afterEach, beforeEach, expect, test } from 'vitest'
import { TestClock } from '../../support/clock.ts'
import { hang, json, KeyServer, type Reply } from '../../support/key-server.ts'
import { type SigningKey, signingKey } from '../../support/tokens.ts'
import { answer, authorizerOf, INVALID, NOW, present, token } from './jwt-fixture.ts'

const KEYS = Array.from({ length: 5 }, (_, index) =>
  signingKey(`rotating-${index}`, 'RS256', { pair: `rotating-${index}` }),
)
const ATTACKER = signingKey('attacker', 'RS256', { pair: 'attacker' })
const COOLDOWN_MS = 30_000

let server: KeyServer
let clock: TestClock
beforeEach(async () => {
  server = await KeyServer.start()
  clock = new TestClock()
})
afterEach(() => server.close())

const endless: Reply = (_, response) => {
  const pump = (): void => {
    while (!response.destroyed) if (!response.write(Buffer.alloc(65_536, ' '))) return void response.once('drain', pump)
  }
  pump()
}

/** What happens to the server during one cool-down. */
const OUTAGE_SCHEDULE: readonly (readonly [name: string, reply: Reply | undefined])[] = [
  ['well', undefined],
  ['failing', json('', 500)],
  ['well', undefined],
  ['hanging', hang],
  ['well', undefined],
  ['redirecting', (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()],
  ['well', undefined],
  ['endless', endless],
  ['well', undefined],
  ['empty', json({ keys: [] })],
  ['well', undefined],
]

// Signing costs more than all the rest, so each token is made once.
const remembered = <T>(make: (key: SigningKey) => T): ((key: SigningKey) => T) => {
  const made = new Map<SigningKey, T>()
  return (key) => made.get(key) ?? (made.set(key, make(key)).get(key) as T)
}
const many = (count: number, one: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => one(index))

const valid = remembered((key) => many(8, (index) => token({ exp: NOW + 1e6, jti: `${index}` }, {}, key)))
const invalid = remembered((good) =>
  many(16, (index) => {
    const kid = index % 3 === 0 ? good.kid : `unknown-${index}`
    return token({ exp: NOW + 1e6, jti: `${index}` }, {}, { ...ATTACKER, kid })
  }),
)

test(
  'SEC-75 SEC-76 under load, rotation and failure: every good token passes, no bad one does, and clients cause at most two fetches in a cool-down',
  { timeout: 30_000 },
  async () => {
    // The keys are fetched again on account of clients only, so that every fetch that is counted is theirs.
    const options = { jwksUri: server.jwksUri, clock, cacheMaxAgeSeconds: 86_400 }
    const authorizer = authorizerOf(options)
    let published: readonly SigningKey[] = KEYS.slice(0, 1)
    server.keys = published.map(({ jwk }) => jwk)
    let rotated = 0

    for (const [weather, reply] of OUTAGE_SCHEDULE) {
      // A key is announced while the server is well; both keys are good from then on.
      if (weather === 'well' && rotated + 1 < KEYS.length) {
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
        const asked = server.fetches
        const answers = Promise.all([...good, ...bad].map((compact) => present(authorizer, compact)))
        if (weather === 'hanging' && wave === 0) {
          await server.reached(asked + 1)
          clock.advance(5000)
        }
        const outcomes = (await answers).map(answer)
        expect(new Set(outcomes.slice(0, good.length)), weather).toEqual(new Set(['200']))
        const refusals = new Set(outcomes.slice(good.length))
        expect(
          [...refusals].every((each) => each === INVALID || each === '503'),
          weather,
        ).toBe(true)
        if (weather === 'well') expect(refusals).toEqual(new Set([INVALID]))
      }
      expect(server.fetches - before, weather).toBeLessThanOrEqual(2)
      expect(server.fetches, weather).toBeGreaterThan(before)
      clock.advance(COOLDOWN_MS)
    }
    expect(server.asked).not.toContain('/elsewhere')
  },
)

test('SEC-75 keys that grow old are renewed behind the back of everybody, once for all who wait', async () => {
  const authorizer = authorizerOf({ jwksUri: server.jwksUri, clock })
  server.keys = [KEYS[0] as SigningKey].map(({ jwk }) => jwk)
  for (let round = 1; round <= 4; round++) {
    const outcomes = await Promise.all(valid(KEYS[0] as SigningKey).map((compact) => present(authorizer, compact)))
    expect(new Set(outcomes.map(answer))).toEqual(new Set(['200']))
    expect(server.fetches).toBe(round)
    clock.advance(600_000)
  }
})
