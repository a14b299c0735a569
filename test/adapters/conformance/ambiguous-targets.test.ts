/** Ambiguous targets are rejected; where they are allowed, they do not bypass the guard. */
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { as, policy, requestContract, tokenContract, allowAnyToken } from './callers.ts'

/** Targets that some router resolves to `/admin/secret`. */
const DETOURS = [
  '/public/../admin/secret',
  '/public/%2e%2e/admin/secret',
  '/public/%2E./admin/secret',
  '/public/.%2e/./admin/secret',
  '/public/..\\admin\\secret',
  '/public/x/%2e%2e/../admin/secret',
]

const AMBIGUOUS = [...DETOURS, '//admin/secret', '/admin//secret', '/admin/secret%00', '/admin/%zz', '/admin/secret%5c']

describeAdapters('ambiguous targets', (adapter) => {
  it.each(AMBIGUOUS)(
    'SEC-04 SEC-05 SEC-06 SEC-07 SEC-08 %s is rejected with 400 before the function is called',
    async (target) => {
      const calls: unknown[] = []
      const guard = adapter.customAuthorizer(
        async (event: unknown) => {
          calls.push(event)
          return policy({ '*': 'Allow' })
        },
        { contract: requestContract() },
      )
      const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
      const response = await service.send({ target, headers: as('t') })
      expect(response.status).toBe(400)
      expect([calls, service.hits, service.errors]).toEqual([[], [], []])
      // @hono/node-server rejects a backslash itself.
      if (adapter.name === 'Hono' && target.includes('\\')) return
      expect(response.body).toBe('{"message":"Bad Request"}')
      expect(response.header('x-amzn-ErrorType')).toBe('BadRequestException')
    },
  )

  it.each(DETOURS)('SEC-13 %s matches no skip rule with ambiguousTargets: allow', async (target) => {
    const guard = adapter.customAuthorizer(allowAnyToken, { skip: ['/public/*'], ambiguousTargets: 'allow' })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/admin/secret' }] })
    await service.send({ target })
    expect(service.hits).toEqual([])
  })

  it.each(DETOURS)('SEC-04 an Allow for /public/* does not let %s reach /admin/secret', async (target) => {
    const guard = adapter.customAuthorizer(async () => policy({ 'GET/public/*': 'Allow' }), {
      contract: tokenContract(),
      ambiguousTargets: 'allow',
    })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/admin/secret' }] })
    await service.send({ target, headers: as('t') })
    expect(service.hits).toEqual([])
  })
})
