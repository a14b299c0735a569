/** The event's route templates and parameters, including those of the mounts around the route. @module */
import type { AnyFunction } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, it } from 'vitest'
import { type Adapter, describeAdapters, type Service } from '../../support/adapters.ts'
import type { Plan, Step } from '../../support/applications/plan.ts'

interface Seen {
  readonly resource: string
  readonly resourcePath: string
  readonly pathParameters: Readonly<Record<string, string>>
}

const policyDocument = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }

const watch = (adapter: Adapter, options: object = {}): { readonly guard: Step; readonly seen: Seen[] } => {
  const seen: Seen[] = []
  const authorize = async ({ resource, requestContext, pathParameters }: aws.RequestEvent): Promise<object> => {
    seen.push({ resource, resourcePath: requestContext.resourcePath, pathParameters })
    return { principalId: 'ann', policyDocument }
  }
  const contract = aws.request({ authorizerResultTtlInSeconds: 0, ...options })
  return {
    guard: adapter.customAuthorizer(authorize as AnyFunction, { contract: contract as never, logger: null }),
    seen,
  }
}

const send = async (service: Service, target: string): Promise<number> => (await service.send({ target })).status

const expected = (template: string, pathParameters: Record<string, string>): Seen => ({
  resource: template,
  resourcePath: template,
  pathParameters,
})

/** node:http has no routes; the contract's option `routes` provides them. */
const hasRoutes = ({ name }: Adapter): boolean => name !== 'node:http'

describeAdapters('route templates', (adapter) => {
  if (!hasRoutes(adapter)) {
    it('AWS-EVT-29 the option routes provides templates and parameters', async () => {
      const { guard, seen } = watch(adapter, { routes: ['/tenants/{tenantId}/pets/{petId}'] })
      const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
      expect(await send(service, '/tenants/t1/pets/7')).toBe(200)
      expect(seen).toEqual([expected('/tenants/{tenantId}/pets/{petId}', { tenantId: 't1', petId: '7' })])
    })
    return
  }

  it('AWS-EVT-29 a route below a mount path with a parameter has the whole template', async () => {
    const { guard, seen } = watch(adapter)
    const routes = [
      { path: '/pets/:petId', use: [guard] },
      { path: '/', use: [guard] },
    ]
    const service = await adapter.serve({ mounts: [{ path: '/tenants/:tenantId', routes }] })
    expect(await send(service, '/tenants/t1/pets/7?a=1')).toBe(200)
    expect(await send(service, '/tenants/%7Bx%7D/pets/%2B')).toBe(200)
    expect(seen).toEqual([
      expected('/tenants/{tenantId}/pets/{petId}', { tenantId: 't1', petId: '7' }),
      expected('/tenants/{tenantId}/pets/{petId}', { tenantId: '%7Bx%7D', petId: '%2B' }),
    ])
  })

  it('AWS-EVT-29 the root route of a mounted router has the template of the mount', async () => {
    const { guard, seen } = watch(adapter)
    const service = await adapter.serve({
      mounts: [{ path: '/tenants/:tenantId', routes: [{ path: '/', use: [guard] }] }],
    })
    expect(await send(service, '/tenants/t1')).toBe(200)
    expect(seen).toEqual([expected('/tenants/{tenantId}', { tenantId: 't1' })])
  })

  it('AWS-EVT-29 the event has the parameters of both mounts and of the route', async () => {
    const { guard, seen } = watch(adapter)
    const inner: Plan = { routes: [{ path: '/pets/:petId', use: [guard] }] }
    const service = await adapter.serve({
      mounts: [{ path: '/tenants/:tenantId', mounts: [{ path: '/shops/:shopId', ...inner }] }],
    })
    expect(await send(service, '/tenants/t1/shops/s2/pets/7')).toBe(200)
    expect(seen).toEqual([
      expected('/tenants/{tenantId}/shops/{shopId}/pets/{petId}', { tenantId: 't1', shopId: 's2', petId: '7' }),
    ])
  })

  it('AWS-EVT-29 a mount path without a parameter is part of the template', async () => {
    const { guard, seen } = watch(adapter)
    const service = await adapter.serve({
      mounts: [{ path: '/api', routes: [{ path: '/pets/:petId', use: [guard] }] }],
    })
    expect(await send(service, '/api/pets/7')).toBe(200)
    expect(seen).toEqual([expected('/api/pets/{petId}', { petId: '7' })])
  })
})
