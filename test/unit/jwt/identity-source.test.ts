import { expect, test } from 'vitest'
import { reasonOf } from '../../support/outcome.ts'
import { gatewayRequest } from '../../support/request.ts'
import { statusLine, authorizerOf, INVALID, token } from './jwt-fixture.ts'

const T = token()

test.each([
  ['$request.header.authorization', `Bearer ${T}`, '200'],
  ['$request.header.X-Forwarded-Authorization', `Bearer ${T}`, '200'],
  ['$request.header.X-Forwarded-Authorization', T, INVALID],
  ['$request.header.x-token', T, '200'],
  ['$request.header.x-token', `Bearer ${T}`, INVALID],
])('SEC-30 identitySource %s, case %#, gives $2', async (identitySource, value, expected) => {
  const name = identitySource.split('.')[2] ?? ''
  const request = gatewayRequest('GET /', { headers: { [name]: value } })
  expect(statusLine(await authorizerOf({ identitySource }).evaluate(request))).toBe(expected)
})

test('SEC-30 a query parameter contains the bare token', async () => {
  const authorizer = authorizerOf({ identitySource: '$request.querystring.access_token' })
  const evaluate = async (target: string): Promise<string> =>
    statusLine(await authorizer.evaluate(gatewayRequest(`GET ${target}`)))
  expect(await evaluate(`/?access_token=${T}`)).toBe('200')
  expect(await evaluate(`/?access_token=Bearer%20${T}`)).toBe(INVALID)
  expect(await evaluate(`/?access_token=${T}&access_token=${T}`)).toBe(INVALID)
  expect(await evaluate(`/?Access_Token=${T}`)).toBe('401 Bearer')
  expect(await evaluate('/')).toBe('401 Bearer')
})

test('a token outside the identity source is ignored', async () => {
  const authorizer = authorizerOf()
  const requests = [
    gatewayRequest(`GET /?authorization=Bearer%20${T}`),
    gatewayRequest('GET /', { headers: { cookie: `authorization=${T}`, 'x-authorization': `Bearer ${T}` } }),
  ]
  for (const request of requests) expect(statusLine(await authorizer.evaluate(request))).toBe('401 Bearer')
})

test('SEC-24 repeated Authorization headers are rejected with 401', async () => {
  const headers = [
    ['Authorization', `Bearer ${T}`],
    ['authorization', `Bearer ${T}`],
  ] as const
  const outcome = await authorizerOf().evaluate(gatewayRequest('GET /', { headers }))
  expect([reasonOf(outcome), statusLine(outcome)]).toEqual(['IDENTITY_SOURCE_REPEATED', INVALID])
})

test.each(['authorization', '$request.header.', '$request.cookies.x', '$request.header.a b', '', 5, ['a']])(
  'identitySource %j throws',
  (identitySource) => {
    expect(() => authorizerOf({ identitySource })).toThrow(/jwtAuthorizer\.identitySource/)
  },
)
