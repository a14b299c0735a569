/** Mapped paths below a mounted router, and the path that a later guard authorizes. */
import { allow } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, test } from 'vitest'
import { describeAdapters, statedMount } from '../../support/adapters.ts'

const yes = (): ReturnType<typeof allow> => allow()

const mapping = (path: string, mountPath?: string): object => ({
  ...(mountPath !== undefined && { mountPath }),
  parameterMapping: aws.parameterMapping({ 'overwrite:path': path }),
  logger: null,
})

const handle = (request: { target: string }): { body: string } => ({ body: request.target })

describeAdapters('a mapped path', (adapter) => {
  test('SEC-12 a path mapped below a mount is routed without the prefix', async () => {
    const use = [adapter.customAuthorizer(yes, mapping('/api/v2', statedMount(adapter, '/api').mountPath))]
    const service = await adapter.serve({ mounts: [{ path: '/api', use, routes: [{ path: '*', handle }] }] })
    const response = await service.send({ target: '/api/v1' })
    // Routers of Koa and Hono do not cut off the prefix.
    const expected = /Express|node/i.test(adapter.name) ? '/v2' : '/api/v2'
    expect([response.status, response.body]).toEqual([200, expected])
  })

  test('SEC-12 a later guard authorizes the path that the framework routes after the mapping', async () => {
    const requested: string[] = []
    const second = adapter.customAuthorizer((request: { path: string }) => {
      requested.push(request.path)
      return allow()
    })
    const use = [adapter.customAuthorizer(yes, mapping('/other')), second]
    const service = await adapter.serve({ use, routes: [{ path: '*' }] })
    expect((await service.send({ target: '/here?x=1' })).status).toBe(200)
    // Hono chooses the route before any guard runs.
    expect(requested).toEqual([adapter.name === 'Hono' ? '/here' : '/other'])
  })
})

test.each(['express', 'node'])('SEC-12 a path mapped outside of the mount gives 500 on %s', async (name) => {
  const { ADAPTERS } = await import('../../support/adapters.ts')
  for (const adapter of ADAPTERS.filter((each) => each.name.toLowerCase().includes(name))) {
    const use = [adapter.customAuthorizer(yes, mapping('/other', statedMount(adapter, '/api').mountPath))]
    const service = await adapter.serve({ mounts: [{ path: '/api', use, routes: [{ path: '*' }] }] })
    expect([(await service.send({ target: '/api/v1' })).status, service.hits]).toEqual([500, []])
  }
})
