/** `failureMode: 'allow'` opens its route during an outage, and only then (SEC-87). */
import { AuthorizerError, type GatewayRequest, unauthorized, unavailable } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { fakeClock } from '@custom-authorizer/core/testing'
import { expect, test } from 'vitest'
import { type Adapter, describeAdapters, type Service } from '../../../support/adapters.ts'
import { Deferred } from '../../../support/deferred.ts'
import { RecordingLogger } from '../../../support/recording-logger.ts'

const throwError = (): never => {
  throw new Error('the database is down')
}

const outage = (code: 'ERR_REMOTE_UNREACHABLE' | 'ERR_REMOTE_OVERLOADED'): AuthorizerError =>
  new AuthorizerError(code, 'down', { isOutage: true })

/** An error of the function with the members of an outage error. */
const lookAlike = Object.assign(new Error('down'), { code: 'ERR_REMOTE_UNREACHABLE', isOutage: true })

const read = (token: string): string => (JSON.parse(token) as { sub: string }).sub

const handle = (request: { headerViews(name: string): object; locals: unknown }): { body: object } => ({
  body: { views: request.headerViews('x-authz-principal-id'), locals: request.locals ?? null },
})

const serve = (adapter: Adapter, authorize: () => unknown, logger: RecordingLogger): Promise<Service> => {
  const guard = (options: object): ReturnType<Adapter['customAuthorizer']> =>
    adapter.customAuthorizer(authorize as never, { contextHeaders: 'x-authz-', logger, ...options })
  return adapter.serve({
    routes: [
      { path: '/pets', use: [guard({ failureMode: 'allow' })], handle },
      { path: '/admin/secret', use: [guard({})], handle },
    ],
  })
}

const FORGED = [['X-Authz-Principal-Id', 'root']] as const

describeAdapters('failureMode', (adapter) => {
  test.each([
    ['returns unavailable()', () => unavailable()],
    ['could not be reached', () => Promise.reject(outage('ERR_REMOTE_UNREACHABLE'))],
    ['was not called because its circuit is open', () => Promise.reject(outage('ERR_REMOTE_OVERLOADED'))],
  ])("SEC-87 a function that %s opens only the route with failureMode: 'allow', without a principal", async (_, fn) => {
    const logger = new RecordingLogger()
    const service = await serve(adapter, fn, logger)
    const open = await service.send({ target: '/pets', headers: FORGED })
    expect(open.status).toBe(200)
    const seen = JSON.parse(open.body) as { views: Record<string, string[]>; locals: unknown }
    expect(Object.values(seen.views).flat()).toEqual([])
    expect(seen.locals).toBeNull()
    expect(logger.lines.filter((line) => line.includes('failureMode let a request pass'))).toHaveLength(1)
    const closed = await service.send({ target: '/admin/secret', headers: FORGED })
    expect(closed.status).toBeGreaterThanOrEqual(500)
    expect(service.hits).toEqual(['GET /pets'])
  })

  test.each([
    ['an exception', throwError, 500],
    ['a rejection', () => Promise.reject(new Error('down')), 500],
    ['a TypeError', () => (undefined as unknown as { sub: string }).sub, 500],
    ['an error that looks like an outage', () => Promise.reject(lookAlike), 500],
    ['a remote crash', () => Promise.reject(new AuthorizerError('ERR_REMOTE_UNREACHABLE', '500')), 500],
    ['too many calls in progress', () => Promise.reject(new AuthorizerError('ERR_REMOTE_OVERLOADED', 'full')), 503],
    ['a denial', () => false, 403],
    ['an unauthorized() result', () => unauthorized(), 401],
    ['an invalid result', () => 'yes', 500],
    ['a principal ID that is not a valid header value', () => ({ isAuthorized: true, principalId: 'a\r\nb' }), 500],
  ])("SEC-87 %s gets its usual status despite failureMode: 'allow'", async (_, fn, status) => {
    const service = await serve(adapter, fn, new RecordingLogger())
    expect((await service.send({ target: '/pets' })).status).toBe(status)
    expect(service.hits).toEqual([])
  })

  test('SEC-87 a function that times out opens the route', async () => {
    const clock = fakeClock()
    const called = new Deferred<void>()
    const authorize = (): Promise<never> => {
      called.resolve()
      return new Promise(() => undefined)
    }
    const guard = adapter.customAuthorizer(authorize, { failureMode: 'allow', logger: null, clock, timeoutMs: 100 })
    const service = await adapter.serve({ routes: [{ path: '/pets', use: [guard] }] })
    const response = service.send({ target: '/pets' })
    await called.promise
    clock.advanceSync(100)
    expect((await response).status).toBe(200)
  })

  test('SEC-87 a token that makes the function throw does not open the route under any contract', async () => {
    const guards = [
      [(request: GatewayRequest) => read(request.header('authorization') ?? ''), {}],
      [async (event: aws.TokenEvent) => read(event.authorizationToken), { contract: aws.token() }],
      [
        async (event: huawei.FrontendEvent) => read(event.headers['authorization'] ?? ''),
        { contract: huawei.frontend() },
      ],
    ] as const
    for (const [authorize, options] of guards) {
      const guard = adapter.customAuthorizer(authorize as never, { failureMode: 'allow', logger: null, ...options })
      const service = await adapter.serve({ routes: [{ path: '/pets', use: [guard] }] })
      const headers = [['Authorization', '{']] as const
      expect((await service.send({ target: '/pets', headers })).status).toBe(500)
      expect(service.hits).toEqual([])
    }
  })

  test('SEC-15 a malformed request does not open the route', async () => {
    const service = await serve(adapter, throwError, new RecordingLogger())
    expect([400, 404]).toContain((await service.send({ target: '/pets#x' })).status)
    expect(service.hits).toEqual([])
  })
})
