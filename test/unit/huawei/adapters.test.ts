/** Answers on the wire whose form depends on the adapter: statuses without a body, HEAD, repeated headers, ids. */
import { backendParameters } from '@custom-authorizer/core/huawei'
import type * as huawei from '@custom-authorizer/core/huawei'
import { expect, onTestFinished, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { RawConnection, toBytes } from '../../support/raw-client.ts'
import { front, saying } from './authorizers.ts'

const deny = async (): Promise<object> => saying('deny', { code: '1001' })

const refusing = (): { status: number; body: string } => ({ status: 401, body: 'mine' })

describeAdapters('an answer', (adapter) => {
  test.each([200, 204, 304, 401, 599])(
    'HW-GWR-01 with status %d is a denial, and leaves the connection usable',
    async (status) => {
      const gatewayResponses = {
        AUTHORIZER_FAILURE: { status, headers: [{ key: 'X-A', value: 'x' }], body: '{"a":1}' },
      }
      const guard = adapter.customAuthorizer(front(deny, { gatewayResponses }) as never)
      const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
      const connection = await RawConnection.open(service.port)
      onTestFinished(() => connection.close())
      for (const method of ['GET', 'HEAD', 'GET']) {
        connection.write(toBytes({ method, target: '/pets' }))
        const answer = await connection.read(method)
        expect([answer.status, answer.header('X-A')]).toEqual([status, 'x'])
        const empty = method === 'HEAD' || [204, 304].includes(status)
        expect(answer.body).toBe(empty ? '' : '{"a":1}')
        // RFC 9110, section 8.6.
        if (status === 204) expect(answer.header('Content-Length')).toBeUndefined()
      }
      expect([service.hits, service.errors]).toEqual([[], []])
    },
  )

  test('HW-GWR-01 with status 205 has as many bytes as it says, which should be none', async () => {
    const gatewayResponses = { AUTHORIZER_FAILURE: { status: 205, body: '{"a":1}' } }
    const guard = adapter.customAuthorizer(front(deny, { gatewayResponses }) as never)
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const answer = await service.ask({})
    expect([answer.status, answer.body]).toEqual([205, ''])
  })

  test('HW-ERR-02 HW-ERR-04 HEAD is denied with the headers of GET and without a body', async () => {
    const guard = adapter.customAuthorizer(front(deny) as never)
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const [byGet, byHead] = [await service.ask({}), await service.ask({ method: 'HEAD' })]
    expect([byHead.status, byHead.body, byHead.header('Content-Length')]).toEqual([401, '', String(byGet.bytes.length)])
    expect(byHead.header('X-Request-Id')).toMatch(/^[\da-f]{32}$/)
  })

  test('HW-FE-13 HW-ERR-04 one id in the event, in its headers, in the answer and in its body; another for each request', async () => {
    const seen: string[][] = []
    const authorizer = front(async ({ requestContext, headers }: huawei.FrontendEvent) => {
      seen.push([requestContext.requestId, headers['x-request-id'] ?? ''])
      return saying('deny')
    })
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizer as never)],
      routes: [{ path: '*' }],
    })
    const ids: (string | undefined)[] = []
    for (let index = 0; index < 3; index++) {
      const answer = await service.ask({ headers: [['X-Request-Id', 'abc']] })
      const id = answer.header('X-Request-Id')
      ids.push(id)
      expect([seen[index], (JSON.parse(answer.body) as { request_id: string }).request_id]).toEqual([[id, id], id])
    }
    expect(new Set(ids).size).toBe(3)
  })

  test('HW-CTX-12 HW-FE-13 the same id for the code behind', async () => {
    const seen: string[] = []
    const authorizer = front(async ({ requestContext }: huawei.FrontendEvent) => {
      seen.push(requestContext.requestId)
      return saying('allow')
    })
    const parameterMapping = backendParameters([
      { name: 'x-id', location: 'HEADER', origin: 'SYSTEM', value: '$context.requestId' },
    ])
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizer as never, { parameterMapping })],
      routes: [{ path: '*', handle: (visit) => ({ body: visit.headerViews('x-id') }) }],
    })
    const views = JSON.parse((await service.ask({ headers: [['X-Id', 'evil']] })).body) as Record<string, string[]>
    expect(new Set(Object.values(views).flat())).toEqual(new Set(seen))
  })

  test('HW-GWR-02 two lines of one name are sent alike everywhere', async () => {
    const headers = [
      { key: 'X-A', value: 'one' },
      { key: 'x-a', value: 'two' },
    ]
    let guard
    try {
      guard = adapter.customAuthorizer(front(deny, { gatewayResponses: { AUTHORIZER_FAILURE: { headers } } }) as never)
    } catch (error) {
      // Refusing them is as good.
      expect(error).toMatchObject({ code: 'ERR_OPTION' })
      return
    }
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    expect((await service.ask({})).values('X-A').join(', ')).toBe('one, two')
  })

  test('HW-ERR-15 HW-GWR-10 an answer of the service passes unchanged, whatever its status', async () => {
    const guard = adapter.customAuthorizer(
      front(async () => saying('allow'), {
        gatewayResponses: { AUTHORIZER_FAILURE: { body: '{"never":1}' } },
      }) as never,
    )
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*', handle: refusing }] })
    const answer = await service.ask({})
    expect([answer.status, answer.body, answer.values('X-Request-Id')]).toEqual([401, 'mine', []])
  })

  test('HW-FE-15 HW-FE-11 path parameters of the route that the framework has matched, decoded', async () => {
    const events: huawei.FrontendEvent[] = []
    const authorizer = front(async (event: huawei.FrontendEvent) => {
      events.push(event)
      return saying('allow')
    })
    const use = [adapter.customAuthorizer(authorizer as never)]
    const service = await adapter.serve({ routes: [{ path: '/users/:id/toys/:toy', use }] })
    expect((await service.ask({ target: '/users/a%20b/toys/7?x=1' })).status).toBe(200)
    // Bare Node.js has no routes.
    const parameters = adapter.name === 'node:http' ? {} : { id: 'a b', toy: '7' }
    expect(events.map(({ path, pathParameters }) => [path, pathParameters])).toEqual([
      ['/users/a b/toys/7', parameters],
    ])
  })

  test('HW-ERR-03 SEC-103 a denial replaces what was set for the answer before', async () => {
    const guard = adapter.customAuthorizer(front(deny) as never)
    const use = [adapter.earlyHeader('ETag', '"x"'), adapter.earlyHeader('Cache-Control', 'public'), guard]
    const service = await adapter.serve({ use, routes: [{ path: '*' }] })
    const answer = await service.ask({})
    expect([answer.header('Cache-Control'), answer.header('ETag'), answer.header('Content-Type')]).toEqual([
      'no-store',
      undefined,
      'application/json',
    ])
  })
})
