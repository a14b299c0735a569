/** `requireContext` and `requireScopes`: route checks on the authorizer's result. @module */
import { allow, type ContextRequirement, type ScopeRequirement } from '@custom-authorizer/core'
import { expect, it, vi } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { REST_RESPONSES } from '../../conformance/rest/gateway.ts'
import { expectGatewayResponse } from '../../conformance/runner/compare.ts'
import { as, paced, PACES, policy, tokenContract } from './callers.ts'

const ANN = { role: 'admin', level: 3, active: true, scope: 'pets:read pets:write' }

const CONTEXTS: readonly (readonly [ContextRequirement, boolean])[] = [
  [{ role: 'admin' }, true],
  [{ role: 'Admin' }, false],
  [{ role: ['owner', 'admin'] }, true],
  [{ role: ['owner', 'user'] }, false],
  [{ level: 3, active: true }, true],
  [{ level: '3' }, false],
  [{ active: false }, false],
  [{ role: 'admin', level: 4 }, false],
  [{ level: (value: unknown) => Number(value) > 2 }, true],
  [{ missing: 'x' }, false],
  [{ toString: (value: unknown) => value !== undefined }, false],
  [({ principalId, context }) => principalId === 'ann' && context['role'] === 'admin', true],
  [({ principalId }) => principalId === 'bob', false],
  [
    () => {
      throw new Error('a predicate that throws denies')
    },
    false,
  ],
]

const SCOPES: readonly (readonly [ScopeRequirement[], object, boolean])[] = [
  [['pets:read'], { scope: 'pets:read pets:write' }, true],
  [['pets:read', 'pets:write'], { scope: 'pets:write pets:read' }, true],
  [['pets:read', 'pets:delete'], { scope: 'pets:read' }, false],
  [['pets:read'], { scope: 'pets:reads' }, false],
  [['pets:read'], {}, false],
  [['pets:read'], { scp: ['pets:read'] }, true],
  [['pets:read'], { scopes: ['pets:write'] }, false],
  [[{ anyOf: ['a', 'b'] }], { scope: 'b' }, true],
  [[{ anyOf: ['a', 'b'] }], { scope: 'c' }, false],
  [[{ allOf: ['a', 'b'] }], { scope: 'a b c' }, true],
  [[{ allOf: ['a', 'b'] }], { scope: 'a' }, false],
]

