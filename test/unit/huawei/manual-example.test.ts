/** The example of the manual: handler and proxied backend receive `test: abc` (HW-CTX-17). */
import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAuthorizer } from '@custom-authorizer/core'
import * as huawei from '@custom-authorizer/core/huawei'
import { expect, onTestFinished, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

/** The manual's function for backend authentication: JSON text with a context, depending on user data. */
const handler = (event: huawei.BackendEvent): Promise<string> =>
  Promise.resolve(
    JSON.stringify({
      statusCode: 200,
      body: JSON.stringify({ status: event.user_data === '123' ? 'allow' : 'deny', context: { user: 'abc' } }),
    }),
  )

const mapping = (kind: 'frontend' | 'backend'): object => ({
  parameterMapping: huawei.backendParameters([
    { name: 'test', location: 'HEADER', origin: 'SYSTEM', value: `$context.authorizer.${kind}.user` },
  ]),
})

const KINDS = { frontend: huawei.frontend, backend: huawei.backend } as const

/** A backend that returns the URL and the `test` headers it receives. */
const startBackend = async (): Promise<number> => {
  const server = createServer((request, response) => {
    const names = request.rawHeaders.filter((_, index) => index % 2 === 0)
    const found = names.flatMap((name, index) =>
      /^test$/i.test(name) ? [request.rawHeaders[index * 2 + 1] as string] : [],
    )
    response.end(JSON.stringify({ url: request.url, test: found }))
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())))
  return (server.address() as AddressInfo).port
}

const showTest = (request: { headerViews(name: string): object }): { body: object } => ({
  body: request.headerViews('test'),
})

describeAdapters('example of the manual', (adapter) => {
  test.each(['frontend', 'backend'] as const)(
    'HW-CTX-17 HW-BE-03 C1 C6 the handler receives the header test from the %s context',
    async (kind) => {
      const authorizer = createAuthorizer({ authorize: handler, contract: KINDS[kind]({ userData: '123' }) })
      const use = [adapter.customAuthorizer(authorizer as never, mapping(kind))]
      const service = await adapter.serve({ use, routes: [{ path: '*', handle: showTest }] })
      const response = await service.send({ headers: [['Test', 'evil']] })
      expect(response.status).toBe(200)
      const views = Object.values(JSON.parse(response.body) as Record<string, string[]>).filter(
        (each) => each.length > 0,
      )
      expect(views.length).toBeGreaterThan(1)
      expect(new Set(views.flat())).toEqual(new Set(['abc']))
    },
  )

  test('HW-CTX-17 C1 C6 a proxied backend receives the header test', async () => {
    const port = await startBackend()
    const authorizer = createAuthorizer({ authorize: handler, contract: huawei.frontend({ userData: '123' }) })
    const handle = async (request: {
      target: string
      headerViews(name: string): Readonly<Record<string, readonly string[]>>
    }): Promise<{ body: string }> => {
      const view = request.headerViews('test')
      const value = (view['headers'] ?? view['c.req.raw.headers'] ?? Object.values(view)[0] ?? [])[0] ?? ''
      return {
        body: await new Promise<string>((resolve, reject) => {
          send({ host: '127.0.0.1', port, path: request.target, headers: { test: value } }, (response) => {
            let body = ''
            response.on('data', (chunk: Buffer) => (body += chunk.toString()))
            response.on('end', () => resolve(body))
          })
            .on('error', reject)
            .end()
        }),
      }
    }
    const use = [adapter.customAuthorizer(authorizer as never, mapping('frontend'))]
    const service = await adapter.serve({ use, routes: [{ path: '*', handle }] })
    const response = await service.send({ target: '/u/7?x=1', headers: [['TEST', 'evil']] })
    expect(JSON.parse(response.body)).toEqual({ url: '/u/7?x=1', test: ['abc'] })
  })

  test('HW-ERR-10 other user data is denied with APIG.0305', async () => {
    const authorizer = createAuthorizer({ authorize: handler, contract: huawei.frontend({ userData: 'other' }) })
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizer as never)],
      routes: [{ path: '*' }],
    })
    const response = await service.send({})
    expect(response.status).toBe(401)
    expect(response.body).toMatch(
      /^\{"error_msg":"Incorrect authentication information: frontend authorizer","error_code":"APIG\.0305","request_id":"[\da-f]{32}"\}$/,
    )
    expect([response.header('content-type'), response.header('server'), response.header('x-request-id')]).toEqual([
      'application/json',
      'api-gateway',
      (JSON.parse(response.body) as { request_id: string }).request_id,
    ])
    expect(service.hits).toEqual([])
  })
})
