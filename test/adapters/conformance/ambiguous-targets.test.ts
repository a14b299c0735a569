/** Targets that two layers may read differently: refused, and where they are let through, never a way around. @module */
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { as, policy, requestContract, tokenContract, whoever } from './callers.ts'

/** Each would be `/admin/secret` for some router. */
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
    'SEC-04 SEC-05 SEC-06 SEC-07 SEC-08 %s is refused before the function is asked',
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
      const answer = await service.ask({ target, headers: as('t') })
      expect(answer.status).toBe(400)
      expect([calls, service.hits, service.errors]).toEqual([[], [], []])
      // @hono/node-server refuses a backslash itself, before any application sees it.
      if (adapter.name === 'Hono' && target.includes('\\')) return
      expect(answer.body).toBe('{"message":"Bad Request"}')
      expect(answer.header('x-amzn-ErrorType')).toBe('BadRequestException')
    },
  )

  it.each(DETOURS)('SEC-13 %s is on no list, although such targets are let through', async (target) => {
    const guard = adapter.customAuthorizer(whoever, { skip: ['/public/*'], ambiguousTargets: 'allow' })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/admin/secret' }] })
    await service.ask({ target })
    expect(service.hits).toEqual([])
  })

  it.each(DETOURS)('SEC-04 with %s an Allow for what is public does not open what is not', async (target) => {
    const guard = adapter.customAuthorizer(async () => policy({ 'GET/public/*': 'Allow' }), {
      contract: tokenContract(),
      ambiguousTargets: 'allow',
    })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/admin/secret' }] })
    await service.ask({ target, headers: as('t') })
    expect(service.hits).toEqual([])
  })
})
