/** Sample functions for FunctionGraph run unmodified on every adapter. */
import { createRequire } from 'node:module'
import { createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { expect, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const require = createRequire(import.meta.url)
const load = <TEvent>(name: string): huawei.FunctionGraphHandler<TEvent> =>
  (require(`./functions/${name}.cjs`) as { handler: huawei.FunctionGraphHandler<TEvent> }).handler

describeAdapters('sample functions', (adapter) => {
  test('HW-FG-01 HW-FG-04 HW-FG-05 an async JWT function uses environment variables and the logger', async () => {
    const lines: unknown[][] = []
    const write = (...message: unknown[]): void => void lines.push(message)
    const authorizer = createAuthorizer({
      authorize: load('jwt'),
      contract: huawei.frontend({
        environmentVariables: { JWKS: 'the keys' },
        functionLogger: { info: write, warn: write, error: write, debug: write },
        gatewayResponses: { AUTHORIZER_FAILURE: { body: '{"message":"$context.authorizer.frontend.message"}' } },
      }),
      logger: null,
    })
    const use = [adapter.customAuthorizer(authorizer as never)]
    const service = await adapter.serve({ use, routes: [{ path: '*' }] })
    const good = await service.send({ headers: [['Authorization', 'Bearer good']] })
    expect([good.status, (JSON.parse(good.body) as { authorizer: object }).authorizer]).toMatchObject([
      200,
      { context: { sub: '7', scope: 'read,write' } },
    ])
    const bad = await service.send({ headers: [['Authorization', 'Bearer bad']] })
    expect([bad.status, bad.body, lines]).toEqual([401, '{"message":"bad token"}', [['reject unknown token']]])
    expect((await service.send({})).status).toBe(401)
  })

  test('HW-FG-01 HW-BE-01 HW-BE-03 a callback function returns a backend credential from user data', async () => {
    const authorizer = createAuthorizer({
      authorize: load('backend-credential'),
      contract: huawei.backend({ userData: '123' }),
      logger: null,
    })
    const parameterMapping = huawei.backendParameters([
      { name: 'x-auth', location: 'HEADER', origin: 'SYSTEM', value: '$context.authorizer.backend.token' },
    ])
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizer as never, { parameterMapping })],
      routes: [{ path: '*', handle: (request) => ({ body: request.headerViews('x-auth') }) }],
    })
    const response = await service.send({ headers: [['X-Auth', 'evil']] })
    const views = Object.values(JSON.parse(response.body) as Record<string, string[]>)
    expect(new Set(views.flat())).toEqual(new Set(['b-123']))
  })
})
