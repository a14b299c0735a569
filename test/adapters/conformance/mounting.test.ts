/** Guards on the application, on nested routers and applications, and on one route. @module */
import type { RequestEvent } from '@custom-authorizer/core/aws'
import { expect, it } from 'vitest'
import { describeAdapters, statedMount } from '../../support/adapters.ts'
import { as, paced, PACES, policy, requestContract, tokenContract, allowAnyToken } from './callers.ts'

describeAdapters('mounting', (adapter) => {
  it.each(PACES)('a guard on the application runs before every route and before the 404 (%s)', async (pace) => {
    const guard = adapter.customAuthorizer(paced(pace, allowAnyToken))
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/pets/:id' }] })
    expect((await service.send({ target: '/pets/7' })).status).toBe(401)
    expect((await service.send({ target: '/nowhere' })).status).toBe(401)
    expect(service.hits).toEqual([])
    expect((await service.send({ target: '/nowhere', headers: as('ann') })).status).toBe(404)
    expect((await service.send({ target: '/pets/7', headers: as('ann') })).status).toBe(200)
    expect(service.hits).toEqual(['GET /pets/:id'])
  })

  it.each(PACES)('a guard on one route does not affect other routes (%s)', async (pace) => {
    const guard = adapter.customAuthorizer(paced(pace, allowAnyToken))
    const service = await adapter.serve({ routes: [{ path: '/open' }, { path: '/closed', use: [guard] }] })
    expect((await service.send({ target: '/open' })).status).toBe(200)
    expect((await service.send({ target: '/closed' })).status).toBe(401)
    expect((await service.send({ target: '/closed', headers: as('ann') })).status).toBe(200)
    expect(service.hits).toEqual(['GET /open', 'GET /closed'])
  })

  it('a guard on one router does not affect sibling routers', async () => {
    const guard = adapter.customAuthorizer(allowAnyToken, statedMount(adapter, '/closed'))
    const service = await adapter.serve({
      mounts: [
        { path: '/open', routes: [{ path: '/pets' }] },
        { path: '/closed', use: [guard], routes: [{ path: '/pets' }] },
      ],
    })
    expect((await service.send({ target: '/open/pets' })).status).toBe(200)
    expect((await service.send({ target: '/closed/pets' })).status).toBe(401)
    expect((await service.send({ target: '/closed/pets', headers: as('ann') })).status).toBe(200)
  })

  const MOUNTS = [
    ['a router in a router', undefined],
    ['an application in an application', true],
  ] as const
  it.each(MOUNTS)('SEC-12 in %s the guard decides on the path from the root', async (_, application) => {
    const events: RequestEvent[] = []
    const guard = adapter.customAuthorizer(
      async (event: RequestEvent) => {
        events.push(event)
        return policy({ '*': 'Allow', 'GET/api/v1/secret': 'Deny', 'GET/pets': 'Deny' })
      },
      { contract: requestContract(), ...statedMount(adapter, '/api/v1', application === true) },
    )
    const mounted = application && { application }
    const inner = { path: '/v1', use: [guard], routes: [{ path: '/secret' }, { path: '/pets' }], ...mounted }
    const service = await adapter.serve({ mounts: [{ path: '/api', mounts: [inner], ...mounted }] })
    // A Deny of the whole path matches; a Deny of the path inside the mount does not.
    expect((await service.send({ target: '/api/v1/secret?x=/pets' })).status).toBe(403)
    expect((await service.send({ target: '/api/v1/pets' })).status).toBe(200)
    expect(events.map(({ path, methodArn }) => [path, methodArn.split('/prod/')[1]])).toEqual([
      ['/api/v1/secret', 'GET/api/v1/secret'],
      ['/api/v1/pets', 'GET/api/v1/pets'],
    ])
    expect(service.hits).toEqual(['GET /api/v1/pets'])
  })

  it('SEC-12 an Allow of the path inside the mount does not match', async () => {
    const guard = adapter.customAuthorizer(async () => policy({ 'GET/secret': 'Allow' }), {
      contract: tokenContract(),
      ...statedMount(adapter, '/api'),
    })
    const service = await adapter.serve({
      mounts: [{ path: '/api', use: [guard], routes: [{ path: '/secret' }] }],
    })
    expect((await service.send({ target: '/api/secret', headers: as('ann') })).status).toBe(403)
    expect(service.hits).toEqual([])
  })

  it('SEC-12 the native contract receives the path from the root', async () => {
    const paths: string[] = []
    const guard = adapter.customAuthorizer(
      (request) => {
        paths.push(`${request.method} ${request.path}`)
        return true
      },
      statedMount(adapter, '/api/v1'),
    )
    const service = await adapter.serve({
      mounts: [{ path: '/api', mounts: [{ path: '/v1', use: [guard], routes: [{ path: '/pets/:id' }] }] }],
    })
    await service.send({ target: '/api/v1/pets/x%2Fy?z=1' })
    expect(paths).toEqual(['GET /api/v1/pets/x%2Fy'])
  })

  it('AWS-EVT-25 AWS-EVT-29 a guard on a route passes its template and its undecoded parameters', async () => {
    const events: RequestEvent[] = []
    const authorize = async (event: RequestEvent): Promise<unknown> => {
      events.push(event)
      return policy({ '*': 'Allow' })
    }
    const guard = adapter.customAuthorizer(authorize, { contract: requestContract() })
    const mounted = adapter.customAuthorizer(authorize, {
      contract: requestContract(),
      ...statedMount(adapter, '/api'),
    })
    const service = await adapter.serve({
      routes: [{ path: '/u/:id', use: [guard] }],
      mounts: [{ path: '/api', routes: [{ path: '/t/:tenant/u/:id', use: [mounted] }] }],
    })
    expect((await service.send({ target: '/u/x%2Fy' })).status).toBe(200)
    expect((await service.send({ target: '/api/t/a%20b/u/7' })).status).toBe(200)
    const seen = events.map(({ resource, pathParameters }) => ({ resource, pathParameters }))
    // node:http has no routes, so the event has one greedy proxy resource.
    const expected =
      adapter.name === 'node:http'
        ? [
            { resource: '/{proxy+}', pathParameters: { proxy: 'u/x%2Fy' } },
            { resource: '/{proxy+}', pathParameters: { proxy: 'api/t/a%20b/u/7' } },
          ]
        : [
            { resource: '/u/{id}', pathParameters: { id: 'x%2Fy' } },
            { resource: '/api/t/{tenant}/u/{id}', pathParameters: { tenant: 'a%20b', id: '7' } },
          ]
    expect(seen).toEqual(expected)
  })
})
