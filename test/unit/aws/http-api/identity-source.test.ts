/** Identity sources of HTTP APIs (AWS-ID-05, 06, 10, 14, 15, 16, 18, AWS-KIND-25 to 28). */
import { expect, test } from 'vitest'
import type { RequestParts } from '../../../support/request.ts'
import { ALLOWED, event1, event2, httpApi, reasonOf, simpleBench, UNAUTHORIZED, AUTHORIZED } from './harness.ts'

const HEADER = '$request.header.Authorization'
const QUERY = '$request.querystring.t'
const API_ID = { stageVariables: { tenant: 'acme', empty: '' }, routes: ['GET /pets/{id}'] }

const VALUES: readonly [rule: string, source: string, line: string, parts: RequestParts, value: string][] = [
  ['AWS-ID-05', HEADER, 'GET /', { headers: { Authorization: 'Bearer x' } }, 'Bearer x'],
  ['AWS-ID-10', HEADER, 'GET /', { headers: { aUTHORIZATION: 'Bearer x' } }, 'Bearer x'],
  ['AWS-ID-10', '$request.header.aUTHORIZATION', 'GET /', { headers: { authorization: 'Bearer x' } }, 'Bearer x'],
  ['AWS-ID-05', '$request.header.X_A.b$c-d', 'GET /', { headers: { 'x_a.b$c-d': '1' } }, '1'],
  ['AWS-ID-19', '$request.header.Cookie', 'GET /', { headers: { cookie: 'a=1; b=2' } }, 'a=1; b=2'],
  ['AWS-ID-05', QUERY, 'GET /?t=a%20b%2B+c', {}, 'a b+ c'],
  ['AWS-ID-16', '$stageVariables.tenant', 'GET /', {}, 'acme'],
  ['AWS-ID-15', '$context.accountId', 'GET /', {}, '123456789012'],
  ['AWS-ID-15', '$context.apiId', 'GET /', {}, 'abcdef123'],
  ['AWS-ID-15', '$context.domainName', 'GET /', {}, 'api.example.com'],
  ['AWS-ID-15', '$context.domainPrefix', 'GET /', {}, 'api'],
  ['AWS-ID-15', '$context.httpMethod', 'PUT /', {}, 'PUT'],
  ['AWS-ID-15', '$context.identity.sourceIp', 'GET /', {}, '203.0.113.9'],
  ['AWS-ID-15', '$context.identity.userAgent', 'GET /', { headers: { 'User-Agent': 'curl' } }, 'curl'],
  ['AWS-ID-15', '$context.path', 'GET /pets/7?a=1', {}, '/prod/pets/7'],
  ['AWS-ID-15', '$context.protocol', 'GET /', {}, 'HTTP/1.1'],
  ['AWS-ID-15', '$context.routeKey', 'GET /pets/7', {}, 'GET /pets/{id}'],
  ['AWS-ID-15', '$context.routeKey', 'POST /pets/7', {}, '$default'],
  ['AWS-ID-15', '$context.stage', 'GET /', {}, 'prod'],
]

test.each(VALUES)('%s the identity source %s is read from %s', async (_, identitySource, line, parts, value) => {
  expect((await event2(line, parts, { ...API_ID, identitySource })).identitySource).toEqual([value])
  expect((await event1(line, parts, { ...API_ID, identitySource })).identitySource).toBe(value)
})

