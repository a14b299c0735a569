/** Routing, authorization, validation, handler: the order (AWS-FLOW-01, 02, 04, 07, AWS-KIND-02, AWS-GOT-23). @module */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { type Adapter, describeAdapters } from '../../support/adapters.ts'
import type { Step } from '../../support/applications/plan.ts'

interface Event {
  readonly routeKey: string
  readonly resource: string
}

const guardOf = (
  adapter: Adapter,
  isAuthorized: boolean,
  options: aws.HttpApiOptions = {},
): { readonly guard: Step; readonly events: readonly Event[] } => {
  const events: Event[] = []
  const authorize = async (event: Event): Promise<object> => {
    events.push(event)
    return { isAuthorized }
  }
  const contract = aws.httpApi({ enableSimpleResponses: true, ...options } as never)
  return { guard: adapter.customAuthorizer(authorize as AnyFunction, { contract, logger: null }), events }
}

describeAdapters('route authorizers', (adapter) => {
  test('AWS-FLOW-01 AWS-KIND-02 only the authorizer of the matched route runs', async () => {
    const first = guardOf(adapter, true)
    const second = guardOf(adapter, false)
    const service = await adapter.serve({
      routes: [
        { path: '/a', use: [first.guard] },
        { path: '/b', use: [second.guard] },
        { path: '/c', use: [first.guard] },
        { path: '/open' },
      ],
    })
    const statusOf = async (target: string): Promise<number> => (await service.send({ target })).status
    expect([await statusOf('/a'), await statusOf('/b'), await statusOf('/c'), await statusOf('/open')]).toEqual([
      200, 403, 200, 200,
    ])
    expect([first.events.length, second.events.length]).toEqual([2, 1])
    expect(service.hits).toEqual(['GET /a', 'GET /c', 'GET /open'])
  })

  test('AWS-FLOW-04 a request without a route gets 404, and no route authorizer runs', async () => {
    const { guard, events } = guardOf(adapter, false)
    const service = await adapter.serve({ routes: [{ path: '/a', use: [guard] }] })
    expect((await service.send({ target: '/b' })).status).toBe(404)
    expect(events).toEqual([])
  })

  test('AWS-FLOW-02 AWS-GOT-23 a guard on one method does not protect the other methods of the path', async () => {
    const { guard, events } = guardOf(adapter, false)
    const service = await adapter.serve({
      routes: [
        { method: 'POST', path: '/admin', use: [guard] },
        { method: 'ALL', path: '*' },
      ],
    })
    expect((await service.send({ method: 'POST', target: '/admin' })).status).toBe(403)
    expect((await service.send({ target: '/admin' })).status).toBe(200)
    expect([service.hits, events.length]).toEqual([['ALL /*'], 1])
  })

  test('AWS-FLOW-02 routeKey names the route of the request method', async () => {
    const routes = ['POST /admin', 'ANY /{proxy+}']
    const { guard, events } = guardOf(adapter, true, { routes })
    const service = await adapter.serve({ use: [guard], routes: [{ method: 'ALL', path: '*' }] })
    await service.send({ target: '/admin' })
    await service.send({ method: 'POST', target: '/admin' })
    expect(events.map(({ routeKey }) => routeKey)).toEqual(['ANY /{proxy+}', 'POST /admin'])
  })

  test('AWS-FLOW-02 resource of a REST request names the route of the request method', async () => {
    const resources: string[] = []
    const authorize = async ({ resource }: Event): Promise<object> => {
      resources.push(resource)
      const Statement = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }
      return { principalId: 'u', policyDocument: { Version: '2012-10-17', Statement } }
    }
    const contract = aws.request({ authorizerResultTtlInSeconds: 0, routes: ['POST /admin', 'ANY /{proxy+}'] })
    const guard = adapter.customAuthorizer(authorize as AnyFunction, { contract, logger: null })
    const service = await adapter.serve({ use: [guard], routes: [{ method: 'ALL', path: '*' }] })
    await service.send({ target: '/admin' })
    await service.send({ method: 'POST', target: '/admin' })
    expect(resources).toEqual(['/{proxy+}', '/admin'])
  })

  test('AWS-FLOW-07 validation and the route handler run only after the authorizer has allowed', async () => {
    for (const isAuthorized of [true, false]) {
      const order: string[] = []
      const { guard } = guardOf(adapter, isAuthorized)
      const before = adapter.tap(() => order.push('before'))
      const after = adapter.tap(() => order.push('validation'))
      const service = await adapter.serve({
        use: [before, guard, after, adapter.bodyParser()],
        routes: [{ method: 'POST', path: '/pets', handle: () => ({ body: order.push('integration') }) }],
      })
      const { status } = await service.send({ method: 'POST', target: '/pets', body: 'x'.repeat(1000) })
      expect([status, order]).toEqual(isAuthorized ? [200, ['before', 'validation', 'integration']] : [403, ['before']])
    }
  })

  test('AWS-FLOW-10 SEC-14 httpMethod is the method of the request line; X-HTTP-Method-Override is ignored', async () => {
    const methods: string[] = []
    const authorize = async ({ httpMethod }: { readonly httpMethod: string }): Promise<unknown> =>
      methods.push(httpMethod)
    const contract = aws.request({ authorizerResultTtlInSeconds: 0 })
    const guard = adapter.customAuthorizer(authorize as AnyFunction, { contract, logger: null })
    const service = await adapter.serve({ use: [guard] })
    await service.send({ method: 'POST', headers: [['X-HTTP-Method-Override', 'GET']] })
    expect(methods).toEqual(['POST'])
  })
})
