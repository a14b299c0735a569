/** Cached results of HTTP APIs and their cache keys (AWS-KIND-21, 24, AWS-CACHE-03, 04, 08 to 10, 12, 15, SEC-52). */
import { expect, test } from 'vitest'
import { EXACT, LOOSE } from '../../../support/request.ts'
import {
  allow,
  ALLOWED,
  bearer,
  FORBIDDEN,
  httpApi,
  httpBench,
  NOT_AUTHORIZED,
  simpleBench,
  raise,
  UNAUTHORIZED,
  AUTHORIZED,
} from './harness.ts'

const HEADER = '$request.header.Authorization'
const CACHED = { identitySource: HEADER, authorizerResultTtlInSeconds: 300 }
const PER_ROUTE = { ...CACHED, identitySource: [HEADER, '$context.routeKey'], routes: ['GET /pets/{id}', 'GET /admin'] }
const FORMATS = [{ authorizerPayloadFormatVersion: '1.0' }, {}, { enableSimpleResponses: true }]
const BOTH = { ...allow(), ...AUTHORIZED }

test.each(FORMATS)('AWS-KIND-21 results are not cached by default, with %j', async (format) => {
  const { send, handler } = httpBench(async () => BOTH, { ...format, identitySource: HEADER })
  for (let count = 1; count <= 3; count++) {
    expect(await send('GET /', bearer())).toBe(ALLOWED)
    expect(handler).toHaveBeenCalledTimes(count)
  }
})

test.each(FORMATS)('AWS-CACHE-03 results are cached per identity across all routes, with %j', async (format) => {
  const { send, handler, clock } = httpBench(async () => BOTH, { ...format, ...CACHED })
  for (const line of ['GET /a', 'POST /a', 'GET /b?c=d']) expect(await send(line, bearer())).toBe(ALLOWED)
  expect(handler).toHaveBeenCalledTimes(1)
  expect(await send('GET /a', bearer('Bearer y'))).toBe(ALLOWED)
  expect(handler).toHaveBeenCalledTimes(2)
  clock.advanceSync(299_999)
  await send('GET /a', bearer())
  expect(handler).toHaveBeenCalledTimes(2)
  clock.advanceSync(1)
  await send('GET /a', bearer())
  expect(handler).toHaveBeenCalledTimes(3)
})

test.each([0, 1, 300, 3600])('AWS-KIND-21 a TTL of %d seconds is accepted', (authorizerResultTtlInSeconds) => {
  expect(httpApi({ identitySource: HEADER, authorizerResultTtlInSeconds }).resultTtlSeconds).toBe(
    authorizerResultTtlInSeconds,
  )
})

test.each([-1, 3601, 1.5, Number.NaN, '300', null, true])('AWS-KIND-21 a TTL of %j is rejected', (ttl) => {
  expect(() => httpApi({ identitySource: HEADER, authorizerResultTtlInSeconds: ttl })).toThrow(
    /authorizerResultTtlInSeconds: .*0 to 3600/,
  )
})

test.each([undefined, [], '$request.header.A'])(
  'AWS-KIND-24 a TTL requires an identity source: %j',
  (identitySource) => {
    const options = { authorizerResultTtlInSeconds: 1, ...(identitySource && { identitySource }) }
    if (typeof identitySource === 'string') expect(httpApi(options).resultTtlSeconds).toBe(1)
    else expect(() => httpApi(options)).toThrow(/aws\.httpApi\.identitySource: .*authorizerResultTtlInSeconds: 0/)
  },
)

