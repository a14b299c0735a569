import type { Authorizer } from '@custom-authorizer/core'
import { fakeClock } from '@custom-authorizer/core/testing'
import { awsJwtAuthorizer, jwtAuthorizer } from '@custom-authorizer/jwt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { KeyServer } from '../../support/key-server.ts'
import { AUDIENCE, ISSUER, KEY, NOW, token } from './jwt-fixture.ts'

let server: KeyServer
beforeEach(async () => {
  server = await KeyServer.start(KEY.jwk)
})
afterEach(() => server.close())

describeAdapters('JWT authorizers', (adapter) => {
  test('jwtAuthorizer verifies tokens and passes the claims to handlers and requireScopes', async () => {
    const { jwksUri } = server
    const authorizer = jwtAuthorizer({
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUri,
      clock: fakeClock(),
      logger: null,
    })
    const use = [adapter.customAuthorizer(authorizer as unknown as Authorizer<never>)]
    const service = await adapter.serve({
      use,
      routes: [{ path: '/pets' }, { path: '/write', use: [adapter.requireScopes('pets:write')] }],
    })
    const send = (target: string, compact?: string): ReturnType<typeof service.send> =>
      service.send({ target, headers: compact === undefined ? [] : [['Authorization', `Bearer ${compact}`]] })

    const good = await send('/pets', token({ scope: 'pets:read' }))
    expect(good.status).toBe(200)
    expect(JSON.parse(good.body)).toMatchObject({
      authorizer: { principalId: 'alice', context: { iss: ISSUER, exp: NOW + 300, scope: 'pets:read' } },
    })
    const results = [
      await send('/pets'),
      await send('/pets', token({ aud: 'x' })),
      await send('/write', token({ scope: 'a' })),
    ]
    expect(results.map((each) => [each.status, each.header('www-authenticate'), each.header('content-type')])).toEqual([
      [401, 'Bearer', 'application/json'],
      [401, 'Bearer error="invalid_token"', 'application/json'],
      [403, 'Bearer error="insufficient_scope", scope="pets:write"', 'application/json'],
    ])
    expect((await send('/write', token({ scope: 'x pets:write' }))).status).toBe(200)
    expect(service.hits).toEqual(['GET /pets', 'GET /write'])
    expect(server.fetches).toBe(1)
  })

  test('awsJwtAuthorizer verifies tokens and responds like an HTTP API', async () => {
    const jwtConfiguration = { issuer: server.origin, audience: AUDIENCE }
    const authorizer = awsJwtAuthorizer({ jwtConfiguration, clock: fakeClock(), logger: null })
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizer as unknown as Authorizer<never>)],
      routes: [{ path: '/pets' }],
    })
    const headers = [['Authorization', token({ iss: server.origin })]] as const
    const good = await service.send({ target: '/pets', headers })
    expect(JSON.parse(good.body)).toMatchObject({
      authorizer: { requestContext: { authorizer: { jwt: { claims: { exp: String(NOW + 300) }, scopes: null } } } },
    })
    const bad = await service.send({ target: '/pets', headers: [['Authorization', 'x']] })
    expect([bad.status, bad.body]).toEqual([401, '{"message":"Unauthorized"}'])
    expect(bad.header('www-authenticate')).toMatch(
      /^Bearer scope="" error="invalid_token" error_description="token contains/,
    )
  })
})
