/** `onDenied: 'error'`: denials reach the error handling of the framework, so that an application has one error format. */
import { allow, createAuthorizer, DeniedError, native, redirect } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { expect, it } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const OPTIONS = { onDenied: 'error', logger: null } as const

describeAdapters("onDenied: 'error'", (adapter) => {
  it('SEC-128 passes a DeniedError to the error handling instead of a response, and no handler runs', async () => {
    const guard = adapter.customAuthorizer(() => Promise.resolve(false), OPTIONS)
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }] })
    await service.send({ target: '/pets' })
    const [error] = service.errors
    expect(error).toBeInstanceOf(DeniedError)
    expect(error).toMatchObject({
      name: 'DeniedError',
      message: 'Forbidden',
      status: 403,
      statusCode: 403,
      expose: true,
      reason: 'DENIED',
      type: 'ACCESS_DENIED',
      response: { status: 403, body: '{"message":"Forbidden"}' },
    })
    expect(service.hits).toEqual([])
  })

  it('SEC-128 a synchronous denial, a malformed request and a requirement behave alike', async () => {
    const guard = adapter.customAuthorizer(() => allow({ context: { role: 'user' } }), OPTIONS)
    const service = await adapter.serve({
      use: [guard],
      routes: [
        { path: '/pets', use: [adapter.requireContext({ role: 'admin' })] },
        { path: '/denied', use: [adapter.customAuthorizer(() => false, OPTIONS)] },
        { path: '/scoped', use: [adapter.requireScopes('write')] },
      ],
    })
    for (const target of ['/pets', '/denied', '/scoped', '//pets']) await service.send({ target })
    expect(service.errors.map((error) => (error as DeniedError).reason)).toEqual([
      'CONTEXT_MISMATCH',
      'DENIED',
      'INSUFFICIENT_SCOPE',
      'MALFORMED_REQUEST',
    ])
    expect(service.hits).toEqual([])
  })

  it("SEC-128 the error has the gateway's headers except those of the body, and its status", async () => {
    const service = await adapter.serve({
      routes: [
        { path: '/login', use: [adapter.customAuthorizer(() => redirect('/in'), OPTIONS)] },
        {
          path: '/token',
          use: [adapter.customAuthorizer(() => ({}), { ...OPTIONS, contract: aws.token() as never })],
        },
      ],
    })
    await service.send({ target: '/login' })
    await service.send({ target: '/token' })
    const [login, token] = service.errors as DeniedError[]
    expect([login?.status, login?.headers]).toEqual([302, { Location: '/in', 'Cache-Control': 'no-store' }])
    expect([token?.status, token?.reason]).toEqual([401, 'IDENTITY_SOURCE_MISSING'])
    expect(token?.headers).toHaveProperty('x-amzn-ErrorType', 'UnauthorizedException')
  })

  it('SEC-101 the error contains no credential, context or principal', async () => {
    const guard = adapter.customAuthorizer(
      createAuthorizer({
        authorize: () => ({ isAuthorized: false, principalId: 'SECRET-principal', context: { a: 'SECRET-context' } }),
        contract: native({ identitySources: ['$request.header.authorization'] }),
        logger: null,
      }) as never,
      { onDenied: 'error' },
    )
    const service = await adapter.serve({ use: [guard], routes: [{ path: '/pets' }] })
    await service.send({ target: '/pets', headers: [['Authorization', 'SECRET-token']] })
    const error = service.errors[0] as DeniedError
    expect(error).toBeInstanceOf(DeniedError)
    expect(JSON.stringify([Object.entries(error), error.message, error.stack])).not.toContain('SECRET')
  })

  it('a denial is answered with the response by default', async () => {
    const service = await adapter.serve({ use: [adapter.customAuthorizer(() => false)], routes: [{ path: '/pets' }] })
    expect((await service.send({ target: '/pets' })).status).toBe(403)
    expect(service.errors).toEqual([])
  })
})