test('AWS-CACHE-15 a cached simple response applies to every route', async () => {
  const { send, handler } = simpleBench(
    async ({ rawPath }) => (rawPath === '/prod/a' ? AUTHORIZED : NOT_AUTHORIZED),
    CACHED,
  )
  expect(await send('GET /a', bearer('first'))).toBe(ALLOWED)
  expect(await send('GET /b', bearer('first'))).toBe(ALLOWED)
  expect(await send('GET /b', bearer('second'))).toBe(FORBIDDEN)
  expect(await send('GET /a', bearer('second'))).toBe(FORBIDDEN)
  expect(handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-12 SEC-52 a cached policy is evaluated for each request', async () => {
  const { send, handler } = httpBench(async ({ routeArn }) => allow(routeArn), CACHED)
  expect(await send('GET /a', bearer())).toBe(ALLOWED)
  expect(await send('GET /b', bearer())).toBe(FORBIDDEN)
  expect(await send('POST /a', bearer())).toBe(FORBIDDEN)
  expect(handler).toHaveBeenCalledTimes(1)
})

test('AWS-CACHE-04 $context.routeKey as an identity source caches per route', async () => {
  const { send, handler } = simpleBench(
    async ({ routeKey }) => (routeKey === 'GET /admin' ? NOT_AUTHORIZED : AUTHORIZED),
    PER_ROUTE,
  )
  expect(await send('GET /pets/1', bearer())).toBe(ALLOWED)
  expect(await send('GET /pets/2', bearer())).toBe(ALLOWED)
  expect(handler).toHaveBeenCalledTimes(1)
  expect(await send('GET /admin', bearer())).toBe(FORBIDDEN)
  expect(await send('GET /admin/', bearer())).toBe(FORBIDDEN)
  expect(handler).toHaveBeenCalledTimes(2)
})

const at = (route: string) => ({ ...bearer(), route })

test('AWS-CACHE-04 results are cached per route that the framework matched', async () => {
  const options = { ...CACHED, identitySource: [HEADER, '$context.routeKey'] }
  const { send, handler } = simpleBench(async () => AUTHORIZED, options)
  expect(await send('GET /pets/1', at('/pets/{id}'))).toBe(ALLOWED)
  expect(await send('GET /pets/2', at('/pets/{id}'))).toBe(ALLOWED)
  expect(await send('GET /orders', at('/orders'))).toBe(ALLOWED)
  expect(await send('POST /orders', at('/orders'))).toBe(ALLOWED)
  expect(handler.mock.calls.map(([{ routeKey }]) => routeKey)).toEqual([
    'GET /pets/{id}',
    'GET /orders',
    'POST /orders',
  ])
})

// A case-insensitive router serves /ADMIN from the route /admin. Treating it as `$default` would bypass a function that
// decides by route and share the one cached result of all other paths.
const decideByRoute = async ({ routeKey }: { routeKey: string }) =>
  routeKey === 'GET /admin' ? NOT_AUTHORIZED : AUTHORIZED

test.each(['/ADMIN', '/Admin/'])(
  'AWS-CACHE-04 SEC-11 %s has the route key of /admin on a loose router',
  async (path) => {
    const { send } = simpleBench(decideByRoute, PER_ROUTE)
    expect(await send('GET /other', { ...bearer(), routing: LOOSE })).toBe(ALLOWED)
    expect(await send(`GET ${path}`, { ...bearer(), routing: LOOSE })).toBe(FORBIDDEN)
  },
)

test.each(['/ADMIN', '/Admin/'])(
  'AWS-CACHE-04 SEC-11 %s has the route key /admin that the framework matched',
  async (path) => {
    const { send } = simpleBench(decideByRoute, { ...CACHED, identitySource: [HEADER, '$context.routeKey'] })
    expect(await send('GET /OTHER', { ...bearer(), routing: LOOSE, route: '/other' })).toBe(ALLOWED)
    expect(await send(`GET ${path}`, { ...bearer(), routing: LOOSE, route: '/admin' })).toBe(FORBIDDEN)
  },
)

test('AWS-CACHE-04 SEC-11 an exact router treats another letter case as another route', async () => {
  const { send } = simpleBench(decideByRoute, PER_ROUTE)
  expect(await send('GET /ADMIN', { ...bearer(), routing: EXACT })).toBe(ALLOWED)
})

test.each<[rule: string, title: string, handler: () => unknown, expected: string]>([
  ['AWS-CACHE-09', 'a thrown Unauthorized', async () => raise(new Error('Unauthorized')), UNAUTHORIZED],
  ['AWS-CACHE-10', 'an error', async () => raise(new Error('x')), '500 {"message":"Internal Server Error"}'],
  ['AWS-CACHE-10', 'an invalid result', async () => ({}), '500 {"message":"Internal Server Error"}'],
])('%s %s is not cached', async (_, _title, given, expected) => {
  const { send, handler } = simpleBench(given, { ...CACHED, compatibility: { httpApiThrowUnauthorized: '401' } })
  expect(await send('GET /', bearer())).toBe(expected)
  expect(await send('GET /', bearer())).toBe(expected)
  expect(handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-07 a cached result delivers a new copy of the context to each request', async () => {
  const { evaluate } = httpBench(async () => allow('*', { context: { list: ['x'] } }), CACHED)
  for (let count = 0; count < 2; count++) {
    const outcome = await evaluate('GET /', bearer())
    if (!outcome.allowed) throw new Error('denied')
    const { context, principalId, requestContext } = outcome.authorizer as {
      context: { list: string[] }
    } & typeof outcome.authorizer
    expect([principalId, context, requestContext.authorizer]).toEqual([
      'u',
      { list: ['x'] },
      { lambda: { list: ['x'] } },
    ])
    context.list.push('changed')
    ;(requestContext.authorizer as { lambda: { list: string[] } }).lambda.list.push('changed')
  }
})

test('AWS-CACHE-18 invalidate() removes results by principal and identity, invalidateAll() removes all', async () => {
  const { send, authorizer, handler } = httpBench(async () => allow(), CACHED)
  const selectors = [{ principalId: 'u' }, { identity: 'Bearer x' }, { identity: ['Bearer x'] }]
  for (const selector of selectors) {
    await send('GET /', bearer())
    await authorizer.invalidate(selector)
  }
  await send('GET /', bearer())
  await authorizer.invalidateAll()
  await send('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(5)
})
