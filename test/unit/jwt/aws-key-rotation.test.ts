/** `awsJwtAuthorizer` under load, on every adapter, while its issuer rotates keys, fails, hangs or sends endless data. @module */
import type { Authorizer } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { describeAdapters, type Service } from '../../support/adapters.ts'
import { hang, json, type KeyServer, type Reply } from '../../support/key-server.ts'
import type { RawResponse } from '../../support/raw-client.ts'
import { type SigningKey, signingKey } from '../../support/tokens.ts'
import { awsService, NOW } from './aws-service.ts'

const service = awsService()
const COOLDOWN_MS = 30_000
const KEYS = [0, 1, 2, 3].map((index) => signingKey(`turn-${index}`, 'RS256', { pair: `turn-${index}` }))
const ATTACKER = signingKey('attacker', 'RS256', { pair: 'attacker' })

const endless: Reply = (_, response) => {
  const pump = (): void => {
    while (!response.destroyed) if (!response.write(Buffer.alloc(65_536, ' '))) return void response.once('drain', pump)
  }
  pump()
}

/** The behaviour of the issuer during one cool-down each. `rotates` publishes the next key. */
const OUTAGE_SCHEDULE: readonly (readonly [name: string, reply: Reply | undefined])[] = [
  ['rotates', undefined],
  ['fails', json('', 500)],
  ['rotates', undefined],
  ['hangs', hang],
  ['rotates', undefined],
  ['sends endless data', endless],
  ['works', undefined],
  ['sends no keys', json({ keys: [] })],
]

const many = (count: number, one: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => one(index))
const good = (key: SigningKey): readonly string[] =>
  many(3, (index) => service.token({ exp: NOW + 1e6, jti: `${index}` }, {}, key))
/** Signed with the wrong key, with a published or an unknown `kid`. */
const bad = (key: SigningKey): readonly string[] =>
  many(6, (index) =>
    service.token(
      { exp: NOW + 1e6, jti: `${index}` },
      {},
      { ...ATTACKER, kid: index % 3 === 0 ? key.kid : `x-${index}` },
    ),
  )

const send = (app: Service, compact: string): Promise<RawResponse> =>
  app.send({ target: '/pets', headers: [['Authorization', `Bearer ${compact}`]] })

/** Sends all tokens at once. If the issuer hangs, the deadline of the fetch passes as soon as it is called. */
const wave = async (app: Service, tokens: readonly string[], server: KeyServer, hangs: boolean) => {
  const fetches = server.fetches
  const responses = Promise.all(tokens.map((compact) => send(app, compact)))
  if (hangs) {
    await server.reached(fetches + 1)
    service.clock.advanceSync(1500)
  }
  return (await responses).map(({ status }) => status)
}

describeAdapters('awsJwtAuthorizer with a failing issuer', (adapter) => {
  test(
    'SEC-75 SEC-76 AWS-JWT-07 valid tokens pass, invalid ones do not, and clients cause at most two fetches per cool-down',
    { timeout: 60_000 },
    async () => {
      const { server, clock } = service
      const guard = adapter.customAuthorizer(service.authorizer() as unknown as Authorizer<never>)
      const app = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }] })
      let published = KEYS.slice(0, 1)
      server.keys = published.map(({ jwk }) => jwk)
      let turn = 0

      for (const [name, reply] of OUTAGE_SCHEDULE) {
        if (name === 'rotates') published = KEYS.slice(turn, ++turn + 1)
        server.keys = published.map(({ jwk }) => jwk)
        if (reply === undefined) server.instead.clear()
        else server.instead.set('/keys', reply)

        const before = server.requestedPaths.length
        const [valid, invalid] = [published.flatMap(good), published.flatMap(bad)]
        for (const first of [true, false]) {
          const statuses = await wave(app, [...valid, ...invalid], server, first && name === 'hangs')
          expect(new Set(statuses.slice(0, valid.length)), name).toEqual(new Set([200]))
          const denials = new Set(statuses.slice(valid.length))
          if (reply === undefined) expect(denials, name).toEqual(new Set([401]))
          else expect([...denials].filter((status) => status !== 401 && status !== 503)).toEqual([])
        }
        expect(server.requestedPaths.length - before, name).toBeLessThanOrEqual(2)
        expect(server.requestedPaths.length, name).toBeGreaterThan(before)
        clock.advanceSync(COOLDOWN_MS)
      }
      expect(app.errors).toEqual([])
      expect(new Set(app.hits)).toEqual(new Set(['GET /pets']))
    },
  )

  test('AWS-JWT-07 a withdrawn key is accepted for ten more minutes', async () => {
    const { server, clock } = service
    const guard = adapter.customAuthorizer(service.authorizer() as unknown as Authorizer<never>)
    const app = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }] })
    const [old, next] = KEYS as [SigningKey, SigningKey]
    const [before, after] = [good(old)[0] ?? '', good(next)[0] ?? '']
    server.keys = [old.jwk]
    expect((await send(app, before)).status).toBe(200)
    server.keys = [next.jwk]
    clock.advanceSync(599_999)
    expect((await send(app, before)).status).toBe(200)
    clock.advanceSync(1)
    expect([(await send(app, before)).status, (await send(app, after)).status]).toEqual([401, 200])
  })

  test('AWS-JWT-28 SEC-76 all tokens get 503 until the issuer has responded once', async () => {
    const { server, clock } = service
    const guard = adapter.customAuthorizer(service.authorizer() as unknown as Authorizer<never>)
    const app = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }] })
    const [key] = KEYS as [SigningKey]
    server.keys = [key.jwk]
    server.instead.set('/keys', json('', 500))
    const all = [...good(key), ...bad(key)]
    expect(new Set(await wave(app, all, server, false))).toEqual(new Set([503]))
    server.instead.clear()
    clock.advanceSync(1000)
    expect(await wave(app, good(key), server, false)).toEqual([200, 200, 200])
  })
})
