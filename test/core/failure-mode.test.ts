/** What happens while the authorizer is down, and who has to have asked for it (SEC-87, SEC-109). */
import { AuthorizerError, createAuthorizer, unauthorized, unavailable } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import * as huawei from '@custom-authorizer/core/huawei'
import { describe, expect, test } from 'vitest'
import { type Adapter, describeAdapters, type Service } from '../support/adapters.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const down = (): never => {
  throw new Error('the database is down')
}

const handle = (visit: { headerViews(name: string): object; locals: unknown }): { body: object } => ({
  body: { views: visit.headerViews('x-authz-principal-id'), locals: visit.locals ?? null },
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
    ['throws', down],
    ['rejects', () => Promise.reject(new Error('down'))],
    ['says that it is unavailable', () => unavailable()],
    ['was not asked', () => Promise.reject(new AuthorizerError('ERR_REMOTE_OVERLOADED', 'open'))],
  ])(
    'SEC-87 a function that %s opens the one route that asked for it, and tells nobody who is calling',
    async (_, fn) => {
      const logger = new RecordingLogger()
      const service = await serve(adapter, fn, logger)
      const open = await service.ask({ target: '/pets', headers: FORGED })
      expect(open.status).toBe(200)
      const seen = JSON.parse(open.body) as { views: Record<string, string[]>; locals: unknown }
      expect(Object.values(seen.views).flat()).toEqual([])
      expect(seen.locals).toBeNull()
      expect(logger.lines.filter((line) => line.includes('failureMode let a request pass'))).toHaveLength(1)
      const closed = await service.ask({ target: '/admin/secret', headers: FORGED })
      expect(closed.status).toBeGreaterThanOrEqual(500)
      expect(service.hits).toEqual(['GET /pets'])
    },
  )

  test.each([
    ['a refusal', () => false, 403],
    ['an unknown caller', () => unauthorized(), 401],
    ['an answer that is none', () => 'yes', 500],
    ['an answer that cannot be sent as a header', () => ({ isAuthorized: true, principalId: 'a\r\nb' }), 500],
  ])('SEC-87 %s stays what it is', async (_, fn, status) => {
    const service = await serve(adapter, fn, new RecordingLogger())
    expect((await service.ask({ target: '/pets' })).status).toBe(status)
    expect(service.hits).toEqual([])
  })

  test('SEC-15 nor does a request that nobody can read open anything', async () => {
    const service = await serve(adapter, down, new RecordingLogger())
    expect([400, 404]).toContain((await service.ask({ target: '/pets#x' })).status)
    expect(service.hits).toEqual([])
  })
})

describe('SEC-109 a dangerous option is said once, when it is set', () => {
  test.each([
    ['aws.token', aws.token({ missingPrincipalId: 'accept', maxPolicyBytes: 8192 }), ['missingPrincipalId']],
    ['aws.httpApi', aws.httpApi({ maxStatements: 101 }), ['maxStatements']],
    ['huawei.frontend', huawei.frontend({ authDowngradeEnabled: true }), ['authDowngradeEnabled']],
    ['huawei.backend', huawei.backend({ authDowngradeEnabled: false }), []],
  ])('in the contract %s', (name, contract, options) => {
    const logger = new RecordingLogger()
    createAuthorizer({ authorize: () => Promise.resolve() as never, contract: contract as never, logger })
    expect(logger.lines.map((line) => / (\S+) is /.exec(line)?.[1])).toEqual(options.map((each) => `${name}.${each}`))
  })
})
