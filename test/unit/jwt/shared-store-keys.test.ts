/** Results of `jwtAuthorizer` in a shared store: different configurations do not share results (SEC-53). @module */
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, test } from 'vitest'
import { flushMicrotasks } from '../../support/deferred.ts'
import { PromiseStore } from '../../support/promise-store.ts'
import { encode, signingKey } from '../../support/tokens.ts'
import { createHmac } from 'node:crypto'
import { statusLine, AUDIENCE, authorizerOf, claims, INVALID, ISSUER, KEY, present, token } from './jwt-fixture.ts'

const OTHER = signingKey('other', 'RS256', { pair: 'other' })
const OLD = 'old secret, 32 bytes or more of it'
const NEW = 'new secret, 32 bytes or more of it'

const signed = (secret: string): string => {
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims())}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

const process = (store: PromiseStore, options: object) =>
  authorizerOf({ store, name: 'api', resultTtlSeconds: 300, clock: fakeClock(), ...options })

const byStore = (store: PromiseStore): number => store.calls.filter(([verb]) => verb === 'set').length

test('SEC-53 a token signed with the old secret is rejected after the secret is rotated under the same name', async () => {
  const store = new PromiseStore()
  const before = process(store, { secret: OLD, algorithms: ['HS256'] })
  expect(statusLine(await present(before, signed(OLD)))).toBe('200')
  await flushMicrotasks()
  expect(byStore(store)).toBe(1)
  const after = process(store, { secret: NEW, algorithms: ['HS256'] })
  expect(statusLine(await present(after, signed(OLD)))).toBe(INVALID)
  expect(statusLine(await present(after, signed(NEW)))).toBe('200')
})

test('SEC-53 two processes with the same secret share results', async () => {
  const store = new PromiseStore()
  for (const secret of [OLD, new TextEncoder().encode(OLD)]) {
    expect(statusLine(await present(process(store, { secret, algorithms: ['HS256'] }), signed(OLD)))).toBe('200')
    await flushMicrotasks()
  }
  expect(byStore(store)).toBe(1)
})

test('SEC-53 a result is not used after its key is removed from jwks', async () => {
  const store = new PromiseStore()
  const both = { jwks: { keys: [KEY.jwk, OTHER.jwk] } }
  expect(statusLine(await present(process(store, both), token()))).toBe('200')
  await flushMicrotasks()
  expect(statusLine(await present(process(store, { jwks: { keys: [OTHER.jwk] } }), token()))).toBe(INVALID)
  expect(statusLine(await present(process(store, both), token()))).toBe('200')
  expect(byStore(store)).toBe(1)
})

test.each<[string, object]>([
  ['audience', { audience: 'another' }],
  ['requiredClaims', { requiredClaims: ['missing'] }],
  ['typ', { typ: 'at+jwt' }],
  ['principalClaim', { principalClaim: 'missing' }],
  ['issuers', { issuers: [{ issuer: 'https://other.example', audience: AUDIENCE, jwks: { keys: [KEY.jwk] } }] }],
  [
    'algorithms',
    {
      issuers: [
        { issuer: ISSUER, audience: AUDIENCE, algorithms: ['RS512'], jwks: { keys: [{ ...KEY.jwk, alg: undefined }] } },
      ],
    },
  ],
])('SEC-53 a result that was stored with another %s is not used', async (_, options) => {
  const store = new PromiseStore()
  expect(statusLine(await present(process(store, {}), token()))).toBe('200')
  await flushMicrotasks()
  expect(statusLine(await present(process(store, options), token()))).toBe(INVALID)
})

const roleOf = (role: string) => () => ({ role })

test('SEC-53 version separates results of two context functions with the same text', async () => {
  const store = new PromiseStore()
  const seen: unknown[] = []
  for (const [role, version] of [
    ['reader', '1'],
    ['admin', '2'],
  ] as const) {
    const outcome = await present(process(store, { context: roleOf(role), version }), token())
    if (outcome.allowed) seen.push(outcome.authorizer.context)
    await flushMicrotasks()
  }
  expect(seen).toEqual([{ role: 'reader' }, { role: 'admin' }])
})

test('SEC-56 neither the secret nor its plain digest is in the store', async () => {
  const store = new PromiseStore()
  await present(process(store, { secret: OLD, algorithms: ['HS256'] }), signed(OLD))
  await flushMicrotasks()
  expect(JSON.stringify(store.calls)).not.toContain('old secret')
})

test('SEC-53 jwtAuthorizer on a shared store is rejected without a name', () => {
  expect(() => process(new PromiseStore(), { name: undefined })).toThrow(/createAuthorizer\.name: found undefined/)
})
