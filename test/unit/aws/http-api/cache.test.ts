/** What an HTTP API keeps, and for whom (AWS-KIND-21, 24, AWS-CACHE-03, 04, 08 to 10, 12, 15, SEC-52). */
import { expect, test } from 'vitest'
import { EXACT, LOOSE } from '../../../support/request.ts'
import {
  allow,
  ALLOWED,
  bearer,
  FORBIDDEN,
  httpApi,
  httpBench,
  NO,
  simpleBench,
  thrown,
  UNAUTHORIZED,
  YES,
} from './harness.ts'

const HEADER = '$request.header.Authorization'
const KEPT = { identitySource: HEADER, authorizerResultTtlInSeconds: 300 }
const PER_ROUTE = { ...KEPT, identitySource: [HEADER, '$context.routeKey'], routes: ['GET /pets/{id}', 'GET /admin'] }
const FORMATS = [{ authorizerPayloadFormatVersion: '1.0' }, {}, { enableSimpleResponses: true }]
const BOTH = { ...allow(), ...YES }

test.each(FORMATS)('AWS-KIND-21 nothing is kept by default, with %j', async (format) => {
  const { ask, handler } = httpBench(async () => BOTH, { ...format, identitySource: HEADER })
  for (let count = 1; count <= 3; count++) {
    expect(await ask('GET /', bearer())).toBe(ALLOWED)
    expect(handler).toHaveBeenCalledTimes(count)
  }
})

test.each(FORMATS)('AWS-CACHE-03 results are kept by identity for all routes, with %j', async (format) => {
  const { ask, handler, clock } = httpBench(async () => BOTH, { ...format, ...KEPT })
  for (const line of ['GET /a', 'POST /a', 'GET /b?c=d']) expect(await ask(line, bearer())).toBe(ALLOWED)
  expect(handler).toHaveBeenCalledTimes(1)
  expect(await ask('GET /a', bearer('Bearer y'))).toBe(ALLOWED)
  expect(handler).toHaveBeenCalledTimes(2)
  clock.advance(299_999)
  await ask('GET /a', bearer())
  expect(handler).toHaveBeenCalledTimes(2)
  clock.advance(1)
  await ask('GET /a', bearer())
  expect(handler).toHaveBeenCalledTimes(3)
})

test.each([0, 1, 300, 3600])('AWS-KIND-21 a TTL of %d seconds is taken', (authorizerResultTtlInSeconds) => {
  expect(httpApi({ identitySource: HEADER, authorizerResultTtlInSeconds }).resultTtlSeconds).toBe(
    authorizerResultTtlInSeconds,
  )
})

test.each([-1, 3601, 1.5, Number.NaN, '300', null, true])('AWS-KIND-21 a TTL of %j is refused', (ttl) => {
  expect(() => httpApi({ identitySource: HEADER, authorizerResultTtlInSeconds: ttl })).toThrow(
    /authorizerResultTtlInSeconds: .*0 to 3600/,
  )
})

test.each([undefined, [], '$request.header.A'])('AWS-KIND-24 a TTL needs a source: %j', (identitySource) => {
  const options = { authorizerResultTtlInSeconds: 1, ...(identitySource && { identitySource }) }
  if (typeof identitySource === 'string') expect(httpApi(options).resultTtlSeconds).toBe(1)
  else expect(() => httpApi(options)).toThrow(/aws\.httpApi\.identitySource: .*authorizerResultTtlInSeconds: 0/)
})

