/** The challenges of `jwtAuthorizer` in `WWW-Authenticate`. @module */
import { describe, expect, test } from 'vitest'
import { denied, responseHeader } from '../../support/outcome.ts'
import { gatewayRequest } from '../../support/request.ts'
import { withToken } from '../../support/with-token.ts'
import { authorizerOf, type Options, present, statusLine, token } from './jwt-fixture.ts'

const METADATA = 'https://api.example/.well-known/oauth-protected-resource'
const challengeParameters = { realm: 'pets', resource_metadata: METADATA }
const ENDING = `realm="pets", resource_metadata="${METADATA}"`

const challenge = async (compact: string | undefined, options: Options = {}): Promise<string> => {
  const authorizer = authorizerOf({ challengeParameters, ...options })
  if (compact === undefined) return statusLine(await authorizer.evaluate(gatewayRequest('GET /')))
  return statusLine(await present(authorizer, compact))
}

const failingFetch = (): Promise<Response> => Promise.resolve(new Response(null, { status: 500 }))

describe('challengeParameters', () => {
  test.each([
    ['a request without a token', undefined, {}, `401 Bearer ${ENDING}`],
    ['an invalid token', 'x', {}, `401 Bearer error="invalid_token", ${ENDING}`],
    ['an expired token', token({ exp: 1 }), {}, `401 Bearer error="invalid_token", ${ENDING}`],
    [
      'a token without the scopes',
      token({ scope: 'a' }),
      { requireScopes: { allOf: ['a', 'b'] } },
      `403 Bearer error="insufficient_scope", scope="a b", ${ENDING}`,
    ],
    ['an empty object', 'x', { challengeParameters: {} }, '401 Bearer error="invalid_token"'],
  ])('SEC-76 the challenge has the configured parameters: %s', async (_, compact, options, expected) => {
    expect(await challenge(compact, options)).toBe(expected)
  })

  test('SEC-76 a route that requires scopes has the configured parameters', () => {
    const authorizer = authorizerOf({ challengeParameters })
    const deny = (scopes?: readonly string[]): string =>
      statusLine(
        authorizer.deny(
          withToken('x'),
          'INSUFFICIENT_SCOPE',
          undefined,
          undefined,
          scopes && { requiredScopes: scopes },
        ),
      )
    expect(deny()).toBe(`403 Bearer error="insufficient_scope", ${ENDING}`)
    expect(deny(['a', 'b'])).toBe(`403 Bearer error="insufficient_scope", scope="a b", ${ENDING}`)
  })

  test('SEC-76 a denial for unavailable keys has no challenge', async () => {
    expect(await challenge(token(), { jwksUri: 'https://issuer.example/keys', fetch: failingFetch })).toBe('503')
  })

  test.each([
    ['a value with a quotation mark', { realm: 'a"b' }],
    ['a value with a backslash', { realm: 'a\\b' }],
    ['a value with a line break', { realm: 'a\r\nSet-Cookie: a=b' }],
    ['a value with a tab', { realm: 'a\tb' }],
    ['a value that is not ASCII', { realm: 'é' }],
    ['an empty value', { realm: '' }],
    ['a value of 1025 characters', { realm: 'a'.repeat(1025) }],
    ['a number', { realm: 5 }],
    ['a name with a space', { 'a b': 'c' }],
    ['an empty name', { '': 'c' }],
    ['a name with an equals sign', { 'a=b': 'c' }],
    ['the parameter error', { error: 'c' }],
    ['the parameter scope in upper case', { SCOPE: 'c' }],
    ['a repeated name', { realm: 'a', Realm: 'b' }],
    ['too many parameters', Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`p${index}`, 'x']))],
    ['a list', ['realm']],
    ['a string', 'realm="a"'],
  ])('SEC-105 challengeParameters with %s throws', (_, value) => {
    expect(() => authorizerOf({ challengeParameters: value })).toThrow(
      /^jwtAuthorizer\.challengeParameters: found .*; allowed: /,
    )
  })

  test('SEC-108 changing the parameters later has no effect', async () => {
    const given: Record<string, string> = { realm: 'pets' }
    const authorizer = authorizerOf({ challengeParameters: given })
    given['realm'] = 'a"b'
    expect(statusLine(await present(authorizer, 'x'))).toBe('401 Bearer error="invalid_token", realm="pets"')
  })
})

describe('denialCors', () => {
  const APP = 'https://app.example'
  test.each([
    ['a listed origin', { allowOrigins: [APP] }, APP, 'WWW-Authenticate'],
    ['every origin', { allowOrigins: '*' }, APP, 'WWW-Authenticate'],
    ['another origin', { allowOrigins: ['https://other.example'] }, APP, undefined],
    ['no origin', { allowOrigins: [APP] }, undefined, undefined],
    ['no option', undefined, APP, undefined],
  ])('AWS-GOT-21 pages of %s can read the challenge', async (_, denialCors, origin, expected) => {
    const request = gatewayRequest('GET /', { headers: origin === undefined ? {} : { Origin: origin } })
    const authorizer = authorizerOf(denialCors === undefined ? {} : { denialCors })
    const outcome = denied(await authorizer.evaluate(request))
    expect(responseHeader(outcome, 'www-authenticate')).toBe('Bearer')
    expect(responseHeader(outcome, 'access-control-expose-headers')).toBe(expected)
  })
})
