/** Tokens in cookies, in subprotocols, and in places that a function chooses (SEC-122, SEC-123). */
import { anyOf, type CredentialReader, type Decision, firstOf, optional } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { expectOptionError } from '../../support/option-error.ts'
import { reasonOf } from '../../support/outcome.ts'
import { RecordingLogger } from '../../support/recording-logger.ts'
import { gatewayRequest } from '../../support/request.ts'
import { authorizerOf, INVALID, type Options, statusLine, token } from './jwt-fixture.ts'

const T = token()
const OWN = ['Origin', 'https://api.example.com'] as const
const SESSION = ['Cookie', `a=b; __Host-session=${T}`] as const
const BEARER = ['Authorization', `Bearer ${T}`] as const
type Lines = readonly (readonly [name: string, value: string])[]
const evaluate = async (options: Options, headers: Lines, line: string = 'POST /'): Promise<string> => {
  const outcome = await authorizerOf(options).evaluate(gatewayRequest(line, { headers }))
  return `${reasonOf(outcome)} ${statusLine(outcome)}`
}
const COOKIE = { identitySource: '$request.cookie.__Host-session' }
const EITHER = {
  token: ({ header, cookie }: CredentialReader) => header('x-token') ?? cookie('__Host-session'),
}

const handshake = (value: string): Lines => [
  ['Upgrade', 'websocket'],
  ['Sec-WebSocket-Protocol', value],
]

test('SEC-122 a token in a cookie is accepted from the same origin only', async () => {
  expect(await evaluate(COOKIE, [SESSION, OWN])).toBe('ALLOWED 200')
  expect(await evaluate(COOKIE, [SESSION, ['Sec-Fetch-Site', 'same-origin']])).toBe('ALLOWED 200')
  expect(await evaluate(COOKIE, [SESSION])).toBe('FOREIGN_ORIGIN 403')
  expect(await evaluate(COOKIE, [SESSION, ['Origin', 'https://evil.example']])).toBe('FOREIGN_ORIGIN 403')
  expect(await evaluate(COOKIE, [SESSION], 'GET /')).toBe('ALLOWED 200')
  expect(await evaluate(COOKIE, [OWN])).toBe('IDENTITY_SOURCE_MISSING 401 Bearer')
})

test('SEC-24 SEC-122 two cookies of one name, and quoted tokens, are rejected with 401', async () => {
  const twice = ['Cookie', `__Host-session=${T}; __Host-session=${T}`] as const
  expect(await evaluate(COOKIE, [twice, OWN])).toBe(`IDENTITY_SOURCE_REPEATED ${INVALID}`)
  expect(await evaluate(COOKIE, [['Cookie', `__Host-session="${T}"`], OWN])).toBe(`UNAUTHORIZED ${INVALID}`)
  expect(await evaluate(COOKIE, [['Cookie', `__Host-session=Bearer ${T}`], OWN])).toBe(`UNAUTHORIZED ${INVALID}`)
})

test('SEC-122 a cached result needs the same origin, too', async () => {
  const authorizer = authorizerOf({ ...COOKIE, resultTtlSeconds: 60 })
  const origins = ['https://api.example.com', 'https://evil.example', 'https://api.example.com']
  const reasons: string[] = []
  for (const origin of origins) {
    const headers = [SESSION, ['Origin', origin]] as const
    reasons.push(reasonOf(await authorizer.evaluate(gatewayRequest('POST /', { headers }))))
  }
  expect(reasons).toEqual(['ALLOWED', 'FOREIGN_ORIGIN', 'ALLOWED'])
})

test('SEC-122 trustedOrigins and crossOrigin relax the check', async () => {
  const foreign = [SESSION, ['Origin', 'https://app.example.com'], ['Sec-Fetch-Site', 'same-site']] as const
  expect(await evaluate(COOKIE, foreign)).toBe('FOREIGN_ORIGIN 403')
  expect(await evaluate({ ...COOKIE, trustedOrigins: ['https://app.example.com'] }, foreign)).toBe('ALLOWED 200')
  expect(await evaluate({ ...COOKIE, crossOrigin: 'allow' }, [SESSION])).toBe('ALLOWED 200')
})

test('SEC-108 SEC-122 a later change of trustedOrigins has no effect', async () => {
  const trustedOrigins: string[] = []
  const authorizer = authorizerOf({ ...COOKIE, trustedOrigins })
  trustedOrigins.push('https://evil.example')
  const headers = [SESSION, ['Origin', 'https://evil.example']] as const
  expect(reasonOf(await authorizer.evaluate(gatewayRequest('POST /', { headers })))).toBe('FOREIGN_ORIGIN')
})

test('SEC-109 crossOrigin: "allow" is logged once', () => {
  const logger = new RecordingLogger()
  authorizerOf({ ...COOKIE, crossOrigin: 'allow', logger })
  expect(logger.lines).toEqual([expect.stringContaining("jwtAuthorizer.crossOrigin is 'allow'")])
})

test('SEC-122 a function reads the token from one of several places', async () => {
  expect(await evaluate(EITHER, [['X-Token', T]])).toBe('ALLOWED 200')
  expect(await evaluate(EITHER, [['X-Token', T], SESSION])).toBe('ALLOWED 200')
  expect(await evaluate(EITHER, [SESSION])).toBe('FOREIGN_ORIGIN 403')
  expect(await evaluate(EITHER, [SESSION, OWN])).toBe('ALLOWED 200')
  expect(await evaluate(EITHER, [])).toBe('IDENTITY_SOURCE_MISSING 401 Bearer')
  expect(await evaluate(EITHER, [['X-Token', `Bearer ${T}`]])).toBe(`UNAUTHORIZED ${INVALID}`)
  expect(
    await evaluate(EITHER, [
      ['X-Token', T],
      ['X-Token', T],
    ]),
  ).toBe(`IDENTITY_SOURCE_REPEATED ${INVALID}`)
})

