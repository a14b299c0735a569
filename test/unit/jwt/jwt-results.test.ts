import { spyOnVerification } from '../../support/verification.ts'
import type { Decision } from '@custom-authorizer/core'
import { fakeClock, type FakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { allowed, denied, reasonOf, responseHeader } from '../../support/outcome.ts'
import { PromiseStore } from '../../support/promise-store.ts'
import { expectNothingUncaught } from '../../support/failure-checks.ts'
import { signingKey, signToken } from '../../support/tokens.ts'
import { withToken } from '../../support/with-token.ts'
import { statusLine, responseTo, authorizerOf, claims, INVALID, KEY, present, problemOf, token } from './jwt-fixture.ts'

describe('context and principal', () => {
  test('the context has all claims, and sub is the principal ID', async () => {
    const given = claims({ age: 5, admin: true, roles: ['a', 'b'], address: { city: 'x' }, none: null })
    const authorizer = allowed(await present(authorizerOf(), signToken(KEY, given)))
    expect(authorizer.principalId).toBe('alice')
    expect(authorizer.context).toEqual(given)
  })

  test('the option context converts the claims', async () => {
    const authorizer = authorizerOf({ context: ({ sub, iss }) => ({ user: sub, from: iss }) })
    expect(allowed(await present(authorizer, token())).context).toEqual({ user: 'alice', from: claims()['iss'] })
  })

  test.each([
    [undefined, { sub: undefined }, ''],
    [undefined, { sub: null }, ''],
    ['email', { email: 'a@b' }, 'a@b'],
  ])('principalClaim %j with the claims %j gives the principal ID %j', async (principalClaim, changes, expected) => {
    const authorizer = authorizerOf({ principalClaim })
    expect(allowed(await present(authorizer, token(changes))).principalId).toBe(expected)
  })

  test.each([
    ['email', {}],
    ['sub', { sub: undefined }],
    [undefined, { sub: 5 }],
    [undefined, { sub: ['alice'] }],
    [undefined, { sub: 'x'.repeat(1025) }],
  ])(
    'SEC-32 an invalid principal is rejected: principalClaim %j with the claims %j',
    async (principalClaim, changes) => {
      expect(await responseTo(token(changes), { principalClaim })).toBe(INVALID)
    },
  )
})

describe('asynchronous context function', () => {
  expectNothingUncaught()

  test.each<readonly [string, () => unknown]>([
    ['a promise that rejects', () => Promise.reject(new Error('x'))],
    ['a promise that resolves', () => Promise.resolve({ role: 'admin' })],
  ])('SEC-36 a context function with %s gives 500 and does not end the process', async (_, context) => {
    expect(await responseTo(token(), { context, logger: null })).toBe('500')
  })
})

describe('scopes', () => {
  const missing = '403 Bearer error="insufficient_scope", scope="a b"'
  test.each([
    [{ anyOf: ['a', 'b'] }, { scope: 'b c' }, '200'],
    [{ anyOf: ['a', 'b'] }, { scp: ['b'] }, '200'],
    [{ anyOf: ['a', 'b'] }, { scp: 'c b' }, '200'],
    [{ anyOf: ['a', 'b'] }, { scope: 'c' }, missing],
    [{ anyOf: ['a', 'b'] }, { scope: 'A ab b-' }, missing],
    [{ anyOf: ['a', 'b'] }, { scope: '' }, missing],
    [{ anyOf: ['a', 'b'] }, {}, missing],
    [{ anyOf: ['a', 'b'] }, { scope: { a: true } }, missing],
    [{ anyOf: ['a', 'b'] }, { scp: [['a']] }, missing],
    [{ allOf: ['a', 'b'] }, { scope: 'b x a' }, '200'],
    [{ allOf: ['a', 'b'] }, { scope: 'a' }, missing],
  ])('requireScopes %j with the claims %j gives %s', async (requireScopes, changes, expected) => {
    expect(await responseTo(token(changes), { requireScopes })).toBe(expected)
  })

  test('an invalid token gets 401 even if it has the scopes', async () => {
    const other = signingKey('key-1', 'RS256', { pair: 'second' })
    expect(await responseTo(token({ scope: 'a' }, {}, other), { requireScopes: { anyOf: ['a'] } })).toBe(INVALID)
    expect(await responseTo(token({}, {}, other), { requireScopes: { anyOf: ['a'] } })).toBe(INVALID)
  })

  test.each([
    [{}],
    [{ anyOf: [] }],
    [{ anyOf: 'a' }],
    [{ anyOf: ['a'], allOf: ['a'] }],
    [{ oneOf: ['a'] }],
    [{ anyOf: ['a b'] }],
    [{ anyOf: ['"'] }],
    ['a'],
    [['a']],
  ])('requireScopes %j throws', (requireScopes) => {
    expect(() => authorizerOf({ requireScopes })).toThrow(/jwtAuthorizer\.requireScopes/)
  })

  test('a denial of requireScopes has the challenge insufficient_scope', () => {
    const denial = authorizerOf().deny(withToken('Bearer x'), 'INSUFFICIENT_SCOPE')
    expect(statusLine(denial)).toBe('403 Bearer error="insufficient_scope"')
    expect(statusLine(authorizerOf().deny(withToken('Bearer x'), 'CONTEXT_MISMATCH'))).toBe('403')
  })
})

const counting = (): {
  authorizer: ReturnType<typeof authorizerOf>
  verify: { mock: { calls: unknown[] } }
  clock: FakeClock
} => {
  const clock = fakeClock()
  return {
    clock,
    verify: spyOnVerification(),
    authorizer: authorizerOf({ clock, resultTtlSeconds: 60 }),
  }
}

describe('result cache', () => {
  test('SEC-58 a valid token is verified once for all requests until resultTtlSeconds', async () => {
    const { authorizer, verify, clock } = counting()
    const compact = token()
    for (const line of ['GET /a', 'POST /b', 'DELETE /c?x=1'])
      expect((await authorizer.evaluate(withToken(`Bearer ${compact}`, line))).allowed).toBe(true)
    expect(verify.mock.calls).toHaveLength(1)
    clock.advanceSync(60_000)
    await present(authorizer, compact)
    expect(verify.mock.calls).toHaveLength(2)
  })

  test('SEC-58 an invalid token is verified each time', async () => {
    const { authorizer, verify } = counting()
    const compact = token({}, {}, signingKey('key-1', 'RS256', { pair: 'second' }))
    for (let round = 1; round <= 3; round++) {
      expect(statusLine(await present(authorizer, compact))).toBe(INVALID)
      expect(verify.mock.calls).toHaveLength(round)
    }
  })

  test('SEC-58 results are not cached by default', async () => {
    const verify = spyOnVerification()
    const authorizer = authorizerOf()
    for (let round = 0; round < 3; round++) await present(authorizer, token())
    expect(verify).toHaveBeenCalledTimes(3)
  })

  test('SEC-58 invalidate removes the results of a principal', async () => {
    const { authorizer, verify } = counting()
    await present(authorizer, token())
    await authorizer.invalidate({ principalId: 'alice' })
    await present(authorizer, token())
    expect(verify.mock.calls).toHaveLength(2)
  })
})

test('SEC-53 authorizers with different options do not share results', async () => {
  const store = new PromiseStore()
  const shared = { store, name: 'shared', resultTtlSeconds: 300 }
  const compact = token({ scope: 'a', typ: 'x' })
  expect(statusLine(await present(authorizerOf(shared), compact))).toBe('200')
  expect(statusLine(await present(authorizerOf({ ...shared, audience: 'other' }), compact))).toBe(INVALID)
  expect(statusLine(await present(authorizerOf({ ...shared, typ: 'at+jwt' }), compact))).toBe(INVALID)
  expect(statusLine(await present(authorizerOf({ ...shared, requiredClaims: ['jti'] }), compact))).toBe(INVALID)
  expect(statusLine(await present(authorizerOf({ ...shared, requireScopes: { allOf: ['b'] } }), compact))).toMatch(
    /^403/,
  )
  expect(
    statusLine(
      await present(
        authorizerOf({ ...shared, jwks: { keys: [signingKey('k', 'RS256', { pair: 'second' }).jwk] } }),
        compact,
      ),
    ),
  ).toBe(INVALID)
  const renamed = await present(authorizerOf({ ...shared, context: () => ({ other: 1 }) }), compact)
  expect(allowed(renamed).context).toEqual({ other: 1 })
})

describe('log and explanation', () => {
  test('SEC-101 the decision has the problem but no part of the token', async () => {
    const logger = new RecordingLogger()
    const decisions: Decision[] = []
    const authorizer = authorizerOf({ logger, onDecision: (decision) => void decisions.push(decision) })
    const compact = token({ aud: 'CANARY' })
    const denial = denied(await present(authorizer, compact))
    const [decision] = decisions
    const output = JSON.stringify([decision, decision?.explain(), logger.lines, denial])
    expect(decision?.explain().problem).toBe('the audience claim does not name an accepted audience')
    for (const part of ['CANARY', ...compact.split('.')]) expect(output).not.toContain(part)
    expect(decision).toMatchObject({ authorizer: 'jwt', contract: 'jwt', reason: 'UNAUTHORIZED', status: 401 })
  })

  test.each([
    ['SIGNATURE', token({}, {}, signingKey('key-1', 'RS256', { pair: 'second' })), 'the signature is invalid'],
    ['KEY', token({}, { kid: 'x' }), 'no key of the issuer matches the token'],
    ['SEGMENTS', 'x', 'the token does not consist of three parts'],
    ['ALGORITHM', token({}, { alg: 'none' }), 'the algorithm is not accepted'],
  ])('SEC-101 the problem %s is explained: $2', async (_, compact, problem) => {
    expect(await problemOf(compact)).toBe(problem)
  })

  test('SEC-101 the secret is not visible in the authorizer', async () => {
    const { inspect } = await import('node:util')
    const authorizer = authorizerOf({ secret: `CANARY${'x'.repeat(40)}`, algorithms: ['HS256'] })
    await present(authorizer, token())
    expect(inspect(authorizer, { depth: 9, showHidden: true })).not.toContain('CANARY')
    expect(JSON.stringify(authorizer)).not.toContain('CANARY')
  })
})

test('denialCors adds CORS headers to a denial', async () => {
  const outcome = denied(await present(authorizerOf({ denialCors: { allowOrigins: '*' } }), 'x'))
  expect(reasonOf(outcome)).toBe('UNAUTHORIZED')
  expect(responseHeader(outcome, 'access-control-allow-origin')).toBe('*')
})
