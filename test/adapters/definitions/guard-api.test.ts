import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { routeOf } from '../../support/definition.ts'
import { type GuardedService, serveGuarded } from './guarded-service.ts'

const get = async ({ service }: GuardedService, target: string, token?: string, method = 'GET') => {
  const headers = token === undefined ? [] : [['Authorization', token] as const]
  return service.send({ method, target, headers })
}

const ROUTES = ['GET /pets -> user', 'GET /pets/{id} -> user', 'DELETE /pets/{id} -> admin', 'GET /health -> NONE']

describeAdapters('guardApi', (adapter) => {
  test('each route is guarded by its own authorizer', async () => {
    const guarded = await serveGuarded(adapter, ROUTES, { open: ['GET /health'] })
    const statuses: number[] = []
    for (const [method, target, token] of [
      ['GET', '/pets', 'user'],
      ['GET', '/pets', 'admin'],
      ['GET', '/pets'],
      ['DELETE', '/pets/7', 'admin'],
      ['DELETE', '/pets/7', 'user'],
      ['GET', '/health'],
    ] as const)
      statuses.push((await get(guarded, target, token, method)).status)
    expect(statuses).toEqual([200, 401, 401, 200, 401, 200])
  })

  test.each([
    ['REST', 403, '{"message":"Missing Authentication Token"}'],
    ['HTTP', 404, '{"message":"Not Found"}'],
    ['HUAWEI', 404, /^\{"error_msg":"The API does not exist .*"error_code":"APIG.0101"/],
  ] as const)(
    'DEF-GEN-08 %s: a request without a route is answered as by the gateway',
    async (protocol, status, body) => {
      const guarded = await serveGuarded(adapter, ROUTES, {
        protocol,
        open: ['GET /health'],
        application: [{ method: 'ALL', path: '*' }],
      })
      for (const [method, target] of [
        ['GET', '/other'],
        ['PUT', '/pets'],
        ['GET', '/pets/1/2'],
      ] as const) {
        const response = await get(guarded, target, 'user', method)
        expect([response.status, response.body]).toEqual([
          status,
          expect.stringMatching(typeof body === 'string' ? body.replaceAll(/[{}]/g, '\\$&') : body),
        ])
      }
      expect(guarded.service.hits).toEqual([])
    },
  )

  test("DEF-GEN-08 unmatched: 'next' passes on what has no route, and nothing else", async () => {
    const guarded = await serveGuarded(adapter, ['GET /pets -> user'], {
      unmatched: 'next',
      application: [{ path: '/pets' }, { method: 'ALL', path: '*', handle: () => ({ body: 'other' }) }],
    })
    expect((await get(guarded, '/other')).body).toBe('other')
    expect((await get(guarded, '/pets')).status).toBe(401)
    expect((await get(guarded, '/PETS')).status).toBe(adapter.assumesLooseRouter ? 401 : 200)
    expect((await get(guarded, '/pets', undefined, 'HEAD')).status).toBe(401)
  })

  test.each([
    ['another letter case', 'GET', '/ADMIN'],
    ['a slash at the end', 'GET', '/admin/'],
    ['HEAD', 'HEAD', '/admin'],
    ['a needlessly escaped letter', 'GET', '/%61dmin'],
  ])('SEC-11 SEC-14 SEC-07 a guarded route beside an open one is not reached with %s', async (_, method, target) => {
    const guarded = await serveGuarded(adapter, ['GET /admin -> admin', 'ANY /{proxy+} -> NONE'], {
      open: 'as-declared',
    })
    await get(guarded, target, undefined, method)
    expect(guarded.service.hits).not.toContain('GET /admin')
  })

  test('an open route has no principal, and a guarded one that of its authorizer', async () => {
    const seen: string[] = []
    const guarded = await serveGuarded(adapter, ROUTES, {
      open: ['GET /health'],
      application: ['/pets', '/health'].map((path) => ({
        path,
        handle: (request) => {
          seen.push(request.getAuthorizer().principalId)
          return { body: 'handled' }
        },
      })),
    })
    await get(guarded, '/health', 'user')
    await get(guarded, '/pets', 'user')
    expect(seen).toEqual(['', 'user'])
  })

  test("DEF-DEF-06 undecided: 'deny' answers 500, and no handler runs", async () => {
    const guarded = await serveGuarded(adapter, ['GET /a -> ?', 'GET /b -> user'], { undecided: 'deny' })
    expect((await get(guarded, '/a', 'user')).status).toBe(500)
    expect((await get(guarded, '/b', 'user')).status).toBe(200)
    expect(guarded.service.hits).toEqual(['GET /b'])
  })

  test('DEF-CLI-02 a base path is removed before the route is selected', async () => {
    const guarded = await serveGuarded(adapter, ['GET /pets -> user'], {
      basePath: '/v1',
      application: [{ path: '/v1/pets' }, { path: '/pets' }],
    })
    expect((await get(guarded, '/v1/pets', 'user')).status).toBe(200)
    expect((await get(guarded, '/pets', 'user')).status).toBe(403)
    expect((await get(guarded, '/v10/pets', 'user')).status).toBe(403)
  })

  test('a handler runs only for callers that its own route allows, in every spelling of the request', async () => {
    const path = fc
      .array(fc.constantFrom('a', 'B', '{x}'), { minLength: 1, maxLength: 3 })
      .chain((parts) => fc.constantFrom(parts, [...parts.slice(0, 2), '{rest+}']))
      .map((parts) => `/${parts.map((each, index) => each.replace('x', `x${index}`)).join('/')}`)
    const route = fc.tuple(fc.constantFrom('GET', 'POST', 'ANY'), path, fc.constantFrom('p', 'q', 'NONE'))
    const routes = fc
      .uniqueArray(route, {
        minLength: 1,
        maxLength: 5,
        selector: ([method, each]) => `${method} ${each.toLowerCase()}`,
      })
      .map((list) => list.map(([method, each, guard]) => `${method} ${each} -> ${guard}`))
    const fallback = fc.constantFrom([], ['$default -> p'], ['$default -> NONE'])
    const segment = fc.constantFrom('a', 'A', 'b', 'B', '%61', 'c', 'a%2Fb', '%41')
    const request = fc.record({
      method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT'),
      target: fc
        .tuple(fc.array(segment, { minLength: 1, maxLength: 4 }), fc.constantFrom('', '/', '?a=1'))
        .map(([parts, end]) => `/${parts.join('/')}${end}`),
      token: fc.constantFrom('p', 'q', undefined),
    })
    await fc.assert(
      fc.asyncProperty(
        routes,
        fallback,
        fc.array(request, { minLength: 5, maxLength: 12 }),
        fc.constantFrom('REST', 'HTTP'),
        async (declared, others, requests, protocol) => {
          const notations = protocol === 'HTTP' ? [...declared, ...others] : declared
          const guarded = await serveGuarded(adapter, notations, { protocol, open: 'as-declared' })
          for (const { method, target, token } of requests) {
            const response = await get(guarded, target, token, method)
            guarded.service.hits.length = 0
            if (response.status !== 200 || method === 'HEAD') continue
            const { authorizer } = routeOf(response.body)
            expect([authorizer, `${method} ${target}`]).toEqual([
              authorizer === null ? null : token,
              `${method} ${target}`,
            ])
          }
        },
      ),
      { numRuns: 25 },
    )
  })
})
