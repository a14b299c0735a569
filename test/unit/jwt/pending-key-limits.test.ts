/** Requests that wait for keys have separate limits, so that unknown key IDs never displace known ones. @module */
import { awsJwtAuthorizer } from '@custom-authorizer/jwt'
import { GatewayRequest } from '@custom-authorizer/core/contract'
import { describe, expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { expectOptionError } from '../../support/option-error.ts'
import { hang } from '../../support/key-server.ts'
import { encode, signingKey } from '../../support/tokens.ts'
import { withToken } from '../../support/with-token.ts'
import {
  statusLine,
  AUDIENCE,
  authorizerOf,
  claims,
  INVALID,
  KEY,
  NOW,
  present,
  token,
  useIssuer,
} from './jwt-fixture.ts'

const LATE = signingKey('late', 'RS256', { pair: 'late' })
const fixture = useIssuer()

/** A token with this key ID and an invalid signature. */
const unsigned = (kid: string, changes: object = {}): string =>
  `${encode({ alg: 'RS256', kid })}.${encode(claims(changes as never))}.${encode({ no: 'signature' })}`

const AUTHORIZERS = [
  [
    'jwtAuthorizer',
    (options: object) => authorizerOf({ jwksUri: fixture.server.jwksUri, clock: fixture.clock, ...options }),
    {},
  ],
  [
    'awsJwtAuthorizer',
    (options: object) =>
      awsJwtAuthorizer({
        jwtConfiguration: { issuer: fixture.server.origin, audience: AUDIENCE },
        clock: fixture.clock,
        logger: null,
        ...options,
      }),
    { isAws: true },
  ],
] as const

describe.each(AUTHORIZERS)('%s', (name, build, { isAws = false }: { isAws?: boolean }) => {
  const changes = (): object => ({ exp: NOW + 1e6, ...(isAws && { iss: fixture.server.origin }) })
  const known = (): string => token(changes() as never)
  const statusOf = async (authorizer: ReturnType<typeof build>, compact: string): Promise<string> =>
    statusLine(await present(authorizer, compact)).slice(0, 3)

  /** An authorizer with cached keys whose next fetch hangs. */
  const warmed = async (options: object = {}): Promise<ReturnType<typeof build>> => {
    const authorizer = build(options)
    expect(await statusOf(authorizer, known())).toBe('200')
    fixture.server.instead.set('/keys', hang)
    fixture.clock.advanceSync(1)
    return authorizer
  }

  test('SEC-75 SEC-99 a caller with a known key gets 200 while 1,050 tokens with random kids wait for a fetch', async () => {
    const authorizer = await warmed()
    const fetches = fixture.server.fetches
    const flood = Array.from({ length: 1050 }, async (_, index) =>
      statusOf(authorizer, unsigned(`x-${index}`, changes())),
    )
    const over = await Promise.all(flood.slice(1000))
    expect(new Set(over)).toEqual(new Set(['503']))
    await fixture.server.reached(fetches + 1)
    for (let second = 0; second < (isAws ? 1 : 4); second++) {
      expect(await statusOf(authorizer, known())).toBe('200')
      fixture.clock.advanceSync(1000)
    }
    fixture.clock.advanceSync(1000)
    await Promise.all(flood)
    expect(await statusOf(authorizer, known())).toBe('200')
    expect(fixture.clock.pending).toBe(0)
  })

  test('SEC-75 SEC-99 limits.pendingKeys limits the waiting requests independently of maxInFlight', async () => {
    const authorizer = await warmed({ maxInFlight: 1, limits: { pendingKeys: 2 } })
    const waiting = ['a', 'b'].map(async (kid) => statusOf(authorizer, unsigned(kid, changes())))
    await flushMicrotasks()
    const over = await present(authorizer, unsigned('c', changes()))
    expect(over).toMatchObject({ allowed: false, reason: 'OVERLOADED', response: { status: 503 } })
    expect(await statusOf(authorizer, known())).toBe('200')
    fixture.clock.advanceSync(10_000)
    await Promise.all(waiting)
    expect(await statusOf(authorizer, known())).toBe('200')
  })

  test('SEC-75 SEC-99 unknown kids do not displace a known key that has to be renewed', async () => {
    const authorizer = await warmed({ limits: { pendingKeys: 2 } })
    fixture.clock.advanceSync(600_000)
    const fetches = fixture.server.fetches
    const flood = ['a', 'b', 'c'].map(async (kid) => statusOf(authorizer, unsigned(kid, changes())))
    expect(await flood[2]).toBe('503')
    const renewed = statusOf(authorizer, known())
    await (isAws ? fixture.server.reached(2, '/.well-known/openid-configuration') : fixture.server.reached(fetches + 1))
    fixture.clock.advanceSync(isAws ? 1500 : 5000)
    await flushMicrotasks()
    // The fetch failed, so the old key is used for a while longer.
    expect(await renewed).toBe('200')
    await Promise.all(flood)
  })

  test('SEC-80 SEC-99 a client that disconnects frees its slot at once', async () => {
    const authorizer = await warmed({ limits: { pendingKeys: 1 } })
    const leaving = new AbortController()
    let leave: (() => void) | undefined
    const request = new GatewayRequest({
      method: 'GET',
      target: '/',
      rawHeaders: ['Host', 'a', 'Authorization', `Bearer ${unsigned('b', changes())}`],
      httpVersion: '1.1',
      peer: () => undefined,
      routing: { caseSensitive: true, strict: true },
      onAbort: (listener) => {
        leave = listener
        return () => undefined
      },
    })
    const bySignal = authorizer.evaluate(withToken(`Bearer ${unsigned('a', changes())}`), { signal: leaving.signal })
    expect(await statusOf(authorizer, unsigned('x', changes()))).toBe('503')
    leaving.abort()
    expect(await bySignal).toMatchObject({ reason: 'ABORTED' })
    const byRequest = authorizer.evaluate(request)
    expect(await statusOf(authorizer, unsigned('x', changes()))).toBe('503')
    leave?.()
    expect(await byRequest).toMatchObject({ reason: 'ABORTED' })
    const last = statusOf(authorizer, unsigned('c', changes()))
    await flushMicrotasks()
    fixture.clock.advanceSync(10_000)
    expect(await last).not.toBe('200')
  })

  test('SEC-75 a request with a newly published key waits for the fetch and gets 200', async () => {
    const authorizer = build({})
    expect(await statusOf(authorizer, known())).toBe('200')
    fixture.server.keys = [KEY.jwk, LATE.jwk]
    fixture.clock.advanceSync(30_000)
    expect(await statusOf(authorizer, token(changes() as never, {}, LATE))).toBe('200')
  })

  test('SEC-105 invalid limits throw', () => {
    expectOptionError(
      () => build({ limits: { pendingKeys: 0 } }),
      `${name}.limits.pendingKeys`,
      'found a number',
      '1 to 1000000',
    )
    expectOptionError(() => build({ limits: 7 }), `${name}.limits`, 'found a number', 'pendingKeys')
  })
})

test('SEC-75 SEC-99 each issuer has its own limit', async () => {
  const other = 'https://other.example'
  const issuers = [
    { issuer: 'https://issuer.example', audience: AUDIENCE, jwksUri: `${fixture.server.origin}/hanging` },
    { issuer: other, audience: AUDIENCE, jwksUri: fixture.server.jwksUri },
  ]
  fixture.server.instead.set('/hanging', hang)
  const authorizer = authorizerOf({ issuers, clock: fixture.clock, limits: { pendingKeys: 1 } })
  const waiting = present(authorizer, unsigned('a'))
  expect(statusLine(await present(authorizer, unsigned('b')))).toBe('503')
  expect(statusLine(await present(authorizer, token({ iss: other })))).toBe('200')
  fixture.clock.advanceSync(5000)
  expect(statusLine(await waiting)).toBe('503')
})

test('SEC-67 a token that expires while its key is fetched gets 401', async () => {
  fixture.server.instead.set('/keys', hang)
  const authorizer = authorizerOf({
    jwksUri: fixture.server.jwksUri,
    clock: fixture.clock,
    clockToleranceSeconds: 0,
    timeoutMs: 4000,
  })
  const waiting = present(authorizer, token({ exp: fixture.clock.now() / 1000 + 2 }))
  await fixture.server.reached(1)
  fixture.clock.advanceSync(3000)
  fixture.server.instead.clear()
  fixture.clock.advanceSync(1000)
  expect(statusLine(await waiting)).toBe('503')
  const fresh = present(authorizer, token({ exp: fixture.clock.now() / 1000 - 1 }))
  expect(statusLine(await fresh)).toBe(INVALID)
})