const MISSING: readonly [rule: string, source: string, line: string, parts: RequestParts, reason: string][] = [
  ['AWS-ID-05', HEADER, 'GET /', {}, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-05', HEADER, 'GET /?Authorization=x', { headers: { 'X-Authorization': 'x' } }, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-06', HEADER, 'GET /', { headers: { Authorization: '' } }, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-06', HEADER, 'GET /', { headers: { Authorization: ' \t' } }, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-05', QUERY, 'GET /', {}, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-06', QUERY, 'GET /?t', {}, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-06', QUERY, 'GET /?t=', {}, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-10', QUERY, 'GET /?T=x', {}, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-16', '$stageVariables.other', 'GET /', {}, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-16', '$stageVariables.empty', 'GET /', {}, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-16', '$stageVariables.constructor', 'GET /', {}, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-15', '$context.identity.userAgent', 'GET /', {}, 'IDENTITY_SOURCE_MISSING'],
  ['AWS-ID-15', '$context.identity.sourceIp', 'GET /', { peer: undefined }, 'IDENTITY_SOURCE_MISSING'],
]

test.each(MISSING)(
  '%s the identity source %s of %s is missing and gives 401',
  async (_, identitySource, line, parts, reason) => {
    for (const authorizerResultTtlInSeconds of [0, 300]) {
      const options = { ...API_ID, identitySource, authorizerResultTtlInSeconds }
      const { send, evaluate, handler } = simpleBench(async () => AUTHORIZED, options)
      expect(await send(line, parts)).toBe(UNAUTHORIZED)
      expect(reasonOf(await evaluate(line, parts))).toBe(reason)
      expect(handler).not.toHaveBeenCalled()
    }
  },
)

type Lines = readonly (readonly [string, string])[]
const lines = (name: string, ...values: readonly string[]): Lines => values.map((value) => [name, value] as const)
const REPEATED: readonly [title: string, source: string, line: string, headers: Lines][] = [
  ['a credential', HEADER, 'GET /', lines('Authorization', 'a', 'b')],
  ['the same credential', HEADER, 'GET /', lines('Authorization', 'a', 'a')],
  ['a credential that is no source', QUERY, 'GET /?t=1', lines('Authorization', 'a', 'b')],
  ['another header', '$request.header.X-Token', 'GET /', lines('X-Token', 'a', 'b')],
  ['a header that is empty once', '$request.header.X-Token', 'GET /', lines('X-Token', '', 'b')],
  ['a parameter', QUERY, 'GET /?t=a&t=b', []],
  ['the same parameter', QUERY, 'GET /?t=a&t=a', []],
  ['a parameter that is empty once', QUERY, 'GET /?t=&t=a', []],
  ['a parameter in two spellings', QUERY, 'GET /?t=a&%74=b', []],
]

test.each(REPEATED)('SEC-24 AWS-ID-14 a repeated identity source gives 401: %s', async (_, source, line, headers) => {
  const { send, evaluate, handler } = simpleBench(async () => AUTHORIZED, { identitySource: source })
  expect(await send(line, { headers })).toBe(UNAUTHORIZED)
  expect(reasonOf(await evaluate(line, { headers }))).toBe('IDENTITY_SOURCE_REPEATED')
  expect(handler).not.toHaveBeenCalled()
})

test('AWS-ID-14 a comma inside a header is not a repetition', async () => {
  const { send } = simpleBench(async () => AUTHORIZED, { identitySource: '$request.header.X-Token' })
  expect(await send('GET /', { headers: { 'X-Token': 'a, b' } })).toBe(ALLOWED)
})

const ORDERS: readonly [identitySource: string | readonly string[], values: readonly string[]][] = [
  [
    [HEADER, QUERY, '$context.httpMethod'],
    ['x', '1', 'GET'],
  ],
  [
    ['$context.httpMethod', QUERY, HEADER],
    ['GET', '1', 'x'],
  ],
  [`${QUERY},${HEADER}`, ['1', 'x']],
  [` ${QUERY} , ${HEADER} `, ['1', 'x']],
]

test.each(ORDERS)('AWS-ID-18 identity values have the order of %j', async (identitySource, values) => {
  const parts = { headers: { Authorization: 'x' } }
  expect((await event2('GET /?t=1', parts, { identitySource })).identitySource).toEqual(values)
  const one = await event1('GET /?t=1', parts, { identitySource })
  expect([one.identitySource, one.authorizationToken]).toEqual([values.join(','), values.join(',')])
})

test('AWS-ID-05 every configured identity source is required', async () => {
  const { send, handler } = simpleBench(async () => AUTHORIZED, { identitySource: [HEADER, QUERY] })
  expect(await send('GET /?t=1')).toBe(UNAUTHORIZED)
  expect(await send('GET /', { headers: { Authorization: 'x' } })).toBe(UNAUTHORIZED)
  expect(handler).not.toHaveBeenCalled()
  expect(await send('GET /?t=1', { headers: { Authorization: 'x' } })).toBe(ALLOWED)
})

test.each([undefined, []])(
  'AWS-EVT-47 without identity sources (%j) every request calls the function with a null identitySource',
  async (identitySource) => {
    const event = await event2('GET /', {}, identitySource && { identitySource })
    expect(event).toHaveProperty('identitySource', null)
  },
)

const BAD_NAMES = ['', 'a b', 'a:b', 'ä', 'a%20', 'a/b', 'a*', 'a\nb', 'a,b']
const LOCATIONS = ['$request.header', '$request.querystring', '$stageVariables', '$context']
test.each(LOCATIONS.flatMap((location) => BAD_NAMES.map((name) => `${location}.${name}`)))(
  'AWS-KIND-25 the identity source %j is rejected',
  (source) => {
    expect(() => httpApi({ identitySource: [source] })).toThrow(
      /aws\.httpApi\.identitySource: found .*; allowed: .*\$request\.header\.NAME/,
    )
  },
)

const WRONG: readonly [rule: string, identitySource: unknown][] = [
  ['AWS-KIND-26', '$request.path.id'],
  ['AWS-KIND-27', '$request.multivalueheader.A'],
  ['AWS-KIND-28', '$request.body'],
  ['AWS-KIND-28', '$request.body.token'],
  ['AWS-KIND-25', 'method.request.header.Authorization'],
  ['AWS-KIND-25', 'route.request.header.Authorization'],
  ['AWS-KIND-25', 'request.header.Authorization'],
  ['AWS-KIND-25', '$Request.Header.Authorization'],
  ['AWS-KIND-25', 'Authorization'],
  ['AWS-KIND-25', ''],
  ['AWS-KIND-25', `${HEADER},`],
  ['AWS-KIND-25', [`${HEADER},${QUERY}`]],
  ['AWS-KIND-25', [HEADER, 7]],
  ['AWS-KIND-25', 7],
  ['AWS-KIND-25', null],
  ['AWS-KIND-25', Array.from({ length: 9 }, (_, n) => `$request.header.X-${n}`)],
  ['AWS-ID-15', '$context.http.method'],
  ['AWS-ID-15', '$context.resourcePath'],
  ['AWS-ID-15', '$context.authorizer.principalId'],
  ['AWS-ID-15', '$context.requestId'],
  ['AWS-ID-15', '$context.toString'],
]

test.each(WRONG)('%s the identity source %j is rejected', (_, identitySource) => {
  expect(() => httpApi({ identitySource })).toThrow(/aws\.httpApi\.identitySource: found /)
})

test('AWS-KIND-25 eight identity sources are accepted', () => {
  const identitySource = Array.from({ length: 8 }, (_, n) => `$request.header.X-${n}`)
  expect(httpApi({ identitySource }).identitySources).toHaveLength(8)
})