test('AWS-CACHE-15 a simple response that is kept holds for every route, yes and no', async () => {
  const { ask, handler } = simpleBench(async ({ rawPath }) => (rawPath === '/prod/a' ? YES : NO), KEPT)
  expect(await ask('GET /a', bearer('first'))).toBe(ALLOWED)
  expect(await ask('GET /b', bearer('first'))).toBe(ALLOWED)
  expect(await ask('GET /b', bearer('second'))).toBe(FORBIDDEN)
  expect(await ask('GET /a', bearer('second'))).toBe(FORBIDDEN)
  expect(handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-12 SEC-52 a policy that is kept is held against each request', async () => {
  const { ask, handler } = httpBench(async ({ routeArn }) => allow(routeArn), KEPT)
  expect(await ask('GET /a', bearer())).toBe(ALLOWED)
  expect(await ask('GET /b', bearer())).toBe(FORBIDDEN)
  expect(await ask('POST /a', bearer())).toBe(FORBIDDEN)
  expect(handler).toHaveBeenCalledTimes(1)
})

test('AWS-CACHE-04 $context.routeKey as a source makes what is kept per route', async () => {
  const { ask, handler } = simpleBench(async ({ routeKey }) => (routeKey === 'GET /admin' ? NO : YES), PER_ROUTE)
  expect(await ask('GET /pets/1', bearer())).toBe(ALLOWED)
  expect(await ask('GET /pets/2', bearer())).toBe(ALLOWED)
  expect(handler).toHaveBeenCalledTimes(1)
  expect(await ask('GET /admin', bearer())).toBe(FORBIDDEN)
  expect(await ask('GET /admin/', bearer())).toBe(FORBIDDEN)
  expect(handler).toHaveBeenCalledTimes(2)
})

const at = (route: string) => ({ ...bearer(), route })

test('AWS-CACHE-04 the route that the framework has matched makes what is kept per route as well', async () => {
  const options = { ...KEPT, identitySource: [HEADER, '$context.routeKey'] }
  const { ask, handler } = simpleBench(async () => YES, options)
  expect(await ask('GET /pets/1', at('/pets/{id}'))).toBe(ALLOWED)
  expect(await ask('GET /pets/2', at('/pets/{id}'))).toBe(ALLOWED)
  expect(await ask('GET /orders', at('/orders'))).toBe(ALLOWED)
  expect(await ask('POST /orders', at('/orders'))).toBe(ALLOWED)
  expect(handler.mock.calls.map(([{ routeKey }]) => routeKey)).toEqual([
    'GET /pets/{id}',
    'GET /orders',
    'POST /orders',
  ])
})

// A router that ignores letter case serves /ADMIN from the route /admin. To take it for no route at all would let it past
// a function that judges routes, and into the one verdict that is kept for everything on $default.
const judge = async ({ routeKey }: { routeKey: string }) => (routeKey === 'GET /admin' ? NO : YES)

test.each(['/ADMIN', '/Admin/'])('AWS-CACHE-04 SEC-11 %s is on the route /admin of a loose router', async (path) => {
  const { ask } = simpleBench(judge, PER_ROUTE)
  expect(await ask('GET /elsewhere', { ...bearer(), routing: LOOSE })).toBe(ALLOWED)
  expect(await ask(`GET ${path}`, { ...bearer(), routing: LOOSE })).toBe(FORBIDDEN)
})

test.each(['/ADMIN', '/Admin/'])(
  'AWS-CACHE-04 SEC-11 %s is on the route /admin that a framework matched',
  async (path) => {
    const { ask } = simpleBench(judge, { ...KEPT, identitySource: [HEADER, '$context.routeKey'] })
    expect(await ask('GET /OTHER', { ...bearer(), routing: LOOSE, route: '/other' })).toBe(ALLOWED)
    expect(await ask(`GET ${path}`, { ...bearer(), routing: LOOSE, route: '/admin' })).toBe(FORBIDDEN)
  },
)

test('AWS-CACHE-04 SEC-11 for a router that compares exactly, another letter case is another route', async () => {
  const { ask } = simpleBench(judge, PER_ROUTE)
  expect(await ask('GET /ADMIN', { ...bearer(), routing: EXACT })).toBe(ALLOWED)
})

test.each<[rule: string, title: string, handler: () => unknown, answer: string]>([
  ['AWS-CACHE-09', 'a thrown Unauthorized', async () => thrown(new Error('Unauthorized')), UNAUTHORIZED],
  ['AWS-CACHE-10', 'an error', async () => thrown(new Error('x')), '500 {"message":"Internal Server Error"}'],
  ['AWS-CACHE-10', 'an invalid answer', async () => ({}), '500 {"message":"Internal Server Error"}'],
])('%s %s is not kept', async (_, _title, given, answer) => {
  const { ask, handler } = simpleBench(given, { ...KEPT, compatibility: { httpApiThrowUnauthorized: '401' } })
  expect(await ask('GET /', bearer())).toBe(answer)
  expect(await ask('GET /', bearer())).toBe(answer)
  expect(handler).toHaveBeenCalledTimes(2)
})

test('AWS-CACHE-07 context and principal come with what is kept, each time in a copy of its own', async () => {
  const { evaluate } = httpBench(async () => allow('*', { context: { list: ['x'] } }), KEPT)
  for (let count = 0; count < 2; count++) {
    const outcome = await evaluate('GET /', bearer())
    if (!outcome.allowed) throw new Error('refused')
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

test('AWS-CACHE-18 results are forgotten by principal, by identity and altogether', async () => {
  const { ask, authorizer, handler } = httpBench(async () => allow(), KEPT)
  const forget = [{ principalId: 'u' }, { identity: 'Bearer x' }, { identity: ['Bearer x'] }]
  for (const selector of forget) {
    await ask('GET /', bearer())
    await authorizer.invalidate(selector)
  }
  await ask('GET /', bearer())
  await authorizer.invalidateAll()
  await ask('GET /', bearer())
  expect(handler).toHaveBeenCalledTimes(5)
})
