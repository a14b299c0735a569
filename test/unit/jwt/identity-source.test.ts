import { expect, test } from 'vitest'
import { reasonOf } from '../../support/outcome.ts'
import { gatewayRequest } from '../../support/request.ts'
import { answer, authorizerOf, INVALID, token } from './jwt-fixture.ts'

const T = token()

test.each([
  ['$request.header.authorization', `Bearer ${T}`, '200'],
  ['$request.header.X-Forwarded-Authorization', `Bearer ${T}`, '200'],
  ['$request.header.X-Forwarded-Authorization', T, INVALID],
  ['$request.header.x-token', T, '200'],
  ['$request.header.x-token', `Bearer ${T}`, INVALID],
])('SEC-30 %s with its credential', async (identitySource, value, expected) => {
  const name = identitySource.split('.')[2] ?? ''
  const request = gatewayRequest('GET /', { headers: { [name]: value } })
  expect(answer(await authorizerOf({ identitySource }).evaluate(request))).toBe(expected)
})

test('SEC-30 a token in a query parameter stands alone', async () => {
  const authorizer = authorizerOf({ identitySource: '$request.querystring.access_token' })
  const ask = async (target: string): Promise<string> =>
    answer(await authorizer.evaluate(gatewayRequest(`GET ${target}`)))
  expect(await ask(`/?access_token=${T}`)).toBe('200')
  expect(await ask(`/?access_token=Bearer%20${T}`)).toBe(INVALID)
  expect(await ask(`/?access_token=${T}&access_token=${T}`)).toBe(INVALID)
  expect(await ask(`/?Access_Token=${T}`)).toBe('401 Bearer')
  expect(await ask('/')).toBe('401 Bearer')
})

test('a token elsewhere does not count', async () => {
  const authorizer = authorizerOf()
  const elsewhere = [
    gatewayRequest(`GET /?authorization=Bearer%20${T}`),
    gatewayRequest('GET /', { headers: { cookie: `authorization=${T}`, 'x-authorization': `Bearer ${T}` } }),
  ]
  for (const request of elsewhere) expect(answer(await authorizer.evaluate(request))).toBe('401 Bearer')
})

test('SEC-24 a token that is sent twice is refused', async () => {
  const headers = [
    ['Authorization', `Bearer ${T}`],
    ['authorization', `Bearer ${T}`],
  ] as const
  const outcome = await authorizerOf().evaluate(gatewayRequest('GET /', { headers }))
  expect([reasonOf(outcome), answer(outcome)]).toEqual(['IDENTITY_SOURCE_REPEATED', INVALID])
})

test.each(['authorization', '$request.header.', '$request.cookie.x', '$request.header.a b', '', 5, ['a']])(
  'identitySource %j throws',
  (identitySource) => {
    expect(() => authorizerOf({ identitySource })).toThrow(/jwtAuthorizer\.identitySource/)
  },
)