test('SEC-122 the Cookie header that a function reads is an ambient credential', async () => {
  const options = { token: ({ header }: CredentialReader) => header('cookie')?.split('__Host-session=')[1] }
  expect(await evaluate(options, [SESSION])).toBe('FOREIGN_ORIGIN 403')
  expect(await evaluate(options, [SESSION, OWN])).toBe('ALLOWED 200')
})

test('SEC-30 the function returns the token without Bearer, also that of the Authorization header', async () => {
  const raw = { token: ({ header }: CredentialReader) => header('authorization') }
  expect(await evaluate(raw, [BEARER])).toBe(`UNAUTHORIZED ${INVALID}`)
  const bare = { token: ({ header }: CredentialReader) => header('authorization')?.slice('Bearer '.length) }
  expect(await evaluate(bare, [BEARER])).toBe('ALLOWED 200')
})

test.each<[string, () => unknown]>([
  [
    'throws',
    () => {
      throw new Error(T)
    },
  ],
  ['returns a promise', async () => T],
  ['returns null', () => null],
  ['returns an object', () => ({ toString: () => T })],
])('SEC-122 a function that %s gives 401, also with optional()', async (_, choose) => {
  const decisions: Decision[] = []
  const authorizer = authorizerOf({ token: choose, onDecision: (decision) => void decisions.push(decision) })
  for (const each of [authorizer, optional(authorizer)]) {
    expect(statusLine(await each.evaluate(gatewayRequest('GET /')))).toBe(INVALID)
  }
  expect(JSON.stringify(decisions.map((each) => [each, each.explain()]))).not.toContain(T)
})

test('SEC-122 optional() lets callers without a cookie pass, and denies foreign requests with one', async () => {
  const authorizer = optional(authorizerOf(COOKIE))
  const reason = async (...headers: Lines): Promise<string> =>
    reasonOf(await authorizer.evaluate(gatewayRequest('POST /', { headers })))
  expect(await reason(['Cookie', 'a=b'], ['Origin', 'https://evil.example'])).toBe('ALLOWED')
  expect(await reason(SESSION, ['Origin', 'https://evil.example'])).toBe('FOREIGN_ORIGIN')
})

test('SEC-122 anyOf() accepts a bearer token beside a foreign cookie', async () => {
  const authorizer = anyOf(authorizerOf(COOKIE), authorizerOf())
  const headers = [SESSION, BEARER, ['Origin', 'https://evil.example']] as const
  expect(reasonOf(await authorizer.evaluate(gatewayRequest('POST /', { headers })))).toBe('ALLOWED')
})

test('SEC-122 firstOf() passes a request with a foreign cookie on, and denies it with 403 if no member allows it', async () => {
  const authorizer = firstOf(authorizerOf(COOKIE), authorizerOf())
  const reason = async (...headers: Lines): Promise<string> =>
    reasonOf(await authorizer.evaluate(gatewayRequest('POST /', { headers })))
  expect(await reason(SESSION, BEARER)).toBe('ALLOWED')
  expect(await reason(SESSION)).toBe('FOREIGN_ORIGIN')
  expect(await reason(SESSION, ['Authorization', 'Bearer x'])).toBe('FOREIGN_ORIGIN')
})

test('SEC-122 the whole Cookie header as identity source is an ambient credential, too', async () => {
  const options = { identitySource: '$request.header.Cookie' }
  expect(await evaluate(options, [['cookie', T]])).toBe('FOREIGN_ORIGIN 403')
  expect(await evaluate(options, [['cookie', T], OWN])).toBe('ALLOWED 200')
})

test('SEC-101 SEC-122 the explanation names the headers, never their values', async () => {
  let explained: unknown
  const onDecision = (decision: Decision): void => {
    explained = decision.explain()
  }
  await evaluate({ ...COOKIE, onDecision }, [SESSION, ['Origin', 'https://evil.example']])
  expect(explained).toMatchObject({
    summary: 'another site may have caused this request of a browser',
    problem: 'Origin is not the origin of the request, and not in trustedOrigins',
    identitySources: [{ location: 'cookie', name: '__Host-session', state: 'present' }],
  })
  expect(JSON.stringify(explained)).not.toMatch(/evil|eyJ/)
})

test('SEC-123 a token in Sec-WebSocket-Protocol', async () => {
  const options = { identitySource: '$request.subprotocol.bearer' }
  expect(await evaluate(options, handshake(`chat, bearer, ${T}`), 'GET /')).toBe('ALLOWED 200')
  expect(await evaluate(options, handshake(`bearer, ${T}, bearer`), 'GET /')).toBe(
    `IDENTITY_SOURCE_REPEATED ${INVALID}`,
  )
  expect(await evaluate(options, handshake(T), 'GET /')).toBe('IDENTITY_SOURCE_MISSING 401 Bearer')
})

test('SEC-105 token and identitySource cannot be combined', () => {
  expectOptionError(
    () => authorizerOf({ ...COOKIE, ...EITHER }),
    'jwtAuthorizer.token',
    'found a function',
    'only one of the two',
  )
})

test.each([
  ['token', 'x', 'found a string', 'a function'],
  ['crossOrigin', 'same-site', 'found a string', '"deny" or "allow"'],
  ['trustedOrigins', ['https://a.example/'], 'found an array of 1', 'without a default port'],
  ['identitySource', '$request.cookie.a b', 'found a string', '"$request.cookie.NAME"'],
])('SEC-105 an invalid %s is rejected', (option, value, found, allowed) => {
  expectOptionError(() => authorizerOf({ [option]: value }), `jwtAuthorizer.${option}`, found, allowed)
})