describeAdapters('requirements', (adapter) => {
  it('requireContext allows callers with exactly these context values', async () => {
    const guard = adapter.customAuthorizer(() => allow({ principalId: 'ann', context: ANN }))
    const service = await adapter.serve({
      use: [guard],
      routes: CONTEXTS.map(([requirement], index) => ({
        path: `/${index}`,
        use: [adapter.requireContext(requirement)],
      })),
    })
    for (const [index, [requirement, passes]] of CONTEXTS.entries()) {
      const response = await service.send({ target: `/${index}` })
      expect([index, requirement, response.status]).toEqual([index, requirement, passes ? 200 : 403])
      if (!passes) expect(response.body).toBe('{"message":"Forbidden"}')
    }
    expect(service.hits).toHaveLength(CONTEXTS.filter(([, passes]) => passes).length)
    expect(service.errors).toEqual([])
  })

  it('requireScopes allows callers with the scopes, read from scope, scp or scopes', async () => {
    const service = await adapter.serve({
      routes: SCOPES.map(([requirements, context], index) => ({
        path: `/${index}`,
        use: [
          adapter.customAuthorizer(() => allow({ context: { ...context } })),
          adapter.requireScopes(...requirements),
        ],
      })),
    })
    for (const [index, [requirements, context, passes]] of SCOPES.entries()) {
      const response = await service.send({ target: `/${index}` })
      expect([requirements, context, response.status]).toEqual([requirements, context, passes ? 200 : 403])
    }
    expect(service.hits).toHaveLength(SCOPES.filter(([, , passes]) => passes).length)
  })

  it.each(PACES)(
    'AWS-REST-08 requireContext and requireScopes deny in the format of the contract (%s)',
    async (pace) => {
      const guard = adapter.customAuthorizer(
        async () => {
          if (pace === 'async') await new Promise((resolve) => setImmediate(resolve))
          return policy({ '*': 'Allow' }, { role: 'user', scope: 'read' })
        },
        { contract: tokenContract() },
      )
      const service = await adapter.serve({
        use: [guard],
        routes: [
          { path: '/context', use: [adapter.requireContext({ role: 'admin' })] },
          { path: '/scopes', use: [adapter.requireScopes('write')] },
          { path: '/both', use: [adapter.requireContext({ role: 'user' }), adapter.requireScopes('read')] },
        ],
      })
      const denied = REST_RESPONSES.answers['AWS-REST-08']
      if (denied === undefined) throw new Error('the corpus has no AWS-REST-08')
      for (const target of ['/context', '/scopes']) {
        expectGatewayResponse(await service.send({ target, headers: as('t') }), denied, REST_RESPONSES, adapter)
      }
      expect((await service.send({ target: '/both', headers: as('t') })).status).toBe(200)
      expect(service.hits).toEqual(['GET /both'])
    },
  )

  it('AWS-GWR-22 the response template of a requireContext denial can read the context', async () => {
    const guard = adapter.customAuthorizer(async () => policy({ '*': 'Allow' }, { role: 'user' }), {
      contract: tokenContract({
        gatewayResponses: {
          ACCESS_DENIED: { responseTemplates: { 'application/json': '{"not":"$context.authorizer.role"}' } },
        },
      }),
    })
    const service = await adapter.serve({
      use: [guard, adapter.requireContext({ role: 'admin' })],
      routes: [{ path: '*' }],
    })
    const response = await service.send({ headers: as('t') })
    expect([response.status, response.body]).toEqual([403, '{"not":"user"}'])
  })

  it('AWS-REST-31 requireScopes denies HEAD with headers and no body', async () => {
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(() => true), adapter.requireScopes('a')],
      routes: [{ path: '*' }],
    })
    const response = await service.send({ method: 'HEAD' })
    expect([response.status, response.header('content-length'), response.body]).toEqual([403, '23', ''])
    expect(response.header('content-type')).toBe('application/json')
  })

  it('without an authorizer before it, a requirement responds with 500, logs a warning and runs no handler', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const skipping = adapter.customAuthorizer(() => true, { skip: ['/skipped'] })
    const service = await adapter.serve({
      routes: [
        { path: '/context', use: [adapter.requireContext({ role: 'admin' })] },
        { path: '/scopes', use: [adapter.requireScopes('a')] },
        { path: '/skipped', use: [skipping, adapter.requireContext(() => true)] },
      ],
    })
    for (const target of ['/context', '/scopes', '/skipped']) {
      const response = await service.send({ target })
      expect([response.status, response.body]).toEqual([500, '{"message":"Internal Server Error"}'])
      expect(response.header('cache-control')).toBe('no-store')
    }
    expect(service.hits).toEqual([])
    expect(warn.mock.calls.map(([line]) => /require(?:Context|Scopes) was reached/.test(String(line)))).toEqual([
      true,
      true,
      true,
    ])
  })

  it('requireContext reads the result, not the copy that earlier middleware changed', async () => {
    const guard = adapter.customAuthorizer(() => allow({ context: { role: 'user' } }))
    const raise = adapter.tap((request) => {
      request.getAuthorizer().context['role'] = 'admin'
    })
    const service = await adapter.serve({
      use: [guard, raise],
      routes: [{ path: '*', use: [adapter.requireContext({ role: 'admin' })] }],
    })
    expect((await service.send({})).status).toBe(403)
  })

  it.each(PACES)('with two authorizers, requireContext reads the result of the later one (%s)', async (pace) => {
    const first = adapter.customAuthorizer(paced(pace, () => allow({ context: { role: 'admin' } })))
    const second = adapter.customAuthorizer(paced(pace, () => allow({ context: { role: 'user' } })))
    const admin = adapter.requireContext({ role: 'admin' })
    const service = await adapter.serve({
      routes: [
        { path: '/12', use: [first, second, admin] },
        { path: '/21', use: [second, first, admin] },
        { path: '/1a2', use: [first, admin, second] },
      ],
    })
    const statuses = await Promise.all(
      ['/12', '/21', '/1a2'].map(async (target) => (await service.send({ target })).status),
    )
    expect(statuses).toEqual([403, 200, 200])
  })
})
