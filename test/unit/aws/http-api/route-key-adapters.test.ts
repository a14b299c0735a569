/** Routes known to the framework reach the function and the cache key of an HTTP API authorizer (AWS-CACHE-04). */
import { createAuthorizer } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../../support/adapters.ts'
import { httpApi, NOT_AUTHORIZED, AUTHORIZED } from './harness.ts'

const PER_ROUTE = {
  enableSimpleResponses: true,
  identitySource: ['$request.header.Authorization', '$context.routeKey'],
  authorizerResultTtlInSeconds: 300,
}
const headers = [['Authorization', 'x']] as const

interface Event {
  readonly routeKey: string
  readonly pathParameters?: object
}

const build = (options: object = {}) => {
  const events: Event[] = []
  const authorizer = createAuthorizer({
    authorize: async (event: Event) => {
      events.push(event)
      return event.routeKey.endsWith('/admin') ? NOT_AUTHORIZED : AUTHORIZED
    },
    contract: httpApi({ ...PER_ROUTE, ...options }),
    clock: fakeClock(),
    logger: null,
  })
  return { authorizer: authorizer as never, events }
}

describeAdapters('routes of HTTP APIs', (adapter) => {
  test('AWS-CACHE-04 one authorizer on several routes is called once per route', async () => {
    // node:http has no routes.
    const routes = adapter.name === 'node:http' ? { routes: ['GET /pets/{id}', 'GET /admin'] } : {}
    const { authorizer, events } = build(routes)
    const use = [adapter.customAuthorizer(authorizer)]
    const service = await adapter.serve({
      routes: [
        { path: '/pets/:id', use },
        { path: '/admin', use },
      ],
    })
    const send = async (target: string) => (await service.send({ target, headers })).status
    expect([await send('/pets/7'), await send('/pets/8'), await send('/admin'), await send('/admin')]).toEqual([
      200, 200, 403, 403,
    ])
    expect(events).toMatchObject([
      { routeKey: 'GET /pets/{id}', pathParameters: { id: '7' } },
      { routeKey: 'GET /admin' },
    ])
  })

  test('AWS-CACHE-04 SEC-11 a route keeps its decision in every spelling that the router accepts', async () => {
    const { authorizer } = build({ routes: ['GET /pets', 'GET /admin'] })
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizer)],
      routes: [{ path: '/pets' }, { path: '/admin' }],
    })
    for (const target of ['/other', '/admin', '/ADMIN', '/Admin', '/admin/']) await service.send({ target, headers })
    expect(service.hits).toEqual([])
    expect((await service.send({ target: '/pets', headers })).status).toBe(200)
  })
})
