/** Requests that pass without an authorizer call: skipped paths, and preflights with `preflight: 'skip'`. @module */
import { expect, it } from 'vitest'
import { type Adapter, describeAdapters, type Service } from '../../support/adapters.ts'
import { as, policy, tokenContract, allowAnyToken } from './callers.ts'

const SKIP = ['/health', '/public/*', /\/v\d+\/status/]

/** Target, and whether it is skipped. */
const TARGETS: readonly (readonly [string, boolean])[] = [
  ['/health', true],
  ['/health?x=1', true],
  ['/healthy', false],
  ['/health/deep', false],
  ['/HEALTH', false],
  ['/public/hello', true],
  ['/public/a/b', true],
  ['/public/hello?x=/admin', true],
  ['/public', false],
  ['/publicity', false],
  ['/PUBLIC/hello', false],
  ['/admin/secret?x=/public/hello', false],
  ['/admin/secret?/public/', false],
  ['/admin/public/hello', false],
  ['/v1/status', true],
  ['/v12/status', true],
  ['/v1/status/deep', false],
  ['/x/v1/status', false],
  ['/admin?x=/v1/status', false],
]

/** Ambiguous targets, which match no skip rule. */
const AMBIGUOUS = ['/public/../admin', '/public/%2e%2e/admin', '/public//hello', '/public/a%', '//public/hello']

const serve = (adapter: Adapter, options: object): Promise<Service> =>
  adapter.serve({ use: [adapter.customAuthorizer(allowAnyToken, options)], routes: [{ path: '*' }] })

describeAdapters('skip', (adapter) => {
  it.each(TARGETS)('SEC-13 %s is skipped: %s', async (target, skipped) => {
    const service = await serve(adapter, { skip: SKIP })
    expect((await service.send({ target })).status).toBe(skipped ? 200 : 401)
    expect(service.hits).toHaveLength(skipped ? 1 : 0)
  })

  it('SEC-13 a trailing slash is skipped if the adapter assumes that the router ignores it', async () => {
    const service = await serve(adapter, { skip: SKIP })
    expect((await service.send({ target: '/health/' })).status).toBe(adapter.assumesLooseRouter ? 200 : 401)
  })

  it.each(AMBIGUOUS)('SEC-13 %s is rejected with 400 although it begins like a skipped path', async (target) => {
    const service = await serve(adapter, { skip: SKIP })
    expect((await service.send({ target })).status).toBe(400)
    expect(service.hits).toEqual([])
  })

  it('SEC-13 a skipped request has no authorizer context, even with a token', async () => {
    const service = await serve(adapter, { skip: SKIP })
    const response = await service.send({ target: '/public/hello', headers: as('ann') })
    expect(JSON.parse(response.body)).toEqual({ authorizer: { thrown: 'ERR_NOT_AUTHORIZED' }, locals: null })
  })
})

const ORIGIN = ['Origin', 'https://app.example'] as const
const WANTED = ['Access-Control-Request-Method', 'DELETE'] as const

/** Method, headers, and whether it passes without a token with `preflight: 'skip'`. */
const PREFLIGHTS = [
  ['a preflight', 'OPTIONS', [ORIGIN, WANTED], true],
  ['OPTIONS without Origin', 'OPTIONS', [WANTED], false],
  ['OPTIONS without the wanted method', 'OPTIONS', [ORIGIN], false],
  ['OPTIONS with neither', 'OPTIONS', [], false],
  ['GET with both', 'GET', [ORIGIN, WANTED], false],
  ['DELETE with both', 'DELETE', [ORIGIN, WANTED], false],
] as const

describeAdapters('preflight', (adapter) => {
  it.each(PREFLIGHTS)(
    'SEC-14 with preflight: skip, %s passes only if it is a preflight',
    async (_, method, headers, passes) => {
      const service = await serve(adapter, { preflight: 'skip' })
      const response = await service.send({ method, target: '/admin/secret', headers })
      expect(response.status).toBe(passes ? 200 : 401)
      if (passes) expect(JSON.parse(response.body)).toMatchObject({ authorizer: { thrown: 'ERR_NOT_AUTHORIZED' } })
    },
  )

  it.each(PREFLIGHTS)('SEC-14 AWS-FLOW-09 by default, %s needs a token', async (_, method, headers) => {
    for (const options of [{}, { preflight: 'authorize' }]) {
      const service = await serve(adapter, options)
      expect((await service.send({ method, target: '/admin/secret', headers })).status).toBe(401)
      expect(service.hits).toEqual([])
    }
  })

  it('SEC-14 a preflight for an ambiguous target is rejected with 400', async () => {
    const service = await serve(adapter, { preflight: 'skip' })
    const headers = [ORIGIN, WANTED]
    expect((await service.send({ method: 'OPTIONS', target: '/a/../b', headers })).status).toBe(400)
  })

  it('SEC-14 HEAD is authorized as HEAD, although the GET route serves it', async () => {
    const guard = adapter.customAuthorizer(async () => policy({ 'GET/pets': 'Allow', 'HEAD/open': 'Allow' }), {
      contract: tokenContract(),
    })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }, { path: '/open' }] })
    const headers = as('t')
    expect((await service.send({ target: '/pets', headers })).status).toBe(200)
    expect((await service.send({ method: 'HEAD', target: '/pets', headers })).status).toBe(403)
    expect((await service.send({ method: 'HEAD', target: '/open', headers })).status).toBe(200)
    expect(service.hits).toEqual(['GET /pets', 'GET /open'])
  })

  it('SEC-14 a method override header does not change the method that is authorized', async () => {
    const guard = adapter.customAuthorizer(async () => policy({ 'GET/pets': 'Allow' }), { contract: tokenContract() })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const headers = [...as('t'), ['X-HTTP-Method-Override', 'GET']] as const
    expect((await service.send({ method: 'DELETE', target: '/pets', headers })).status).toBe(403)
  })
})
