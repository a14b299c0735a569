/** Responses and events that depend on the adapter: statuses without a body, HEAD, repeated headers, request IDs. */
import { backendParameters } from '@custom-authorizer/core/huawei'
import type * as huawei from '@custom-authorizer/core/huawei'
import { expect, onTestFinished, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { RawConnection, toBytes } from '../../support/raw-client.ts'
import { frontendAuthorizer, functionResult } from './authorizers.ts'

const deny = async (): Promise<object> => functionResult('deny', { code: '1001' })

const unauthorized = (): { status: number; body: string } => ({ status: 401, body: 'mine' })

describeAdapters('APIG on the adapter', (adapter) => {
  test.each([200, 204, 304, 401, 599])(
    'HW-GWR-01 a denial with status %d is sent and keeps the connection usable',
    async (status) => {
      const gatewayResponses = {
        AUTHORIZER_FAILURE: { status, headers: [{ key: 'X-A', value: 'x' }], body: '{"a":1}' },
      }
      const guard = adapter.customAuthorizer(frontendAuthorizer(deny, { gatewayResponses }) as never)
      const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
      const connection = await RawConnection.open(service.port)
      onTestFinished(() => connection.close())
      for (const method of ['GET', 'HEAD', 'GET']) {
        connection.write(toBytes({ method, target: '/pets' }))
        const response = await connection.read(method)
        expect([response.status, response.header('X-A')]).toEqual([status, 'x'])
        const empty = method === 'HEAD' || [204, 304].includes(status)
        expect(response.body).toBe(empty ? '' : '{"a":1}')
        // RFC 9110, section 8.6.
        if (status === 204) expect(response.header('Content-Length')).toBeUndefined()
      }
      expect([service.hits, service.errors]).toEqual([[], []])
    },
  )

  test('HW-GWR-01 a denial with status 205 is sent without a body', async () => {
    const gatewayResponses = { AUTHORIZER_FAILURE: { status: 205, body: '{"a":1}' } }
    const guard = adapter.customAuthorizer(frontendAuthorizer(deny, { gatewayResponses }) as never)
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const response = await service.send({})
    expect([response.status, response.body]).toEqual([205, ''])
  })

  test('HW-ERR-02 HW-ERR-04 a denied HEAD request gets the headers of GET without a body', async () => {
    const guard = adapter.customAuthorizer(frontendAuthorizer(deny) as never)
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const [byGet, byHead] = [await service.send({}), await service.send({ method: 'HEAD' })]
    expect([byHead.status, byHead.body, byHead.header('Content-Length')]).toEqual([401, '', String(byGet.bytes.length)])
    expect(byHead.header('X-Request-Id')).toMatch(/^[\da-f]{32}$/)
  })

  test('HW-FE-13 HW-ERR-04 event, event headers, response header and body have one request ID, new for each request', async () => {
    const seen: string[][] = []
    const authorizer = frontendAuthorizer(async ({ requestContext, headers }: huawei.FrontendEvent) => {
      seen.push([requestContext.requestId, headers['x-request-id'] ?? ''])
      return functionResult('deny')
    })
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizer as never)],
      routes: [{ path: '*' }],
    })
    const ids: (string | undefined)[] = []
    for (let index = 0; index < 3; index++) {
      const response = await service.send({ headers: [['X-Request-Id', 'abc']] })
      const id = response.header('X-Request-Id')
      ids.push(id)
      expect([seen[index], (JSON.parse(response.body) as { request_id: string }).request_id]).toEqual([[id, id], id])
    }
    expect(new Set(ids).size).toBe(3)
  })

  test('HW-CTX-12 HW-FE-13 a backend parameter has the request ID of the event', async () => {
    const seen: string[] = []
    const authorizer = frontendAuthorizer(async ({ requestContext }: huawei.FrontendEvent) => {
      seen.push(requestContext.requestId)
      return functionResult('allow')
    })
    const parameterMapping = backendParameters([
      { name: 'x-id', location: 'HEADER', origin: 'SYSTEM', value: '$context.requestId' },
    ])
    const service = await adapter.serve({
      use: [adapter.customAuthorizer(authorizer as never, { parameterMapping })],
      routes: [{ path: '*', handle: (request) => ({ body: request.headerViews('x-id') }) }],
    })
    const views = JSON.parse((await service.send({ headers: [['X-Id', 'evil']] })).body) as Record<string, string[]>
    expect(new Set(Object.values(views).flat())).toEqual(new Set(seen))
  })

  test('HW-GWR-02 two response headers of one name are both sent or rejected as options', async () => {
    const headers = [
      { key: 'X-A', value: 'one' },
      { key: 'x-a', value: 'two' },
    ]
    let guard
    try {
      guard = adapter.customAuthorizer(
        frontendAuthorizer(deny, { gatewayResponses: { AUTHORIZER_FAILURE: { headers } } }) as never,
      )
    } catch (error) {
      // Rejecting the option is also correct.
      expect(error).toMatchObject({ code: 'ERR_OPTION' })
      return
    }
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    expect((await service.send({})).values('X-A').join(', ')).toBe('one, two')
  })

  test('HW-ERR-15 HW-GWR-10 a response of the downstream handler is not changed, even if its status is 401', async () => {
    const guard = adapter.customAuthorizer(
      frontendAuthorizer(async () => functionResult('allow'), {
        gatewayResponses: { AUTHORIZER_FAILURE: { body: '{"never":1}' } },
      }) as never,
    )
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*', handle: unauthorized }] })
    const response = await service.send({})
    expect([response.status, response.body, response.values('X-Request-Id')]).toEqual([401, 'mine', []])
  })

  test('HW-FE-15 HW-FE-11 path parameters are those of the matched route, decoded', async () => {
    const events: huawei.FrontendEvent[] = []
    const authorizer = frontendAuthorizer(async (event: huawei.FrontendEvent) => {
      events.push(event)
      return functionResult('allow')
    })
    const use = [adapter.customAuthorizer(authorizer as never)]
    const service = await adapter.serve({ routes: [{ path: '/users/:id/toys/:toy', use }] })
    expect((await service.send({ target: '/users/a%20b/toys/7?x=1' })).status).toBe(200)
    // node:http has no routes.
    const parameters = adapter.name === 'node:http' ? {} : { id: 'a b', toy: '7' }
    expect(events.map(({ path, pathParameters }) => [path, pathParameters])).toEqual([
      ['/users/a b/toys/7', parameters],
    ])
  })

  test('HW-ERR-03 SEC-103 a denial replaces headers that were set before', async () => {
    const guard = adapter.customAuthorizer(frontendAuthorizer(deny) as never)
    const use = [adapter.earlyHeader('ETag', '"x"'), adapter.earlyHeader('Cache-Control', 'public'), guard]
    const service = await adapter.serve({ use, routes: [{ path: '*' }] })
    const response = await service.send({})
    expect([response.header('Cache-Control'), response.header('ETag'), response.header('Content-Type')]).toEqual([
      'no-store',
      undefined,
      'application/json',
    ])
  })
})
